"""Birthdays: optional, sealed, found by a keyed hash, consented to, forgotten (L65, L67)."""

from typing import Any

import pytest

from domain.consent import Choice, Purpose
from domain.people import ShopId
from domain.refusals import Invalid
from loyalty.birthdays import forget_birthday, leave_birthday
from loyalty.privacy import show_held
from storage.books import Books
from storage.desk import Tx
from storage.queries.birthdays import find_birthday
from tests.conftest import START
from tests.factories import make_customer, make_shop, make_street, rows
from tests.loyalty.street import open_shop


async def test_a_birthday_is_kept_sealed_and_shown_to_its_person(books: Books) -> None:
    shop = await open_shop(books)

    birthday = await books.write(leave_birthday, shop.customer_id, "1990년 3월 5일", START)

    held = await books.read(show_held, shop.shop_id, shop.customer_id, START)
    sql = "SELECT birthday, birthday_hash FROM customer WHERE id = :id"
    ((sealed, digest),) = await books.read(rows, sql, id=shop.customer_id)
    assert (birthday, held.birthday) == ((3, 5), (3, 5))
    assert b"03-05" not in bytes(sealed)
    assert len(digest) == 64
    assert await books.read(find_birthday, shop.other_id) is None


async def test_the_choice_is_recorded_for_each_shop_of_the_person(books: Books) -> None:
    """L43"""

    def work(tx: Tx) -> list[list[Any]]:
        street = make_street(tx, people=1)
        second = make_shop(tx, street.market_id, street.channel_id, slug="rice", name="떡집")
        one = make_customer(tx, street.channel_id, second)
        leave_birthday(tx, one, "3/5", START)
        forget_birthday(tx, one, START)
        return [
            [
                (choice.choice, choice.chosen_at)
                for choice in show_held(tx, shop, one, START).choices
                if choice.purpose is Purpose.BIRTHDAY
            ]
            for shop in (street.shop_id, ShopId(second))
        ]

    assert await books.write(work) == [[(Choice.GRANTED, START), (Choice.WITHDRAWN, START)]] * 2


async def test_both_changes_stand_in_the_audit_log(books: Books) -> None:
    """I12: with the person's number alone."""
    shop = await open_shop(books)
    await books.write(leave_birthday, shop.customer_id, "0305", START)
    await books.write(forget_birthday, shop.customer_id, START)

    sql = "SELECT actor, act, subject, details FROM audit_line ORDER BY id DESC LIMIT 2"
    who = f"customer:{shop.customer_id}"
    assert await books.read(rows, sql) == [
        (who, "forget_birthday", who, ""),
        (who, "leave_birthday", who, ""),
    ]


async def test_a_forgotten_birthday_leaves_nothing(books: Books) -> None:
    shop = await open_shop(books)
    await books.write(leave_birthday, shop.customer_id, "0305", START)
    await books.write(forget_birthday, shop.customer_id, START)

    sql = "SELECT birthday, birthday_hash FROM customer WHERE id = :id"
    assert await books.read(rows, sql, id=shop.customer_id) == [(None, None)]
    assert await books.read(find_birthday, shop.customer_id) is None


async def test_what_is_no_birthday_is_refused_and_changes_nothing(books: Books) -> None:
    shop = await open_shop(books)
    await books.write(leave_birthday, shop.customer_id, "0305", START)

    with pytest.raises(Invalid) as refused:
        await books.write(leave_birthday, shop.customer_id, "2월 30일", START)

    assert refused.value.fields == {"birthday": "월과 일을 3월 5일처럼 적어 주세요."}
    assert await books.read(find_birthday, shop.customer_id) == (3, 5)


async def test_the_same_birthday_is_sealed_differently_each_time(books: Books) -> None:
    """Whoever reads the sealed column learns not even who shares a birthday."""
    shop = await open_shop(books)
    for who in (shop.customer_id, shop.other_id):
        await books.write(leave_birthday, who, "3/5", START)

    sealed = await books.read(rows, "SELECT birthday FROM customer ORDER BY id")
    assert len({bytes(one) for (one,) in sealed}) == 2
