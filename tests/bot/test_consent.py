"""Stopping advertisements from anywhere, and wanting them again (L4, L11, L13)."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from storage.models.customers import ConsentChoice, Membership
from tests.bot.conftest import Bot, add_shop

HEARS = select(col(Membership.advertising_since), col(Membership.withdrawn_at)).order_by(
    col(Membership.shop_id)
)


async def test_one_word_stops_advertising_at_once(bot: Bot) -> None:
    chat = await bot.joined()
    bot.clock.pass_(days=1)
    said = await chat.say("무료 수신거부")

    assert all(
        word in said.texts
        for word in ("연남빵집", "광고성 정보 수신 거부", "2026년 11월 23일", "보내지 않아요")
    )
    assert "다시 받을래요" in said.labels
    assert await bot.rows(HEARS) == [(None, bot.clock.at)]


@pytest.mark.parametrize("before", ["단골 되기", "소식 받을래요", "전화번호 남기기", "내 정보"])
async def test_stop_beats_whatever_was_asked(bot: Bot, before: str) -> None:
    chat = await bot.joined()
    await chat.say(before)
    said = await chat.say("이제 그만 보내 주세요")

    assert "수신 거부" in said.texts
    assert (await bot.rows(HEARS))[0][0] is None


async def test_stop_in_the_phone_question_is_no_phone_answer(bot: Bot) -> None:
    chat = await bot.joined()
    await chat.say("광고 그만! 010-1234-5678로 보내지 마세요")

    assert (await bot.rows(HEARS))[0][0] is None


async def test_a_yes_after_a_stop_restores_nothing(bot: Bot) -> None:
    """I9"""
    chat = await bot.joined()
    await chat.say("수신거부")
    for words in ("네", "응", "알겠어요", "고마워요"):
        await chat.say(words)

    assert (await bot.rows(HEARS))[0][0] is None


async def test_undo_is_a_fresh_consent_under_its_own_text(bot: Bot) -> None:
    """L1, L2: a new date, a new record."""
    chat = await bot.joined()
    bot.clock.pass_(days=1)
    stopped = await chat.say("수신거부")
    bot.clock.pass_(days=1)
    said = await chat.press("다시 받을래요")

    assert "새로 동의하시는 거예요" in stopped.texts
    assert "2026년 11월 24일" in said.texts
    assert await bot.rows(HEARS) == [(bot.clock.at, None)]
    pressed = select(col(ConsentChoice.pressed)).order_by(col(ConsentChoice.id).desc()).limit(1)
    assert await bot.rows(pressed) == [("다시 받을래요",)]


async def test_typed_undo_asks_first(bot: Bot) -> None:
    chat = await bot.joined()
    await chat.say("수신거부")
    said = await chat.say("수신거부 취소할게요")

    assert said.labels == ["네, 소식 받을래요", "괜찮아요"]
    assert (await bot.rows(HEARS))[0][0] is None


async def test_stopping_twice_is_harmless(bot: Bot) -> None:
    chat = await bot.joined()
    first = await chat.say("수신거부")
    bot.clock.pass_(days=1)
    again = await chat.say("수신거부")

    assert "수신 거부" in first.texts
    assert "수신 거부" in again.texts
    assert (await bot.rows(HEARS))[0][0] is None


async def test_someone_who_never_joined_is_told_that_nothing_is_sent(bot: Bot) -> None:
    said = await bot.chat.say("광고 그만 보내세요")

    assert "받지 않고 계세요" in said.texts
    assert await bot.rows(select(col(ConsentChoice.id))) == []


async def test_someone_who_declined_and_stops_is_heard(bot: Bot) -> None:
    chat = await bot.joined(hears=False)
    await chat.say("수신거부")

    assert await bot.rows(HEARS) == [(None, bot.clock.at)]


async def test_pressing_no_on_an_old_question_withdraws(bot: Bot) -> None:
    chat = await bot.joined()
    said = await chat.say("괜찮아요", {"do": "ads_no", "shop": str(bot.shop_id)})

    assert "받지 않음" in said.texts
    assert "소식 받기" in said.labels
    assert "무료 수신거부" not in said.labels
    assert await bot.rows(HEARS) == [(None, bot.clock.at)]


async def test_stop_reaches_every_shop_of_a_street(bot: Bot) -> None:
    """L11: one step, also where many shops share a channel; each is named (L13)."""
    second = await bot.books.write(add_shop, bot.market_id, bot.channel_id, "성산꽃집")
    chat = bot.chat
    for shop_id in (bot.shop_id, second):
        await chat.say("단골 되기", {"do": "join", "shop": str(shop_id)})
        if "아니요" in (chat.last.labels if chat.last else []):
            await chat.press("네, 14세 이상이에요")
        await chat.press("네, 소식 받을래요")
    said = await chat.say("수신거부")

    assert "연남빵집, 성산꽃집" in said.texts
    assert [row[0] for row in await bot.rows(HEARS)] == [None, None]
    asked = await chat.press("다시 받을래요")
    assert asked.labels == ["연남빵집", "성산꽃집"]
    assert (await chat.press("성산꽃집")).labels == ["네, 소식 받을래요", "괜찮아요"]


async def test_a_yes_is_for_the_shop_whose_text_was_shown(bot: Bot) -> None:
    """L2: naming another shop in the answer agrees to nothing of that shop."""
    second = await bot.books.write(add_shop, bot.market_id, bot.channel_id, "성산꽃집")
    chat = bot.chat
    for shop_id in (second, bot.shop_id):
        await chat.say("단골 되기", {"do": "join", "shop": str(shop_id)})
        if chat.last and "아니요" in chat.last.labels:
            await chat.press("네, 14세 이상이에요")
    await chat.say("소식 받을래요 성산꽃집")

    hears = await bot.rows(
        select(col(Membership.shop_id)).where(col(Membership.advertising_since).is_not(None))
    )
    assert hears == [(bot.shop_id,)]
