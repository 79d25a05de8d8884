"""A whole acquaintance, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import orjson
from aiohttp import web
from sqlalchemy import select
from sqlmodel import col

from storage.books import Books
from storage.models.customers import ConsentChoice, Membership
from tests.bot.conftest import Bot, Clock, Web, open_shop, settings, whole

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
