"""Coupons beside the card: made, counted, closed."""

from collections.abc import Mapping
from datetime import time

import pytest

from domain.coupons import CouponSource
from domain.time import Window
from storage.books import Books
from storage.queries.offers import list_offers
from tests.console.browser import Browser, Browsers
from tests.console.counting import hand_coupon
from tests.console.street import Clock, Street, add_regular

PAGE = "/owner/coupons"
WEEK = {f"weekday_{day}": "1" for day in range(7)}
NEW = {
    "source": "birthday",
    "kind": "won",
    "won": "2,000원",
    "count": "1",
    "buy": "2",
    "life_days": "14",
    **WEEK,
}


async def test_an_offer_is_made_once_however_often_it_is_pressed(
    owner: Browser, street: Street, console_books: Books
) -> None:
    fields = {**NEW, "opens": "14:00", "closes": "17:30", "min_spend_won": "10,000", "cap": "50"}
    for _ in range(2):
        made = await owner.submit(PAGE, PAGE, fields)

    (offer,) = await console_books.read(list_offers, street.shop_id)
    page = await owner.get(PAGE)
    assert made.status == 303
    assert (offer.source, offer.cap) == (CouponSource.BIRTHDAY, 50)
    assert (offer.terms.title, offer.terms.value) == ("2,000원 할인", 2000)
    assert offer.terms.hours == Window(time(14), time(17, 30))
    assert (offer.terms.min_spend_won, offer.terms.can_stack) == (10_000, False)
    assert "쿠폰을 만들었어요" in page.words
    assert "14일 동안 · 오후 2:00~오후 5:30 · 10,000원부터" in page.words
    assert "모두 50장까지" in page.words
    assert "광고예요" in page.words


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"won": "공짜"}, "won", "숫자로"),
        ({"source": "card"}, "source", "누구에게"),
        ({"opens": "14:00"}, "hours", "둘 다"),
        ({"opens": "17:00", "closes": "14:00"}, "hours", "뒤로"),
        ({f"weekday_{day}": "" for day in range(7)}, "weekdays", "하나 이상"),
        ({"min_spend_won": "조금"}, "min_spend_won", "숫자로"),
        ({"cap": "0"}, "cap", "1장에서"),
        ({"life_days": "366"}, "life_days", "365일"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field(
    owner: Browser,
    street: Street,
    console_books: Books,
    changes: Mapping[str, str],
    field: str,
    sentence: str,
) -> None:
    page = await owner.submit(PAGE, PAGE, {**NEW, **changes})

    assert page.status == 422
    assert sentence in page.html.split(f'id="{field}-mistake"')[1].split("</p>")[0]
    assert await console_books.read(list_offers, street.shop_id) == []


async def test_given_coupons_are_counted_and_an_offer_is_closed(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    person = await console_books.write(add_regular, street.shop_id, "a")
    await console_books.write(hand_coupon, street.shop_id, person, console_clock.at)
    (offer,) = await console_books.read(list_offers, street.shop_id)
    assert "드린 쿠폰 1장 · 쓰신 쿠폰 0장" in (await owner.get(PAGE)).words

    closed = await owner.submit(PAGE, f"{PAGE}/{offer.offer_id}/close")

    page = await owner.get(PAGE)
    assert closed.status == 303
    assert "그만 드리는 쿠폰" in page.words
    assert f"{PAGE}/{offer.offer_id}/close" not in page.html


async def test_another_shops_offer_is_not_closed(
    browsers: Browsers, street: Street, other_street: Street, console_books: Books
) -> None:
    owner = await browsers.open(street.owner)
    await owner.submit(PAGE, PAGE, NEW)
    (offer,) = await console_books.read(list_offers, street.shop_id)
    stranger = await browsers.open(other_street.owner)

    await stranger.submit(PAGE, f"{PAGE}/{offer.offer_id}/close")

    (still,) = await console_books.read(list_offers, street.shop_id)
    assert still.closed_at is None
