"""Nothing leaves an owner's chat by mistake: not an answer, not old news, not to another shop."""

from dataclasses import replace

import pytest

from bot.conversation import refusal_words
from domain.people import Role
from domain.refusals import Conflict
from tests.bot.conftest import Bot, Chat, add_shop
from tests.bot.test_owner import hire, paired, place, press_of
from tests.factories import rows

__all__ = ["place"]
SALE = "오늘 식빵 20% 할인 보내줘"
CAMPAIGNS = "SELECT count(*) FROM campaign"
STATES = "SELECT state FROM enquiry"


async def asked(place: Bot) -> tuple[Chat, Chat]:
    """An owner who was asked for an answer, and the customer who waits for it."""
    chat = await paired(place)
    customer = replace(place.chat)
    await customer.say("사장님께 문의")
    await customer.say("주차 되나요 혹시 유모차 들어가나요")
    await chat.say("문의")
    await chat.press("1번 답하기")
    return chat, customer


async def test_a_pairing_number_is_never_an_answer(place: Bot) -> None:
    chat, customer = await asked(place)
    _, digits = await place.books.write(hire, place, Role.OWNER)

    said = await chat.say(digits)

    assert "카카오톡과 연결했어요" in said.texts
    assert digits not in (await customer.say("안녕")).texts


@pytest.mark.parametrize(
    "words",
    [
        "1234",
        "010-1234-5678",
        "오늘",
        "관리사무소에 물어보세요",
        "추천은 소금빵이에요",
        "1588-1234",
    ],
)
async def test_an_answer_is_shown_before_it_goes(place: Bot, words: str) -> None:
    chat, customer = await asked(place)

    said = await chat.say(words)

    assert "이렇게 답할까요?" in said.texts
    assert words in said.texts
    assert words not in (await customer.say("안녕")).texts
    await chat.say("네")
    assert words in (await customer.say("안녕")).texts


async def test_a_wish_is_never_an_answer(place: Bot) -> None:
    chat, _ = await asked(place)

    said = await chat.say("예약한 소식 전부 취소해 줘")

    assert "예약한 소식이 없어요" in said.texts
    assert await place.books.read(rows, STATES) == [("open",)]


async def test_an_old_button_does_not_send_the_new_answer(place: Bot) -> None:
    chat, _ = await asked(place)
    old = press_of(await chat.say("네, 돼요"), "보내기")
    await chat.say("아니요, 안 돼요")

    said = await chat.say("보내기", old)

    assert "이렇게 답할까요?" in said.texts
    assert await place.books.read(rows, STATES) == [("open",)]


@pytest.mark.parametrize("span", [{"minutes": 61}, {"days": 9}])
async def test_an_old_preview_is_shown_again(place: Bot, span: dict[str, int]) -> None:
    chat = await paired(place)
    pressed = press_of(await chat.say(SALE), "보내기")
    place.clock.pass_(**span)

    said = await chat.say("네")

    assert "다시 보여 드려요" in said.texts
    assert "그사이에" in (await chat.say("보내기", pressed)).texts
    assert await place.books.read(rows, CAMPAIGNS) == [(0,)]
    await chat.say("네")
    assert await place.books.read(rows, CAMPAIGNS) == [(1,)]


@pytest.mark.parametrize("words", ["한 시간 뒤에 보내줘", "일주일 뒤에 보내줘", "점심때쯤 보내줘"])
async def test_a_time_never_becomes_the_news(place: Bot, words: str) -> None:
    chat = await paired(place)
    await chat.say(SALE)
    await chat.press("시간 정하기")

    await chat.say(words)

    assert await place.books.read(rows, "SELECT body FROM chat_draft") == [("오늘 식빵 20% 할인",)]


async def test_a_time_before_the_news_is_offered(place: Bot) -> None:
    chat = await paired(place)

    said = await chat.say("내일 오후 3시에 식빵 20% 할인한다고 보내줘")
    waits = await chat.press("내일 오후 3시")

    assert "내일 오후 3시에 식빵 20% 할인합니다" in said.texts
    assert "내일 오후 3시에 보내요" in waits.texts


async def test_a_time_with_the_request_is_taken(place: Bot) -> None:
    chat = await paired(place)

    said = await chat.say("내일 3시에 보내줘: 식빵 20% 할인")

    assert "내일 오후 3시에 보내요" in said.texts
    assert await place.books.read(rows, "SELECT body FROM chat_draft") == [("식빵 20% 할인",)]


async def test_the_shop_that_asked_beats_a_shop_that_is_named(place: Bot) -> None:
    other = await place.books.write(add_shop, place.market_id, place.channel_id, "성산꽃집")
    chat = await paired(place)
    _, digits = await place.books.write(hire, replace(place, shop_id=other), Role.OWNER)
    await chat.say(digits)
    await chat.say("도움말")
    await chat.say("보내기")
    await chat.press("연남빵집")

    said = await chat.say("이번 주말 성산꽃집과 함께 꽃다발 케이크를 준비했어요")

    assert "(광고) 연남빵집" in said.texts


async def test_why_opens_nothing_in_a_preview(place: Bot) -> None:
    chat = await paired(place)

    said = await chat.say(SALE)

    assert "/w/" not in said.texts


async def test_days_of_the_week_are_not_swallowed_by_the_weekly_question(place: Bot) -> None:
    _, digits = await place.books.write(hire, place, Role.OWNER)
    chat = replace(place.chat, user="7b" + "0" * 64, app_user_id="99")
    await chat.say(digits)
    asked = await chat.say("오늘 현황")

    said = await chat.say("금요일 10시에 식빵 20% 할인해요 보내줘")

    assert "매주 한 번" in asked.texts
    assert "(광고)" in said.texts


async def test_a_phone_question_does_not_swallow_a_pairing_number(place: Bot) -> None:
    _, digits = await place.books.write(hire, place, Role.OWNER)
    chat = replace(place.chat, user="7c" + "0" * 64, app_user_id="97")
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")
    await chat.press("네, 소식 받을래요")

    said = await chat.say(digits)

    assert "카카오톡과 연결했어요" in said.texts


def test_the_counters_refusal_leads_back_to_the_menu_of_staff() -> None:
    """It takes the turn back, so that it is said outside of it."""
    said = refusal_words(Conflict("day_limit", count=3))

    assert [one.label for one in said.quick_replies][:2] == ["도장 찍기", "쿠폰 사용"]
