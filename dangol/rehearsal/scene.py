"""The two sides while they run: our house, which may end at any step, and the pretend world."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import orjson
from aiohttp import ClientSession

from campaigns.dispatch import LEASE, Dispatcher
from campaigns.pacing import Paces
from campaigns.senders.port import Sender
from campaigns.worker import Worker
from dangol import serving
from dangol.demo import SOLAPI_KEY, SOLAPI_SECRET, WEBHOOK_SECRET
from dangol.rehearsal.clock import VirtualClock
from dangol.rehearsal.crashing import BrittleBooks, BrittleSender, Crash, Fuse
from dangol.rehearsal.luck import Luck
from dangol.rehearsal.moments import Act, Complaints, Moments
from dangol.rehearsal.post import Letter, Post
from dangol.rehearsal.town import app_user_id
from dangol.rehearsal.values import START, Diary, Options, Place, Quarter, Regular
from dangol.settings import Settings, Solapi
from dangol.stage import HOST, free_port
from dangol.wiring import House, make_senders, open_house
from domain.campaigns import Batch, SenderName
from domain.people import CampaignId, ShopId
from domain.time import NEVER, Now
from simulator import app as simulator
from simulator.app import BACKGROUND, FAULTS, KAKAO, SETTINGS
from simulator.background import Background
from simulator.faults import Faults
from simulator.kakao import Kakao
from simulator.settings import Settings as WorldSettings
from simulator.world import World
from storage.books import Books
from storage.desk import Tx
from storage.queries.chunks import find_next_act
from storage.queries.rehearsal import find_next_due
from storage.vault import KEY_BYTES

P = ParamSpec("P")
T = TypeVar("T")

KEY: Final = bytes(range(KEY_BYTES))
NEVER_BLOWS: Final = 1_000_000_000
STEPS_MAX: Final = 500
ROUNDS_MAX: Final = 500
SHORTLY: Final = timedelta(seconds=1)
STOP: Final = "수신거부"


class NeverStillError(Exception):
    """Something is due again and again, and nothing comes of it."""


class OneByOne(Dispatcher):
    """A dispatcher whose lanes take turns, so that the same seed gives the same order."""

    def __init__(
        self, scene: "Scene", books: Books, senders: Mapping[SenderName, Sender], now: Now
    ) -> None:
        super().__init__(books, senders, now, scene.settings.public_url, paces=scene.paces)
        self._scene = scene
        self._lock = asyncio.Lock()

    async def send_next(self) -> bool:
        async with self._lock:
            did = await super().send_next()
            await self._scene.after_request()
            return did

    async def ask_next(self) -> bool:
        async with self._lock:
            did = await super().ask_next()
            await self._scene.after_request()
            return did

    async def ended(self) -> None:
        """Every lane has seen that this process is over."""
        async with self._lock:
            pass


class Unlucky(BrittleSender):
    """A sender before whose first request all sorts of things happen, the gate being passed."""

    def __init__(self, scene: "Scene", sender: Sender, fuse: Fuse) -> None:
        super().__init__(sender, fuse)
        self._scene = scene

    async def open(self, batch: Batch) -> str | None:
        await self._scene.before_leaving(batch)
        return await super().open(batch)


@dataclass(slots=True, kw_only=True)
class Scene:
    """`people` are everybody's regulars by their id; `before_next` is what happens, once, before
    the next chunk of a shop leaves.
    """

    options: Options
    settings: Settings
    clock: VirtualClock
    luck: Luck
    post: Post
    diary: Diary
    world: World
    kakao: Kakao
    faults: Faults
    background: Background
    moments: Moments
    complaints: Complaints
    quarter: Quarter | None = None
    people: dict[str, Regular] = field(default_factory=dict)
    before_next: dict[ShopId, Act] = field(default_factory=dict)
    paused: dict[ShopId, CampaignId] = field(default_factory=dict)
    paces: Paces = field(default_factory=Paces)
    restarts: int = 0
    _house: House | None = None
    _port: int = 0
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def books(self) -> Books:
        assert self._house is not None, "the house is open"
        return self._house.books

    @property
    def places(self) -> tuple[Place, ...]:
        assert self.quarter is not None, "the quarter is open"
        return self.quarter.places

    def regulars(self, place: Place) -> list[Regular]:
        return [one for one in self.people.values() if one.place == place.index]

    # Our house

    async def enter(self) -> None:
        """Starts our program: books, web and senders; it knows what stands in the books."""
        house = open_house(self.settings, self.clock.now, with_worker=False)
        self._house, self.paces = await self._open.enter_async_context(house), Paces()
        await self._open.enter_async_context(serving.listening(self._house.app, HOST, self._port))

    async def leave(self) -> None:
        await self.background.idle()
        await self._open.aclose()
        self._house = None

    async def restart(self) -> None:
        self.restarts += 1
        await self.leave()
        await self.enter()

    async def write(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a person does in our house; a moment passes before and after."""
        self.clock.tick()
        done = await self.books.write(work, *args, **kwargs)
        self.clock.tick()
        return done

    async def say(self, one: Regular, words: str) -> None:
        self.listen(await self.kakao.say(one.person_id, self.places[one.place].bot_id, words))

    async def press(self, one: Regular, label: str) -> None:
        bot_id = self.places[one.place].bot_id
        self.listen(await self.kakao.press_label(one.person_id, bot_id, label))

    def listen(self, entries: list[Any]) -> None:
        self.clock.tick()
        errors = [entry.text for entry in entries if entry.kind == "error"]
        self.complaints.heard += [f"chat: {error}" for error in errors]

    # The worker

    async def live_until(self, at: datetime) -> None:
        """Works at whatever falls due until then, and pushes the clock there."""
        for _ in range(ROUNDS_MAX):
            await self.post.deliver_due()
            await self.work()
            next_at = await self._next_act()
            if next_at is None or next_at > at:
                self.clock.push_to(at)
                return
            self.clock.push_to(max(next_at, self.clock.now() + SHORTLY))
        raise NeverStillError(f"still due at {self.clock.now()}")

    async def _next_act(self) -> datetime | None:
        read = self.books.read
        due = [await read(find_next_act), await read(find_next_due), self.post.next_at]
        return min((one for one in due if one is not None and one < NEVER), default=None)

    async def work(self) -> None:
        """Everything that is due now; a process may end over it, and the next one goes on."""
        while True:
            fuse = Fuse(self.luck.restart_after() or NEVER_BLOWS)
            if not await self._work_until_crash(fuse):
                return
            self.luck.happened["killed"] += 1
            self.clock.push(LEASE + SHORTLY)
            await self.restart()

    async def _work_until_crash(self, fuse: Fuse) -> bool:
        """Whether the process ended before its work did."""
        now = self.clock.now
        books = BrittleBooks(self.books, fuse)
        senders = make_senders(self.settings, now)
        brittle = {name: Unlucky(self, one, fuse) for name, one in senders.items()}
        dispatcher = OneByOne(self, books, brittle, now)
        worker = Worker(books, dispatcher, now)
        try:
            for _ in range(STEPS_MAX):
                if not await worker.step():
                    return False
            raise NeverStillError(f"always more to do at {now()}")
        except Crash:
            await dispatcher.ended()
            return True
        finally:
            await self.background.idle()
            for sender in senders.values():
                await sender.close()

    async def before_leaving(self, batch: Batch) -> None:
        """What may happen now: to our machine, in an owner's mind, and in a customer's."""
        if pause := self.luck.suspended_for():
            self.clock.push(pause)
        if act := self.before_next.pop(batch.shop_id, None):
            await act()
        if self.luck.is_overtaken():
            for point in ("POST /v2/bots/*/talk", "PUT /messages/v4/groups/*/messages"):
                self.moments.when(point, lambda: self._refuse_somebody(batch.shop_id))

    async def after_request(self) -> None:
        """One chunk's whole way to the handsets before anything else happens."""
        await self.background.idle()
        self.moments.clear()
        self.luck.take_note(self.faults)
        self.clock.tick()

    async def _refuse_somebody(self, shop_id: ShopId) -> None:
        """Somebody says it while our request is on its way (I9)."""
        self.moments.clear()
        now = self.clock.now()
        willing = [
            one
            for one in self.people.values()
            if self.places[one.place].shop_id == shop_id
            and self.diary.wanted(one.person_id, now) is True
        ]
        if willing:
            self.luck.happened["refused_meanwhile"] += 1
            await self.refuse(willing[self.luck.pick(len(willing))])

    async def refuse(self, one: Regular) -> None:
        """Noted only after our answer, so after our commit."""
        self.clock.tick()
        await self.say(one, STOP)
        self.diary.choose(one.person_id, self.clock.tick(), wants=False)
        self.diary.note("refused", one.place)
        self.clock.tick()

    def hear(self, letter: Letter) -> None:
        """A block counts as a refusal from when we have heard of it, unless they agreed since."""
        told = orjson.loads(letter.body)
        if not isinstance(told, dict) or told.get("event") != "blocked":
            return
        blocked_at = datetime.fromisoformat(told["updated_at"]) + SHORTLY
        for one in self.people.values():
            if app_user_id(one) != str(told.get("id")):
                continue
            said = self.diary.wants.get(one.person_id, [])
            if not (said and said[-1][1] and said[-1][0] > blocked_at):
                self.diary.choose(one.person_id, self.clock.now(), wants=False)


