"""Coupons (C12, I11): given once, held, used, taken back, never beyond their cap."""

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import count

import pytest

from domain.coupons import (
    HOLD_LIFE,
    SAME_SALE,
    CouponAct,
    CouponKind,
    CouponSource,
    CouponState,
    CouponTerms,
    CouponWay,
)
from domain.people import CouponId, CustomerId, OfferId
from domain.refusals import Conflict, Invalid, NotFound
from domain.time import Window, kst_instant
from loyalty.codes import issue_customer_code
from loyalty.coupons import (
    NewOffer,
    Showing,
    close_offer,
    give,
    hold_coupon,
    make_offer,
    release_coupon,
    release_ended_holds,
    reverse_coupon,
    use_by_code,
    use_coupon,
)
from loyalty.invariants import earned_and_used_once
from loyalty.visits import cancel_visit, stamp_by_code
from storage.books import Books
from tests.conftest import START
from tests.factories import OWNER, rows
from tests.loyalty.street import GIFT, Shop, make_sale, open_shop

KEYS = count(1)
LATER = START + SAME_SALE
PERCENT = CouponTerms(kind=CouponKind.PERCENT, title="10% 할인", value=10, min_spend_won=5_000)


def showing(key: str | None = None, spend_won: int | None = None) -> Showing:
    return Showing(
        key=key or f"show-{next(KEYS)}", way=CouponWay.CODE, actor=OWNER, spend_won=spend_won
    )


async def offer(shop: Shop, terms: CouponTerms = GIFT, cap: int | None = None) -> OfferId:
    new = NewOffer(source=CouponSource.HAND, terms=terms, cap=cap)
    return await shop.books.write(make_offer, shop.shop_id, new, actor=OWNER, at=START)


async def give_to(shop: Shop, who: CustomerId, offer_id: OfferId, key: str = "hand:1") -> CouponId:
    person = shop.shop_id, who
    given = await shop.books.write(give, person, offer_id, key=key, actor=OWNER, at=START)
    assert given is not None
    return given.coupon_id


async def coupon(shop: Shop, terms: CouponTerms = GIFT, cap: int | None = None) -> CouponId:
    return await give_to(shop, shop.customer_id, await offer(shop, terms, cap))


async def test_the_same_reason_gives_once(books: Books) -> None:
    shop = await open_shop(books)
    offer_id = await offer(shop)
    await give_to(shop, shop.customer_id, offer_id, "birthday:2026")

    person = shop.shop_id, shop.customer_id
    key = "birthday:2026"
    assert await books.write(give, person, offer_id, key=key, actor=OWNER, at=LATER) is None


async def test_the_same_reason_gives_each_person_their_own(books: Books) -> None:
    shop = await open_shop(books)
    offer_id = await offer(shop)

    mine = await give_to(shop, shop.customer_id, offer_id, "birthday:2026")
    others = await give_to(shop, shop.other_id, offer_id, "birthday:2026")

    assert mine != others


async def test_a_closed_offer_gives_no_more_and_what_was_given_stays_good(books: Books) -> None:
    shop = await open_shop(books)
    offer_id = await offer(shop)
    coupon_id = await give_to(shop, shop.customer_id, offer_id)
    await books.write(close_offer, shop.shop_id, offer_id, actor=OWNER, at=START)

    person = shop.shop_id, shop.other_id
    with pytest.raises(Conflict, match="offer_closed"):
        await books.write(give, person, offer_id, key="hand:2", actor=OWNER, at=START)
    used = await books.write(use_coupon, shop.shop_id, coupon_id, showing(), START)
    assert used.coupon.state is CouponState.USED


@pytest.mark.parametrize("way", CouponWay)
async def test_every_way_of_showing_is_written_down(books: Books, way: CouponWay) -> None:
    shop = await open_shop(books)
    shown = Showing(key="show", way=way, actor=OWNER)
    await books.write(use_coupon, shop.shop_id, await coupon(shop), shown, LATER)

    assert await books.read(rows, "SELECT act, way FROM redemption") == [("use", way.value)]


