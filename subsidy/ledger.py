"""The ledger: the only writer of transfers (I1-I3, I10).

A transfer moves money at once, or holds it; a hold is posted at most once, and what is
not posted is voided, both back to the account the money came from.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.money import Jeon
from domain.people import AccountId, ChunkId, RunId, ShopId
from domain.refusals import OverBudget
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.desk import Tx
from storage.queries.grants import BOUGHT
from storage.queries.ledger import (
    Entry,
    OpenHold,
    Totals,
    insert_entries,
    known_keys,
    lock_accounts,
    move_accounts,
    move_share,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A transfer to be made. `key` is chosen before the call, so a repeat changes nothing."""

    key: str
    code: TransferCode
    phase: Phase
    debit: AccountId
    credit: AccountId
    amount_jeon: Jeon
    hold_id: int | None = None
    run_id: RunId | None = None
    chunk_id: ChunkId | None = None
    shop_id: ShopId | None = None
    reference: str | None = None


def transfer(
    tx: Tx,
    moves: Sequence[Move],
    *,
    happened_at: datetime,
    recorded_at: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Makes all these moves or none; how many were new. Raises OverBudget.

    Accounts are locked before keys are looked up, so that of two equal calls at once the
    second sees the first. `expires_at`: when holds among them are given back if nothing left.
    """
    accounts = lock_accounts(tx, [one for move in moves for one in (move.debit, move.credit)])
    known = known_keys(tx, [move.key for move in moves])
    fresh = [move for move in moves if move.key not in known]
    if not fresh:
        return 0
    changes = {
        one: Totals(one, totals.kind, totals.is_limited, 0, 0, 0, 0)
        for one, totals in accounts.items()
    }
    entries = [_enter(move, accounts, changes) for move in fresh]
    insert_entries(
        tx, entries, happened_at=happened_at, recorded_at=recorded_at, expires_at=expires_at
    )
    if not move_accounts(tx, list(changes.values())):
        short = [one for one in accounts.values() if one.is_limited and one.left_jeon < 0]
        raise OverBudget("overdrawn", account_id=short[0].account_id)
    _count_shares(tx, [move for move in fresh if accounts[move.debit].kind is AccountKind.POT])
    return len(fresh)


def _count_shares(tx: Tx, moves: Sequence[Move]) -> None:
    """What each shop uses of its market's pots, within its cap; a grant carved out of a pot is
    the shop's own and uses nothing of it.
    """
    used = Counter[tuple[AccountId, ShopId]]()
    for move in moves:
        if move.shop_id is not None and move.code in BOUGHT:
            used[move.debit, move.shop_id] += USED[move.phase] * move.amount_jeon
    for (account_id, shop_id), by_jeon in sorted(used.items()):
        if by_jeon and not move_share(tx, account_id, shop_id, by_jeon):
            raise OverBudget("over_cap", account_id=account_id)


@dataclass(frozen=True, slots=True)
class Ending:
    """How an open hold ends: so much is posted, the rest comes back as a void or as expired."""

    hold: OpenHold
    posted_jeon: Jeon
    rest: Phase

    @property
    def comes_back_jeon(self) -> Jeon:
        return Jeon(self.hold.amount_jeon - self.posted_jeon)


def resolve_holds(
    tx: Tx, endings: Sequence[Ending], *, happened_at: datetime, recorded_at: datetime
) -> None:
    """Ends open holds, each once."""
    moves = [
        move
        for one in endings
        for move in (
            *_resolution(one.hold, Phase.POST, one.posted_jeon),
            *_resolution(one.hold, one.rest, one.comes_back_jeon),
        )
    ]
    if moves:
        transfer(tx, moves, happened_at=happened_at, recorded_at=recorded_at)


def _resolution(hold: OpenHold, phase: Phase, amount: int) -> list[Move]:
    if amount == 0:
        return []
    return [
        Move(
            key=f"{phase}:{hold.hold_id}",
            code=TransferCode.MESSAGE,
            phase=phase,
            debit=hold.debit_account_id,
            credit=hold.credit_account_id,
            amount_jeon=Jeon(amount),
            hold_id=hold.hold_id,
            run_id=hold.run_id,
            chunk_id=hold.chunk_id,
            shop_id=hold.shop_id,
        )
    ]


def _enter(
    move: Move, accounts: dict[AccountId, Totals], changes: dict[AccountId, Totals]
) -> Entry:
    """One line with the balances around it; totals and changes move along."""
    debit, credit = accounts[move.debit], accounts[move.credit]
    debit_before, credit_before = debit.left_jeon, credit.left_jeon
    for totals in (debit, changes[move.debit]):
        _shift_debit(totals, move)
    for totals in (credit, changes[move.credit]):
        _shift_credit(totals, move)
    return Entry(
        key=move.key,
        code=move.code,
        phase=move.phase,
        debit_account_id=move.debit,
        credit_account_id=move.credit,
        amount_jeon=move.amount_jeon,
        hold_id=move.hold_id,
        run_id=move.run_id,
        chunk_id=move.chunk_id,
        shop_id=move.shop_id,
        reference=move.reference,
        debit_before_jeon=debit_before,
        debit_after_jeon=debit.left_jeon,
        credit_before_jeon=credit_before,
        credit_after_jeon=credit.left_jeon,
    )


PENDING = {Phase.SINGLE: 0, Phase.HOLD: 1, Phase.POST: -1, Phase.VOID: -1, Phase.EXPIRE: -1}
POSTED = {Phase.SINGLE: 1, Phase.HOLD: 0, Phase.POST: 1, Phase.VOID: 0, Phase.EXPIRE: 0}
"""What each phase does to an account's pending and posted totals."""

USED = {one: PENDING[one] + POSTED[one] for one in Phase}
"""What each phase does to how much of a pot a shop uses."""


def _shift_debit(totals: Totals, move: Move) -> None:
    totals.debits_pending += PENDING[move.phase] * move.amount_jeon
    totals.debits_posted += POSTED[move.phase] * move.amount_jeon


def _shift_credit(totals: Totals, move: Move) -> None:
    totals.credits_pending += PENDING[move.phase] * move.amount_jeon
    totals.credits_posted += POSTED[move.phase] * move.amount_jeon
