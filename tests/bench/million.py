"""A campaign of a million: time a message beside ten thousand, memory, and who waits meanwhile."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from campaigns.invariants import check_invariants
from dangol import serving
from dangol.street import OpenShop
from domain.campaigns import ChunkState, SenderName
from domain.people import CampaignId
from storage.desk import Tx
from storage.queries.results import find_run
from tests.bench.crowd import key_of
from tests.bench.payloads import skill_request
from tests.bench.stage import (
    Stage,
    book,
    finish,
    memory_mb,
    open_stage,
    provide,
    say,
    wait_until,
    work,
)
from tests.bench.turns import process
from tests.factories import rows
from tests.postgres import gather_statistics

SMALL, MILLION, FEW = 10_000, 1_000_000, 10
ROUNDS = 5
"""Of the ten thousand; the million, a minute by itself, is sent once."""

LIMIT_RATIO, LIMIT_MEGABYTES, LIMIT_FEW_SECONDS, LIMIT_TURN_MS = 1.3, 250, 5, 100
TURNS_A_SECOND = 50
TALKERS = 200
"""Regulars who chat with the shop that sends, and as many with another."""

SAYINGS = "도움말", "내 정보"
MODULE = "tests.bench.million"

Databases = Callable[[str], Mapping[str, str]]
Child = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Cast:
    """Which shop of the stage has which part."""

    small: Sequence[OpenShop]
    big: OpenShop
    few: Sequence[OpenShop]

    @classmethod
    def of(cls, stage: Stage) -> "Cast":
        return cls(stage.shops[:ROUNDS], stage.shops[ROUNDS], stage.shops[ROUNDS + 1 :])


def measure(
    databases: Databases, small: int = SMALL, million: int = MILLION
) -> Iterator[dict[str, Any]]:
    """One line a database; the provider, who chats, and on PostgreSQL a second worker, run in
    processes of their own.
    """
    for name, url in databases("million").items():
        with ExitStack() as stack:
            provider = stack.enter_context(process(MODULE, "provider"))
            address = _line_of(provider).strip()
            parts = {"provider": provider}
            if name == "postgresql":
                parts["second"] = stack.enter_context(process(MODULE, "work", url, address))
                _line_of(parts["second"])
            ours = process(MODULE, "ours", url, address, str(small), str(million))
            parts["ours"] = stack.enter_context(ours)
            public_url = _line_of(parts["ours"]).strip()
            chat = stack.enter_context(process("tests.bench.steady"))
            _begin(chat, public_url, _turns(small, million))
            yield {"bench": "campaign_million", "database": name, **_measure(parts, chat)}


def _measure(parts: Mapping[str, Child], chat: Child) -> dict[str, Any]:
    """The same chats go on during all of it; what they waited is told of each part."""
    small = json.loads(_ask(parts["ours"]))
    before = json.loads(_ask(chat))
    _ask(parts["ours"])
    turns = {"planning": json.loads(_ask(chat))}
    big = json.loads(_line_of(parts["ours"]))
    turns["sending"] = json.loads(_ask(chat))
    memory = {name: round(memory_mb(child.pid)) for name, child in parts.items()}
    found = json.loads(_ask(parts["ours"]))
    each = [seconds / small["people"] for seconds in small["seconds"]]
    return {
        "workers": 2 if "second" in parts else 1,
        "people": big["people"],
        "rounds": {str(small["people"]): len(each), str(big["people"]): 1},
        "us_per_message_small": round(1e6 * median(each), 1),
        "us_per_message_small_min_max": [round(1e6 * one, 1) for one in (min(each), max(each))],
        "us_per_message": round(1e6 * big["seconds"] / big["people"], 1),
        "seconds": round(big["seconds"], 1),
        "ratio": round(big["seconds"] / big["people"] / median(each), 2),
        "limit_ratio": LIMIT_RATIO,
        "peak_megabytes": memory,
        "limit_megabytes_of_ours": LIMIT_MEGABYTES,
        "ten_people_seconds": big["few"],
        "limit_ten_people": LIMIT_FEW_SECONDS,
        "turns_per_second": {part: round(one["per_second"]) for part, one in turns.items()},
        "turn_p99_ms": {part: round(one["p99_ms"], 1) for part, one in turns.items()},
        "turn_p99_ms_small": round(before["p99_ms"], 1),
        "limit_turn_ms": LIMIT_TURN_MS,
        "turn_failures": sum(one["failures"] for one in (before, *turns.values())),
        "delivered": big["delivered"],
        "broken_invariants": found,
    }


def _turns(small: int, million: int) -> list[str]:
    """Turns that write, of regulars of a shop that has sent and of the one that sends."""
    crowds = (0, min(TALKERS, small)), (ROUNDS, min(TALKERS, million))
    return [
        skill_request(shop_index, key_of(number), words).hex()
        for number in range(TALKERS)
        for shop_index, count in crowds
        for words in SAYINGS
        if number < count
    ]


def _begin(chat: Child, address: str, requests: Sequence[str]) -> None:
    given = {"address": address, "per_second": TURNS_A_SECOND, "requests": requests}
    assert chat.stdin is not None
    chat.stdin.write(json.dumps(given) + "\n")
    chat.stdin.flush()


def _ask(child: Child) -> str:
    """Says "go on" and waits for what it has to tell."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()
    return _line_of(child)


