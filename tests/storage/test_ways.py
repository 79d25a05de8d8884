"""A program's order of ways, version by version, and what providers hold: on both databases."""

from datetime import time, timedelta

import pytest

from domain.campaigns import MessageKind, SenderName
from domain.money import Jeon
from domain.time import Window
from domain.ways import DEFAULT_ORDER, WayLine
from storage.books import Books
from storage.errors import ConstraintBroken
from storage.queries.provider_balances import list_balances, save_balance
from storage.queries.way_rules import find_version, get_orders, insert_orders, list_versions
from tests.conftest import Clock
from tests.factories import make_program

AD, INFORMATION = MessageKind.ADVERTISEMENT, MessageKind.INFORMATION
TURNED = {
    AD: [
        WayLine(sender=SenderName.SOLAPI, least_jeon=Jeon(500_000)),
        WayLine(sender=SenderName.KAKAO_EVENT, hours=Window(time(9, 30), time(19))),
    ],
    INFORMATION: [WayLine(sender=SenderName.KAKAO_EVENT)],
}


async def test_a_program_that_wrote_none_has_the_usual_order(books: Books) -> None:
    program_id = await books.write(make_program)

    assert await books.read(get_orders, program_id) == DEFAULT_ORDER
    assert await books.read(find_version, program_id) == 0


async def test_an_order_comes_back_as_it_was_written_and_every_version_stays(
    books: Books, clock: Clock
) -> None:
    program_id = await books.write(make_program)
    other_id = await books.write(make_program, name="다른 프로그램")

    await books.write(insert_orders, program_id, 1, TURNED, clock.now())
    later = clock.advance(timedelta(days=1))
    await books.write(insert_orders, program_id, 2, DEFAULT_ORDER, later)

    assert await books.read(get_orders, program_id, 1) == TURNED
    newest = await books.read(get_orders, program_id)
    assert {kind: tuple(order) for kind, order in newest.items()} == DEFAULT_ORDER
    assert await books.read(list_versions, program_id) == [
        (2, later),
        (1, later - timedelta(days=1)),
    ]
    assert await books.read(find_version, other_id) == 0


async def test_of_two_at_once_only_one_writes_a_version(books: Books, clock: Clock) -> None:
    program_id = await books.write(make_program)
    await books.write(insert_orders, program_id, 1, TURNED, clock.now())

    with pytest.raises(ConstraintBroken):
        await books.write(insert_orders, program_id, 1, DEFAULT_ORDER, clock.now())


async def test_the_last_answer_of_a_provider_stands(books: Books, clock: Clock) -> None:
    await books.write(save_balance, SenderName.SOLAPI, Jeon(1_000), clock.now())
    later = clock.advance(timedelta(hours=1))
    await books.write(save_balance, SenderName.SOLAPI, Jeon(0), later)

    assert await books.read(list_balances) == {SenderName.SOLAPI: (Jeon(0), later)}
