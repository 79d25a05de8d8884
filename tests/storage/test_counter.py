"""What a counter shows of its day, and of nobody else's."""

from datetime import timedelta

import pytest

from domain.coupons import CouponState, CouponWay
from domain.people import CouponId, CustomerId, ShopId, VisitId
from loyalty.coupons import Showing, use_coupon
from loyalty.sales import Sale
from loyalty.visits import cancel_visit, stamp_person
from storage.books import Books
from storage.queries.counter import (
    find_last_use,
    find_who,
    list_today,
    list_unlocked,
    list_used,
)
from storage.queries.customers import save_name
from storage.queries.places import get_shop
from tests.conftest import START, Clock
from tests.console.counting import NEEDED, put_card
from tests.factories import make_shop, make_street, rows

EVER = START - timedelta(days=1)


@pytest.fixture
async def person(books: Books, clock: Clock) -> tuple[ShopId, CustomerId]:
    street = await books.write(make_street, people=2, grant_won=0)
    await books.write(put_card, street.shop_id, clock.at)
    return street.shop_id, street.customers[0]


@pytest.fixture
async def visits(books: Books, person: tuple[ShopId, CustomerId], clock: Clock) -> list[VisitId]:
    """A full card, one visit a minute."""
    found = []
    for number in range(NEEDED):
        sale = Sale(key=f"counter:{number}", actor="owner:1")
        stamped = await books.write(stamp_person, *person, sale, clock.at)
        found.append(stamped.visit_id)
        clock.advance(timedelta(minutes=1))
    return found


async def coupon_of(books: Books) -> CouponId:
    ((coupon_id,),) = await books.read(rows, "SELECT id FROM coupon")
    return CouponId(coupon_id)


async def test_the_days_visits_newest_first_with_a_masked_number(
    books: Books, person: tuple[ShopId, CustomerId], visits: list[VisitId]
) -> None:
    shop_id, customer_id = person

    before = await books.read(list_today, shop_id, EVER)
    await books.write(save_name, shop_id, customer_id, "민지")
    after = await books.read(list_today, shop_id, START + timedelta(seconds=1))

    assert [one.visit_id for one in before] == visits[::-1]
    assert {one.who for one in before} == {"010-****-0001"}
    assert [(one.visit_id, one.who) for one in after] == [(one, "민지") for one in visits[:0:-1]]


async def test_the_coupons_of_a_visit_as_they_stand(
    books: Books, person: tuple[ShopId, CustomerId], visits: list[VisitId], clock: Clock
) -> None:
    shop_id, coupon_id = person[0], await coupon_of(books)

    assert await books.read(list_unlocked, shop_id, visits[0]) == []
    (earned,) = await books.read(list_unlocked, shop_id, visits[-1])
    await books.write(cancel_visit, shop_id, visits[-1], actor="owner:1", at=clock.at)
    (canceled,) = await books.read(list_unlocked, shop_id, visits[-1])

    assert (earned.coupon_id, earned.state) == (coupon_id, CouponState.READY)
    assert (canceled.state, canceled.owed_at) == (CouponState.CANCELED, None)


async def test_a_used_reward_is_owed_by_the_visit_that_was_undone(
    books: Books, person: tuple[ShopId, CustomerId], visits: list[VisitId], clock: Clock
) -> None:
    shop_id, coupon_id = person[0], await coupon_of(books)
    showing = Showing(key="use", way=CouponWay.SLIDE, actor="customer:1")
    await books.write(use_coupon, shop_id, coupon_id, showing, clock.at)
    used = await books.read(list_used, shop_id, EVER)
    clock.advance(timedelta(minutes=1))

    # An earlier visit: the stamp that filled the card moves down, and the place is lost.
    await books.write(cancel_visit, shop_id, visits[0], actor="owner:1", at=clock.at)
    (owed,) = await books.read(list_unlocked, shop_id, visits[0])
    use = await books.read(find_last_use, shop_id, coupon_id)

    assert [(one.coupon_id, one.who) for one in used] == [(coupon_id, "010-****-0001")]
    assert (owed.coupon_id, owed.state, owed.owed_at) == (coupon_id, CouponState.USED, clock.at)
    assert use is not None
    assert use.way is CouponWay.SLIDE


async def test_another_shop_sees_nothing_of_it(
    books: Books, person: tuple[ShopId, CustomerId], visits: list[VisitId]
) -> None:
    shop = await books.read(get_shop, person[0])
    other = await books.write(
        make_shop, shop.market_id, shop.channel_id, name="옆집", slug="next-door"
    )

    assert await books.read(list_today, other, EVER) == []
    assert await books.read(list_used, other, EVER) == []
    assert await books.read(list_unlocked, other, visits[-1]) == []
    assert await books.read(find_last_use, other, await coupon_of(books)) is None
    assert await books.read(find_who, other, person[1]) is None
