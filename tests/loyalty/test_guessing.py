"""Who guesses customers' four digits at a counter has few tries; the shop's phone numbers go on."""

from datetime import datetime, timedelta

import pytest

from domain.coupons import CouponSource, CouponWay
from domain.people import ShopId
from domain.refusals import Conflict, Refusal
from domain.visits import CODE_LIFE, TRIES_WINDOW, WRONG_CODES_MAX
from loyalty.codes import count_wrong_code, issue_customer_code
from loyalty.coupons import NewOffer, Showing, give, make_offer, use_by_code
from loyalty.paper import stamp_by_phone
from loyalty.sales import Sale
from loyalty.visits import Stamped, stamp_by_code
from storage.books import Books
from storage.desk import Tx
from tests.conftest import START
from tests.factories import OWNER, rows
from tests.loyalty.street import GIFT, Shop, another_shop, make_sale, open_shop


async def typed(
    books: Books, shop_id: ShopId, digits: str, at: datetime, sale: Sale | None = None
) -> Stamped | str:
    """What the counter answers; a reason for a refusal."""
    sale = sale or make_sale()

    def stamp(tx: Tx) -> Stamped:
        return stamp_by_code(tx, shop_id, digits, sale, at)

    try:
        answer = await books.write(count_wrong_code, shop_id, at, stamp)
    except Refusal as refusal:
        return refusal.reason
    return answer.reason if isinstance(answer, Refusal) else answer


async def guess_all(books: Books, shop_id: ShopId, but: str, at: datetime) -> list[Stamped | str]:
    wrong = [f"{number:04}" for number in range(WRONG_CODES_MAX + 1) if f"{number:04}" != but]
    return [await typed(books, shop_id, digits, at) for digits in wrong[:WRONG_CODES_MAX]]


async def code_of(shop: Shop, at: datetime = START) -> str:
    shown = await shop.books.write(issue_customer_code, shop.channel_id, shop.customer_id, at)
    return shown.digits


async def test_after_thirty_wrong_ones_the_right_one_waits_too(books: Books) -> None:
    shop = await open_shop(books)
    other_id = await books.write(another_shop, shop)
    code = await code_of(shop)

    wrong = await guess_all(books, other_id, code, START)
    closed = await typed(books, other_id, code, START)
    phone = await books.write(stamp_by_phone, other_id, "010-7777-0001", make_sale(), START)
    at_home = await typed(books, shop.shop_id, code, START)

    assert set(wrong) == {"code"}
    assert closed == "too_many_codes"
    assert phone.visits == 1
    assert isinstance(at_home, Stamped)


async def test_ten_minutes_later_codes_work_again(books: Books) -> None:
    shop = await open_shop(books)
    await guess_all(books, shop.shop_id, "", START)
    later = START + TRIES_WINDOW + timedelta(seconds=1)

    assert isinstance(await typed(books, shop.shop_id, await code_of(shop, later), later), Stamped)


async def test_a_request_answered_before_has_its_answer_while_codes_wait(books: Books) -> None:
    shop = await open_shop(books)
    code, sale = await code_of(shop), make_sale()
    await typed(books, shop.shop_id, code, START, sale)
    await guess_all(books, shop.shop_id, code, START)

    again = await typed(books, shop.shop_id, code, START, sale)

    assert isinstance(again, Stamped)
    assert again.is_repeated


async def test_a_right_code_and_what_else_is_refused_do_not_count(books: Books) -> None:
    shop = await open_shop(books)
    code = await code_of(shop)
    await typed(books, shop.shop_id, code, START)

    assert await typed(books, shop.shop_id, code, START) == "code_used"
    assert await books.read(rows, "SELECT * FROM tries") == []


async def test_a_coupons_code_is_counted_and_closed_alike(books: Books) -> None:
    shop = await open_shop(books)
    offer = NewOffer(source=CouponSource.HAND, terms=GIFT)
    offer_id = await books.write(make_offer, shop.shop_id, offer, actor=OWNER, at=START)
    person = shop.shop_id, shop.customer_id
    given = await books.write(give, person, offer_id, key="k", actor=OWNER, at=START)
    assert given is not None
    coupon = shop.shop_id, given.coupon_id
    code = await books.write(
        issue_customer_code, shop.channel_id, shop.customer_id, START, coupon=coupon
    )
    await guess_all(books, shop.shop_id, code.digits, START)

    with pytest.raises(Conflict, match="too_many_codes"):
        await books.write(
            use_by_code,
            shop.shop_id,
            code.digits,
            Showing(key="u", way=CouponWay.CODE, actor=OWNER),
            START,
        )


@pytest.mark.parametrize(
    ("ago", "answer"),
    [(timedelta(), "code_lapsed"), (timedelta(seconds=1), None), (timedelta(minutes=4), None)],
)
async def test_a_lapsed_code_has_no_more_time_than_it_says(
    books: Books, ago: timedelta, answer: str | None
) -> None:
    """The difference of two clocks is for a list that was kept, not for a till that asks now."""
    shop = await open_shop(books)
    code = await code_of(shop)
    at = START + CODE_LIFE

    found = await typed(books, shop.shop_id, code, at, make_sale(happened_at=at - ago))
    refused = found if isinstance(found, str) else None

    assert refused == answer


async def test_a_second_of_difference_is_no_slack(books: Books) -> None:
    shop = await open_shop(books)
    code = await code_of(shop)
    at = START + CODE_LIFE + timedelta(minutes=2)
    sale = make_sale(happened_at=at - timedelta(seconds=1))

    assert await typed(books, shop.shop_id, code, at, sale) == "code_lapsed"


async def test_a_till_whose_clock_is_ahead_may_use_a_code_that_is_good(books: Books) -> None:
    shop = await open_shop(books)
    code = await code_of(shop)
    at = START + timedelta(minutes=1)
    sale = make_sale(happened_at=at + timedelta(minutes=4))

    assert isinstance(await typed(books, shop.shop_id, code, at, sale), Stamped)
