"""Gifts of joining and of birthdays: once a person, once a year, and no word about them (K14)."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from domain.coupons import CouponSource
from domain.people import CustomerId, OfferId, ShopId
from domain.time import kst_instant
from loyalty.birthdays import leave_birthday
from loyalty.coupons import NewOffer, close_offer, make_offer
from loyalty.gifts import give_birthday_gifts, give_joining_gifts
from loyalty.invariants import earned_and_used_once
from loyalty.joining import join_shop
from loyalty.meeting import recognize
from loyalty.paper import regular_by_phone
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.coupons import list_usable
from storage.vault import Vault
from tests.conftest import START
from tests.factories import (
    OWNER,
    make_caller,
    make_customer,
    make_shop,
    make_street,
    phone_of,
    rows,
)
from tests.loyalty.street import GIFT, open_shop

TODAY = "11월 25일"
NINE = kst_instant(date(2026, 11, 25), time(9))
BEFORE_NINE = NINE - timedelta(microseconds=1)
NEXT_YEAR = NINE.replace(year=2027)


def offer(
    tx: Tx,
    shop_id: ShopId,
    source: CouponSource = CouponSource.BIRTHDAY,
    *,
    life_days: int = 14,
    title: str = "생일 케이크",
) -> OfferId:
    terms = replace(GIFT, title=title, life_days=life_days)
    new = NewOffer(source=source, terms=terms)
    return make_offer(tx, shop_id, new, actor=OWNER, at=START - timedelta(days=1))


def coupons(tx: Tx) -> list[tuple[Any, ...]]:
    return rows(tx, "SELECT customer_id, offer_id, key FROM coupon ORDER BY customer_id, offer_id")


async def give_all(books: Books, at: datetime) -> None:
    while await books.write(give_birthday_gifts, at):
        pass


async def test_who_joins_gets_every_open_joining_offer_once(books: Books) -> None:
    def work(tx: Tx) -> tuple[list[Any], list[Any]]:
        street = make_street(tx, people=0)
        first, second, closed = (offer(tx, street.shop_id, CouponSource.JOINING) for _ in range(3))
        close_offer(tx, street.shop_id, closed, actor=OWNER, at=START)
        offer(tx, street.shop_id, CouponSource.HAND)
        one = recognize(tx, street.channel_id, make_caller(1), START)
        for _ in range(2):
            join_shop(tx, street.shop_id, one, pressed="네", at=START)
        give_joining_gifts(tx, street.shop_id, one, START)
        return coupons(tx), [(one, offer_id, "join") for offer_id in (first, second)]

    found, wanted = await books.write(work)
    assert found == wanted


async def test_a_joining_gift_is_the_shops_own(books: Books) -> None:
    def work(tx: Tx) -> tuple[list[ShopId], ShopId]:
        street = make_street(tx, people=0)
        other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        for shop_id in (street.shop_id, other):
            offer(tx, shop_id, CouponSource.JOINING)
        one = make_customer(tx, street.channel_id, street.shop_id)
        return [coupon.shop_id for coupon in list_usable(tx, one, START)], street.shop_id

    found, shop_id = await books.write(work)
    assert found == [shop_id]


async def test_who_is_known_by_a_number_alone_gets_no_gift(books: Books) -> None:
    """Stamps and nothing else: nobody there has joined anything."""

    def work(tx: Tx) -> list[Any]:
        street = make_street(tx, people=0)
        offer(tx, street.shop_id, CouponSource.JOINING)
        regular_by_phone(tx, street.shop_id, phone_of(1), actor=OWNER, at=START)
        return coupons(tx)

    assert await books.write(work) == []


async def test_a_birthday_gift_is_given_from_nine_once_a_year(books: Books) -> None:
    shop = await open_shop(books)
    offer_id = await books.write(offer, shop.shop_id)
    await books.write(leave_birthday, shop.customer_id, TODAY, START)
    await books.write(leave_birthday, shop.other_id, "11월 26일", START)

    await give_all(books, BEFORE_NINE)
    assert await books.read(coupons) == []
    for at in (NINE, NINE, NINE + timedelta(hours=14)):
        await give_all(books, at)
    assert await books.read(coupons) == [(shop.customer_id, offer_id, "birthday:2026")]

    await give_all(books, NEXT_YEAR)
    assert [key for _, _, key in await books.read(coupons)] == ["birthday:2026", "birthday:2027"]
    assert await books.read(earned_and_used_once) == []


async def test_a_gift_may_be_used_like_any_coupon_and_ends_by_its_terms(books: Books) -> None:
    shop = await open_shop(books)
    for life_days in (7, 14):
        await books.write(offer, shop.shop_id, life_days=life_days, title=f"{life_days}일")
    await books.write(leave_birthday, shop.customer_id, TODAY, START)
    await give_all(books, NINE)

    found = await books.read(list_usable, shop.customer_id, NINE)
    assert [(one.terms.title, one.expires_at) for one in found] == [
        ("7일", kst_instant(date(2026, 12, 2), time())),
        ("14일", kst_instant(date(2026, 12, 9), time())),
    ]


@pytest.mark.parametrize(
    ("day", "gifts"),
    [(date(2027, 2, 28), 1), (date(2027, 3, 1), 0), (date(2028, 2, 28), 0), (date(2028, 2, 29), 1)],
)
async def test_the_29th_of_february_has_its_gift_each_year(
    books: Books, day: date, gifts: int
) -> None:
    shop = await open_shop(books)
    await books.write(offer, shop.shop_id)
    await books.write(leave_birthday, shop.customer_id, "2월 29일", START)

    await give_all(books, kst_instant(day, time(12)))

    assert len(await books.read(coupons)) == gifts


async def test_closed_offers_strangers_and_other_shops_give_nothing(books: Books) -> None:
    def work(tx: Tx) -> list[Any]:
        street = make_street(tx, people=1)
        other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        offer(tx, other)
        close_offer(tx, street.shop_id, offer(tx, street.shop_id), actor=OWNER, at=START)
        leave_birthday(tx, street.customers[0], TODAY, START)
        stranger = recognize(tx, street.channel_id, make_caller(9), START)
        leave_birthday(tx, stranger, TODAY, START)
        give_birthday_gifts(tx, NINE)
        return coupons(tx)

    assert await books.write(work) == []


async def test_a_shop_that_was_not_told_the_birthday_gives_nothing(books: Books) -> None:
    """L54: told to one shop of the channel, it is not known to the shop joined later."""

    def work(tx: Tx) -> list[Any]:
        street = make_street(tx, people=1)
        other = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        offer(tx, other)
        leave_birthday(tx, street.customers[0], TODAY, START)
        join_shop(tx, other, street.customers[0], pressed="네", at=START)
        give_birthday_gifts(tx, NINE)
        return coupons(tx)

    assert await books.write(work) == []


async def test_the_korean_day_counts(books: Books) -> None:
    """23:30 KST on the 25th is the 25th, though UTC's clock says 14:30."""
    shop = await open_shop(books)
    await books.write(offer, shop.shop_id)
    await books.write(leave_birthday, shop.customer_id, TODAY, START)

    for at in (
        datetime(2026, 11, 24, 23, 59, tzinfo=UTC),
        datetime(2026, 11, 25, 15, 1, tzinfo=UTC),
    ):
        await give_all(books, at)
    assert await books.read(coupons) == []
    await give_all(books, datetime(2026, 11, 25, 14, 30, tzinfo=UTC))
    assert len(await books.read(coupons)) == 1


async def test_more_people_than_one_step_takes_all_get_theirs(
    books: Books, database_url: str, vault: Vault
) -> None:
    """By two workers at once, each doing its steps: everybody once."""
    people = 620

    def work(tx: Tx) -> list[CustomerId]:
        street = make_street(tx, people=people, grant_won=0)
        offer(tx, street.shop_id)
        for who in street.customers:
            leave_birthday(tx, who, TODAY, START)
        return list(street.customers)

    everybody = await books.write(work)
    assert await books.write(give_birthday_gifts, NINE)
    async with open_books(database_url, vault) as second:
        await asyncio.gather(give_all(books, NINE), give_all(second, NINE))

    assert [who for who, _, _ in await books.read(coupons)] == everybody
    assert not await books.write(give_birthday_gifts, NINE)


async def test_nothing_is_written_to_be_told(books: Books) -> None:
    """K14: to tell of a gift is an advertisement."""
    shop = await open_shop(books)
    await books.write(offer, shop.shop_id)
    await books.write(leave_birthday, shop.customer_id, TODAY, START)
    await give_all(books, NINE)

    assert len(await books.read(coupons)) == 1
    assert await books.read(rows, "SELECT * FROM notice") == []
