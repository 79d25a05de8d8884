"""A house and a pretend world, each in a process of its own, with shops full of regulars."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import ClientSession, web

from campaigns.booking import Draft, book_campaign
from campaigns.results import Result, campaign_result
from dangol import serving
from dangol.settings import Settings, Solapi
from dangol.stage import HOST, DemoClock, free_port
from dangol.street import EVENT_NAME, HEADER_NAME, OpenShop, Street, open_street
from dangol.wiring import House, open_house
from domain.campaigns import BubbleKind, SenderName
from domain.money import won
from domain.people import CampaignId, ProgramId
from simulator import app as simulator
from simulator.settings import Settings as WorldSettings
from simulator.world import World
from storage.desk import Tx
from storage.queries.results import find_run
from storage.vault import KEY_BYTES
from subsidy.grants import start_grant
from subsidy.offering import Offer, offer_grant
from tests.bench.crowd import gather, key_of, phone_of

PATIENCE_SECONDS = 900
LOOK_EVERY_SECONDS, LOOK_SELDOM_SECONDS = 0.02, 0.2
BULK = 5_000
BEGAN_PATH = "/bench/began"
WON_A_PERSON = 28
"""A little more than any message costs."""

API_KEY, API_SECRET, HOOK_SECRET = "BENCHKEY", "BENCH-SECRET", "BENCH-HOOK"
DATA_KEY = bytes(KEY_BYTES)
"""Every process of one bench reads what the others sealed."""


class StageClock(DemoClock):
    """One for all processes of a bench: what one has written another finds due at once.

    `began`: what the machine's own counter (seconds) said at ten.
    """

    def __init__(self, began: float) -> None:
        super().__init__()
        self._started = began


@dataclass(frozen=True, slots=True)
class Stage:
    """The first of its shops have regulars: a campaign a week is all that one may send (C16), so
    each round of a bench has a shop, and a channel, of its own.
    """

    house: House
    shops: Sequence[OpenShop]
    clock: DemoClock
    public_url: str


async def provide(*settings: str) -> None:
    """The pretend world alone, on a clock that starts at ten and that the others ask it for;
    `settings` are numbers of simulator/settings.py: `report_batch_max=1`.
    """
    changes = {name: int(value) for name, _, value in (one.partition("=") for one in settings)}
    port = free_port()
    world_settings = WorldSettings(public_url=f"http://{HOST}:{port}")
    world_settings.change(changes)
    began = time.monotonic()
    app = simulator.build(World(StageClock(began).now), world_settings)

    async def tell(_request: web.Request) -> web.Response:
        return web.json_response(began)

    app.router.add_get(BEGAN_PATH, tell)
    async with serving.listening(app, HOST, port) as address:
        say(address)
        await asyncio.to_thread(sys.stdin.read)


async def clock_of(provider_url: str) -> DemoClock:
    async with ClientSession() as session, session.get(f"{provider_url}{BEGAN_PATH}") as answer:
        return StageClock(await answer.json())


@asynccontextmanager
async def open_stage(
    database_url: str,
    provider_url: str,
    *,
    people: Sequence[int],
    opening: Callable[[Tx, datetime], Street] = open_street,
) -> AsyncIterator[Stage]:
    """As many shops have regulars as `people` has numbers, and so many each."""
    clock, port = await clock_of(provider_url), free_port()
    settings = settings_of(database_url, provider_url, f"http://{HOST}:{port}")
    async with open_house(settings, clock.now) as house:
        street = await house.books.write(opening, clock.start)
        shops = street.shops[: len(people)]
        for shop, count in zip(shops, people, strict=True):
            await _fill(house, clock, street.program_id, shop, count)
        await _people_world(
            provider_url, settings.public_url, list(zip(shops, people, strict=True))
        )
        async with serving.listening(house.app, HOST, port):
            yield Stage(house, shops, clock, settings.public_url)


def settings_of(database_url: str, provider_url: str, public_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        data_key=DATA_KEY,
        public_url=public_url,
        kakao_url=provider_url,
        solapi=Solapi(
            api_key=API_KEY,
            api_secret=API_SECRET,
            webhook_secret=HOOK_SECRET,
            base_url=provider_url,
        ),
    )


async def work(database_url: str, provider_url: str) -> None:
    """A second worker on a database that is there (PostgreSQL)."""
    settings = settings_of(database_url, provider_url, "http://bench.invalid")
    clock = await clock_of(provider_url)
    async with open_house(settings, clock.now):
        say("ready")
        await asyncio.to_thread(sys.stdin.read)


async def _fill(
    house: House, clock: DemoClock, program_id: ProgramId, shop: OpenShop, people: int
) -> None:
    """Regulars, and a grant that pays one message to each of them."""
    at = clock.start
    await house.books.write_batch(gather, shop.channel_id, shop.shop_id, people, at)
    grant_id = await house.books.write(
        offer_grant,
        program_id,
        shop.shop_id,
        Offer(
            amount_jeon=won(WON_A_PERSON * people),
            start_by=at + timedelta(days=1),
            expires_at=at + timedelta(days=2),
        ),
        form_key="bench",
        actor="bench",
        at=at,
    )
    await house.books.write(start_grant, shop.shop_id, grant_id, actor="bench", at=at)


async def _people_world(
    provider_url: str, our_url: str, shops: Sequence[tuple[OpenShop, int]]
) -> None:
    account = {
        "api_key": API_KEY,
        "api_secret": API_SECRET,
        "webhook_url": f"{our_url}/reports/solapi",
        "webhook_secret": HOOK_SECRET,
        "pf_ids": {shop.channel.pf_id: shop.channel.bot_id for shop, _ in shops},
        "balance_won": 1_000_000_000,
    }
    async with ClientSession(provider_url) as session:
        await _post(session, "/sim/bots", {"bots": [_bot(shop, our_url) for shop, _ in shops]})
        await _post(session, "/sim/accounts", {"accounts": [account]})
        for start in range(0, max(count for _, count in shops), BULK):
            await _bring(session, shops, start)


async def _bring(session: ClientSession, shops: Sequence[tuple[OpenShop, int]], start: int) -> None:
    """The next people: each of them is a friend of every shop that has so many."""
    most = max(count for _, count in shops)
    some = range(start, min(start + BULK, most))
    bots = [shop.channel.bot_id for shop, _ in shops]
    people = [
        {
            "person_id": f"b{one}",
            "name": "단골",
            "phone": phone_of(one),
            "bot_user_keys": {bot_id: key_of(one) for bot_id in bots},
        }
        for one in some
    ]
    await _post(session, "/sim/people", {"people": people})
    for shop, count in shops:
        ids = [f"b{one}" for one in some if one < count]
        if ids:
            await _post(session, "/sim/friends", {"bot_id": shop.channel.bot_id, "people": ids})


def _bot(shop: OpenShop, our_url: str) -> dict[str, object]:
    channel = shop.channel
    return {
        "bot_id": channel.bot_id,
        "name": channel.name,
        "channel_public_id": channel.public_id,
        "channel_uuid": channel.search_id,
        "skill_url": f"{our_url}/kakao/skill",
        "skill_header": [HEADER_NAME, channel.secrets.header_secrets[0]],
        "rest_api_key": channel.secrets.rest_api_key,
        "events": {EVENT_NAME: channel.event_block_id},
    }


async def _post(session: ClientSession, path: str, body: object) -> None:
    async with session.post(path, json=body) as answer:
        answer.raise_for_status()


async def book(stage: Stage, shop: OpenShop, sender: SenderName) -> CampaignId:
    """For now; the worker is told."""
    is_solapi = sender is SenderName.SOLAPI
    draft = Draft(
        sender=sender,
        bubble=BubbleKind.TEXT if is_solapi else BubbleKind.LIST,
        body="오늘 3시 식빵 나와요",
    )
    books, at = stage.house.books, stage.clock.now()
    campaign_id = await books.write(
        book_campaign, shop.shop_id, draft, form_key="bench", staff_id=None, at=at
    )
    stage.house.worker.wake()
    return campaign_id


async def finish(stage: Stage, shop: OpenShop, campaign_id: CampaignId) -> Result:
    """Waits until it is settled: one row is looked at, not the messages."""
    books = stage.house.books
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            run = await books.read(find_run, shop.shop_id, campaign_id)
            if run and run.finished_at:
                return await books.read(campaign_result, shop.shop_id, campaign_id)
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def wait_until(is_so: Callable[[], Awaitable[bool]]) -> None:
    while True:
        if await is_so():
            return
        await asyncio.sleep(LOOK_SELDOM_SECONDS)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def memory_mb(process_id: int | str = "self") -> float:
    """The most that a process has held at once."""
    with Path(f"/proc/{process_id}/status").open() as status:
        line = next(one for one in status if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
