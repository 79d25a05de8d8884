"""“왜 받았나요?”: pressed at once in two processes, it is pressed once."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from campaigns.why import Why, rest_from_page, stop_from_page
from domain.people import MessageId
from loyalty.links import why_token
from storage.books import Books, open_books
from storage.desk import Tx
from storage.vault import Vault
from tests.campaigns.stage import set_stage
from tests.conftest import START, Clock
from tests.factories import rows

READING_SECONDS = 0.3
STANDING = """
SELECT withdrawn_at IS NOT NULL, paused_at IS NOT NULL FROM membership WHERE customer_id = :who
"""
LINES = """
SELECT act FROM audit_line WHERE subject = :who
AND act IN ('advertising_withdrawn', 'pause_advertising')
"""
WITHDRAWALS = "SELECT count(*) FROM consent_choice WHERE choice = 'withdrawn'"
Press = Callable[..., Why]


def press_slowly(tx: Tx, press: Press, token: str, is_done: Event, may_go: Event) -> None:
    press(tx, token, START)
    is_done.set()
    assert may_go.wait(10)


async def pressed_at_once(
    books: Books, url: str, vault: Vault, clock: Clock, one: Press, other: Press
) -> tuple[list[Any], list[Any], int]:
    """The other comes while the first is done and not committed; how it stands then."""
    stage = await set_stage(books, clock)
    await stage.drain()
    ((message, who),) = await books.read(rows, "SELECT min(id), min(customer_id) FROM message")
    token = await books.read(why_token, stage.street.shop_id, MessageId(message))
    is_done, may_go = Event(), Event()
    async with open_books(url, vault) as another:
        first = books.write(press_slowly, one, token, is_done, may_go)
        await asyncio.to_thread(is_done.wait, 10)
        second = another.write(other, token, START)
        await asyncio.sleep(READING_SECONDS)
        may_go.set()
        await asyncio.gather(first, second)
    acts = [line[0] for line in await books.read(rows, LINES, who=f"customer:{who}")]
    ((withdrawals,),) = await books.read(rows, WITHDRAWALS)
    return await books.read(rows, STANDING, who=who), acts, withdrawals


on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@on_postgresql
async def test_two_stops_are_one_choice(
    books: Books, database_url: str, vault: Vault, clock: Clock
) -> None:
    presses = stop_from_page, stop_from_page
    left = await pressed_at_once(books, database_url, vault, clock, *presses)

    assert left == ([(True, False)], ["advertising_withdrawn"], 1)


@on_postgresql
async def test_two_rests_are_one(
    books: Books, database_url: str, vault: Vault, clock: Clock
) -> None:
    presses = rest_from_page, rest_from_page
    left = await pressed_at_once(books, database_url, vault, clock, *presses)

    assert left == ([(False, True)], ["pause_advertising"], 0)


@on_postgresql
async def test_who_is_just_refusing_has_nothing_to_rest(
    books: Books, database_url: str, vault: Vault, clock: Clock
) -> None:
    presses = stop_from_page, rest_from_page
    left = await pressed_at_once(books, database_url, vault, clock, *presses)

    assert left == ([(True, False)], ["advertising_withdrawn"], 1)
