"""A thousand campaigns due within one minute: how late the first message of each leaves."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from aiohttp import ClientSession
from sqlalchemy import func, select
from sqlmodel import col

from campaigns.booking import Draft, book_campaign
from campaigns.invariants import check_invariants
from dangol import serving
from dangol.shops import SHOPS
from dangol.street import STANDING, OpenShop, Street, plan_channel
from domain.campaigns import BubbleKind, SenderName
from domain.money import won
from domain.people import MarketId, ProgramId, ShopId, StaffId
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Run
from storage.statements import Statement
from subsidy.channels import NewChannel, add_channel
from subsidy.enrolling import enroll_shop
from subsidy.programs import open_market, open_program
from subsidy.shops import open_shop
from tests.bench.stage import Stage, open_stage, provide, say, wait_until, work
from tests.bench.turns import process

SHOPS_DUE, PEOPLE, SECONDS = 1_000, 10, 60
"""A shop sends one campaign a week (C16), so a thousand campaigns are of a thousand shops."""

LIMIT_SECONDS = 2
BOOKING_SECONDS = 0.05
"""So long before the minute begins the first is booked, a campaign: they must all be there."""

PATIENCE_SECONDS = 120
PAGE = 1_000
BUDGET = won(50_000_000)
ACTOR = "bench"
MODULE = "tests.bench.rush"

LEFT = Statement(
    select(col(Campaign.shop_id), col(Campaign.due_at), func.min(col(Chunk.started_at)))
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .join(Chunk, col(Chunk.run_id) == col(Run.id))
    .where(col(Chunk.started_at).is_not(None))
    .group_by(col(Campaign.id), col(Campaign.shop_id), col(Campaign.due_at))
)
OVER = Statement(select(func.count()).select_from(Run).where(col(Run.finished_at).is_not(None)))

Databases = Callable[[str], Mapping[str, str]]


class Leaving(NamedTuple):
    shop_id: ShopId
    due_at: datetime
    left_at: datetime


def measure(
    databases: Databases, shops: int = SHOPS_DUE, seconds: int = SECONDS
) -> Iterator[dict[str, Any]]:
    """One line a database; the provider, and on PostgreSQL a second worker, run in processes of
    their own.
    """
    for name, url in databases("rush").items():
        with ExitStack() as stack:
            provider = stack.enter_context(process(MODULE, "provider"))
            assert provider.stdout is not None
            address = provider.stdout.readline().strip()
            if name == "postgresql":
                second = stack.enter_context(process(MODULE, "work", url, address))
                assert second.stdout is not None
                second.stdout.readline()
            rest = str(shops), str(seconds)
            ours = stack.enter_context(process(MODULE, "ours", url, address, *rest))
            assert ours.stdout is not None
            found = json.loads(ours.stdout.readline())
            yield {
                "bench": "thousand_due",
                "database": name,
                "workers": 2 if name == "postgresql" else 1,
                **found,
            }


async def ours(database_url: str, provider_url: str, shops: str, seconds: str) -> None:
    count = int(shops)
    opening = partial(_open, count=count)
    people = [PEOPLE] * count
    async with open_stage(database_url, provider_url, people=people, opening=opening) as stage:
        await _book(stage, int(seconds))
        await _all_over(stage, int(seconds))
        left = [Leaving(*row) for row in await stage.house.books.read(_list_left)]
        arrived = await _arrivals(provider_url)
        broken = await stage.house.books.read(check_invariants)
    line = _line(stage, left, arrived)
    line["broken_invariants"] = {name: wrong for name, wrong in broken.items() if wrong}
    say(json.dumps(line))
    await asyncio.to_thread(sys.stdin.read)


def _line(
    stage: Stage, left: Sequence[Leaving], arrived: Mapping[str, Sequence[datetime]]
) -> dict[str, Any]:
    """What our books say beside what the provider saw: the one who must not be believed alone."""
    bots = {shop.shop_id: shop.channel.bot_id for shop in stage.shops}
    seen = [(one, arrived[bots[one.shop_id]]) for one in left if bots[one.shop_id] in arrived]
    late = sorted((one.left_at - one.due_at).total_seconds() for one in left)
    there = sorted((min(times) - one.due_at).total_seconds() for one, times in seen)
    return {
        "campaigns": len(stage.shops),
        "people_each": PEOPLE,
        "left": len(left),
        "p50_seconds": round(_at(late, 0.50), 2),
        "p99_seconds": round(_at(late, 0.99), 2),
        "max_seconds": round(late[-1], 2),
        "limit": LIMIT_SECONDS,
        "arrived": len(there),
        "arrived_p99_seconds": round(_at(there, 0.99), 2),
        "left_before_due": sum(one < 0 for one in late),
        "arrived_before_left": sum(min(times) < one.left_at for one, times in seen),
        "messages_arrived": sum(len(times) for times in arrived.values()),
    }


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


async def _book(stage: Stage, seconds: int) -> None:
    """Spread evenly over so many seconds that begin when all of them are booked."""
    books, shops = stage.house.books, stage.shops
    begins_at = stage.clock.now() + timedelta(seconds=1 + BOOKING_SECONDS * len(shops))
    for number, shop in enumerate(shops):
        draft = Draft(
            sender=SenderName.SOLAPI,
            bubble=BubbleKind.TEXT,
            body="오늘 3시 식빵 나와요",
            due_at=begins_at + timedelta(seconds=seconds * number / len(shops)),
        )
        at = stage.clock.now()
        await books.write(
            book_campaign, shop.shop_id, draft, form_key="bench", staff_id=None, at=at
        )
    assert stage.clock.now() < begins_at, "the first were due before the last were booked"


async def _all_over(stage: Stage, seconds: int) -> None:
    async def is_over() -> bool:
        return await stage.house.books.read(_count_over) == len(stage.shops)

    async with asyncio.timeout(BOOKING_SECONDS * len(stage.shops) + seconds + PATIENCE_SECONDS):
        await wait_until(is_over)


def _count_over(tx: Tx) -> int:
    row = tx.one(OVER)
    return int(row[0]) if row else 0


def _list_left(tx: Tx) -> list[tuple[Any, ...]]:
    return tx.all(LEFT)


async def _arrivals(provider_url: str) -> Mapping[str, Sequence[datetime]]:
    """When each bot's messages were on the phones."""
    found: dict[str, list[datetime]] = {}
    after, total = 0, 1
    async with ClientSession(provider_url) as session:
        while after < total:
            params = {"after": str(after), "limit": str(PAGE)}
            async with session.get("/sim/handset/deliveries", params=params) as answer:
                page = await answer.json()
            for one in page["deliveries"]:
                found.setdefault(one["bot_id"], []).append(datetime.fromisoformat(one["at"]))
            after, total = after + PAGE, page["total"]
    return found


