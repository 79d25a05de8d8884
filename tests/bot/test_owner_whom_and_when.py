"""Whom, when, repeats, steering and mended words in an owner's chat, on both databases."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest_asyncio
from aiohttp import web

from campaigns.plan import plan_next
from campaigns.shop_days import close_day
from domain.people import Role
from storage.books import Books
from tests.bot.conftest import Bot, Clock, Web, open_shop, settings, whole
from tests.bot.office import Office
from tests.bot.test_owner import paired
from tests.factories import change, rows

SALE = "식빵 20% 할인"


@pytest_asyncio.fixture
async def place(
    books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> Bot:
    client = await open_client(whole(books, clock, settings()))
    bot = Bot(client, books, clock, *await books.write(open_shop), [])
    await bot.joined()
    await Office(bot).do("지원금", "30,000 연남빵집")
    return bot


async def test_whom_is_said_counted_changed_and_booked(place: Bot) -> None:
    chat = await paired(place)

    shown = await chat.say(f"요즘 안 오시는 분들께 {SALE} 보내줘")
    asked = await chat.press("받는 분 바꾸기")
    label = next(one for one in asked.labels if one.startswith("새 단골"))
    changed = await chat.press(label)
    await chat.press("보내기")

    assert "뜸해진 단골 가운데 지금 받으실 분이 없어요" in shown.texts
    assert label == "새 단골 1명"
    assert "받는 분: 새 단골 1명" in changed.texts
    assert "1분 안에 다 보내요" in changed.texts
    ((body, segment),) = await place.books.read(rows, "SELECT body, segment FROM campaign")
    assert (body, "joined_within" in segment) == (SALE, True)


async def test_whom_alone_asks_what_and_keeps_whom(place: Bot) -> None:
    chat = await paired(place)

    asked = await chat.say("새로 오신 분들께")
    shown = await chat.say("따끈한 식빵이 나와요")

    assert "새 단골에게 무엇을 알릴까요?" in asked.texts
    assert "받는 분: 새 단골 1명" in shown.texts


async def test_a_repeat_begins_once_rests_and_ends(place: Bot) -> None:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")

    shown = await chat.say("매주 목요일 3시에")
    extra = shown.quick("저절로 보내기")["extra"]
    begun = [await chat.say("저절로 보내기", extra) for _ in range(2)]
    listed = await chat.say("저절로 나가는 소식 뭐 있어?")
    await chat.press("1번 쉬게 하기")
    rests = await chat.say("저절로 나가는 소식")
    await chat.press("1번 끝내기")
    ended = await chat.say("네")

    assert "매주 목요일 오후 3시에 저절로 나가요" in shown.texts
    assert "시작했어요" in begun[0].texts
    assert "두 번 시작하지 않아요" in begun[1].texts
    assert "다음은 11월 26일 (목) 오후 3시이에요" in listed.texts
    assert "지금은 쉬고 있어요" in rests.texts
    assert "끝냈어요" in ended.texts
    assert await place.books.read(rows, "SELECT count(*), max(state) FROM series") == [(1, "ended")]


async def test_a_closed_day_answers_with_the_next_open_one(place: Bot) -> None:
    chat = await paired(place)
    await place.books.write(
        close_day, place.shop_id, date(2026, 11, 23), actor="owner:1", at=place.clock.at
    )
    await chat.say(f"{SALE} 보내줘")

    closed = await chat.say("내일 오전 10시에")
    moved = await chat.press("모레 오전 10시")

    assert "내일은 쉬는 날이거나" in closed.texts
    assert "쉬는 날에도 보내기" in closed.labels
    assert "모레 오전 10시에 보내요" in moved.texts


async def test_a_good_moment_is_found(place: Bot) -> None:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")

    shown = await chat.say("좋은 때에")

    assert "내일 오전 10시에 보내요" in shown.texts  # hardly any visits yet: today's ten is over


async def test_what_leaves_is_paused_resumed_and_stopped(place: Bot) -> None:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")
    await chat.press("보내기")
    while await place.books.write_batch(plan_next, place.clock.at):
        pass

    live = await chat.say("어떻게 됐어?")
    paused = await chat.say("잠깐 멈춰")
    resumed = await chat.say("다시 보내")
    asked = await chat.say("그만 보내")
    ended = await chat.say("네")

    assert "지금 보내고 있어요" in live.texts
    assert {"잠깐 멈추기", "그만 보내기"} <= set(live.labels)
    assert "잠깐 멈췄어요" in paused.texts
    assert "다시 보내고 있어요" in resumed.texts
    assert "1명에게는 가지 않아요" in asked.texts
    assert "그만뒀어요" in ended.texts
    assert await place.books.read(rows, "SELECT state FROM campaign") == [("stopped",)]


async def test_an_owner_who_hears_news_refuses_first(place: Bot) -> None:
    """L4, L11: with the shop's own news under way a refusal stays one; the other is a tap away."""
    chat = await paired(place)
    await chat.say("단골 되기")
    for label in ("네, 14세 이상이에요", "네, 소식 받을래요"):
        await chat.press(label)
    await chat.say(f"{SALE} 보내줘")
    await chat.press("보내기")
    while await place.books.write_batch(plan_next, place.clock.at):
        pass

    said = await chat.say("그만 보내")

    assert "그만 보내기" in said.labels
    assert await place.books.read(rows, "SELECT state FROM campaign") == [("running",)]
    told = "SELECT count(*) FROM consent_choice WHERE choice = 'withdrawn'"
    assert await place.books.read(rows, told) == [(1,)]


async def test_what_errors_paused_is_said_once(place: Bot) -> None:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")
    await chat.press("보내기")
    await place.books.write(change, "UPDATE campaign SET state = 'paused', paused_for = 'errors'")

    told = [await chat.say("남은 지원금") for _ in range(2)]

    assert ["저희가 잠깐 멈췄어요" in one.texts for one in told] == [True, False]


async def test_words_are_mended_by_one_tap(place: Bot) -> None:
    chat = await paired(place)
    await chat.say("보내기")

    wrong = await chat.say("(광고) 오늘 식빵 할인 https://bread.example.com")
    mended = await chat.press("고친 글로 하기")

    assert "이렇게 고치면 보낼 수 있어요" in wrong.texts
    assert "아직 보내지 않았어요" in mended.texts
    assert await place.books.read(rows, "SELECT body FROM chat_draft") == [("오늘 식빵 할인",)]


async def test_clerks_choose_nobody_and_steer_nothing(place: Bot) -> None:
    chat = await paired(place, Role.CLERK)

    for words in ("단골들한테만", "저절로 나가는 소식", "최근 결과"):
        assert "이건 사장님만 할 수 있어요" in (await chat.say(words)).texts
