"""A whole acquaintance, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Event

import orjson
import pytest
from aiohttp import web
from sqlalchemy import select
from sqlmodel import col

from storage.books import Books, open_books
from storage.desk import Tx
from storage.models.customers import ConsentChoice, Membership
from storage.vault import Vault
from tests.bot.conftest import Bot, Clock, Web, open_shop, settings, whole
from tests.factories import rows

HEARS = select(col(Membership.advertising_since), col(Membership.withdrawn_at))
CHOICES = select(col(ConsentChoice.purpose), col(ConsentChoice.choice)).order_by(
    col(ConsentChoice.id)
)


async def test_joining_agreeing_stopping_and_looking(
    books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> None:
    client = await open_client(whole(books, clock, settings()))
    bot = Bot(client, books, clock, *await books.write(open_shop))
    chat = await bot.joined()
    await chat.say("010-1234-5678")
    assert "010-****-5678" in (await chat.say("내 정보")).texts
    assert (await bot.rows(HEARS)) == [(clock.at, None)]
    await chat.say("이제 광고 그만 보내 주세요")
    await chat.say("전화번호 삭제")
    raw = orjson.dumps(chat.payload("@@\x00 안녕", None)).replace(b"@@", rb"\ud83d")
    assert (await chat.post(raw)).status == 200
    others = [replace(chat, user=f"{number:066x}", app_user_id=f"9{number}") for number in range(9)]
    said = await asyncio.gather(*(one.say("단골 되기") for one in others * 3))

    assert {one.status for one in said} == {200}
    assert await bot.rows(HEARS) == [(None, clock.at)]
    assert await bot.rows(CHOICES) == [
        ("service", "granted"),
        ("advertising", "granted"),
        ("phone", "granted"),
        ("advertising", "withdrawn"),
        ("phone", "withdrawn"),
    ]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_yes_that_another_process_takes_before_the_question_agrees_to_nothing(
    books: Books,
    database_url: str,
    vault: Vault,
    clock: Clock,
    open_client: Callable[[web.Application], Awaitable[Web]],
) -> None:
    """L42: both turns wait for the person's row, and the first of them asks for consent."""
    now, gate, is_held = partial(datetime.now, UTC), Event(), Event()
    async with open_books(database_url, vault) as one, open_books(database_url, vault) as two:
        first = await open_client(whole(one, now, settings()))
        second = await open_client(whole(two, now, settings()))
        bot = Bot(first, books, clock, *await books.write(open_shop))
        chat, phone = bot.chat, replace(bot.chat, client=second)
        await phone.say("단골 되기")
        chat.last = phone.last
        holding = books.write(hold_people, is_held, gate)
        await asyncio.to_thread(is_held.wait, 10)
        asking = asyncio.ensure_future(chat.press("네, 14세 이상이에요"))
        await asyncio.sleep(0.3)
        saying = asyncio.ensure_future(phone.say("네"))
        await asyncio.sleep(0.3)
        gate.set()
        await asyncio.gather(holding, asking, saying)
        assert "단골이 되셨어요" in (await asking).texts
        assert await bot.rows(HEARS) == [(None, None)]
        await phone.say("네")
        assert (await bot.rows(HEARS))[0][0] is not None, "now it could be seen"


def hold_people(tx: Tx, is_held: Event, gate: Event) -> None:
    rows(tx, "SELECT id FROM customer FOR UPDATE")
    is_held.set()
    assert gate.wait(10)
