"""A coupon on its holder's phone: shown, slid once, over after a quarter of an hour."""

import re
from datetime import timedelta

import pytest

from domain.coupons import CouponWay
from domain.people import CouponId, CustomerId
from loyalty.coupons import Showing, reverse_coupon
from loyalty.links import coupon_token, qr_token
from storage.books import Books
from tests.console.browser import Browser, Page
from tests.console.counting import TENTH, hand_coupon
from tests.console.street import Clock, Street
from tests.factories import change, rows

CODES = "SELECT count(*) FROM counter_code"
FOUR = re.compile(r'aria-label="번호 ([0-9]{4})"')


@pytest.fixture
async def coupon_id(
    console_books: Books, street: Street, regular: CustomerId, console_clock: Clock
) -> CouponId:
    return await console_books.write(hand_coupon, street.shop_id, regular, console_clock.at)


async def opened(
    stranger: Browser, books: Books, street: Street, coupon_id: CouponId, clock: Clock
) -> tuple[str, Page]:
    token = await books.read(coupon_token, street.shop_id, coupon_id, clock.at)
    return f"/c/{token}", await stranger.get(f"/c/{token}")


async def test_a_coupon_is_shown_large_with_a_code_on_request(
    stranger: Browser,
    street: Street,
    coupon_id: CouponId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    path, page = await opened(stranger, console_books, street, coupon_id, console_clock)
    before = await console_books.read(rows, CODES)
    asked = await stranger.post(f"{path}/code")
    shown = await stranger.get(path)

    for words in ("보람빵집", "10% 할인", "10,000원부터", "쿠폰 사용"):
        assert words in page.words
    assert before == [(0,)]
    assert asked.location == path
    assert FOUR.search(shown.html)
    assert "<svg" in shown.html


async def test_the_slide_uses_the_coupon_once_and_says_when(
    stranger: Browser,
    street: Street,
    coupon_id: CouponId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    path, page = await opened(stranger, console_books, street, coupon_id, console_clock)
    fields = {"key": page.value("key")}

    first = await stranger.post(path, fields)
    console_clock.pass_(minutes=1)
    second = await stranger.post(path, fields)
    shown = await stranger.get(path)

    assert (first.location, second.location) == (path, path)
    assert "사용했어요11월 23일 (월) 오전 10:00" in shown.words
    assert "쿠폰 사용" not in shown.words
    assert await console_books.read(rows, "SELECT act, way FROM redemption") == [("use", "slide")]


async def test_a_slide_taken_back_can_be_pulled_again(
    stranger: Browser,
    street: Street,
    regular: CustomerId,
    coupon_id: CouponId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    path, page = await opened(stranger, console_books, street, coupon_id, console_clock)
    await stranger.post(path, {"key": page.value("key")})
    undo = Showing(key="undo", way=CouponWay.CODE, actor="owner:1")
    await console_books.write(reverse_coupon, street.shop_id, coupon_id, undo, console_clock.at)

    replayed = await stranger.post(path, {"key": page.value("key")})
    ready = await stranger.get(path)
    await stranger.post(path, {"key": ready.value("key")})

    assert replayed.status == 303
    assert "쿠폰 사용" in ready.words
    assert "사용했어요" in (await stranger.get(path)).words


async def test_the_link_ends_after_a_quarter_of_an_hour(
    stranger: Browser,
    street: Street,
    coupon_id: CouponId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    path, page = await opened(stranger, console_books, street, coupon_id, console_clock)
    console_clock.pass_(minutes=15)

    for late in (await stranger.get(path), await stranger.post(path, {"key": page.value("key")})):
        assert late.status == 409
        assert "채팅방에서 ‘내 쿠폰’을 다시" in late.words
    assert await console_books.read(rows, "SELECT state FROM coupon") == [("ready",)]


async def test_a_coupon_that_cannot_be_used_now_says_why(
    stranger: Browser,
    street: Street,
    coupon_id: CouponId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    console_clock.at += timedelta(days=TENTH.life_days)

    path, page = await opened(stranger, console_books, street, coupon_id, console_clock)
    tried = await stranger.post(path, {"key": "0" * 16})

    assert "지금은 쓸 수 없어요" in page.words
    assert "쓸 수 있는 날이 지난 쿠폰이에요. 12월 6일 (일)까지였어요" in page.words
    assert "data-slide" not in page.html
    assert tried.status == 409


async def test_a_coupon_whose_purchase_was_canceled_says_so(
    stranger: Browser,
    owner: Browser,
    street: Street,
    coupon_id: CouponId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    await console_books.write(change, "UPDATE coupon SET state = 'canceled'")

    _, shown = await opened(stranger, console_books, street, coupon_id, console_clock)
    counter = await owner.get(f"/owner/counter/coupons/{coupon_id}")

    for page in (shown, counter):
        assert "이제 쓸 수 없는 쿠폰이에요" in page.words
        assert "이 쿠폰을 받은 구매가 취소되었어요" in page.words


async def test_another_site_cannot_press_for_a_customer(
    stranger: Browser,
    street: Street,
    coupon_id: CouponId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    path, page = await opened(stranger, console_books, street, coupon_id, console_clock)

    tried = await stranger.post(
        path, {"key": page.value("key")}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert tried.status == 403
    assert await console_books.read(rows, "SELECT state FROM coupon") == [("ready",)]


async def test_a_token_of_one_kind_is_none_of_the_other(
    stranger: Browser,
    street: Street,
    coupon_id: CouponId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    at, shop_id = console_clock.at, street.shop_id
    coupon = await console_books.read(coupon_token, shop_id, coupon_id, at)
    qr = await console_books.read(qr_token, shop_id, at)

    assert (await stranger.get(f"/q/{coupon}")).status == 404
    assert (await stranger.get(f"/c/{qr}")).status == 404
