"""The same event a hundred times, at once and in a row: one effect (two phones, doubled presses)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from sqlmodel import SQLModel

from bot.door import SEEN_AFTER_SECONDS
from bot.handlers.consent import AGREE
from domain.coupons import CouponSource
from domain.visits import VisitWay
from loyalty.codes import issue_counter_code
from loyalty.coupons import NewOffer, give, make_offer
from loyalty.join_codes import issue_join_code
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from tests.bot.conftest import Bot, Chat, Clock, Web, load, open_shop, settings, whole
from tests.bot.test_channel import tell
from tests.bot.test_coupons import BREAD, OWNER
from tests.factories import rows

SENDS = 100
Extra = dict[str, str]
Snapshot = Mapping[str, list[str]]


@pytest_asyncio.fixture
async def bot(
    books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> Bot:
    given = settings(seen_after_seconds=SEEN_AFTER_SECONDS)
    client = await open_client(whole(books, clock, given))
    return Bot(client, books, clock, *await books.write(open_shop))


@dataclass(frozen=True, slots=True)
class Event:
    """What is sent again and again, and how far somebody has come before."""

    words: str = ""
    do: str | None = None
    has_shop: bool = False
    before: tuple[str, ...] = ()
    """Words that are said first, by a regular who hears of news."""

    is_stranger: bool = False
    is_answered: bool = False
    """Said once more after the answer it is an answer to the next question."""

    def extra(self, bot: Bot) -> Extra | None:
        shop = {"shop": str(bot.shop_id)} if self.has_shop else {}
        return {"do": self.do} | shop if self.do else None


EVENTS: Mapping[str, Event] = {
    "the wish to join": Event("단골 되기", is_stranger=True),
    "the age": Event(
        "네, 14세 이상이에요", "of_age", has_shop=True, before=("단골 되기",), is_stranger=True
    ),
    "the age in words": Event("네", before=("단골 되기",), is_stranger=True, is_answered=True),
    "a consent": Event("네, 소식 받을래요", AGREE, has_shop=True, before=("수신거부",)),
    "a refusal by button": Event("괜찮아요", "ads_no", has_shop=True),
    "a stop": Event("광고 그만 보내주세요"),
    "a doubtful stop": Event("이런 거 왜 자꾸 와요"),
    "a rest": Event("쉬기", "pause"),
    "the end of a rest": Event("쉬기 그만", "resume", before=("한 달만 쉴게요",)),
    "a phone number": Event("010-1234-5678", before=("전화번호 남기기",)),
    "a number deleted": Event(
        "전화번호 삭제", "phone_forget", before=("전화번호 남기기", "010-1234-5678")
    ),
    "a birthday": Event("3월 5일", before=("생일 남기기",)),
    "a name": Event("제 이름은 김영희예요"),
    "notices off": Event("도장 알림 끄기", "told_off"),
    "a number for the counter": Event("도장 받기", "stamp_code"),
    "a question": Event("강아지도 같이 들어가도 되나요?", "pass_on", has_shop=True),
    "a question in words": Event("강아지도 같이 들어가도 되나요?", before=("문의할게요",)),
    "the end of everything": Event("네, 모두 지울게요", "erase", before=("내 정보 삭제",)),
}


async def someone(bot: Bot, number: int, event: Event) -> Chat:
    about: dict[str, Any] = {"user": f"{number:066x}", "app_user_id": f"8{number}"}
    chat = replace(bot.chat, **about) if event.is_stranger else await bot.joined(**about)
    for words in event.before:
        bot.clock.pass_(seconds=SEEN_AFTER_SECONDS)
        await chat.say(words)
    if event.before and not event.do:
        bot.clock.pass_(seconds=SEEN_AFTER_SECONDS)  # a question is read before it is answered
    return chat


async def look(bot: Bot) -> Snapshot:
    """Every row of every table."""
    return await bot.books.read(_look)


def _look(tx: Tx) -> Snapshot:
    tables = [table.name for table in SQLModel.metadata.sorted_tables]
    return {name: sorted(map(repr, rows(tx, f'SELECT * FROM "{name}"'))) for name in tables}


def counts(before: Snapshot, after: Snapshot) -> Counter[str]:
    """How many rows of each table are new, or are not there any more; an audit book is begun
    with its first line.
    """
    new = {name: len(found) - len(before[name]) for name, found in after.items()}
    return Counter({name: count for name, count in new.items() if name != "audit_book"})


async def at_once(send: Callable[[], Awaitable[Any]], count: int = SENDS) -> list[Any]:
    return await asyncio.gather(*(send() for _ in range(count)))


async def in_a_row(send: Callable[[], Awaitable[Any]], count: int = SENDS) -> list[Any]:
    return [await send() for _ in range(count)]


async def changed_by(bot: Bot, work: Awaitable[object]) -> Counter[str]:
    before = await look(bot)
    await work
    return counts(before, await look(bot))


@pytest.mark.parametrize("name", EVENTS)
async def test_a_hundred_of_a_kind_have_the_effect_of_one(bot: Bot, name: str) -> None:
    event = EVENTS[name]
    first = await someone(bot, 1, event)
    second = await someone(bot, 2, event)
    extra = event.extra(bot)

    of_one = await changed_by(bot, first.say(event.words, extra))
    of_many = await changed_by(bot, at_once(lambda: replace(second).say(event.words, extra)))
    settled = await look(bot)
    if event.is_answered:
        assert of_many == of_one
        return
    said = await in_a_row(lambda: second.say(event.words, extra))

    assert {one.status for one in said} == {200}
    if event.do == "erase":  # who is deleted and goes on speaking is a stranger without a past
        of_one["customer"] += 1
    assert of_many == of_one
    assert whats_kept(await look(bot)) == whats_kept(settled)


def whats_kept(snapshot: Snapshot) -> Snapshot:
    """All but the person's own row, which says what was asked last."""
    return {name: found for name, found in snapshot.items() if name != "customer"}


