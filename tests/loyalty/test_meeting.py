"""Who speaks: remembered in one statement, one row a person, questions kept between turns."""

import asyncio
from typing import Any

import pytest

from domain.people import ShopId
from domain.refusals import NotFound
from loyalty.meeting import ask, meet, recognize
from storage.books import Books
from storage.desk import Tx
from storage.statements import Statement
from tests.conftest import Clock
from tests.factories import make_caller, make_channel, make_street, rows


class Counting(Tx):
    """A transaction that counts what is asked of the database."""

    __slots__ = ("statements",)

    def __init__(self, tx: Tx) -> None:
        super().__init__(tx._link, tx.dialect, tx.vault)
        self.statements = 0

    def all(self, statement: Statement, **params: Any) -> list[tuple[Any, ...]]:
        self.statements += 1
        return super().all(statement, **params)

    def run(self, statement: Statement, **params: Any) -> int:
        self.statements += 1
        return super().run(statement, **params)


async def test_turns_of_one_person_at_once_make_one_customer(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=0)
    met = await asyncio.gather(
        *(books.write(recognize, street.channel_id, make_caller(1), clock.at) for _ in range(20))
    )

    assert len(set(met)) == 1
    assert len(await books.read(rows, "SELECT id FROM customer")) == 1


async def test_the_same_key_in_another_channel_is_another_person(
    books: Books, clock: Clock
) -> None:
    """kakao-chatbot.md rule 6"""

    def work(tx: Tx) -> int:
        street = make_street(tx, people=1)
        elsewhere = make_channel(tx, street.market_id, number=2)
        meet(tx, elsewhere, make_caller(1), clock.at)
        return len(rows(tx, "SELECT id FROM customer"))

    assert await books.write(work) == 2


async def test_a_question_is_open_until_it_is_closed(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> list[tuple[str | None, ShopId | None]]:
        street = make_street(tx, people=0)
        seen = []
        for question, shop_id in (("age", street.shop_id), (None, None)):
            meeting = meet(tx, street.channel_id, make_caller(1), clock.at)
            ask(tx, meeting, question, shop_id, clock.at)
            person = meet(tx, street.channel_id, make_caller(1), clock.at).person
            seen.append((person.asking, person.asking_shop_id))
        return [*seen, ("age", street.shop_id)]

    opened, closed, expected = await books.write(work)
    assert opened == expected
    assert closed == (None, None)


async def test_an_unchanged_question_is_not_written(books: Books, clock: Clock) -> None:
    """A turn that changes nothing is three statements."""

    def work(tx: Tx) -> int:
        street = make_street(tx, people=0)
        meeting = meet(tx, street.channel_id, make_caller(1), clock.at)
        counted = Counting(tx)
        ask(counted, meeting, None, None, clock.at)
        meet(counted, street.channel_id, make_caller(1), clock.at)
        return counted.statements

    assert await books.write(work) == 3


async def test_a_shop_of_another_channel_is_not_found(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> None:
        street = make_street(tx, people=0)
        meet(tx, street.channel_id, make_caller(1), clock.at).shop(ShopId(999))

    with pytest.raises(NotFound):
        await books.write(work)
