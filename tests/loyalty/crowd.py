"""Many desks over one database, and what each piece of work came to.

On PostgreSQL their transactions really overlap; on SQLite they take turns at the file.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from campaigns.invariants import check_invariants
from domain.coupons import CouponKind, CouponTerms, CouponWay
from domain.people import CouponId, VisitId
from domain.refusals import Conflict
from domain.rules import VISITS_PER_DAY_MAX, ShopRules
from loyalty.cards import CardDraft, set_cards, set_rules
from loyalty.codes import issue_customer_code
from loyalty.coupons import Redeemed, Showing, use_coupon
from loyalty.sales import Sale
from loyalty.till_visits import Receipt
from loyalty.visits import Canceled, Stamped, cancel_visit, stamp_person
from storage.books import Books
from storage.desk import Desk, Tx
from tests.conftest import START
from tests.factories import OWNER, Street, make_street, rows

DESKS = 20
NEEDED = 10
BREAD = CouponTerms(kind=CouponKind.ITEM, title="단팥빵 1개", item="단팥빵", can_stack=True)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Crowd:
    """Several desks over one database, each with one transaction at a time."""

    books: Books
    desks: Sequence[Desk]

    async def rush(self, works: Sequence[Callable[[Tx], T]]) -> list[T | BaseException]:
        """All at once, dealt out to the desks; what each came to, in no order."""
        hands = [works[number::DESKS] for number in range(DESKS)]
        results = await asyncio.gather(*map(_one_by_one, self.desks, hands))
        return [result for hand in results for result in hand]

    async def write(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await self.books.write(work, *args, **kwargs)

    async def count(self, sql: str, **params: object) -> int:
        found = await self.books.read(rows, sql, **params)
        return int(found[0][0])

    async def assert_sound(self) -> None:
        broken = await self.books.read(check_invariants)
        assert {name: wrong for name, wrong in broken.items() if wrong} == {}


async def _one_by_one(desk: Desk, works: Sequence[Callable[[Tx], T]]) -> list[T | BaseException]:
    """Awaited singly, so that no work shares a transaction with its neighbor."""
    results: list[T | BaseException] = []
    for work in works:
        results += await asyncio.gather(desk.submit(work, is_batch=False), return_exceptions=True)
    return results


def begin(tx: Tx, *, people: int = 1, starter: int = 0) -> Street:
    street = make_street(tx, people=people, grant_won=0)
    draft = CardDraft(needed=NEEDED, rewards={NEEDED: BREAD}, starter=starter)
    set_cards(tx, street.shop_id, [draft], actor=OWNER, at=START)
    rules = ShopRules(visits_per_day_max=VISITS_PER_DAY_MAX)
    set_rules(tx, street.shop_id, rules, actor=OWNER, at=START)
    return street


def sale(key: object) -> Sale:
    return Sale(key=f"counter:{key}", actor=OWNER)


def showing(key: object) -> Showing:
    return Showing(key=f"counter:{key}", way=CouponWay.CODE, actor=OWNER)


def stamping(street: Street, key: object) -> Callable[[Tx], Stamped]:
    return partial(
        stamp_person,
        shop_id=street.shop_id,
        customer_id=street.customers[0],
        sale=sale(key),
        at=START,
    )


def canceling(street: Street, visit_id: VisitId) -> Callable[[Tx], Canceled]:
    return partial(cancel_visit, shop_id=street.shop_id, visit_id=visit_id, actor=OWNER, at=START)


def using(street: Street, coupon_id: CouponId, key: object) -> Callable[[Tx], Redeemed]:
    return partial(
        use_coupon,
        shop_id=street.shop_id,
        coupon_id=coupon_id,
        showing=showing(key),
        at=START,
    )


def show_code(tx: Tx, street: Street, coupon_id: CouponId | None = None) -> str:
    coupon = coupon_id and (street.shop_id, coupon_id)
    person = street.channel_id, street.customers[0]
    return issue_customer_code(tx, *person, START, coupon=coupon or None).digits


def outcomes(results: Sequence[object]) -> Counter[str]:
    """`done`, `again`, or the reason of the refusal; anything else fails the test."""
    return Counter(_outcome(result) for result in results)


def _outcome(result: object) -> str:
    match result:
        case Conflict(reason=reason):
            return reason
        case BaseException():
            raise result
        case Stamped() | Canceled() | Redeemed():
            return "again" if result.is_repeated else "done"
        case (Receipt(), bool(is_repeated)):
            return "again" if is_repeated else "done"
    raise AssertionError(result)
