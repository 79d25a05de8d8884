"""Seconds to plan a million people, money held; what ten people wait meanwhile; a dry run."""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import make_url

from campaigns.booking import Draft, book_campaign, dry_run
from campaigns.plan import plan_next
from campaigns.results import campaign_result
from domain.campaigns import BubbleKind, CampaignState, SenderName
from domain.people import CampaignId, ShopId
from storage.books import Books, open_books
from storage.desk import Tx
from storage.vault import KEY_BYTES, Vault
from tests.bench.crowd import gather_alike
from tests.bench.turns import process
from tests.factories import (
    EARLIER,
    Street,
    make_channel,
    make_grant,
    make_shop,
    make_street,
    rows,
)

PEOPLE = 1_000_000
TRIED = 100_000
FEW = 10
ROUNDS = 3
"""Of the million: each takes its time. A dry run is measured five times."""

LIMIT_SECONDS, LIMIT_FEW_SECONDS, LIMIT_DRY_MS, LIMIT_MEGABYTES = 20, 2, 200, 250
WEEK = timedelta(days=7)
AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
DRAFT = Draft(sender=SenderName.SOLAPI, bubble=BubbleKind.TEXT, body="오늘 3시 식빵 나와요")

Databases = Callable[[str], Mapping[str, str]]


def measure(databases: Databases) -> Iterator[dict[str, Any]]:
    """One line a database; the planner is a process of its own, so that its memory can be told."""
    for name, url in databases("planning").items():
        with process("tests.bench.planning", url) as ours:
            assert ours.stdout is not None
            yield {"bench": "planning", "database": name, **json.loads(ours.stdout.readline())}


async def ours(url: str) -> dict[str, Any]:
    async with open_books(url, Vault(bytes(KEY_BYTES))) as books:
        street = await books.write(_build)
        tried, few = [await books.write(_open, street, *one) for one in ((2, TRIED), (3, FEW))]
        if url.startswith("postgresql"):
            _gather_statistics(url)
        dry = [await _seconds(books.read(dry_run, tried, DRAFT, AT)) for _ in range(5)]
        rounds, waits = [], []
        for number in range(ROUNDS):
            seconds, wait = await _plan(books, street.shop_id, few, AT + number * WEEK)
            rounds.append(seconds)
            waits.append(wait)
        return {
            "people": await books.read(_count),
            "seconds": round(median(rounds), 1),
            "min_max": [round(min(rounds), 1), round(max(rounds), 1)],
            "limit": LIMIT_SECONDS,
            "ten_people_meanwhile_seconds": round(max(waits), 2),
            "limit_ten_people": LIMIT_FEW_SECONDS,
            "dry_run_ms": round(median(dry) * 1_000),
            "limit_dry_run_ms": LIMIT_DRY_MS,
            "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024),
            "limit_megabytes": LIMIT_MEGABYTES,
        }


def _build(tx: Tx) -> Street:
    street = make_street(tx, people=0, budget_won=900_000_000, grant_won=0)
    gather_alike(tx, street.channel_id, street.shop_id, PEOPLE, EARLIER)
    for number in range(ROUNDS):
        _grant(tx, street, street.shop_id, f"big-{number}", 40 * PEOPLE)
    return street


def _grant(tx: Tx, street: Street, shop_id: ShopId, key: str, amount_won: int) -> None:
    end = AT + 9 * WEEK
    make_grant(tx, street.program_id, shop_id, form_key=key, amount_won=amount_won, expires_at=end)


def _open(tx: Tx, street: Street, number: int, people: int) -> ShopId:
    """A neighbor with a channel and regulars of its own."""
    channel_id = make_channel(tx, street.market_id, number=number)
    shop_id = make_shop(tx, street.market_id, channel_id, slug=f"shop-{number}")
    gather_alike(tx, channel_id, shop_id, people, EARLIER)
    _grant(tx, street, shop_id, f"shop-{number}", 40 * people * ROUNDS)
    return shop_id


async def _seconds(work: Any) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def _plan(books: Books, shop_id: ShopId, few: ShopId, at: datetime) -> tuple[float, float]:
    """For how long the million is planned; how long ten wait that come in the middle of it."""
    campaign_id = await _book(books, shop_id, at)
    started = time.perf_counter()
    waited = 0.0
    for step in range(PEOPLE):
        is_more = await books.write_batch(plan_next, at)
        if step == PEOPLE // 20_000:
            waited = await _few(books, few, at)
        if not is_more:
            break
    took = time.perf_counter() - started - waited
    result = await books.read(campaign_result, shop_id, campaign_id)
    assert (result.state, result.waiting) == (CampaignState.RUNNING, PEOPLE)
    return took, waited


async def _few(books: Books, shop_id: ShopId, at: datetime) -> float:
    started = time.perf_counter()
    campaign_id = await _book(books, shop_id, at)
    while await books.write_batch(plan_next, at):
        result = await books.read(campaign_result, shop_id, campaign_id)
        if result.waiting == FEW and result.held_jeon:
            break
    return time.perf_counter() - started


async def _book(books: Books, shop_id: ShopId, at: datetime) -> CampaignId:
    key = f"{shop_id}-{at.date()}"
    return await books.write(book_campaign, shop_id, DRAFT, form_key=key, staff_id=None, at=at)


def _count(tx: Tx) -> int:
    return int(rows(tx, "SELECT max(recipients) FROM run")[0][0])


def _gather_statistics(url: str) -> None:
    """What a server does by itself within a minute of such a load."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def main() -> None:
    sys.stdout.write(json.dumps(asyncio.run(ours(sys.argv[1]))) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
