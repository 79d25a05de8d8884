"""Calls of the event block: each person's own bubble, gated once more, or nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import select
from sqlmodel import col

from bot.door import EmptyAnswer
from campaigns.booking import Draft, book_campaign
from campaigns.plan import plan_next
from campaigns.statutory import tell_statutory
from domain.campaigns import BubbleKind, SenderName
from domain.money import won
from loyalty.consent import stop_advertising
from storage.books import Books
from storage.desk import Tx
from storage.models.campaigns import Message
from storage.queries.chunks import lease_to_send, start_chunk
from storage.statements import Statement
from subsidy.operating import fund_operating
from tests.bot.conftest import Chat, Clock, Web, settings, whole
from tests.factories import HEADER_SECRET, make_street, rows

Open = Callable[[web.Application], Awaitable[Web]]
MESSAGES = Statement(
    select(col(Message.customer_id), col(Message.state), col(Message.code), col(Message.shown_at))
    .order_by(col(Message.id))
)  # fmt: skip
NOTHING = {"version": "2.0", "template": {"outputs": []}}


def leave(tx: Tx, clock: Clock) -> dict[str, str]:
    """A campaign to two regulars whose chunk has left; what Kakao hands on as params."""
    street = make_street(tx, people=2, at=clock.at - timedelta(days=2))
    draft = Draft(
        sender=SenderName.KAKAO_EVENT,
        bubble=BubbleKind.LIST,
        body="#{고객명}님, 오늘 3시 식빵 나와요",
    )
    book_campaign(tx, street.shop_id, draft, form_key="f1", staff_id=None, at=clock.at)
    assert plan_next(tx, clock.at)
    chunk = lease_to_send(tx, clock.at, clock.at + timedelta(minutes=1))
    assert chunk is not None
    assert start_chunk(tx, chunk, at=clock.at, until=clock.at, calm_at=clock.at)
    return {"run": str(chunk.run_id), "chunk": str(chunk.chunk_id)}


@dataclass(slots=True)
class Sent:
    books: Books
    client: Web
    clock: Clock
    params: dict[str, str]

    def chat(self, number: int) -> Chat:
        return Chat(
            self.client,
            user=f"bot-user-{number}",
            bot_id="bot-1",
            secret=HEADER_SECRET,
            app_user_id=f"{3_000_000 + number}",
        )

    async def ask(self, number: int, **params: str) -> dict[str, object]:
        said = await self.chat(number).event("block-event", **(self.params | params))
        assert said.status == 200
        return said.body

    async def messages(self) -> list[tuple[object, ...]]:
        return await self.books.read(lambda tx: tx.all(MESSAGES))


@pytest.fixture
def empty_answer() -> EmptyAnswer:
    return "empty"


@pytest_asyncio.fixture
async def sent(
    bot_books: Books, clock: Clock, open_client: Open, empty_answer: EmptyAnswer
) -> Sent:
    params = await bot_books.write(leave, clock)
    app = whole(bot_books, clock, settings(empty_answer=empty_answer))
    return Sent(bot_books, await open_client(app), clock, params)


async def test_each_person_gets_their_bubble(sent: Sent) -> None:
    """I8: marked, signed, refusable."""
    body = await sent.ask(1)

    (output,) = body["template"]["outputs"]  # type: ignore[index]  # JSON
    card = output["listCard"]
    assert card["header"]["title"].startswith("(광고)")
    assert "오늘 3시 식빵 나와요" in card["items"][0]["title"]
    assert card["buttons"][-1]["messageText"] == "무료 수신거부"
    assert "quickReplies" not in body["template"]  # type: ignore[operator]  # JSON
    assert [row[3] for row in await sent.messages()] == [sent.clock.at, None]


async def test_a_statutory_message_shows_the_notice_itself(sent: Sent) -> None:
    """L13: nobody must press anything to read what the law wants them to know."""
    await sent.books.write(owe_and_send, sent.clock)
    found = await sent.books.read(rows, "SELECT run_id, id FROM chunk ORDER BY id DESC LIMIT 1")
    ((run_id, chunk_id),) = found

    body = await sent.ask(1, run=str(run_id), chunk=str(chunk_id))

    (output,) = body["template"]["outputs"]  # type: ignore[index]  # JSON
    words = output["textCard"]["description"]
    assert "· 고르신 것: 광고 수신 동의 철회" in words
    assert "· 보내는 곳: 연남빵집" in words
    assert "(광고)" not in words


def owe_and_send(tx: Tx, clock: Clock) -> None:
    """The provider's list has the first regular; ten days later the program writes to them."""
    ((program_id, person),) = rows(
        tx, "SELECT (SELECT min(id) FROM program), (SELECT min(id) FROM customer)"
    )
    fund_operating(tx, program_id, amount_jeon=won(100), key="1", actor="test", at=clock.at)
    stop_advertising(tx, person, pressed="list", at=clock.at, is_told=False)
    clock.at += timedelta(days=10)
    tell_statutory(tx, clock.at)
    assert plan_next(tx, clock.at)
    while chunk := lease_to_send(tx, clock.at, clock.at + timedelta(minutes=1)):
        assert start_chunk(tx, chunk, at=clock.at, until=clock.at, calm_at=clock.at)


async def test_asked_twice_shows_the_same(sent: Sent) -> None:
    assert await sent.ask(1) == await sent.ask(1)


async def test_who_refused_meanwhile_gets_nothing(sent: Sent) -> None:
    """I9"""
    await sent.chat(1).say("무료 수신거부")

    assert await sent.ask(1) == NOTHING
    assert (await sent.messages())[0][1:] == ("refused", "L4", None)
    assert await sent.ask(2) != NOTHING


@pytest.mark.parametrize("empty_answer", ["neutral"])
async def test_where_silence_is_not_allowed_one_neutral_sentence_is_said(sent: Sent) -> None:
    await sent.chat(1).say("무료 수신거부")
    body = await sent.ask(1)

    assert body["template"] == {
        "outputs": [{"simpleText": {"text": "지금은 알려 드릴 것이 없어요."}}]
    }


@pytest.mark.parametrize(
    "params", [{"run": "999"}, {"chunk": "999"}, {"run": "9" * 18}], ids=["run", "chunk", "large"]
)
async def test_a_run_that_is_not_theirs_shows_nothing(sent: Sent, params: dict[str, str]) -> None:
    assert await sent.ask(1, **params) == NOTHING


async def test_a_stranger_gets_nothing(sent: Sent) -> None:
    assert await sent.ask(77) == NOTHING


async def test_at_night_nothing_is_shown(sent: Sent) -> None:
    """L5, K1: gated at the moment it is shown."""
    sent.clock.pass_(hours=12)

    assert await sent.ask(1) == NOTHING


@pytest.mark.parametrize("params", [{}, {"run": "x", "chunk": "1"}, {"run": "-1", "chunk": "1"}])
async def test_the_event_block_without_our_params_is_an_ordinary_turn(
    sent: Sent, params: dict[str, str]
) -> None:
    said = await sent.chat(1).event("block-event", **params)

    assert said.labels


async def test_our_params_on_another_block_are_an_ordinary_turn(sent: Sent) -> None:
    said = await sent.chat(1).event("another-block", **sent.params)

    assert said.labels
    assert [row[3] for row in await sent.messages()] == [None, None]


async def test_a_bug_shows_nothing_rather_than_an_apology(
    sent: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    await sent.books.write(lambda tx: tx._link.run("ALTER TABLE message RENAME TO gone", {}))

    assert await sent.ask(1) == NOTHING
    assert len([one for one in caplog.records if one.exc_info]) == 1
