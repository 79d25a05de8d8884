"""A hundred thousand odd calls: no server error, no answer that KakaoTalk would not show.

`DANGOL_FUZZ_SEED` gives other calls than the usual ones; a failure prints its seed, its number
and the smallest call that still fails.
"""

import asyncio
import logging
import os
import re
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, islice

import orjson
import pytest
from aiohttp import web

from bot.kakao_out import NOTHING_TO_SHOW
from bot.pacing import Paces
from bot.words import say
from campaigns.invariants import check_invariants
from domain.coupons import CouponKind, CouponSource, CouponTerms
from domain.people import CustomerId, Role, ShopId
from loyalty.coupons import NewOffer, give, make_offer
from storage.books import Books
from storage.desk import Tx
from storage.queries.staff import insert_staff
from tests.bot.conftest import Web, settings, whole
from tests.bot.odd_calls import Grounds, OddCall, odd_call, with_less
from tests.bot.reply_table import faults
from tests.conftest import START
from tests.factories import (
    HEADER_SECRET,
    change,
    make_channel,
    make_customer,
    make_grant,
    make_market,
    make_program,
    make_run,
    make_shop,
    rows,
)

SEED = int(os.environ.get("DANGOL_FUZZ_SEED", "20261122"))
CALLS = {"sqlite": 100_000, "postgresql": 10_000}
AT_ONCE = 128
FORM_KEY = re.compile(rb'"form_key":"([^"]+)"')
FORM_KEYS_KEPT_MAX = 20
REGULARS = 20
PEOPLE, STRANGER = 300, 1_000
STAFF_OFTEN = 10
STAFF = (Role.OWNER, Role.CLERK, Role.OWNER)
SMALLER_TRIED_MAX = 1_000
FAILURES_TOLD_MAX = 3
UNREAD = (400, 401, 404, 413)
"""Who is no caller of ours hears a status and a sentence."""

FAILED_WORDS = [say("trouble", "bug"), say("trouble", "late")]


@dataclass(slots=True)
class Judge:
    """What is wrong with an answer; the same body is looked at once."""

    seen: dict[bytes, str | None] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)

    def fault(self, status: int, body: bytes) -> str | None:
        self.statuses[status] += 1
        if status in UNREAD:
            return None if type(orjson.loads(body).get("error")) is str else "no sentence"
        if status != 200:
            return f"HTTP {status}"
        if body not in self.seen:
            self.seen[body] = self._shown(body)
        return self.seen[body]

    def _shown(self, body: bytes) -> str | None:
        if body == NOTHING_TO_SHOW:  # an event call for someone who is not to get it
            return None
        answer = orjson.loads(body)
        wrong = faults(answer)
        if any(words in body.decode() for words in FAILED_WORDS):
            wrong.append("an apology")
        return "; ".join(wrong) or None