@pytest.mark.parametrize("cap", [0, -1, 100_001])
async def test_a_cap_that_cannot_be(books: Books, cap: int) -> None:
    shop = await open_shop(books)

    with pytest.raises(Invalid):
        await offer(shop, cap=cap)


async def test_a_coupon_is_used_once_and_saying_it_twice_is_harmless(books: Books) -> None:
    shop = await open_shop(books)
    coupon_id = await coupon(shop)

    first = await books.write(use_coupon, shop.shop_id, coupon_id, showing("k"), START)
    again = await books.write(use_coupon, shop.shop_id, coupon_id, showing("k"), START)

    assert (first.is_repeated, again.is_repeated) == (False, True)
    with pytest.raises(Conflict, match="coupon_used"):
        await books.write(use_coupon, shop.shop_id, coupon_id, showing(), START)


async def test_a_held_coupon_is_used_released_or_comes_free_by_itself(books: Books) -> None:
    shop = await open_shop(books)
    coupon_id = await coupon(shop, cap=1)
    this = shop.shop_id, coupon_id

    await books.write(hold_coupon, *this, showing(), START)
    with pytest.raises(Conflict, match="coupon_held"):
        await books.write(hold_coupon, *this, showing(), START)
    await books.write(release_coupon, *this, showing(), START)
    await books.write(hold_coupon, *this, showing(), START)
    held_again = await books.write(hold_coupon, *this, showing(), START + HOLD_LIFE)
    used = await books.write(use_coupon, *this, showing(), START + HOLD_LIFE)

    assert held_again.coupon.state is CouponState.HELD
    assert used.coupon.state is CouponState.USED
    assert await books.read(rows, "SELECT taken FROM coupon_offer WHERE cap IS NOT NULL") == [(1,)]


async def test_a_payment_that_began_in_time_is_finished_after_midnight(books: Books) -> None:
    """What the till was told at 23:58 is still so at 00:02; the sum is looked at then."""
    shop = await open_shop(books)
    begun = kst_instant(date(2026, 11, 25), time(23, 58))
    until = Window(time(20), time(23, 59))
    today = replace(PERCENT, life_days=1, weekdays=frozenset({2}), hours=until)
    this = shop.shop_id, await coupon(shop, today)
    await books.write(hold_coupon, *this, showing(), begun)

    late = begun + timedelta(minutes=4)
    with pytest.raises(Conflict, match="coupon_min_spend"):
        await books.write(use_coupon, *this, showing(spend_won=4_000), late)
    used = await books.write(use_coupon, *this, showing(spend_won=6_000), late)

    assert used.coupon.state is CouponState.USED


async def test_a_reversed_coupon_is_good_again_and_its_place_is_free(books: Books) -> None:
    shop = await open_shop(books)
    offer_id = await offer(shop, cap=1)
    mine = await give_to(shop, shop.customer_id, offer_id)
    others = await give_to(shop, shop.other_id, offer_id, "hand:2")
    await books.write(use_coupon, shop.shop_id, mine, showing(), START)

    with pytest.raises(Conflict, match="cap_reached"):
        await books.write(use_coupon, shop.shop_id, others, showing(), START)
    await books.write(reverse_coupon, shop.shop_id, mine, showing(), START)
    await books.write(use_coupon, shop.shop_id, others, showing(), START)

    with pytest.raises(Conflict, match="cap_reached"):
        await books.write(use_coupon, shop.shop_id, mine, showing(), START)
    assert await books.read(earned_and_used_once) == []


async def test_a_forgotten_hold_does_not_keep_a_place_for_ever(books: Books) -> None:
    shop = await open_shop(books)
    offer_id = await offer(shop, cap=1)
    mine = await give_to(shop, shop.customer_id, offer_id)
    others = await give_to(shop, shop.other_id, offer_id, "hand:2")
    await books.write(hold_coupon, shop.shop_id, mine, showing(), START)

    with pytest.raises(Conflict, match="cap_reached"):
        await books.write(use_coupon, shop.shop_id, others, showing(), START)
    used = await books.write(use_coupon, shop.shop_id, others, showing(), START + HOLD_LIFE)

    assert used.coupon.state is CouponState.USED


