"""A doubtful stop rests until clear words decide; no other no ends the rest (L4, L11)."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.hearing.understanding import Meaning
from storage.models.customers import Customer, Membership
from tests.bot.conftest import Bot, add_shop
from tests.bot.test_understanding import LINES

RESTS = select(
    col(Membership.advertising_since), col(Membership.paused_at), col(Membership.paused_until)
).order_by(col(Membership.shop_id))
NOES = [words for words, meaning in LINES if meaning == Meaning.NO]
CLEAR_NOES = {"아니요", "아니오", "아뇨", "no"}


async def rests(bot: Bot) -> list[tuple[bool, datetime | None]]:
    """Of each shop that still has a consent: whether it rests, and until when."""
    rows = await bot.rows(RESTS)
    return [(paused_at is not None, until) for since, paused_at, until in rows if since]


@pytest.mark.parametrize("words", [one for one in NOES if one not in CLEAR_NOES])
async def test_no_unclear_no_ends_the_rest(bot: Bot, words: str) -> None:
    chat = await bot.joined()
    await chat.say("왜 자꾸 울려요")
    said = await chat.say(words)

    assert (True, None) in await rests(bot), said.texts


@pytest.mark.parametrize("words", ["그냥 둬요", "당연하죠", "글쎄요"])
async def test_what_is_no_answer_is_asked_again(bot: Bot, words: str) -> None:
    chat = await bot.joined()
    await chat.say("왜 자꾸 울려요")
    said = await chat.say(words)

    assert "혹시 소식을 그만 받고 싶으신가요?" in said.texts
    assert "계속 받기" in said.labels
    assert await rests(bot) == [(True, None)]


@pytest.mark.parametrize("words", ["계속 받기", "계속 받을게요", "쉬기 그만", "아니요"])
async def test_clear_words_end_the_rest(bot: Bot, words: str) -> None:
    chat = await bot.joined()
    await chat.say("왜 자꾸 울려요")
    said = await chat.say(words)

    assert "다시 보내 드릴게요" in said.texts
    assert await rests(bot) == [(False, None)]


async def test_a_question_under_the_doubt_is_still_a_question(bot: Bot) -> None:
    chat = await bot.joined()
    await chat.say("왜 자꾸 울려요")
    said = await chat.say("딸기 케이크 예약 되나요?")

    assert "사장님께 전했어요" in said.texts
    assert await rests(bot) == [(True, None)]


@pytest.mark.parametrize("words", ["싫어요", "싫다", "필요없어요", "됐어요", "no thanks"])
async def test_a_dislike_of_nothing_we_asked_rests(bot: Bot, words: str) -> None:
    chat = await bot.joined()
    await chat.press("건너뛰기")
    said = await chat.say(words)

    assert "우선 연남빵집의 홍보 소식을 멈췄어요" in said.texts
    assert await rests(bot) == [(True, None)]


async def test_a_dislike_answers_the_open_question_first(bot: Bot) -> None:
    chat = await bot.joined()
    await chat.say("전화번호 남기기")
    await chat.say("싫어요")

    assert await rests(bot) == [(False, None)]


async def test_who_hears_nothing_only_is_not_understood(bot: Bot) -> None:
    chat = await bot.joined(hears=False)
    said = await chat.say("싫어요")

    assert "잘 못 알아들었어요" in said.texts


async def test_a_number_that_was_never_left_may_mean_the_messages(bot: Bot) -> None:
    chat = await bot.joined()
    await chat.press("건너뛰기")
    said = await chat.say("제 번호 지우세요")

    assert "남기신 전화번호가 없어요" in said.texts
    assert "혹시 소식을 그만 받고 싶으신가요?" in said.texts
    assert await rests(bot) == [(True, None)]


async def test_a_number_that_was_left_is_forgotten_and_nothing_rests(bot: Bot) -> None:
    chat = await bot.joined()
    await chat.say("010-1234-5678")
    said = await chat.say("제 번호 지우세요")

    assert "남기신 전화번호를 지웠어요" in said.texts
    assert await bot.rows(select(col(Customer.phone))) == [(None,)]
    assert await rests(bot) == [(False, None)]


async def test_keeping_leaves_a_chosen_rest_of_another_shop_alone(bot: Bot) -> None:
    await bot.books.write(add_shop, bot.market_id, bot.channel_id, "연남떡집")
    chat = bot.chat
    for name in ("연남빵집", "연남떡집"):
        said = await chat.say(f"{name} 단골 되기")
        if "네, 14세 이상이에요" in said.labels:
            await chat.press("네, 14세 이상이에요")
        await chat.press("네, 소식 받을래요")
    await chat.say("연남빵집 30일만 쉴게요")
    chosen = (await rests(bot))[0]
    await chat.say("왜 자꾸 울려요")
    await chat.press("계속 받기")

    assert chosen[1] is not None
    assert await rests(bot) == [chosen, (False, None)]
