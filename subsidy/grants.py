"""Grants of free cash: offered, started by the owner, used, lapsed (F1-F4)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, program_book, shop_book
from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon
from domain.people import AccountId, GrantId, ProgramId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.subsidy import AccountKind, GrantState, Phase, TransferCode, grant_state
from storage.desk import Tx
from storage.queries import ledger as books
from storage.queries.journal import append_audit
from storage.queries.places import get_shop
from subsidy.ledger import Move, transfer


def pays_for(sender: SenderName, kind: MessageKind) -> str:
    """How a grant names a sender and kind of message it may pay."""
    return f"{sender}:{kind}"


KEY_DIGITS = 40

PAYS_ADVERTISING = tuple(pays_for(sender, MessageKind.ADVERTISEMENT) for sender in SenderName)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A grant as its owner sees it."""

    grant_id: GrantId
    amount_jeon: Jeon
    left_jeon: Jeon
    held_jeon: Jeon
    spent_jeon: Jeon
    lapsed_jeon: Jeon
    state: GrantState
    start_by: datetime
    started_at: datetime | None
    expires_at: datetime
    pays: tuple[str, ...]


def list_grants(tx: Tx, shop_id: ShopId, at: datetime) -> list[GrantView]:
    return [_view(row, at) for row in books.list_grants(tx, shop_id)]


def _view(row: books.GrantRow, at: datetime) -> GrantView:
    state = grant_state(
        started_at=row.started_at,
        start_by=row.start_by,
        expires_at=row.expires_at,
        left_jeon=row.left_jeon,
        at=at,
    )
    # Past its date nothing is left, also in the moments before `lapse_grants` writes it down.
    is_over = state in (GrantState.EXPIRED, GrantState.LAPSED_UNUSED)
    return GrantView(
        grant_id=row.grant_id,
        amount_jeon=row.amount_jeon,
        left_jeon=Jeon(0) if is_over else row.left_jeon,
        held_jeon=Jeon(row.debits_pending),
        spent_jeon=Jeon(row.debits_posted - row.lapsed_jeon),
        lapsed_jeon=Jeon(row.lapsed_jeon + (row.left_jeon if is_over else 0)),
        state=state,
        start_by=row.start_by,
        started_at=row.started_at,
        expires_at=row.expires_at,
        pays=tuple(row.pays.split(",")),
    )


def offer_grant(
    tx: Tx,
    program_id: ProgramId,
    shop_id: ShopId,
    *,
    amount_jeon: Jeon,
    start_by: datetime,
    expires_at: datetime,
    form_key: str,
    actor: str,
    at: datetime,
) -> GrantId:
    """Sets free cash aside for a shop; inert until its owner starts it (F1).

    The same offer of the same form gives the same grant again; a changed one is a new grant.
    Raises Invalid, NotFound, OverBudget.
    """
    key = f"grant:{program_id}:{_offer_key(form_key, shop_id, amount_jeon, start_by, expires_at)}"
    source = books.get_program_account(tx, program_id, AccountKind.PROGRAM)
    books.lock_accounts(tx, [source])  # of two presses at once the second finds the first
    if known := books.find_grant_by_key(tx, key):
        return known
    _check_offer(amount_jeon, start_by, expires_at, at)
    if get_shop(tx, shop_id).program_id != program_id:
        raise NotFound("shop")
    account_id = books.open_account(tx, AccountKind.GRANT, program_id, shop_id)
    grant_id = books.insert_grant(
        tx,
        program_id=program_id,
        shop_id=shop_id,
        account_id=account_id,
        amount_jeon=amount_jeon,
        pays=",".join(PAYS_ADVERTISING),
        granted_at=at,
        start_by=start_by,
        expires_at=expires_at,
    )
    move = _single(key, TransferCode.GRANT, source, account_id, amount_jeon)
    transfer(tx, [move], happened_at=at, recorded_at=at)
    act = Act(
        actor=actor,
        act="offer_grant",
        subject=f"shop:{shop_id}",
        at=at,
        details=f"grant={grant_id} jeon={amount_jeon}",
    )
    append_audit(tx, program_book(program_id), act)
    return grant_id


def _offer_key(
    form_key: str, shop_id: ShopId, amount_jeon: Jeon, start_by: datetime, expires_at: datetime
) -> str:
    """Equal only for the same offer from the same form, however its instants are written.

    Raises Invalid for a form without a key.
    """
    if not form_key:
        raise Invalid({"form_key": "화면을 새로 고친 뒤 다시 눌러 주세요. 바뀐 것은 없어요."})
    dates = (str(one.timestamp()) for one in (start_by, expires_at))
    parts = "\x1f".join((form_key, str(shop_id), str(amount_jeon), *dates))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_DIGITS]


def _check_offer(amount_jeon: Jeon, start_by: datetime, expires_at: datetime, at: datetime) -> None:
    wrong = {}
    if amount_jeon <= 0:
        wrong["amount"] = "1원보다 큰 금액을 적어 주세요."
    if start_by <= at:
        wrong["start_by"] = "시작 기한은 지금보다 뒤여야 해요."
    if expires_at < start_by:
        wrong["expires_at"] = "만료일은 시작 기한보다 앞설 수 없어요."
    if wrong:
        raise Invalid(wrong)


def start_grant(tx: Tx, shop_id: ShopId, grant_id: GrantId, *, actor: str, at: datetime) -> None:
    """The owner presses 사용하기 (F1); it cannot be undone (F4). Pressing again is harmless.

    Raises NotFound for another shop's grant and Conflict when its time is over.
    """
    grant = next((g for g in list_grants(tx, shop_id, at) if g.grant_id == grant_id), None)
    if grant is None:
        raise NotFound("grant")
    if grant.started_at is not None:
        return
    if grant.state is not GrantState.OFFERED:
        raise Conflict("grant_over", state=grant.state)
    if books.start_grant(tx, shop_id, grant_id, at):
        act = Act(actor=actor, act="start_grant", subject=f"grant:{grant_id}", at=at)
        append_audit(tx, shop_book(shop_id), act)


def lapse_grants(tx: Tx, at: datetime) -> int:
    """Takes back what is free in grants past their date (F2); how many moves were made.

    Held money is left alone: a hold made before expiry may still be posted, and what it
    gives back lapses the next time this runs.
    """
    moves = []
    for row in books.list_grants_to_lapse(tx, at):
        program_id = books.get_program_of_grant(tx, row.grant_id)
        lapsed = books.get_program_account(tx, program_id, AccountKind.LAPSED)
        # What was posted until now names this lapse: the same state lapses once.
        key = f"lapse:{row.grant_id}:{row.debits_posted}:{row.debits_pending}"
        moves.append(_single(key, TransferCode.LAPSE, row.account_id, lapsed, row.left_jeon))
    return transfer(tx, moves, happened_at=at, recorded_at=at) if moves else 0


def _single(
    key: str, code: TransferCode, debit: AccountId, credit: AccountId, amount_jeon: Jeon
) -> Move:
    return Move(
        key=key,
        code=code,
        phase=Phase.SINGLE,
        debit=debit,
        credit=credit,
        amount_jeon=amount_jeon,
    )
