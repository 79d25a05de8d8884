"""Free cash whose time is over leaves its grant: it lapses, or goes back to where it came from."""

from collections.abc import Sequence
from datetime import datetime

from domain.people import AccountId, GrantId, ProgramId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.desk import Tx
from storage.queries.grants import (
    GrantRow,
    find_grant,
    list_grants_over,
    list_over_among,
    mark_lapsed,
)
from storage.queries.ledger import get_program_account, lock_accounts
from subsidy.ledger import Move, transfer


def lapse_grants(tx: Tx, at: datetime) -> int:
    """Takes back what is free in grants past their date (F2); how many moves were made.

    Held money is left alone: a hold made before the end may still be posted, and what it gives
    back goes the same way in the step that gives it back.
    """
    return _send_on(tx, [row.account_id for row in list_grants_over(tx, at)], at)


def send_home(tx: Tx, account_ids: Sequence[AccountId], at: datetime) -> None:
    """The same for some accounts, before and after money comes back to them."""
    over = list_over_among(tx, account_ids, at) if account_ids else []
    _send_on(tx, [row.account_id for row in over], at)


def source_account(tx: Tx, program_id: ProgramId, parent_id: GrantId | None) -> AccountId:
    """Where a grant's money came from: the pot it was carved out of, else the program's budget;
    past a pot that was called back itself, where that came from.
    """
    if parent_id is not None:
        parent = find_grant(tx, parent_id)
        assert parent is not None, "a grant's parent is never deleted"
        if parent.clawed_back_at is None:
            return parent.account_id
    return get_program_account(tx, program_id, AccountKind.PROGRAM)


def _send_on(tx: Tx, account_ids: Sequence[AccountId], at: datetime) -> int:
    if not account_ids:
        return 0
    lock_accounts(tx, account_ids)
    rows = list_over_among(tx, account_ids, at)
    moves = [_way_out(tx, row) for row in rows if row.left_jeon > 0]
    if moves:
        transfer(tx, moves, happened_at=at, recorded_at=at)
    expired = [row.grant_id for row in rows if row.expires_at <= at and row.lapsed_at is None]
    if expired:
        mark_lapsed(tx, expired, at)
    return len(moves)


def _way_out(tx: Tx, row: GrantRow) -> Move:
    is_called_back = row.clawed_back_at is not None
    code = TransferCode.CLAW_BACK if is_called_back else TransferCode.LAPSE
    return Move(
        # What was given and taken until now names this step: the same state is left once.
        key=f"{code}:{row.grant_id}:{row.credits_posted}:{row.debits_posted}:{row.debits_pending}",
        code=code,
        phase=Phase.SINGLE,
        debit=row.account_id,
        credit=source_account(tx, row.program_id, row.parent_id)
        if is_called_back
        else get_program_account(tx, row.program_id, AccountKind.LAPSED),
        amount_jeon=row.left_jeon,
        shop_id=row.shop_id,
    )