@asynccontextmanager
async def open_scene(options: Options, database_url: str) -> AsyncIterator[Scene]:
    """Both sides running, nothing opened yet; the database must have been migrated."""
    clock = VirtualClock(START)
    luck, diary, moments = Luck(options.level, options.seed), Diary(), Moments()
    world = World(clock.now, options.seed)
    pretend = simulator.build(world, WorldSettings(deliver_delay_seconds=0.0))
    pretend.middlewares.append(moments.middleware)
    async with AsyncExitStack() as stack:
        complaints = stack.enter_context(Complaints().listening())
        session = await stack.enter_async_context(ClientSession())
        post = Post(luck, clock.now)
        address = await stack.enter_async_context(serving.listening(pretend, HOST, 0))
        post_address = await stack.enter_async_context(
            serving.listening(post.build(session), HOST, 0)
        )
        port = free_port()
        post.door = f"http://{HOST}:{port}"
        pretend[SETTINGS].public_url = address
        scene = Scene(
            options=options,
            settings=_settings(database_url, post.door, address),
            clock=clock,
            luck=luck,
            post=post,
            diary=diary,
            world=world,
            kakao=pretend[KAKAO],
            faults=pretend[FAULTS],
            background=pretend[BACKGROUND],
            moments=moments,
            complaints=complaints,
            _port=port,
        )
        post.heard = scene.hear
        post.address = post_address
        luck.arm(scene.faults)
        await scene.enter()
        try:
            yield scene
        finally:
            await scene.leave()


def _settings(database_url: str, door: str, world: str) -> Settings:
    return Settings(
        database_url=database_url,
        data_key=KEY,
        public_url=door,
        kakao_url=world,
        callback_host=world.removeprefix("http://"),
        solapi=Solapi(
            api_key=SOLAPI_KEY,
            api_secret=SOLAPI_SECRET,
            webhook_secret=WEBHOOK_SECRET,
            base_url=world,
        ),
    )
