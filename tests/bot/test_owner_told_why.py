"""Why an owner's news cannot leave, and what a bare `멈춰줘` is: said, and nothing else done."""

from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import web

from bot.hearing.owner_words import OwnerMeaning, understand_owner
from campaigns.halting import halt_sending
from domain.people import MarketId, ProgramId
from storage.books import Books
from tests.bot.conftest import Bot, Chat, Clock, Web, open_shop, settings, whole
from tests.bot.office import Office
from tests.bot.test_owner import paired
from tests.factories import rows

SALE = "식빵 20% 할인"
DRAFT = "SELECT body, segment FROM chat_draft"


@pytest_asyncio.fixture
async def place(
    books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> Bot:
    client = await open_client(whole(books, clock, settings()))
    bot = Bot(client, books, clock, *await books.write(open_shop), [])
    await bot.joined()
    await Office(bot).do("지원금", "30,000 연남빵집")
    return bot


async def sent_once(place: Bot) -> Chat:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")
    await chat.press("보내기")
    assert await Office(place).do("일꾼", "") == "1명이 받음"
    return chat


async def halt(place: Bot, which: str) -> None:
    ((market_id, program_id),) = await place.books.read(rows, "SELECT id, program_id FROM market")
    scopes: dict[str, dict[str, int]] = {
        "market": {"market_id": MarketId(market_id)},
        "shop": {"shop_id": place.shop_id},
    }
    await place.books.write(
        halt_sending,
        program_id=ProgramId(program_id),
        **scopes.get(which, {}),  # type: ignore[arg-type]  # by name
        reason="당첨 문구 확인",
        actor="program_manager:1" if which == "program" else "market_manager:1",
        at=place.clock.at,
    )


async def test_this_weeks_news_is_named_with_the_day_of_the_next(place: Bot) -> None:
    chat = await sent_once(place)

    shown = await chat.say("바게트 나왔다고 보내줘")
    label = next(one for one in shown.labels if one.endswith("오전 10시"))
    later = await chat.press(label)

    assert "이번 주에 이미 받은 분 1명" in shown.texts
    assert f"다음 소식은 {label.removesuffix(' 오전 10시')}부터 보낼 수 있어요" in shown.texts
    assert "동의하고 톡채널을" not in shown.texts
    assert "받는 분: 1명" in later.texts
    assert "보내기" in later.labels


async def test_no_time_is_offered_at_which_nobody_may_have_it(place: Bot) -> None:
    chat = await sent_once(place)

    shown = await chat.say("오늘 오후 5시 바게트 나와요 보내줘")

    assert "이번 주에 이미 받은 분" in shown.texts
    assert "'보내기'를 누르면" not in shown.texts
    assert not {"보내기", "오늘 오후 5시"} & set(shown.labels)


@pytest.mark.parametrize(
    ("which", "who"),
    [
        ("shop", "시장 담당자가 이 가게의 소식을"),
        ("market", "시장 담당자가 연남시장의 소식을"),
        ("program", "프로그램 담당자가 모든 가게의 소식을"),
    ],
)
async def test_a_halt_is_named_with_its_reason(place: Bot, which: str, who: str) -> None:
    chat = await paired(place)
    await halt(place, which)

    shown = await chat.say(f"{SALE} 보내줘")
    typed = await chat.say("보내기")
    later = await chat.say("내일 오전 10시에")
    menu = await chat.say("사장님 도움말")

    for said in (shown, typed, later, menu):
        assert f"{who} 멈춰 두었어요. 까닭: 당첨 문구 확인" in said.texts
    assert "보내기" not in shown.labels
    assert "받으실 분이 없어요" not in shown.texts
    assert await place.books.read(rows, "SELECT count(*) FROM campaign") == [(0,)]


@pytest.mark.parametrize("words", ["멈춰줘", "그만 보내", "잠깐 멈춰"])
async def test_a_stop_under_a_preview_drops_it(place: Bot, words: str) -> None:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")

    said = await chat.say(words)

    assert "네, 보내지 않을게요" in said.texts
    assert "오늘" in said.labels  # the owner's own menu
    assert await place.books.read(rows, "SELECT count(*) FROM chat_draft") == [(0,)]


async def test_a_stop_with_nothing_to_stop_says_so(place: Bot) -> None:
    chat = await paired(place)

    said = await chat.say("멈춰줘")

    assert "지금은 예약했거나 보내고 있는 소식이 없어요" in said.texts


async def test_a_stop_asks_about_what_is_booked(place: Bot) -> None:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")
    await chat.say("내일 오전 10시에")
    await chat.press("보내기")

    said = await chat.say("멈춰줘")

    assert "예약한 소식 1개를 모두 취소해요" in said.texts


async def test_an_owner_who_refuses_is_told_what_was_heard(place: Bot) -> None:
    """L4, L11: it is heard as any customer's; the shop's own news is named, too."""
    chat = await paired(place)
    await chat.say("단골 되기")
    for label in ("네, 14세 이상이에요", "네, 소식 받을래요"):
        await chat.press(label)
    await chat.press("건너뛰기")

    said = await chat.say("멈춰줘")

    assert "가게에서 지금 보내고 있는 소식은 없어요" in said.texts
    assert "[수신 거부 처리 결과]" in said.texts
    assert "전부 멈춤" in said.labels
    told = "SELECT count(*) FROM consent_choice WHERE choice = 'withdrawn'"
    assert await place.books.read(rows, told) == [(1,)]


@pytest.mark.parametrize(
    "words",
    [
        "내일 오후 2시에 새 단골에게 보내줘",
        "새 단골에게 내일 오후 2시에 보내줘",
        "내일 오후 2시에 새로 오신 분들께만",
    ],
)
async def test_whom_and_when_are_no_news(place: Bot, words: str) -> None:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")

    shown = await chat.say(words)

    assert "받는 분: 새 단골 1명" in shown.texts
    assert "내일 오후 2시에 보내요" in shown.texts
    assert [one[0] for one in await place.books.read(rows, DRAFT)] == [SALE]


async def test_whom_and_when_before_the_news_are_taken_at_once(place: Bot) -> None:
    chat = await paired(place)

    shown = await chat.say("내일 오후 2시에 새 단골에게 바게트 나왔다고 보내줘")

    assert "바게트 나왔습니다" in str(shown.body)
    assert "내일 오후 2시에" not in (await place.books.read(rows, DRAFT))[0][0]
    assert "받는 분: 새 단골 1명" in shown.texts
    assert "내일 오후 2시에 보내요" in shown.texts


async def test_a_repeat_for_some_without_news_asks_for_it(place: Bot) -> None:
    chat = await paired(place)

    asked = await chat.say("매주 목요일 3시에 새 단골에게 보내줘")
    shown = await chat.say(SALE)
    repeats = await chat.say("매주 목요일 3시에 보내줘")

    assert "먼저 무엇을 알릴지" in asked.texts
    assert "받는 분: 새 단골 1명" in shown.texts
    assert "매주 목요일 오후 3시에 저절로 나가요" in repeats.texts


async def test_sold_out_is_done_and_taken_back(place: Bot) -> None:
    chat = await paired(place)
    await chat.say(f"{SALE} 보내줘")
    on = "SELECT sold_out_on IS NOT NULL FROM shop"

    said = await chat.say("다 팔렸어요")
    is_out = await place.books.read(rows, on)
    back = await chat.press("아직 남았어요")

    assert "오늘은 다 팔린 것으로 적었어요" in said.texts
    assert "다시 보낼 수 있어요" in back.texts
    assert [bool(one[0][0]) for one in (is_out, await place.books.read(rows, on))] == [True, False]


@pytest.mark.parametrize("words", ["다 팔렸어요?", "식빵은 다 팔렸고 바게트가 나왔어요"])
def test_what_only_speaks_of_sold_out_is_no_command(words: str) -> None:
    assert understand_owner(words) is not OwnerMeaning.SOLD_OUT
