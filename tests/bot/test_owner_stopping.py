"""전부 멈춤 in an owner's chat, with something that repeats itself."""

from collections.abc import Awaitable, Callable

import pytest_asyncio
from aiohttp import web

from storage.books import Books
from tests.bot.conftest import Bot, Clock, Web, open_shop, settings, whole
from tests.bot.office import Office
from tests.bot.test_owner import paired
from tests.factories import rows

STATE = "SELECT state FROM series"


@pytest_asyncio.fixture
async def place(
    books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> Bot:
    client = await open_client(whole(books, clock, settings()))
    bot = Bot(client, books, clock, *await books.write(open_shop), [])
    await bot.joined()
    await Office(bot).do("지원금", "30,000 연남빵집")
    return bot


async def test_all_of_it_stops_also_what_goes_out_by_itself(place: Bot) -> None:
    chat = await paired(place)
    await chat.say("식빵 20% 할인 보내줘")
    shown = await chat.say("매주 목요일 3시에")
    await chat.say("저절로 보내기", shown.quick("저절로 보내기")["extra"])

    asked = await chat.say("전부 멈춤")
    stopped = await chat.press("네, 전부 멈춰요")
    again = await chat.say("전부 멈춤")

    assert "저절로 나가는 소식 1개도 쉬게 해요" in asked.texts
    assert "저절로 나가는 소식 1개를 쉬게 했어요" in stopped.texts
    assert "저절로 나가는 소식" in stopped.labels
    assert await place.books.read(rows, STATE) == [("paused",)]
    assert "지금은 예약했거나 보내고 있는 소식이 없어요" in again.texts
