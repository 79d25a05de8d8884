"""SOLAPI's reports: who may tell, what is answered, and many calls settled as one set."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO

import orjson
import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import select
from sqlmodel import col

from campaigns.booking import Draft, book_campaign
from campaigns.plan import plan_next
from domain.campaigns import BubbleKind, SenderName
from storage.books import Books
from storage.desk import Tx
from storage.models.campaigns import Chunk, Message
from storage.queries.chunks import lease_to_send, start_chunk
from storage.statements import Statement
from tests.bot.conftest import SOLAPI_SECRET, Clock, Json, Web, settings, whole
from tests.factories import make_street

GENUINE = hashlib.sha1(SOLAPI_SECRET.encode()).hexdigest()
STATES = Statement(select(col(Message.id), col(Message.state)).order_by(col(Message.id)))
CHUNKS = Statement(select(col(Chunk.state)))
PEOPLE = 12


def leave(tx: Tx, clock: Clock) -> None:
    street = make_street(tx, people=PEOPLE, at=clock.at - timedelta(days=2))
    draft = Draft(sender=SenderName.SOLAPI, bubble=BubbleKind.TEXT, body="오늘 3시 식빵 나와요")
    book_campaign(tx, street.shop_id, draft, form_key="f1", staff_id=None, at=clock.at)
    assert plan_next(tx, clock.at)
    chunk = lease_to_send(tx, clock.at, clock.at + timedelta(minutes=1))
    assert chunk is not None
    assert start_chunk(tx, chunk, at=clock.at, until=clock.at, calm_at=clock.at)


@pytest_asyncio.fixture
async def client(
    bot_books: Books,
    clock: Clock,
    open_client: Callable[[web.Application], Awaitable[Web]],
) -> Web:
    await bot_books.write(leave, clock)
    return await open_client(whole(bot_books, clock, settings()))


def report(message_id: int, code: str = "4000") -> Json:
    return {
        "messageId": f"M4V{message_id}",
        "statusCode": code,
        "customFields": {"message": str(message_id)},
    }


async def post(client: Web, body: bytes, secret: str | None = GENUINE) -> int:
    headers = {} if secret is None else {"X-Solapi-Secret": secret}
    async with client.post("/reports/solapi", data=BytesIO(body), headers=headers) as response:
        await response.read()
        return response.status


async def states(books: Books) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = await books.read(lambda tx: tx.all(STATES))
    return found


async def test_a_report_settles_its_message(client: Web, bot_books: Books) -> None:
    (first, _), *_ = await states(bot_books)

    assert await post(client, orjson.dumps([report(first)])) == 200
    assert (await states(bot_books))[0] == (first, "delivered")


async def test_many_calls_at_once_are_all_settled_when_answered(
    client: Web, bot_books: Books
) -> None:
    ids = [one for one, _ in await states(bot_books)]
    calls = [post(client, orjson.dumps([report(one)])) for one in ids * 3]

    assert set(await asyncio.gather(*calls)) == {200}
    assert {state for _, state in await states(bot_books)} == {"delivered"}
    assert await bot_books.read(lambda tx: tx.all(CHUNKS)) == [("settled",)]


@pytest.mark.parametrize("secret", [None, "", "wrong", SOLAPI_SECRET])
async def test_a_wrong_secret_is_turned_away(
    client: Web, bot_books: Books, secret: str | None
) -> None:
    before = await states(bot_books)

    assert await post(client, orjson.dumps([report(before[0][0])]), secret) == 401
    assert await states(bot_books) == before


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"null", b"\xff"])
async def test_a_malformed_body_is_refused(client: Web, body: bytes) -> None:
    assert await post(client, body) == 400


async def test_reports_of_others_are_answered_and_change_nothing(
    client: Web, bot_books: Books
) -> None:
    before = await states(bot_books)
    body = [{"groupId": "G1"}, "odd", report(10**15), {"data": {"customFields": None}}]

    assert await post(client, orjson.dumps(body)) == 200
    assert await post(client, b"[]") == 200
    assert await states(bot_books) == before


async def test_a_large_set_fits_and_a_larger_one_is_refused(client: Web) -> None:
    """8 MiB here, though a chat's body ends at 64 KiB."""
    fits = orjson.dumps([report(10**12, "4000") | {"pad": "x" * 1_000}] * 2_000)

    assert await post(client, fits) == 200
    assert await post(client, b" " * (8 * 1024 * 1024 + 1)) == 413


async def test_when_settling_fails_the_provider_is_told_to_come_again(
    client: Web, bot_books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    (first, _), *_ = await states(bot_books)
    await bot_books.write(lambda tx: tx._link.run("ALTER TABLE chunk RENAME TO gone", {}))
    calls = [post(client, orjson.dumps([report(first)])) for _ in range(3)]

    assert set(await asyncio.gather(*calls)) == {500}
    await bot_books.write(lambda tx: tx._link.run("ALTER TABLE gone RENAME TO chunk", {}))
    assert await post(client, orjson.dumps([report(first)])) == 200
