"""NHN's reports: who may tell, what is answered, and who refused by calling the 080 number."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import orjson
import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import select
from sqlmodel import col

from campaigns.booking import book_campaign
from campaigns.plan import plan_next
from storage.books import Books
from storage.desk import Tx
from storage.models.campaigns import Message
from storage.models.customers import Membership
from storage.queries.chunks import lease_to_send, start_chunk
from storage.statements import Statement
from tests.bot.conftest import NHN_SIGNATURE, Clock, Json, Web, settings, whole
from tests.factories import make_draft, make_street, phone_of

STATES = Statement(select(col(Message.id), col(Message.state)).order_by(col(Message.id)))
STANDING = Statement(
    select(col(Membership.withdrawn_at).is_not(None)).order_by(col(Membership.customer_id))
)


def leave(tx: Tx, clock: Clock) -> None:
    street = make_street(tx, people=2, at=clock.at - timedelta(days=2))
    book_campaign(tx, street.shop_id, make_draft(), form_key="f1", staff_id=None, at=clock.at)
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


def result(message_id: int, code: str = "1000") -> Json:
    return {
        "hookId": f"h-{message_id}",
        "recipientGroupingKey": f"1:{message_id}",
        "resultCode": code,
    }


def opt_out(number: int) -> Json:
    return {"hookId": f"u-{number}", "recipientNo": phone_of(number), "unsubscribeNo": "0801"}


def body(event: str, *hooks: Json) -> bytes:
    return orjson.dumps({"hooksId": "1", "event": event, "hooks": hooks})


async def post(client: Web, told: bytes, signature: str | None = NHN_SIGNATURE) -> int:
    headers = {} if signature is None else {"X-Toast-Webhook-Signature": signature}
    async with client.post("/reports/nhn", data=told, headers=headers) as response:
        await response.read()
        return response.status


async def states(books: Books) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = await books.read(lambda tx: tx.all(STATES))
    return found


async def test_results_settle_their_messages_once(client: Web, bot_books: Books) -> None:
    (first, _), (second, _) = await states(bot_books)
    told = body("MESSAGE_RESULT_UPDATE", result(first), result(second, "3018"))

    assert [await post(client, told), await post(client, told)] == [200, 200]
    assert await states(bot_books) == [(first, "delivered"), (second, "failed")]


async def test_an_opt_out_at_the_provider_withdraws_consent(client: Web, bot_books: Books) -> None:
    (first, _), *_ = await states(bot_books)

    assert await post(client, body("MESSAGE_RESULT_UPDATE", result(first, "-3301"))) == 200
    assert await bot_books.read(lambda tx: tx.all(STANDING)) == [(True,), (False,)]


async def test_who_called_the_080_number_is_withdrawn(client: Web, bot_books: Books) -> None:
    assert await post(client, body("UNSUBSCRIBE", opt_out(2))) == 200
    assert await bot_books.read(lambda tx: tx.all(STANDING)) == [(False,), (True,)]


@pytest.mark.parametrize("signature", [None, "", "wrong"])
async def test_a_wrong_signature_is_turned_away(
    client: Web, bot_books: Books, signature: str | None
) -> None:
    assert await post(client, body("UNSUBSCRIBE", opt_out(2)), signature) == 401
    assert await bot_books.read(lambda tx: tx.all(STANDING)) == [(False,), (False,)]


async def test_without_a_signature_of_its_own_the_door_is_shut(
    bot_books: Books, clock: Clock, open_client: Callable[[web.Application], Awaitable[Web]]
) -> None:
    client = await open_client(whole(bot_books, clock, settings(nhn_webhook_signature="")))

    assert await post(client, body("UNSUBSCRIBE"), "") == 401


@pytest.mark.parametrize("told", [b"", b"{", b"[]", b"null", b"\xff"])
async def test_a_malformed_body_is_refused(client: Web, told: bytes) -> None:
    assert await post(client, told) == 400


async def test_what_is_not_ours_is_answered_and_changes_nothing(
    client: Web, bot_books: Books
) -> None:
    before = await states(bot_books)

    assert await post(client, body("MESSAGE_RESULT_UPDATE", result(10**15), {"hookId": "x"})) == 200
    assert await post(client, body("ANOTHER", result(before[0][0]))) == 200
    assert await states(bot_books) == before
