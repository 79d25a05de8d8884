"""Moving free money from one shop's grant to another's."""

from collections.abc import Sequence
from datetime import datetime

from domain.audit import Act, program_book
from domain.money import Jeon, format_won
from domain.people import GrantId, ShopId
from domain.refusals import Invalid, NotFound
from domain.subsidy import GrantState, Phase, TransferCode
from storage.desk import Tx
from storage.queries import grants as books
from storage.queries.grants import GrantRow
from storage.queries.journal import append_audit
from storage.queries.ledger import lock_accounts
from subsidy.acting import Acting, get_grant_in_reach
from subsidy.form_keys import digest_of
from subsidy.grants import view_grant
from subsidy.ledger import Move, transfer
from subsidy.offering import check_standing, get_open_program, get_terms

WORKING = (GrantState.OFFERED, GrantState.STARTED, GrantState.EXHAUSTED)


def list_takers(tx: Tx, source: GrantRow, shop_id: ShopId, at: datetime) -> Sequence[GrantRow]:
    """A shop's grants into which money of this one may move."""
    return [row for row in books.list_grants(tx, shop_id) if not why_not(source, row, at)]


def why_not(source: GrantRow, to: GrantRow, at: datetime) -> str:
    """Why no money may move between these two, empty when it may.

    Only between grants of one origin: what is called back later goes home to where it came from.
    """
    checks = (
        (source.grant_id == to.grant_id, "같은 지원금이에요. 다른 지원금을 골라 주세요."),
        (source.shop_id is None or to.shop_id is None, "공동 지원금은 옮길 수 없어요."),
        (
            source.parent_id != to.parent_id,
            "같은 예산에서 나온 지원금끼리만 옮길 수 있어요.",
        ),
        (
            _kinds(source) != _kinds(to) or source.vat_rule is not to.vat_rule,
            "쓸 수 있는 소식이 서로 다른 지원금이에요.",
        ),
        (not _works(source, at), "이미 끝난 지원금에서는 옮길 수 없어요."),
        (not _works(to, at), "이미 끝난 지원금으로는 옮길 수 없어요."),
    )
    return next((words for is_so, words in checks if is_so), "")


def move_money(
    tx: Tx,
    acting: Acting,
    from_id: GrantId,
    to_id: GrantId,
    amount_jeon: Jeon,
    *,
    form_key: str,
    at: datetime,
) -> None:
    """Moves what is free; the same form moves it once.

    Raises Invalid (amount, to, shop, form_key), NotFound(grant), Conflict(program_closed).
    """
    get_open_program(tx, acting.program_id)
    ids = (from_id, to_id)
    lock_accounts(tx, [get_grant_in_reach(tx, acting, one).account_id for one in ids])
    source, to = (get_grant_in_reach(tx, acting, one) for one in ids)
    move = Move(
        key=_key(from_id, to_id, amount_jeon, form_key),
        code=TransferCode.MOVE,
        phase=Phase.SINGLE,
        debit=source.account_id,
        credit=to.account_id,
        amount_jeon=amount_jeon,
        shop_id=to.shop_id,
    )
    if books.find_grant_by_key(tx, move.key) is not None:
        return
    _check(tx, acting, source, to, amount_jeon, at)
    transfer(tx, [move], happened_at=at, recorded_at=at)
    act = Act(
        actor=acting.actor,
        act="move_money",
        subject=f"grant:{from_id}",
        at=at,
        details=f"to={to_id} jeon={amount_jeon}",
    )
    append_audit(tx, program_book(acting.program_id), act)


def _check(
    tx: Tx, acting: Acting, source: GrantRow, to: GrantRow, amount_jeon: Jeon, at: datetime
) -> None:
    if reason := why_not(source, to, at):
        raise Invalid({"to": reason})
    if to.shop_id is None:
        raise NotFound("grant")
    check_amount(amount_jeon, source.left_jeon)
    check_standing(tx, to.shop_id, get_terms(tx, acting.program_id, at), at)


def check_amount(amount_jeon: Jeon, left_jeon: Jeon) -> None:
    """Raises Invalid(amount) for more than is free."""
    if not 0 < amount_jeon <= left_jeon:
        most = format_won(left_jeon)
        raise Invalid({"amount": f"1원에서 {most} 사이로 적어 주세요. 예약된 돈은 옮길 수 없어요."})


def _works(row: GrantRow, at: datetime) -> bool:
    return view_grant(row, at).state in WORKING


def _kinds(row: GrantRow) -> set[str]:
    return set(row.pays.split(","))


def _key(from_id: GrantId, to_id: GrantId, amount_jeon: Jeon, form_key: str) -> str:
    """Equal only for the same move from the same form."""
    return f"{TransferCode.MOVE}:{from_id}:{digest_of(form_key, to_id, amount_jeon)}"
