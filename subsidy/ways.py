"""A program's order of ways: which carries what first, changed as a whole and kept for ever."""

from collections.abc import Mapping
from datetime import datetime

from domain.audit import Act, program_book
from domain.campaigns import MessageKind
from domain.money import JEON_PER_WON
from domain.people import ProgramId
from domain.refusals import Conflict, Invalid
from domain.subsidy import AccountKind
from domain.ways import WAYS_FOR, Order
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.ledger import get_program_account, lock_accounts
from storage.queries.way_rules import find_version, get_orders, insert_orders

LEAST_MAX_JEON = 100_000_000 * JEON_PER_WON
LEAST_WRONG = "남겨 둘 돈은 0원부터 1억원까지 적을 수 있어요."

Orders = Mapping[MessageKind, Order]


def set_orders(
    tx: Tx, program_id: ProgramId, orders: Orders, *, after: int, actor: str, at: datetime
) -> int:
    """Writes an order under the next version, if it says anything new; its version.

    `after` is the version that its manager looked at. Raises Invalid, Conflict(`ways_changed`)
    when somebody has written another meanwhile.
    """
    check_orders(orders)
    # Of two at once the second sees the first.
    lock_accounts(tx, [get_program_account(tx, program_id, AccountKind.PROGRAM)])
    version = find_version(tx, program_id)
    if _same(orders, get_orders(tx, program_id)):
        return version
    if version != after:
        raise Conflict("ways_changed")
    insert_orders(tx, program_id, version + 1, orders, at)
    act = Act(
        actor=actor,
        act="set_ways",
        subject=f"program:{program_id}",
        details=f"version={version + 1}",
        at=at,
    )
    append_audit(tx, program_book(program_id), act)
    return version + 1


def check_orders(orders: Orders) -> None:
    """Raises Invalid beside a kind, by its name."""
    wrong = {}
    for kind in MessageKind:
        senders = [line.sender for line in orders[kind]]
        if not senders:
            wrong[kind.value] = "길을 하나는 켜 두어야 해요. 하나도 없으면 아무것도 보낼 수 없어요."
        elif len(set(senders)) < len(senders) or not WAYS_FOR[kind].issuperset(senders):
            wrong[kind.value] = "이 차례는 쓸 수 없어요. 화면을 새로 고친 뒤 다시 골라 주세요."
        elif not all(0 <= line.least_jeon <= LEAST_MAX_JEON for line in orders[kind]):
            wrong[kind.value] = LEAST_WRONG
    if wrong:
        raise Invalid(wrong)


def _same(orders: Orders, others: Orders) -> bool:
    return all(list(orders[kind]) == list(others[kind]) for kind in MessageKind)
