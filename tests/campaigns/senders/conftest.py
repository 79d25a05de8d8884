"""A pretend world over real HTTP, and both senders speaking to it."""

import socket
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from campaigns.senders.kakao_event import KakaoEventSender
from campaigns.senders.port import Sender
from campaigns.senders.solapi import SolapiSender
from domain.bubbles import Text
from domain.campaigns import Account, Batch, Outgoing, SenderName
from domain.people import ChannelId, ChunkId, CustomerId, MessageId, RunId, ShopId
from simulator.app import BACKGROUND, FAULTS, build
from simulator.background import Background
from simulator.faults import Faults
from simulator.settings import Settings
from simulator.world import Bot, SolapiAccount, World

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 10:00 KST
BOT_ID = "65f0000011112222333344aa"
PF_ID = "KA01PF260101000000000AbCdEfGhIjK"
API_KEY, API_SECRET = "NCSKEY", "FAKE-SECRET-0001"
REST_KEY = "rest-key"
RUN = "7"
TIMEOUT_SECONDS = 0.5
AD = "(광고) 연남빵집\n식빵이 나왔어요.\n\n문의 02-123-4567"

ACCOUNT = Account(
    channel_id=ChannelId(1),
    bot_id=BOT_ID,
    rest_api_key=REST_KEY,
    event_name="promotion",
    pf_id=PF_ID,
)


BATCH = Batch(
    shop_id=ShopId(1),
    run_id=RunId(7),
    chunk_id=ChunkId(70),
    send_key="c70",
    account=ACCOUNT,
    people=(
        Outgoing(
            message_id=MessageId(1),
            customer_id=CustomerId(1),
            address="9a",
            bubble=Text("(광고) 빵집"),
        ),
    ),
)


def now() -> datetime:
    return NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """The pretend world with a sender that speaks to it."""

    sender: Sender
    world: World
    settings: Settings
    faults: Faults
    background: Background
    account: SolapiAccount
    url: str

    def batch(self, count: int = 3) -> Batch:
        """So many friends of the channel, each with one message."""
        return Batch(
            shop_id=ShopId(1),
            run_id=RunId(int(RUN)),
            chunk_id=ChunkId(70),
            send_key="c70-a1",
            account=ACCOUNT,
            people=tuple(self._person(number) for number in range(1, count + 1)),
        )

    def _person(self, number: int) -> Outgoing:
        person_id, phone = f"p{number}", f"0100000{number:04}"
        if person_id not in self.world.people:
            self.world.add_person(name=f"손님{number}", phone=phone, person_id=person_id)
            self.world.add_friend(person_id, BOT_ID)
        is_event = self.sender.name is SenderName.KAKAO_EVENT
        return Outgoing(
            message_id=MessageId(1000 + number),
            customer_id=CustomerId(number),
            address=self.world.bot_user_key(person_id, BOT_ID) if is_event else phone,
            bubble=Text(AD),
        )

    def received(self) -> Counter[str]:
        """What the handsets show of our run, by person."""
        return self.world.handset.deliveries("run", RUN)


def without(batch: Batch, *gone: MessageId) -> Batch:
    return replace(batch, people=tuple(one for one in batch.people if one.message_id not in gone))


def person_of(message_id: MessageId) -> str:
    return f"p{message_id - 1000}"


def addresses(batch: Batch) -> dict[str, MessageId]:
    return {one.address: one.message_id for one in batch.people}


def make_sender(name: SenderName, url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> Sender:
    if name is SenderName.KAKAO_EVENT:
        return KakaoEventSender(url, timeout_seconds=timeout_seconds)
    return SolapiSender(
        api_key=API_KEY,
        api_secret=API_SECRET,
        now=now,
        base_url=url,
        timeout_seconds=timeout_seconds,
    )


def unused_url() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


async def _skill(request: web.Request) -> web.Response:
    await request.read()
    outputs = [{"simpleText": {"text": AD}}]
    return web.json_response({"version": "2.0", "template": {"outputs": outputs}})


@pytest_asyncio.fixture
async def skill_url() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/skill", _skill)
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url("/skill"))
    await server.close()


@pytest.fixture(params=list(SenderName))
def sender_name(request: pytest.FixtureRequest) -> SenderName:
    return SenderName(request.param)


@pytest.fixture
def seed() -> int:
    """Of the world, and so of its faults; a test may ask for others by this name."""
    return 7


@pytest_asyncio.fixture
async def street(sender_name: SenderName, skill_url: str, seed: int) -> AsyncIterator[Street]:
    world = World(now, seed=seed)
    settings = Settings(deliver_delay_seconds=0.0)
    app = build(world, settings)
    server = TestServer(app)
    await server.start_server()
    url = str(server.make_url("")).rstrip("/")
    world.add_bot(
        Bot(
            bot_id=BOT_ID,
            name="연남빵집",
            channel_public_id="_abCdE",
            channel_uuid="@bread",
            skill_url=skill_url,
            rest_api_key=REST_KEY,
            events={"promotion": "b-event"},
        )
    )
    account = world.add_account(
        SolapiAccount(
            api_key=API_KEY,
            api_secret=API_SECRET,
            pf_ids={PF_ID: BOT_ID},
            sender_numbers={"0212345678"},
            balance_won=1_000_000,
        )
    )
    sender = make_sender(sender_name, url)
    yield Street(
        sender=sender,
        world=world,
        settings=settings,
        faults=app[FAULTS],
        background=app[BACKGROUND],
        account=account,
        url=url,
    )
    await sender.close()
    await server.close()
