"""Becoming a regular once, with proof; a phone number kept sealed and forgotten on request."""

from typing import Any

import pytest

from domain.people import CustomerId, ShopId
from domain.refusals import Invalid
from loyalty.joining import forget_phone, join_shop, leave_phone
from loyalty.meeting import meet
from loyalty.privacy import show_held
from storage.books import Books
from storage.desk import Tx
from tests.conftest import Clock
from tests.factories import make_caller, make_customer, make_street, phone_of, rows


def acts(tx: Tx, customer_id: CustomerId) -> list[str]:
    sql = "SELECT act FROM audit_line WHERE subject = :who ORDER BY book, number"
    return [row[0] for row in rows(tx, sql, who=f"customer:{customer_id}")]


async def test_joining_twice_makes_one_member_and_one_record(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> tuple[list[bool], list[str], int]:
        street = make_street(tx, people=0)
        customer_id = meet(tx, street.channel_id, make_caller(1), clock.at).customer_id
        news = [
            join_shop(tx, street.shop_id, customer_id, pressed="네", at=clock.at) for _ in range(2)
        ]
        held = show_held(tx, street.shop_id, customer_id, clock.at)
        return news, acts(tx, customer_id), len(held.choices)

    assert await books.write(work) == ([True, False], ["join"], 1)


async def test_joining_confirms_the_age_with_its_first_date(books: Books, clock: Clock) -> None:
    """L44"""

    def work(tx: Tx) -> bool:
        street = make_street(tx, people=0)
        first = make_customer(tx, street.channel_id, street.shop_id)
        join_shop(tx, street.shop_id, first, pressed="네", at=clock.at)
        return meet(tx, street.channel_id, make_caller(1), clock.at).person.of_age_at == clock.at

    assert not await books.write(work)


async def test_a_phone_number_is_sealed_masked_and_forgotten(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> tuple[list[str | None], list[tuple[Any, ...]], list[str]]:
        street = make_street(tx, people=0)
        one = make_customer(tx, street.channel_id, street.shop_id, has_phone=False)
        shown = [show_held(tx, street.shop_id, one, clock.at).phone]
        leave_phone(tx, one, " 010-5550 (0001) ", clock.at)
        shown.append(show_held(tx, street.shop_id, one, clock.at).phone)
        sealed = rows(tx, "SELECT phone, phone_hash FROM customer")
        forget_phone(tx, one, clock.at)
        shown.append(show_held(tx, street.shop_id, one, clock.at).phone)
        return shown, sealed, acts(tx, one)[-2:]

    shown, ((phone, digest),), last = await books.write(work)
    assert shown == [None, "010-****-0001", None]
    assert phone_of(1).encode() not in bytes(phone)
    assert phone_of(1) not in str(digest)
    assert last == ["leave_phone", "forget_phone"]


@pytest.mark.parametrize("words", ["", "010", "02-123-4567", "전화번호", "010-1234-567８"])
async def test_what_is_no_mobile_number_is_not_kept(books: Books, clock: Clock, words: str) -> None:
    def work(tx: Tx) -> None:
        street = make_street(tx, people=0)
        one = make_customer(tx, street.channel_id, street.shop_id, has_phone=False)
        leave_phone(tx, one, words, clock.at)

    with pytest.raises(Invalid) as refused:
        await books.write(work)
    assert "phone" in refused.value.fields


async def test_whether_a_number_was_left_is_known_in_the_next_turn(
    books: Books, clock: Clock
) -> None:
    """Also where the row is read back by the upsert that refreshes it."""

    def work(tx: Tx) -> list[bool]:
        street = make_street(tx, people=0)
        known = []
        for has_phone in (False, True):
            make_customer(tx, street.channel_id, street.shop_id, has_phone=has_phone)
            known.append(meet(tx, street.channel_id, make_caller(1), clock.at).person.has_phone)
        return known

    assert await books.write(work) == [False, True]


async def test_a_member_elsewhere_is_a_stranger_here(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> list[ShopId]:
        street = make_street(tx, people=1)
        meeting = meet(tx, street.channel_id, make_caller(2), clock.at)
        return [shop.shop_id for shop in meeting.joined]

    assert await books.write(work) == []