async def test_ended_holds_are_given_back_by_the_sweep(books: Books) -> None:
    shop = await open_shop(books)
    coupon_id = await coupon(shop, cap=1)
    await books.write(hold_coupon, shop.shop_id, coupon_id, showing(), START)

    early = await books.write(release_ended_holds, START)
    late = await books.write(release_ended_holds, START + HOLD_LIFE)
    again = await books.write(release_ended_holds, START + HOLD_LIFE)

    assert (early, late, again) == (0, 1, 0)
    taken = "SELECT taken FROM coupon_offer WHERE cap IS NOT NULL"
    assert await books.read(rows, taken) == [(0,)]


async def test_two_coupons_do_not_go_together(books: Books) -> None:
    shop = await open_shop(books)
    first = await coupon(shop)
    second = await coupon(shop)
    await books.write(use_coupon, shop.shop_id, first, showing(), START)

    with pytest.raises(Conflict, match="no_stacking"):
        await books.write(use_coupon, shop.shop_id, second, showing(), START)
    used = await books.write(use_coupon, shop.shop_id, second, showing(), LATER)
    assert used.coupon.state is CouponState.USED


async def test_coupons_that_may_stack_do(books: Books) -> None:
    shop = await open_shop(books)
    stacking = replace(GIFT, can_stack=True)
    first, second = await coupon(shop, stacking), await coupon(shop, stacking)
    third = await coupon(shop)
    await books.write(use_coupon, shop.shop_id, first, showing(), START)

    await books.write(use_coupon, shop.shop_id, second, showing(), START)
    with pytest.raises(Conflict, match="no_stacking"):
        await books.write(use_coupon, shop.shop_id, third, showing(), START)


async def test_the_discount_is_written_down(books: Books) -> None:
    shop = await open_shop(books)
    coupon_id = await coupon(shop, PERCENT)

    with pytest.raises(Conflict, match="coupon_min_spend"):
        await books.write(use_coupon, shop.shop_id, coupon_id, showing(spend_won=4_900), START)
    used = await books.write(use_coupon, shop.shop_id, coupon_id, showing(spend_won=12_000), START)

    assert used.discount_won == 1_200
    lines = "SELECT act, spend_won, discount_won FROM redemption"
    assert await books.read(rows, lines) == [(CouponAct.USE, 12_000, 1_200)]


async def test_a_code_of_a_coupon_is_no_visit_and_the_other_way_round(books: Books) -> None:
    shop = await open_shop(books)
    coupon_id = await coupon(shop)
    who = shop.channel_id, shop.customer_id
    of_coupon = await books.write(
        issue_customer_code, *who, START, coupon=(shop.shop_id, coupon_id)
    )
    of_visit = await books.write(issue_customer_code, *who, START)

    with pytest.raises(Conflict, match="code_of_coupon"):
        await books.write(stamp_by_code, shop.shop_id, of_coupon.digits, make_sale(), START)
    with pytest.raises(Conflict, match="code_of_visit"):
        await books.write(use_by_code, shop.shop_id, of_visit.digits, showing(), START)
    used = await books.write(use_by_code, shop.shop_id, of_coupon.digits, showing(), START)

    assert used.coupon.coupon_id == coupon_id
    with pytest.raises(Conflict, match="code_used"):
        await books.write(use_by_code, shop.shop_id, of_coupon.digits, showing(), START)


async def test_another_shops_coupon_is_not_there(books: Books) -> None:
    shop = await open_shop(books)

    with pytest.raises(NotFound, match="coupon"):
        await books.write(use_coupon, shop.shop_id, CouponId(999), showing(), START)


async def test_a_reversed_debt_is_gone_with_its_coupon(books: Books) -> None:
    """The sale that earned it is undone already: nothing is left to use again."""
    shop = await open_shop(books, needed=1)
    stamped = await shop.stamp(START)
    coupon_id = stamped.earned[0].coupon_id
    await books.write(use_coupon, shop.shop_id, coupon_id, showing(), START)
    await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)

    back = await books.write(reverse_coupon, shop.shop_id, coupon_id, showing(), START)

    assert back.coupon.state is CouponState.CANCELED
    assert back.coupon.owed_at is None
    assert await books.read(earned_and_used_once) == []
