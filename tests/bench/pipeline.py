"""Messages a second through the whole pipeline: plan, gate, compose, HTTP, reports, money."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from statistics import median
from typing import Any

from campaigns.invariants import check_invariants
from campaigns.senders.solapi import SolapiSender
from dangol import serving
from dangol.street import EVENT_NAME, OpenShop
from domain.bubbles import Text
from domain.campaigns import CHUNK_SIZE, Account, Batch, Outgoing, SenderName
from domain.people import ChunkId, CustomerId, MessageId, RunId
from domain.time import Now
from tests.bench.crowd import key_of, phone_of
from tests.bench.stage import (
    API_KEY,
    API_SECRET,
    book,
    finish,
    memory_mb,
    open_stage,
    provide,
    say,
    work,
)
from tests.bench.turns import process

ROUNDS = 5
MODULE = "tests.bench.pipeline"

Databases = Callable[[str], Mapping[str, str]]


class Case:
    """What is measured: through which sender, to how many people, and at least how fast."""

    def __init__(
        self, bench: str, sender: SenderName, people: int, limits: Mapping[str, int], *how: str
    ) -> None:
        self.bench = bench
        self.sender = sender
        self.people = people
        self.limits = limits
        self.how = how


CASES = (
    Case(
        "campaign_pipeline",
        SenderName.SOLAPI,
        100_000,
        {"sqlite": 25_000, "postgresql": 25_000},
    ),
    Case(
        "event_pipeline",
        SenderName.KAKAO_EVENT,
        10_000,
        {"sqlite": 2_000, "postgresql": 2_000},
        "event_concurrency_max=64",
    ),
    Case(
        "reports_one_by_one",
        SenderName.SOLAPI,
        5_000,
        {"sqlite": 2_500, "postgresql": 1_500},
        "report_batch_max=1",
        "reports_at_once_max=32",
    ),
)


def measure(databases: Databases) -> Iterator[dict[str, Any]]:
    """One line a case and database; the provider, and on PostgreSQL a second worker, run in
    processes of their own.
    """
    for number, case in enumerate(CASES):
        for name, url in databases(case.bench).items():
            with ExitStack() as stack:
                provider = stack.enter_context(process(MODULE, "provider", *case.how))
                assert provider.stdout is not None
                address = provider.stdout.readline().strip()
                if name == "postgresql":
                    second = stack.enter_context(process(MODULE, "work", url, address))
                    assert second.stdout is not None
                    second.stdout.readline()
                ours = stack.enter_context(process(MODULE, "ours", url, address, str(number)))
                assert ours.stdout is not None
                yield _line(case, name, json.loads(ours.stdout.readline()))


def _line(case: Case, database: str, found: dict[str, Any]) -> dict[str, Any]:
    rates = [case.people / seconds for seconds in found["rounds"]]
    return {
        "bench": case.bench,
        "database": database,
        "workers": 2 if database == "postgresql" else 1,
        "people": case.people,
        "messages_per_second": round(median(rates)),
        "min_max": [round(min(rates)), round(max(rates))],
        "limit": case.limits[database],
        "wire_alone_per_second": round(case.people / found["wire"]) if found["wire"] else None,
        "our_cpu_us_per_message": found["cpu"],
        "memory_mb": found["memory"],
        "delivered": found["delivered"],
        "broken_invariants": found["broken"],
    }


async def ours(database_url: str, provider_url: str, number: str) -> None:
    case = CASES[int(number)]
    people = [case.people] * ROUNDS
    async with open_stage(database_url, provider_url, people=people) as stage:
        rounds, delivered, used = [], 0, time.process_time()
        for shop in stage.shops:
            started = time.perf_counter()
            result = await finish(stage, shop, await book(stage, shop, case.sender))
            rounds.append(time.perf_counter() - started)
            delivered += result.delivered
        used = time.process_time() - used
        found = await stage.house.books.read(check_invariants)
        is_solapi = case.sender is SenderName.SOLAPI
        shop, now = stage.shops[0], stage.clock.now
        wire = await _wire_alone(provider_url, shop, now, case.people) if is_solapi else None
    line = {
        "rounds": rounds,
        "wire": wire,
        "cpu": round(used / delivered * 1e6) if delivered else None,
        "memory": round(memory_mb()),
        "delivered": delivered,
        "broken": {name: wrong for name, wrong in found.items() if wrong},
    }
    say(json.dumps(line))
    await asyncio.to_thread(sys.stdin.read)


async def _wire_alone(provider_url: str, shop: OpenShop, now: Now, people: int) -> float:
    """The same messages by the same sender without our books: what the wire could do."""
    sender = SolapiSender(
        api_key=API_KEY,
        api_secret=API_SECRET,
        now=now,
        base_url=provider_url,
    )
    size = CHUNK_SIZE[SenderName.SOLAPI]
    started = time.perf_counter()
    for start in range(0, people, size):
        batch = _batch(shop, range(start, min(start + size, people)))
        ref = await sender.open(batch)
        await sender.fill(batch, ref)
        await sender.send(batch, ref)
    took = time.perf_counter() - started
    await sender.close()
    return took


def _batch(shop: OpenShop, numbers: range) -> Batch:
    account = Account(
        channel_id=shop.channel_id,
        bot_id=shop.channel.bot_id,
        rest_api_key="",
        event_name=EVENT_NAME,
        pf_id=shop.channel.pf_id,
    )
    people = tuple(
        Outgoing(
            message_id=MessageId(10**9 + number),
            customer_id=CustomerId(number),
            address=phone_of(number),
            bubble=Text("(광고) 행복베이커리\n오늘 3시 식빵 나와요"),
        )
        for number in numbers
    )
    return Batch(
        shop_id=shop.shop_id,
        run_id=RunId(0),
        chunk_id=ChunkId(0),
        send_key=key_of(numbers.start)[:40],
        account=account,
        people=people,
    )


ROLES: Mapping[str, Callable[..., Awaitable[None]]] = {
    "provider": provide,
    "work": work,
    "ours": ours,
}

if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    serving.run(lambda: ROLES[role](*rest))
