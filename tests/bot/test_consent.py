"""Stopping advertisements from anywhere, and wanting them again (L4, L11, L13)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import web
from sqlalchemy import select
from sqlmodel import col

from bot.door import SEEN_AFTER_SECONDS
from bot.handlers.consent import AGREE
from storage.models.customers import ConsentChoice, Customer, Membership
from tests.bot.conftest import Bot, Web, add_shop, settings, whole
from tests.factories import change

HEARS = select(col(Membership.advertising_since), col(Membership.withdrawn_at)).order_by(
    col(Membership.shop_id)
)
TEXTS_SINCE = select(col(Membership.texts_since))
SINCE = select(col(Membership.advertising_since)).order_by(col(Membership.shop_id))


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
    """L2: naming another shop in the answer agrees to nothing, and that shop's text is shown."""
    second = await bot.books.write(add_shop, bot.market_id, bot.channel_id, "성산꽃집")
    chat = bot.chat
    for shop_id in (second, bot.shop_id):
        await chat.say("단골 되기", {"do": "join", "shop": str(shop_id)})
        if chat.last and "아니요" in chat.last.labels:
            await chat.press("네, 14세 이상이에요")
    said = await chat.say("소식 받을래요 성산꽃집")

    assert "성산꽃집 소식 받기 (광고성 정보 수신 동의)" in said.texts
    assert await bot.rows(SINCE) == [(None,), (None,)]


@pytest.mark.parametrize(
    "words",
    [
        *("받을래요 싫어요", "받을게요라고 한 적 없는데", "받을래요가 뭐예요", "받을래요 글쎄요"),
        *("받을게요 내년에", "받을래요 도장만", "실수로 소식 받기", "미안한데 소식 받기"),
        *("아니요 소식 받기", "연남빵집 소식 받을래요?", "연남빵집 소식 받을래요 싫어요"),
        *("잘못 수신동의", "죄송한데 받을게요", "소식 받을게요 언니한테"),
    ],
)
async def test_a_consent_is_the_whole_of_what_was_said(bot: Bot, words: str) -> None:
    """L42"""
    chat = bot.chat
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")
    said = await chat.say(words)

    assert await bot.rows(SINCE) == [(None,)], said.texts


@pytest.mark.parametrize("words", ["연남빵집 소식 받을래요", "네 연남빵집 받을게요"])
async def test_the_name_of_the_shop_that_asks_may_stand_beside_it(bot: Bot, words: str) -> None:
    chat = bot.chat
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")
    said = await chat.say(words)

    assert "수신 동의 처리 결과" in said.texts
    assert await bot.rows(SINCE) == [(bot.clock.at,)]


async def test_a_button_without_its_shop_consents_only_under_the_text(bot: Bot) -> None:
    chat = await bot.joined(hears=False)
    await chat.say("이름 고치기")
    await chat.say("네", {"do": AGREE})

    assert await bot.rows(SINCE) == [(None,)]


async def test_a_number_or_a_day_is_not_kept_before_its_text_was_seen(
    bot: Bot, open_client: Callable[[web.Application], Awaitable[Web]]
) -> None:
    """L42: typed while the answer that asks for it is on its way."""
    given = settings(seen_after_seconds=SEEN_AFTER_SECONDS)
    chat = replace(bot, client=await open_client(whole(bot.books, bot.clock, given))).chat
    kept = select(col(Customer.phone).is_not(None), col(Customer.birthday).is_not(None))
    await chat.say("단골 되기")
    await chat.press("네, 14세 이상이에요")
    for asks, answer in (("네, 소식 받을래요", "010-1234-5678"), ("생일 남기기", "3월 5일")):
        bot.clock.pass_(seconds=2 * SEEN_AFTER_SECONDS)
        said = await chat.say(asks, {"do": AGREE, "shop": "1"} if "소식" in asks else None)
        assert "[선택]" in said.texts
        before = await bot.rows(kept)
        assert "[선택]" in (await chat.say(answer)).texts
        assert await bot.rows(kept) == before
        bot.clock.pass_(seconds=2 * SEEN_AFTER_SECONDS)
        await chat.say(answer)

        assert before != await bot.rows(kept)
    assert await bot.rows(kept) == [(True, True)]


async def test_a_button_from_before_its_text_was_named_asks_under_the_new_one(bot: Bot) -> None:
    """L2, L42: it stood under words that did not name text messages."""
    chat = await bot.joined(hears=False)
    said = await chat.say("네, 소식 받을래요", {"do": "ads_yes", "shop": str(bot.shop_id)})

    assert await bot.rows(SINCE) == [(None,)]
    assert "[선택]" in said.texts
    await chat.press("네, 소식 받을래요")
    assert await bot.rows(TEXTS_SINCE) == [(bot.clock.at,)]


@pytest.mark.parametrize("asked", ["ads", "ads:2026-11.4"])
async def test_a_yes_to_an_older_text_consents_to_nothing(bot: Bot, asked: str) -> None:
    chat = await bot.joined(hears=False)
    await chat.say("소식 받을래요")
    await bot.books.write(change, "UPDATE customer SET asking = :asked", asked=asked)
    said = await chat.say("네")

    assert await bot.rows(SINCE) == [(None,)]
    assert "[선택]" in said.texts
    await chat.say("네")
    assert await bot.rows(TEXTS_SINCE) == [(bot.clock.at,)]


async def test_a_no_to_an_older_text_is_a_no(bot: Bot) -> None:
    chat = await bot.joined(hears=False)
    await chat.say("소식 받을래요")
    await bot.books.write(change, "UPDATE customer SET asking = 'ads'")

    assert "수신 거부 처리 결과" in (await chat.say("아니요")).texts


@pytest.mark.parametrize("asked", ["phone", "phone:2026-11.4"])
async def test_a_number_under_an_older_text_is_asked_for_again(bot: Bot, asked: str) -> None:
    """L67: it was not left for notices of stamps and answers."""
    kept = select(col(Customer.phone).is_not(None))
    chat = await bot.joined()
    await chat.say("전화번호 남기기")
    await bot.books.write(change, "UPDATE customer SET asking = :asked", asked=asked)
    said = await chat.say("010-1234-5678")

    assert "알림" in said.texts
    assert await bot.rows(kept) == [(False,)]
    await chat.say("010-1234-5678")
    assert await bot.rows(kept) == [(True,)]
