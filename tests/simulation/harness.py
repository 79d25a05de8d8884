"""One life of a town: our house and the pretend world over real HTTP, on a clock we push."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from campaigns.dispatch import Dispatcher
from campaigns.senders.kakao_event import KakaoEventSender
from campaigns.senders.port import Sender
from campaigns.senders.solapi import SolapiSender
from campaigns.worker import Worker
from dangol import serving
from dangol.rehearsal.moments import Complaints, Moments
from dangol.settings import Settings, Solapi
from dangol.stage import HOST
from dangol.wiring import open_house
from domain.campaigns import SenderName
from domain.people import CampaignId
from domain.time import NEVER, Now
from simulator import app as simulator
from simulator.app import BACKGROUND, FAULTS, KAKAO
from simulator.background import Background
from simulator.faults import Faults
from simulator.kakao import Kakao
from simulator.settings import Settings as WorldSettings
from simulator.world import World
from storage.books import Books
from storage.queries.chunks import find_next_act
from tests.factories import make_campaign, make_draft

from .town import (
    BOT_ID,
    KEY,
    SOLAPI_KEY,
    SOLAPI_SECRET,
    START,
    WEBHOOK_SECRET,
    Town,
    copied,
    people_world,
    person_id,
)

TIMEOUT_SECONDS = 10.0
ROUNDS_MAX = 150
STOP = "수신거부"


class NeverStillError(Exception):
    """Something is due again and again, and nothing comes of it."""


class PushClock:
    """Runs on from 10:00 KST by itself, and is pushed over waits that nobody wants to sit out."""

    def __init__(self, start: datetime = START) -> None:
        self._at = start
        self._started = time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._started)

    def push(self, by: timedelta) -> None:
        self._at += by

    def push_to(self, at: datetime) -> None:
        self._at += max(at - self.now(), timedelta())


@dataclass(slots=True, kw_only=True)
class Life:
    """The two sides while they run, and who refused when."""

    town: Town
    books: Books
    settings: Settings
    clock: PushClock
    world: World
    kakao: Kakao
    faults: Faults
    background: Background
    moments: Moments
    senders: Mapping[SenderName, Sender]
    complaints: Complaints
    refused_at: dict[str, datetime] = field(default_factory=dict)

    def make_worker(
        self, books: Books | None = None, senders: Mapping[SenderName, Sender] | None = None
    ) -> Worker:
        """A worker as after a start: it knows what stands in the books, and nothing else."""
        books, now = books or self.books, self.clock.now
        return Worker(
            books, Dispatcher(books, senders or self.senders, now, self.settings.public_url), now
        )

    async def book(self, sender: SenderName, form_key: str = "form-1") -> CampaignId:
        return await self.books.write(
            make_campaign,
            self.town.shop_id,
            at=self.clock.now(),
            draft=make_draft(sender),
            form_key=form_key,
        )

    async def refuse(self, number: int) -> None:
        """Says it in the chat; noted only after our answer, so after our commit."""
        entries = await self.kakao.say(person_id(number), BOT_ID, STOP)
        assert not any(entry.kind == "error" for entry in entries), entries
        self.refused_at.setdefault(person_id(number), self.clock.now())

    def block(self, number: int) -> None:
        """Blocks the channel; Kakao tells us a little later."""
        self.world.block(person_id(number), BOT_ID, notify=True)

    async def run_until_still(self, worker: Worker) -> None:
        """Works, pushes the clock to whatever is due next, until nothing ever is again."""
        for _ in range(ROUNDS_MAX):
            await self.finish_due(worker)
            next_at = await self.books.read(find_next_act)
            if next_at is None or next_at >= NEVER or self.complaints.heard:
                return
            self.clock.push_to(next_at)
        raise NeverStillError(f"{next_at} after {ROUNDS_MAX} rounds")

    async def finish_due(self, worker: Worker) -> None:
        while await worker.step():
            pass
        await self.background.idle()


@asynccontextmanager
async def open_life(
    town: Town,
    folder: Path,
    *,
    clock: PushClock | None = None,
    seed: int = 0,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> AsyncIterator[Life]:
    """A copy of the town with nothing under way; the worker is driven by hand."""
    clock = clock or PushClock()
    world, moments = World(clock.now, seed), Moments()
    pretend = simulator.build(world, WorldSettings(deliver_delay_seconds=0.0))
    pretend.middlewares.append(moments.middleware)
    async with AsyncExitStack() as stack:
        complaints = stack.enter_context(Complaints().listening())
        database_url = stack.enter_context(copied(town, folder))
        address = await stack.enter_async_context(serving.listening(pretend, HOST, 0))
        settings = make_settings(database_url, address)
        house = await stack.enter_async_context(open_house(settings, clock.now, with_worker=False))
        door = await stack.enter_async_context(serving.listening(house.app, HOST, 0))
        people_world(world, town, door)
        senders = make_senders(settings, clock.now, timeout_seconds)
        for sender in senders.values():
            stack.push_async_callback(sender.close)
        yield Life(
            town=town,
            books=house.books,
            settings=settings,
            clock=clock,
            world=world,
            kakao=pretend[KAKAO],
            faults=pretend[FAULTS],
            background=pretend[BACKGROUND],
            moments=moments,
            senders=senders,
            complaints=complaints,
        )
        await asyncio.wait_for(pretend[BACKGROUND].idle(), timeout_seconds)


def make_settings(database_url: str, world_address: str) -> Settings:
    return Settings(
        database_url=database_url,
        data_key=KEY,
        public_url=f"http://{HOST}",
        kakao_url=world_address,
        callback_host=HOST,
        solapi=Solapi(
            api_key=SOLAPI_KEY,
            api_secret=SOLAPI_SECRET,
            webhook_secret=WEBHOOK_SECRET,
            base_url=world_address,
        ),
    )


def make_senders(
    settings: Settings, now: Now, timeout_seconds: float
) -> Mapping[SenderName, Sender]:
    """As the house makes them, but with a time-out that a test can wait for."""
    assert settings.solapi is not None
    return {
        SenderName.KAKAO_EVENT: KakaoEventSender(
            settings.kakao_url, timeout_seconds=timeout_seconds
        ),
        SenderName.SOLAPI: SolapiSender(
            api_key=settings.solapi.api_key,
            api_secret=settings.solapi.api_secret,
            now=now,
            base_url=settings.solapi.base_url,
            timeout_seconds=timeout_seconds,
        ),
    }