async def test_the_events_that_change_something_do_change_something(bot: Bot) -> None:
    """Or the test above could not fail."""
    unchanged = [
        name
        for number, (name, event) in enumerate(EVENTS.items(), start=10)
        if not await has_changed(bot, await someone(bot, number, event), event)
    ]

    assert unchanged == []


async def has_changed(bot: Bot, chat: Chat, event: Event) -> bool:
    before = await look(bot)
    await chat.say(event.words, event.extra(bot))
    return before != await look(bot)


async def test_a_shops_number_said_a_hundred_times_is_one_visit(bot: Bot) -> None:
    """Two people say the number of one moment at once: one of them was here."""
    chats = [await someone(bot, number, Event()) for number in (1, 2)]
    at = bot.clock.at
    way = VisitWay.ROTATING_QR
    code = await bot.books.write(issue_counter_code, bot.channel_id, bot.shop_id, way, at)
    sends = [replace(chats[number % 2]).say(code.digits) for number in range(SENDS)]
    said = await asyncio.gather(*sends)
    again = await in_a_row(lambda: chats[0].say(code.digits))

    assert {one.status for one in (*said, *again)} == {200}
    assert await bot.books.read(rows, "SELECT count(*) FROM visit") == [(1,)]
    assert await bot.books.read(rows, "SELECT sum(visits) FROM membership") == [(1,)]


async def test_a_shops_join_code_makes_one_regular(bot: Bot) -> None:
    shop = await bot.books.read(get_shop, bot.shop_id)
    code = await bot.books.write(issue_join_code, shop, bot.clock.at)
    assert code is not None
    stranger = Event(is_stranger=True)
    first, second = await someone(bot, 1, stranger), await someone(bot, 2, stranger)
    of_one = await changed_by(bot, first.say(code.digits))
    of_many = await changed_by(bot, at_once(lambda: replace(second).say(code.digits)))

    assert of_many == of_one


async def test_a_coupon_pressed_a_hundred_times_shows_one_number(bot: Bot) -> None:
    chat = await someone(bot, 1, Event())
    ((customer_id,),) = await bot.books.read(rows, "SELECT customer_id FROM membership")
    offer = NewOffer(source=CouponSource.HAND, terms=BREAD)
    at = bot.clock.at
    offer_id = await bot.books.write(make_offer, bot.shop_id, offer, actor=OWNER, at=at)
    person = bot.shop_id, customer_id
    given = await bot.books.write(give, person, offer_id, key="k", actor=OWNER, at=at)
    assert given is not None
    pressed = {"do": "use_coupon", "coupon": str(given.coupon_id)}
    said = await at_once(lambda: replace(chat).say("쿠폰 쓰기", pressed))
    said += await in_a_row(lambda: chat.say("쿠폰 쓰기", pressed))

    assert len({one.body["template"]["outputs"][0]["textCard"]["title"] for one in said}) == 1
    assert await bot.books.read(rows, "SELECT count(*) FROM counter_code") == [(1,)]


@pytest.mark.parametrize("name", ["added.json", "blocked.json"])
async def test_a_webhook_told_a_hundred_times_is_taken_once(bot: Bot, name: str) -> None:
    await bot.joined()
    bot.clock.pass_(hours=2)
    before = await look(bot)
    statuses = await at_once(lambda: tell(bot, load(name)))
    settled = await look(bot)
    statuses += await in_a_row(lambda: tell(bot, load(name)))

    assert set(statuses) == {200}
    assert counts(before, settled)["inbound_event"] == 1
    assert await look(bot) == settled


async def test_yes_and_no_pressed_at_once_leave_one_answer_that_stands(bot: Bot) -> None:
    """Two phones of one person: what was pressed last is what the membership says."""
    chat = await someone(bot, 1, Event(before=("수신거부",)))
    shop = {"shop": str(bot.shop_id)}
    works = [
        replace(chat).say(words, {"do": do} | shop)
        for words, do in [("네, 소식 받을래요", AGREE), ("괜찮아요", "ads_no")] * 20
    ]
    said = await asyncio.gather(*works)

    ((last,),) = await bot.books.read(
        rows,
        "SELECT choice FROM consent_choice WHERE purpose = 'advertising' ORDER BY id DESC LIMIT 1",
    )
    ((since,),) = await bot.books.read(rows, "SELECT advertising_since FROM membership")
    assert {one.status for one in said} == {200}
    assert (last == "granted") is (since is not None)