def _line_of(child: Child) -> str:
    assert child.stdout is not None
    return child.stdout.readline()


async def ours(database_url: str, provider_url: str, small: str, million: str) -> None:
    people = [*[int(small)] * ROUNDS, int(million), FEW, FEW]
    async with open_stage(database_url, provider_url, people=people) as stage:
        if database_url.startswith("postgresql"):
            await asyncio.to_thread(gather_statistics, database_url)
        parts = Cast.of(stage)
        say(stage.public_url)
        await _go_on()
        seconds = [(await _send(stage, shop))[0] for shop in parts.small]
        say(json.dumps({"people": int(small), "seconds": seconds}))
        await _go_on()
        say(json.dumps(await _send_big(stage, parts, int(million))))
        await _go_on()
        found = await stage.house.books.read(check_invariants)
        say(json.dumps({name: wrong for name, wrong in found.items() if wrong}))
        await asyncio.to_thread(sys.stdin.read)


async def _go_on() -> None:
    await asyncio.to_thread(sys.stdin.readline)


async def _send(stage: Stage, shop: OpenShop) -> tuple[float, int]:
    """Seconds from the press of the button until all is settled; how many were delivered."""
    started = time.perf_counter()
    campaign_id = await book(stage, shop, SenderName.SOLAPI)
    result = await finish(stage, shop, campaign_id)
    return time.perf_counter() - started, result.delivered


async def _send_big(stage: Stage, parts: Cast, people: int) -> dict[str, Any]:
    """The neighbors press theirs while half the people are gathered, and when half are told."""
    started = time.perf_counter()
    campaign_id = await book(stage, parts.big, SenderName.SOLAPI)
    middles = [
        partial(one, stage, parts.big, campaign_id, people // 2) for one in (_gathered, _told)
    ]
    async with asyncio.TaskGroup() as group:
        big = group.create_task(_finish_timed(stage, parts.big, campaign_id, started))
        group.create_task(_tell_planned(stage, parts.big, campaign_id, people))
        pairs = zip(parts.few, middles, strict=True)
        few = [group.create_task(_meanwhile(stage, *one)) for one in pairs]
    seconds, delivered = big.result()
    ended = started + seconds
    return {
        "people": people,
        "seconds": seconds,
        "delivered": delivered,
        # None: the big one was over before it, so it tells nothing.
        "few": [
            round(took, 2) if at + took < ended else None
            for at, took in (one.result() for one in few)
        ],
    }


async def _tell_planned(stage: Stage, shop: OpenShop, campaign_id: CampaignId, people: int) -> None:
    await wait_until(partial(_gathered, stage, shop, campaign_id, people))
    say("planned")


async def _finish_timed(
    stage: Stage, shop: OpenShop, campaign_id: CampaignId, started: float
) -> tuple[float, int]:
    result = await finish(stage, shop, campaign_id)
    return time.perf_counter() - started, result.delivered


async def _meanwhile(
    stage: Stage, shop: OpenShop, is_middle: Callable[[], Awaitable[bool]]
) -> tuple[float, float]:
    """When it was begun, and the seconds it took."""
    await wait_until(is_middle)
    started = time.perf_counter()
    took, delivered = await _send(stage, shop)
    assert delivered == FEW
    return started, took


async def _gathered(stage: Stage, shop: OpenShop, campaign_id: CampaignId, least: int) -> bool:
    run = await stage.house.books.read(find_run, shop.shop_id, campaign_id)
    return run is not None and run.recipients >= least


async def _told(stage: Stage, shop: OpenShop, campaign_id: CampaignId, least: int) -> bool:
    run = await stage.house.books.read(find_run, shop.shop_id, campaign_id)
    return run is not None and await stage.house.books.read(_settled, run.run_id) >= least


def _settled(tx: Tx, run_id: int) -> int:
    sql = "SELECT coalesce(sum(size), 0) FROM chunk WHERE run_id = :run_id AND state = :state"
    return int(rows(tx, sql, run_id=run_id, state=ChunkState.SETTLED.value)[0][0])


ROLES: Mapping[str, Callable[..., Awaitable[None]]] = {
    "provider": provide,
    "work": work,
    "ours": ours,
}

if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    serving.run(lambda: ROLES[role](*rest))
