"""What waited is said first in the next turn, once, and only where there is room."""

from dataclasses import replace
from typing import Any

from domain.notices import NoticeKind
from loyalty.notes import write_note
from storage.desk import Tx
from storage.queries.notices import NewNotice, insert_notice_once
from tests.bot.conftest import SUNDAY_TEN, Bot
from tests.factories import rows

OWNER = "owner:1"
STATES = "SELECT state, count(*) FROM notice GROUP BY state ORDER BY state"
FACTS = {
    NoticeKind.STAMP_SAVED: '{"stamps": 1, "count": 3, "needed": 10}',
    NoticeKind.COUPON_EARNED: '{"title": "%s", "expires_at": "2026-12-05T15:00:00+00:00"}',
}


def write_down(tx: Tx, bot: Bot, kind: NoticeKind, count: int, title: str = "단팥빵") -> None:
    facts = FACTS[kind].replace("%s", title)
    ((customer_id,),) = rows(tx, "SELECT min(customer_id) FROM membership")
    for one in range(count):
        notice = NewNotice(
            shop_id=bot.shop_id,
            customer_id=customer_id,
            key=f"{kind}:{one}",
            kind=kind,
            facts=facts,
            made_at=SUNDAY_TEN,
            drop_at=SUNDAY_TEN.replace(year=2027),
        )
        assert insert_notice_once(tx, notice)


def bubbles(body: dict[str, Any]) -> list[str]:
    return [next(iter(one)) for one in body["template"]["outputs"]]


async def test_news_beyond_one_bubble_are_counted(bot: Bot) -> None:
    chat = await bot.joined()
    await bot.books.write(write_down, bot, NoticeKind.COUPON_EARNED, 20, "가" * 30)
    said = await chat.say("도움말")

    news = said.body["template"]["outputs"][0]["simpleText"]["text"]
    told = news.count("쿠폰을 받으셨어요")
    assert len(news) <= 1_000
    assert 5 <= told < 20
    assert f"이 밖에 {20 - told}가지가 더 있어요" in news
    assert await bot.books.read(rows, STATES) == [("said", 20)]


async def test_news_wait_for_a_turn_with_room(bot: Bot) -> None:
    """kakao-chatbot.md 2.1: three bubbles at most."""
    chat = await bot.joined()
    ((customer_id,),) = await bot.books.read(rows, "SELECT min(customer_id) FROM membership")
    person = bot.shop_id, customer_id
    note = "창가 자리를 좋아하심"
    await bot.books.write(write_note, *person, note, actor=OWNER, at=bot.clock.at)
    await bot.books.write(write_down, bot, NoticeKind.STAMP_SAVED, 1)
    full = await chat.say("내 정보")
    assert bubbles(full.body) == ["itemCard", "simpleText", "simpleText"]
    assert "도장 1개를" not in full.texts
    assert await bot.books.read(rows, STATES) == [("waiting", 1)]

    assert "도장 1개를 찍었어요" in (await chat.say("도움말")).texts
    assert await bot.books.read(rows, STATES) == [("said", 1)]


async def test_news_of_one_person_are_not_told_to_another(bot: Bot) -> None:
    await bot.joined()
    await bot.books.write(write_down, bot, NoticeKind.STAMP_SAVED, 1)
    other = await bot.joined(user="7" * 66, app_user_id="77")

    assert "도장 1개를" not in (await other.say("도움말")).texts
    stranger = replace(bot.chat, user="8" * 66, app_user_id="88")
    assert "도장 1개를" not in (await stranger.say("도움말")).texts
    assert await bot.books.read(rows, STATES) == [("waiting", 1)]


async def test_notes_about_a_person_are_theirs_to_see(bot: Bot) -> None:
    """L48: in their own words, all of them."""
    chat = await bot.joined()
    ((customer_id,),) = await bot.books.read(rows, "SELECT min(customer_id) FROM membership")
    person = bot.shop_id, customer_id
    for number in range(7):
        note = f"{number}번 " + "가" * 196
        await bot.books.write(write_note, *person, note, actor=OWNER, at=bot.clock.at)
    said = await chat.say("내 정보")
    told = ""
    page = await chat.press("내 기록 모두 보기")
    while "이어서 보기" in page.labels:
        told += page.texts
        page = await chat.press("이어서 보기")
    told += page.texts

    assert "메모 7개" in said.texts
    assert [f"{number}번 " in told for number in range(7)] == [True] * 7