def _open(tx: Tx, at: datetime, *, count: int) -> Street:
    """A program with one market of many small shops, each with a channel of its own."""
    day = at.date()
    program_id = open_program(
        tx,
        name="단골 프로그램",
        starts_on=day - timedelta(days=60),
        ends_on=day + timedelta(days=120),
        budget_jeon=BUDGET,
        actor=ACTOR,
        at=at,
    )
    market_id = open_market(tx, program_id, name="연남시장", region="서울", actor=ACTOR, at=at)
    shops = [_open_shop(tx, program_id, market_id, number, at) for number in range(count)]
    return Street(program_id=program_id, market_id=market_id, desk={}, shops=shops)


def _open_shop(
    tx: Tx, program_id: ProgramId, market_id: MarketId, number: int, at: datetime
) -> OpenShop:
    plan, channel = SHOPS[0], _channel(market_id, number)
    channel_id = add_channel(tx, channel, actor=ACTOR, at=at)
    shop_id = open_shop(
        tx,
        market_id=market_id,
        channel_id=channel_id,
        name=plan.name,
        trade=plan.trade,
        slug=f"rush-{number}",
        contact=plan.contact,
        at=at,
        actor=ACTOR,
    )
    enroll_shop(tx, program_id, shop_id, STANDING, actor=ACTOR, at=at)
    return OpenShop(
        plan=plan, shop_id=shop_id, channel_id=channel_id, owner_id=StaffId(0), channel=channel
    )


def _channel(market_id: MarketId, number: int) -> NewChannel:
    return replace(
        plan_channel(market_id, 0),
        bot_id=f"{number:024x}",
        public_id=f"_rush{number}",
        search_id=f"@rush{number}",
        event_block_id=f"{number + 1_000_000:024x}",
        pf_id=f"KA01PF{number:026X}",
    )


ROLES: Mapping[str, Callable[..., Awaitable[None]]] = {
    "provider": provide,
    "work": work,
    "ours": ours,
}

if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    serving.run(lambda: ROLES[role](*rest))
