"""Messages a second through the whole pipeline: plan, gate, compose, HTTP, reports, money."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from statistics import median
from typing import Any

from aiohttp import ClientSession

from campaigns.booking import Draft, book_campaign
from campaigns.invariants import check_invariants
from campaigns.results import Result, campaign_result
from campaigns.senders.solapi import SolapiSender
from dangol import serving
from dangol.settings import Settings, Solapi
from dangol.stage import HOST, DemoClock, free_port
from dangol.street import EVENT_NAME, OpenShop, open_street
from dangol.wiring import House, open_house
from domain.bubbles import Text
from domain.campaigns import (
    CHUNK_SIZE,
    Account,
    Batch,
    BubbleKind,
    CampaignState,
    Outgoing,
    SenderName,
)
from domain.money import won
from domain.people import CampaignId, ChunkId, CustomerId, MessageId, RunId
from simulator import app as simulator
from simulator.settings import Settings as WorldSettings
from simulator.world import World
from storage.vault import KEY_BYTES
from subsidy.grants import start_grant
from subsidy.offering import Offer, offer_grant
from tests.bench.crowd import gather, key_of, phone_of
from tests.bench.turns import process

PEOPLE = 20_000
ROUNDS = 5
LIMIT_PER_SECOND = 5_000
PATIENCE_SECONDS = 300
LOOK_EVERY_SECONDS = 0.02
BULK = 5_000
SECRETS = {"api_key": "BENCHKEY", "api_secret": "BENCH-SECRET", "webhook_secret": "BENCH-HOOK"}

Databases = Callable[[str], Mapping[str, str]]


def measure(databases: Databases) -> Iterator[dict[str, Any]]:
    """One line a database; the provider runs in a process of its own."""
    for name, url in databases("pipeline").items():
        with process("tests.bench.pipeline", "provider") as provider:
            assert provider.stdout is not None
            address = provider.stdout.readline().strip()
            with process("tests.bench.pipeline", "ours", url, address) as ours:
                assert ours.stdout is not None
                yield _line(name, json.loads(ours.stdout.readline()))


def _line(name: str, found: dict[str, Any]) -> dict[str, Any]:
    rates = [PEOPLE / seconds for seconds in found["rounds"]]
    return {
        "bench": "campaign_pipeline",
        "database": name,
        "people": PEOPLE,
        "messages_per_second": round(median(rates)),
        "min_max": [round(min(rates)), round(max(rates))],
        "limit": LIMIT_PER_SECOND,
        "wire_alone_per_second": round(PEOPLE / found["wire"]),
        "delivered": found["delivered"],
        "broken_invariants": found["broken"],
    }


async def provider() -> None:
    """The pretend provider alone, on a clock of its own that starts at ten, too."""
    world = World(DemoClock().now)
    port = free_port()
    settings = WorldSettings(public_url=f"http://{HOST}:{port}")
    async with serving.listening(simulator.build(world, settings), HOST, port) as address:
        _say(address)
        await asyncio.to_thread(sys.stdin.read)


async def ours(database_url: str, provider_url: str) -> None:
    async with open_stage(database_url, provider_url) as (house, shop, clock):
        rounds, delivered = [], 0
        for number in range(ROUNDS):
            started = time.perf_counter()
            result = await _send(house, shop, clock, f"bench{number}")
            rounds.append(time.perf_counter() - started)
            delivered += result.delivered
        broken = {
            name: wrong
            for name, wrong in (await house.books.read(check_invariants)).items()
            if wrong
        }
        wire = await _wire_alone(provider_url, shop, clock)
    _say(json.dumps({"rounds": rounds, "wire": wire, "delivered": delivered, "broken": broken}))
    await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def open_stage(
    database_url: str, provider_url: str
) -> AsyncIterator[tuple[House, OpenShop, DemoClock]]:
    clock, port = DemoClock(), free_port()
    settings = Settings(
        database_url=database_url,
        data_key=os.urandom(KEY_BYTES),
        public_url=f"http://{HOST}:{port}",
        solapi=Solapi(**SECRETS, base_url=provider_url),
    )
    async with open_house(settings, clock.now) as house:
        shop = await _people_shop(house, clock)
        await _people_world(provider_url, shop, settings.public_url)
        async with serving.listening(house.app, HOST, port):
            yield house, shop, clock


async def _people_shop(house: House, clock: DemoClock) -> OpenShop:
    street = await house.books.write(open_street, clock.start)
    shop, at = street.shops[0], clock.start
    await house.books.write(gather, shop.channel_id, shop.shop_id, PEOPLE, at)
    grant_id = await house.books.write(
        offer_grant,
        street.program_id,
        shop.shop_id,
        Offer(
            amount_jeon=won(40 * PEOPLE * ROUNDS),
            start_by=at + timedelta(days=1),
            expires_at=at + timedelta(days=2),
        ),
        form_key="bench",
        actor="bench",
        at=at,
    )
    await house.books.write(start_grant, shop.shop_id, grant_id, actor="bench", at=at)
    return shop


async def _people_world(provider_url: str, shop: OpenShop, our_url: str) -> None:
    bot = {
        "bot_id": shop.channel.bot_id,
        "name": shop.channel.name,
        "channel_public_id": shop.channel.public_id,
        "channel_uuid": shop.channel.search_id,
        "skill_url": f"{our_url}/kakao/skill",
        "events": {EVENT_NAME: shop.channel.event_block_id},
    }
    account = {
        "api_key": SECRETS["api_key"],
        "api_secret": SECRETS["api_secret"],
        "webhook_url": f"{our_url}/reports/solapi",
        "webhook_secret": SECRETS["webhook_secret"],
        "pf_ids": {shop.channel.pf_id: shop.channel.bot_id},
        "balance_won": 1_000_000_000,
    }
    async with ClientSession(provider_url) as session:
        await _post(session, "/sim/bots", {"bots": [bot]})
        await _post(session, "/sim/accounts", {"accounts": [account]})
        for start in range(0, PEOPLE, BULK):
            some = range(start, min(start + BULK, PEOPLE))
            people = [
                {"person_id": f"b{one}", "name": "단골", "phone": phone_of(one)} for one in some
            ]
            await _post(session, "/sim/people", {"people": people})
            ids = [one["person_id"] for one in people]
            await _post(session, "/sim/friends", {"bot_id": bot["bot_id"], "people": ids})


async def _post(session: ClientSession, path: str, body: object) -> None:
    async with session.post(path, json=body) as answer:
        answer.raise_for_status()


async def _send(house: House, shop: OpenShop, clock: DemoClock, key: str) -> Result:
    draft = Draft(sender=SenderName.SOLAPI, bubble=BubbleKind.TEXT, body="오늘 3시 식빵 나와요")
    campaign_id: CampaignId = await house.books.write(
        book_campaign, shop.shop_id, draft, form_key=key, staff_id=None, at=clock.now()
    )
    house.worker.wake()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            result = await house.books.read(campaign_result, shop.shop_id, campaign_id)
            if result.state is not CampaignState.RUNNING and result.recipients:
                return result
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _wire_alone(provider_url: str, shop: OpenShop, clock: DemoClock) -> float:
    """The same messages by the same sender without our books: what the wire could do."""
    sender = SolapiSender(
        api_key=SECRETS["api_key"],
        api_secret=SECRETS["api_secret"],
        now=clock.now,
        base_url=provider_url,
    )
    size = CHUNK_SIZE[SenderName.SOLAPI]
    started = time.perf_counter()
    for start in range(0, PEOPLE, size):
        batch = _batch(shop, range(start, start + size))
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


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    serving.run(provider if role == "provider" else lambda: ours(*rest))
