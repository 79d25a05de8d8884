"""A canceled sale (I11, I12): stamp, coupon, count and news go together."""

from datetime import timedelta

import pytest

from domain.coupons import CouponWay
from domain.people import VisitId
from domain.refusals import Conflict, NotFound
from domain.visits import (
    CANCEL_WITHIN,
)
from loyalty.coupons import Showing, use_coupon
from loyalty.invariants import earned_and_used_once
from loyalty.visits import cancel_visit
from storage.books import Books
from tests.conftest import START
from tests.factories import OWNER, rows
from tests.loyalty.street import another_shop, make_card, open_shop

DAY = timedelta(days=1)


async def test_a_canceled_visit_does_not_count_toward_the_day(books: Books) -> None:
    shop = await open_shop(books)
    last = [await shop.stamp(START) for _ in range(3)][-1]

    await books.write(cancel_visit, shop.shop_id, last.visit_id, actor=OWNER, at=START)

    assert (await shop.stamp(START)).visits == 3


async def test_a_canceled_sale_unwinds_stamp_coupon_and_count(books: Books) -> None:
    shop = await open_shop(books, needed=2)
    await shop.stamp(START)
    full = await shop.stamp(START + DAY)

    undone = await books.write(
        cancel_visit, shop.shop_id, full.visit_id, actor=OWNER, at=START + DAY
    )

    assert undone.canceled == (full.earned[0].coupon_id,)
    assert undone.owed == ()
    assert undone.card
    assert undone.card.stamps == 1
    member = "SELECT visits, visit_days, last_visit_at FROM membership WHERE customer_id = :id"
    visits, days, last = (await books.read(rows, member, id=shop.customer_id))[0]
    assert (visits, days) == (1, 1)
    assert str(last).startswith("2026-11-25")
    assert await books.read(earned_and_used_once) == []


async def test_an_old_sale_undone_shows_the_card_in_hand(books: Books) -> None:
    """The card it stood on has lapsed; another has been begun since."""
    shop = await open_shop(books, needed=0)
    await shop.set_card(make_card(5, expiry_days=3))
    old = await shop.claim(START)
    for days in (10, 11):
        await shop.claim(START + days * DAY)

    undone = await books.write(
        cancel_visit, shop.shop_id, old.visit_id, actor=OWNER, at=START + 11 * DAY
    )

    assert undone.card
    assert undone.card.stamps == 2


async def test_a_used_reward_becomes_a_debt_and_the_next_stamp_pays_it(books: Books) -> None:
    shop = await open_shop(books, needed=2)
    await shop.stamp(START)
    full = await shop.stamp(START + DAY)
    coupon_id = full.earned[0].coupon_id
    showing = Showing(key="use-1", way=CouponWay.CODE, actor=OWNER)
    await books.write(use_coupon, shop.shop_id, coupon_id, showing, START + DAY)

    undone = await books.write(
        cancel_visit, shop.shop_id, full.visit_id, actor=OWNER, at=START + DAY
    )
    owed = await books.read(rows, "SELECT id FROM coupon WHERE owed_at IS NOT NULL")
    again = await shop.stamp(START + DAY * 2)

    assert undone.owed == (coupon_id,)
    assert owed == [(coupon_id,)]
    assert again.earned == ()
    assert await books.read(rows, "SELECT count(*) FROM coupon WHERE owed_at IS NULL") == [(1,)]


async def test_canceling_twice_takes_back_once(books: Books) -> None:
    shop = await open_shop(books)
    stamped = await shop.stamp(START)

    first = await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)
    again = await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)

    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert await books.read(rows, "SELECT stamps FROM tally") == [(0,)]
    lines = "SELECT count(*) FROM audit_line WHERE act = 'cancel_visit'"
    assert await books.read(rows, lines) == [(1,)]


async def test_a_sale_can_be_canceled_until_its_month_is_settled(books: Books) -> None:
    shop = await open_shop(books)
    stamped = await shop.stamp(START)
    too_late = START + CANCEL_WITHIN + timedelta(seconds=1)

    with pytest.raises(Conflict, match="too_late"):
        await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=too_late)


async def testanother_shops_visit_is_not_there(books: Books) -> None:
    shop = await open_shop(books)
    stamped = await shop.stamp(START)
    other = await books.write(another_shop, shop)

    with pytest.raises(NotFound, match="visit"):
        await books.write(cancel_visit, other, stamped.visit_id, actor=OWNER, at=START)
    with pytest.raises(NotFound, match="visit"):
        await books.write(cancel_visit, shop.shop_id, VisitId(999), actor=OWNER, at=START)


async def test_every_change_by_a_person_is_in_the_log(books: Books) -> None:
    """I12."""
    shop = await open_shop(books)
    stamped = await shop.stamp(START)
    await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)

    lines = await books.read(
        rows, "SELECT actor, act, details FROM audit_line WHERE details <> '' ORDER BY id"
    )
    visit = f"visit:{stamped.visit_id}"
    assert [one for one in lines if one[2] == visit] == [
        (OWNER, "stamp", visit),
        (OWNER, "cancel_visit", visit),
    ]
