"""So many turns of one person and of one channel: a flood is answered, and slows nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import func, select
from sqlmodel import col

from bot.kakao_in import Utterance, read_utterance
from bot.pacing import PERSON_BURST, PERSON_PER_SECOND, STOP_BURST, Lines, Paces
from domain.pace import Pace
from domain.people import ChannelId
from storage.books import Books
from storage.models.customers import Customer, Membership
from tests.bot.conftest import Bot, Chat, Clock, Said, Web, open_shop, settings, whole

FLOOD = 5_000
FLOOD_AT_ONCE = 64
OTHERS = 40
SLOW_DOWN = "한꺼번에 너무 많이"
HEARS = select(func.count()).where(col(Membership.advertising_since).is_not(None))


@dataclass(slots=True)
class Seconds:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest_asyncio.fixture
async def paced(
    bot_books: Books,
    clock: Clock,
    seconds: Seconds,
    open_client: Callable[[web.Application], Awaitable[Web]],
) -> Bot:
    """A bot with the paces of a real one, on a clock that stands still."""
    given = settings(paces=lambda: Paces(seconds=seconds))
    client = await open_client(whole(bot_books, clock, given))
    return Bot(client, bot_books, clock, *await bot_books.write(open_shop))


def someone(bot: Bot, number: int) -> Chat:
    return replace(bot.chat, user=f"{number:066x}", app_user_id=f"7{number}")


def said_by(chat: Chat, words: str) -> Utterance:
    return read_utterance(chat.payload(words, None))


def is_refused(said: Said) -> bool:
    return SLOW_DOWN in said.texts


async def test_a_burst_is_answered_and_the_rest_told_to_wait(paced: Bot, seconds: Seconds) -> None:
    chat = paced.chat
    said = [await chat.say("도움말") for _ in range(PERSON_BURST + 3)]

    assert {one.status for one in said} == {200}
    assert [is_refused(one) for one in said] == [False] * PERSON_BURST + [True] * 3
    seconds.now += 1
    later = [await chat.say("도움말") for _ in range(4)]
    assert [is_refused(one) for one in later] == [False] * int(PERSON_PER_SECOND) + [True]


async def test_what_is_too_much_never_reaches_the_books(paced: Bot) -> None:
    chat = paced.chat
    for _ in range(PERSON_BURST):
        await chat.say("도움말")
    await chat.say("단골 되기")
    refused = await chat.press("도움말")
    asked = await paced.rows(select(col(Customer.asking)))

    assert is_refused(refused)
    assert asked == [(None,)]


async def test_a_flood_of_one_key_leaves_everyone_else_their_turn(paced: Bot) -> None:
    """5,000 calls of one key: the books see a burst of them, and all others whole."""
    flooding, at_once = paced.chat, asyncio.Semaphore(FLOOD_AT_ONCE)

    async def one_of_many() -> Said:
        async with at_once:
            return await replace(flooding).say("내 정보")

    async def talk(number: int) -> list[Said]:
        chat = someone(paced, number)
        return [await chat.say(words) for words in ("안녕하세요", "단골 되기", "네", "도움말")]

    flood = [asyncio.ensure_future(one_of_many()) for _ in range(FLOOD)]
    others = await asyncio.gather(*(talk(number) for number in range(OTHERS)))
    is_flood_over = all(one.done() for one in flood)
    said = await asyncio.gather(*flood)

    assert not is_flood_over, "the others have waited for the flood"
    assert {one.status for one in said} == {200}
    assert sum(not is_refused(one) for one in said) == PERSON_BURST
    assert not any(is_refused(one) for talked in others for one in talked)
    assert all("단골이 되셨어요" in talked[2].texts for talked in others)


async def test_a_channel_has_a_pace_too_and_another_channel_its_own(
    bot_books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> None:
    def slow() -> Paces:
        return Paces(channels=Pace(2, 0.001, 10))

    client = await open_client(whole(bot_books, clock, settings(paces=slow)))
    bot = Bot(client, bot_books, clock, *await bot_books.write(open_shop))
    said = [await someone(bot, number).say("도움말") for number in range(3)]

    assert [is_refused(one) for one in said] == [False, False, True]


async def test_a_flood_of_one_takes_nothing_from_the_channel(seconds: Seconds) -> None:
    paces = Paces(seconds=seconds, channels=Pace(PERSON_BURST + 1, 0.001, 10))
    chat = Chat(client=None)  # type: ignore[arg-type]  # only makes payloads
    said = said_by(chat, "도움말")
    admitted = sum(paces.admits(ChannelId(1), said) for _ in range(1_000))

    assert admitted == PERSON_BURST
    assert paces.admits(ChannelId(1), said_by(replace(chat, user="ab" * 33), "도움말"))


@pytest.mark.parametrize("words", ["광고 그만 보내", "수신거부", "그만 좀 보내라고"])
async def test_a_stop_is_heard_in_the_middle_of_a_flood(paced: Bot, words: str) -> None:
    """L11: whoever refuses is heard, however often they have spoken."""
    chat = await paced.joined()
    for _ in range(PERSON_BURST):
        await chat.say("ㅋㅋㅋㅋ")
    assert await paced.rows(HEARS) == [(1,)]

    assert not is_refused(await chat.say(words))
    assert await paced.rows(HEARS) == [(0,)]


async def test_a_flood_of_stops_is_a_flood(paced: Bot) -> None:
    chat = paced.chat
    said = [await chat.say("광고 그만 보내") for _ in range(PERSON_BURST + STOP_BURST + 2)]

    assert sum(not is_refused(one) for one in said) == PERSON_BURST + STOP_BURST


async def test_one_persons_turns_are_handed_in_one_by_one_and_in_order() -> None:
    lines, order = Lines(), list[int]()
    loop = asyncio.get_running_loop()
    works = [loop.create_future() for _ in range(3)]

    def begin(number: int) -> "asyncio.Future[int]":
        order.append(number)
        return works[number]

    person, other = (ChannelId(1), "a"), (ChannelId(1), "b")
    handed = [lines.submit(person, partial(begin, number)) for number in range(2)]
    handed.append(lines.submit(other, lambda: begin(2)))
    await asyncio.sleep(0)
    assert order == [0, 2], "another person waits for nobody"

    works[0].set_exception(RuntimeError("whatever becomes of it"))
    await asyncio.wait(handed[:1])
    works[1].set_result(1)
    works[2].set_result(2)
    results = await asyncio.gather(*handed, return_exceptions=True)
    assert (order, results[1:]) == ([0, 2, 1], [1, 2])
    await asyncio.sleep(0)
    assert lines.is_empty