class Line:
    """A kept connection to the server; one call after the other."""

    def __init__(self, host: str, port: int) -> None:
        self._where = host, port
        self._reader: asyncio.StreamReader | None = None

    async def post(self, call: OddCall) -> tuple[int, bytes]:
        try:
            return await self._post(call)
        except (asyncio.IncompleteReadError, ConnectionError):  # closed by the server meanwhile
            self._reader = None
            return await self._post(call)

    async def _post(self, call: OddCall) -> tuple[int, bytes]:
        if self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(*self._where)
        self._writer.write(
            b"POST /kakao/skill HTTP/1.1\r\nHost: dangol\r\nContent-Type: application/json\r\n"
            b"X-Dangol: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (call.secret, len(call.body), call.body)
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await self._reader.readexactly(int(length))
        if b"connection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def close(self) -> None:
        if self._reader is not None:
            self._writer.close()
            self._reader = None


@asynccontextmanager
async def lines(client: Web) -> AsyncIterator[list[Line]]:
    opened = [Line(str(client.host), int(client.port or 0)) for _ in range(AT_ONCE)]
    yield opened
    for line in opened:
        line.close()


async def fire(
    client: Web, grounds: Grounds, calls: int
) -> tuple[dict[int, tuple[OddCall, str]], Judge]:
    """The calls whose answers were wrong, and how, by number."""
    judge, wrong = Judge(), dict[int, tuple[OddCall, str]]()

    async def call_all(line: Line, first: int) -> None:
        for number in range(first, calls, AT_ONCE):
            call = odd_call(SEED, number, grounds)
            status, body = await line.post(call)
            grounds.form_keys.extend(key.decode() for key in FORM_KEY.findall(body))
            if fault := judge.fault(status, body):
                wrong[number] = call, fault

    async with lines(client) as opened:
        await asyncio.gather(*(call_all(line, first) for first, line in enumerate(opened)))
    return wrong, judge


async def smallest(client: Web, call: OddCall) -> bytes:
    """The least of a call's body that still fails when it is sent alone."""
    judge, line = Judge(), Line(str(client.host), int(client.port or 0))
    body, tried = call.body, 0
    found = True
    while found:
        found = False
        for less in islice(with_less(body), SMALLER_TRIED_MAX - tried):
            tried += 1
            if len(less) < len(body) and judge.fault(*await line.post(OddCall(call.secret, less))):
                body, found = less, True
                break
    line.close()
    return body


async def told(client: Web, wrong: dict[int, tuple[OddCall, str]]) -> str:
    """The first failures, each with what is needed to see it again."""
    found = [f"seed {SEED}: {len(wrong)} calls failed"]
    for number, (call, fault) in sorted(wrong.items())[:FAILURES_TOLD_MAX]:
        found.append(f"call {number}: {fault}\n{await smallest(client, call)!r}")
    return "\n".join(found)


def fill(tx: Tx, at: datetime) -> Grounds:
    """Two channels of two markets, regulars with coupons, staff who chat, a run that leaves."""
    program_id = make_program(tx)
    market_id = make_market(tx, program_id)
    channel_id = make_channel(tx, market_id)
    shops = [
        make_shop(tx, market_id, channel_id, name=name, slug=slug)
        for name, slug in (("연남빵집", "bread"), ("떡집", "rice"), ("꽃 파는 집 😀", "flowers"))
    ]
    other_market = make_market(tx, program_id, name="망원시장")
    other_channel = make_channel(tx, other_market, number=2)
    foreign = make_shop(tx, other_market, other_channel, name="망원분식", slug="snacks")
    members = [
        (shops[number % 2], make_customer(tx, channel_id, shops[number % 2], number))
        for number in range(REGULARS)
    ]
    members.append((foreign, make_customer(tx, other_channel, foreign, STRANGER)))
    coupons = [_coupon(tx, shop, one, at) for shop, one in members[::2] + members[-1:]]
    for shop, key in ((shops[0], "g1"), (foreign, "g2")):
        make_grant(tx, program_id, shop, form_key=key)
    for (_, one), shop, role in zip(members, shops, STAFF, strict=False):
        _pair(tx, shop, one, role, at)
    make_run(tx, shops[0], at=at)
    runs = [row[0] for row in rows(tx, "SELECT id FROM run")]
    chunks = [row[0] for row in rows(tx, "SELECT id FROM chunk")]
    known: dict[str, Sequence[int]] = {
        "shop": [*shops, foreign],
        "coupon": coupons,
        "run": runs,
        "chunk": chunks,
        "about": [1, 2, 3],
    }
    return Grounds(
        bot_ids=["bot-1"] * 16 + ["bot-1!", "bot-2", "bot-3"],
        event_block="block-event",
        people=[str(one) for one in (*range(PEOPLE), *list(range(len(STAFF))) * STAFF_OFTEN)],
        numbers=known,
        secret=HEADER_SECRET.encode(),
        form_keys=deque(maxlen=FORM_KEYS_KEPT_MAX),
    )


def _coupon(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> int:
    terms = CouponTerms(kind=CouponKind.ITEM, title="아메리카노", item="아메리카노")
    actor = "owner:1"
    offer = NewOffer(source=CouponSource.HAND, terms=terms)
    offer_id = make_offer(tx, shop_id, offer, actor=actor, at=at)
    key = f"hand:{customer_id}"
    give(tx, (shop_id, customer_id), offer_id, key=key, actor=actor, at=at)
    return int(rows(tx, "SELECT max(id) FROM coupon")[0][0])


def _pair(tx: Tx, shop_id: ShopId, customer_id: CustomerId, role: Role, at: datetime) -> None:
    staff_id = insert_staff(
        tx, role=role, program_id=None, shop_id=shop_id, name="김직원", created_at=at
    )
    sql = "INSERT INTO staff_chat (staff_id, customer_id, paired_at) VALUES (:staff, :one, :at)"
    change(tx, sql, staff=staff_id, one=customer_id, at=at.isoformat())


@contextmanager
def no_errors_logged() -> Iterator[list[str]]:
    """Handlers that fail in silence, such as an event's, say so only here."""
    found: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = logging.Formatter().format(record)
            found.append(text)

    keep = Keep(logging.ERROR)
    logging.getLogger().addHandler(keep)
    yield found
    logging.getLogger().removeHandler(keep)


@pytest.mark.timeout(900)
async def test_no_call_breaks_the_bot(
    books: Books,
    database: str,
    open_client: Callable[[web.Application], Awaitable[Web]],
) -> None:
    grounds = await books.write(fill, START)
    unpaced = settings(
        budget_seconds=120.0, paces=lambda: Paces(seconds=count(step=1_000).__next__)
    )
    client = await open_client(whole(books, lambda: START, unpaced))

    with no_errors_logged() as errors:
        wrong, judge = await fire(client, grounds, CALLS[database])
    if wrong:
        pytest.fail(await told(client, wrong))

    assert errors == []
    assert judge.statuses[200] > CALLS[database] / 2
    broken = {name: found for name, found in (await books.read(check_invariants)).items() if found}
    assert broken == {}
