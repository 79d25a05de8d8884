"""One life of a town: our house and the pretend world over real HTTP, on a clock we push."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from aiohttp.typedefs import Middleware

from campaigns.dispatch import Dispatcher
from campaigns.senders.kakao_event import KakaoEventSender
from campaigns.senders.nhn_alimtalk import NhnAlimtalkSender
from campaigns.senders.nhn_brand import NhnBrandSender
from campaigns.senders.nhn_wire import NhnKeys
from campaigns.senders.port import Sender
from campaigns.worker import Worker
from dangol import serving
from dangol.rehearsal.moments import Complaints, Moments
from dangol.settings import Certificate, Nhn, Settings, Solapi
from dangol.stage import HOST
from dangol.wiring import SOLAPI_SENDERS, open_house
from domain.campaigns import PRODUCTS, BubbleKind, Product, SenderName
from domain.people import CampaignId
from domain.time import Now
from simulator import app as simulator
from simulator.app import BACKGROUND, FAULTS, KAKAO
from simulator.background import Background
from simulator.faults import Faults
from simulator.kakao import Kakao
from simulator.nhn_account import NhnAccount
from simulator.settings import Settings as WorldSettings
from simulator.values import SolapiAccount
from simulator.world import World
from storage.books import Books
from storage.queries.chunks import find_next_act
from tests.factories import make_campaign

from .news import advertisement, tell_some
from .town import (
    BOT_ID,
    KEY,
    NHN_APPKEY,
    NHN_SECRET,
    SENDER_NUMBER,
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
HOURS = timedelta(hours=3)
"""As long as a life is followed: a chunk that left no trace is asked about every hour for ever."""

CERTIFICATE = Certificate("제2026-1호", date(2099, 12, 31))
STOP = "수신거부"


class NeverStillError(Exception):
    """Something is due again and again, and nothing comes of it."""


class PushClock:
    """Runs on from 10:00 KST by itself, and is pushed over waits that nobody wants to sit out."""

    def __init__(self, start: datetime = START) -> None:
        self.start = self._at = start
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
    switches: WorldSettings
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

    @property
    def solapi(self) -> SolapiAccount:
        return self.world.accounts[SOLAPI_KEY]

    @property
    def nhn(self) -> NhnAccount:
        return self.world.nhn_accounts[NHN_APPKEY]

    async def book(
        self, sender: SenderName, form_key: str = "form-1", bubble: BubbleKind | None = None
    ) -> CampaignId:
        return await self.books.write(
            make_campaign,
            self.town.shop_id,
            at=self.clock.now(),
            draft=advertisement(sender, bubble, self.town.picture_id),
            form_key=form_key,
        )

    async def book_any(
        self, sender: SenderName, bubble: BubbleKind | None = None
    ) -> Sequence[CampaignId]:
        """One advertisement, or as many notices as people are told something."""
        if PRODUCTS[sender] is Product.ALIMTALK:
            return await self.books.write(tell_some, self.town, sender, self.clock.now())
        return [await self.book(sender, bubble=bubble)]

    async def refuse(self, number: int) -> None:
        """Says it in the chat; noted only after our answer, so after our commit."""
        entries = await self.kakao.say(person_id(number), BOT_ID, STOP)
        assert not any(entry.kind == "error" for entry in entries), entries
        self.refused_at.setdefault(person_id(number), self.clock.now())

    def block(self, number: int) -> None:
        """Blocks the channel; Kakao tells us a little later."""
        self.world.block(person_id(number), BOT_ID, notify=True)

    async def run_until_still(self, worker: Worker) -> None:
        """Works, pushes the clock to whatever is due next, until nothing is for hours."""
        until = self.clock.now() + HOURS
        for _ in range(ROUNDS_MAX):
            await self.finish_due(worker)
            next_at = await self.books.read(find_next_act)
            if next_at is None or next_at > until or self.complaints.heard:
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
    watching: Sequence[Middleware] = (),
) -> AsyncIterator[Life]:
    """A copy of the town with nothing under way; the worker is driven by hand. `watching` sees
    what the pretend world is asked.
    """
    clock = clock or PushClock()
    world, moments = World(clock.now, seed), Moments()
    switches = WorldSettings(deliver_delay_seconds=0.0)
    pretend = simulator.build(world, switches)
    pretend.middlewares.extend((moments.middleware, *watching))
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
            switches=switches,
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
            sender_number=SENDER_NUMBER,
            certificate=CERTIFICATE,
            base_url=world_address,
        ),
        nhn=Nhn(
            appkey=NHN_APPKEY,
            secret_key=NHN_SECRET,
            webhook_signature=WEBHOOK_SECRET,
            base_url=world_address,
        ),
    )


def make_senders(
    settings: Settings, now: Now, timeout_seconds: float
) -> Mapping[SenderName, Sender]:
    """As the house makes them, but with a time-out that a test can wait for."""
    assert settings.solapi is not None
    assert settings.nhn is not None
    keys = NhnKeys(appkey=settings.nhn.appkey, secret_key=settings.nhn.secret_key)
    senders: list[Sender] = [KakaoEventSender(settings.kakao_url, timeout_seconds=timeout_seconds)]
    senders += [
        made_at_nhn(keys, now, base_url=settings.nhn.base_url, timeout_seconds=timeout_seconds)
        for made_at_nhn in (NhnBrandSender, NhnAlimtalkSender)
    ]
    senders += [
        made(
            api_key=settings.solapi.api_key,
            api_secret=settings.solapi.api_secret,
            now=now,
            base_url=settings.solapi.base_url,
            sender_number=settings.solapi.sender_number,
            timeout_seconds=timeout_seconds,
        )
        for made in SOLAPI_SENDERS
    ]
    return {one.name: one for one in senders}
