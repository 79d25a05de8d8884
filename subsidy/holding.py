"""Money for a run: which lots may pay, one hold per chunk and lot, and what comes back (F1-F8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon
from domain.people import ChunkId, ProgramId, RunId, ShopId
from domain.refusals import OverBudget
from domain.subsidy import AccountKind, HoldPart, Lot, Phase, TransferCode, WalletState
from storage.desk import Tx
from storage.errors import Busy
from storage.queries.grants import list_lots
from storage.queries.ledger import OpenHold, get_program_account, list_open_holds, open_share
from storage.queries.wallets import find_wallet
from subsidy.ending import send_home
from subsidy.ledger import Ending, Move, resolve_holds, transfer


def pays_for(sender: SenderName, kind: MessageKind) -> str:
    """How a grant names a sender and kind of message it may pay."""
    return f"{sender}:{kind}"


def lots_of(
    tx: Tx, shop_id: ShopId, pays: str, at: datetime, *, own_max_jeon: int = 0
) -> list[Lot]:
    """The free cash that may pay for this at that instant, then the shop's own money as far as
    its owner agreed to and the wallet is in use (F6).
    """
    lots = list_lots(tx, shop_id, pays, at)
    wallet = find_wallet(tx, shop_id) if own_max_jeon > 0 else None
    if wallet is not None and wallet.state is WalletState.IN_USE:
        left = Jeon(min(wallet.left_jeon, own_max_jeon))
        own = Lot(
            account_id=wallet.account_id,
            grant_id=None,
            expires_at=None,
            left_jeon=left,
            is_own=True,
        )
        lots.append(own)
    return lots


def spendable(tx: Tx, shop_id: ShopId) -> Jeon:
    """What the shop's own wallet could pay now, if its owner agreed to."""
    wallet = find_wallet(tx, shop_id)
    if wallet is None or wallet.state is not WalletState.IN_USE:
        return Jeon(0)
    return wallet.left_jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """For which run of which shop money is held, and until when at most."""

    program_id: ProgramId
    shop_id: ShopId
    run_id: RunId
    until: datetime


def hold(
    tx: Tx,
    holder: Holder,
    lots: Sequence[Lot],
    parts: Sequence[tuple[HoldPart, ChunkId]],
    at: datetime,
) -> None:
    """One hold per chunk and lot, all of a run in one step.

    Raises Busy when somebody else has taken of the money since `lots` was read: the whole work
    is then done again with what is there now.
    """
    if not parts:
        return
    by_account = {lot.account_id: lot for lot in lots}
    spent = get_program_account(tx, holder.program_id, AccountKind.SPENT)
    own_spent = get_program_account(tx, holder.program_id, AccountKind.OWN_SPENT)
    for lot in lots:
        if lot.cap_jeon is not None:
            open_share(tx, lot.account_id, holder.shop_id, lot.cap_jeon)
    moves = [
        Move(
            key=f"hold:{chunk_id}:{part.account_id}",
            code=TransferCode.MESSAGE,
            phase=Phase.HOLD,
            debit=part.account_id,
            credit=own_spent if by_account[part.account_id].is_own else spent,
            amount_jeon=part.amount_jeon,
            run_id=holder.run_id,
            chunk_id=chunk_id,
            shop_id=holder.shop_id,
        )
        for part, chunk_id in parts
    ]
    try:
        transfer(tx, moves, happened_at=at, recorded_at=at, expires_at=holder.until)
    except OverBudget as short:
        raise Busy(short.reason) from short


@dataclass(frozen=True, slots=True)
class Charge:
    """What a chunk costs in the end; `has_left`: False for one that never left."""

    chunk_id: ChunkId
    jeon: Jeon
    has_left: bool


def settle_money(tx: Tx, charges: Sequence[Charge], at: datetime) -> None:
    """Posts what chunks cost and gives back the rest, each to the account it came from (I10).

    A hold made before a grant's end may be posted after it; what comes back to a grant that is
    over goes on at once, unless its terms give it days (F2). What never left in its time comes
    back as expired, everything else as voided. All of it is one step of the ledger, however many
    chunks there are.
    """
    holds = list_open_holds(tx, [one.chunk_id for one in charges])
    of_chunk: dict[ChunkId, list[OpenHold]] = {charge.chunk_id: [] for charge in charges}
    for one in holds:
        of_chunk[one.chunk_id].append(one)
    endings = [
        ending for charge in charges for ending in _endings(charge, of_chunk[charge.chunk_id], at)
    ]
    touched = {one.hold.chunk_id for one in endings if one.comes_back_jeon}
    back = sorted({one.debit_account_id for one in holds if one.chunk_id in touched})
    send_home(tx, back, at)
    resolve_holds(tx, endings, happened_at=at, recorded_at=at)
    send_home(tx, back, at)


def _endings(charge: Charge, holds: Sequence[OpenHold], at: datetime) -> list[Ending]:
    """The charge over the chunk's holds, oldest lot first."""
    is_late = any(one.expires_at is not None and one.expires_at <= at for one in holds)
    rest = Phase.EXPIRE if is_late and not charge.has_left else Phase.VOID
    endings, due = [], int(charge.jeon)
    for one in holds:
        posted = min(due, one.amount_jeon)
        due -= posted
        endings.append(Ending(one, Jeon(posted), rest))
    assert due == 0, "a chunk never costs more than it holds"
    return endings
