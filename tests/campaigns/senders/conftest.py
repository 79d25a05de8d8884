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
from campaigns.senders.nhn_alimtalk import NhnAlimtalkSender
from campaigns.senders.nhn_brand import NhnBrandSender
from campaigns.senders.nhn_wire import NhnKeys
from campaigns.senders.port import Sender
from campaigns.senders.solapi import SolapiSender
from campaigns.senders.solapi_alimtalk import SolapiAlimtalkSender
from campaigns.senders.solapi_lms import SolapiLmsSender
from domain.bubbles import Bubble, Letter, Notice, Text
from domain.campaigns import PRODUCTS, Account, Batch, Outgoing, Product, SenderName
from domain.people import ChannelId, ChunkId, CustomerId, MessageId, RunId, ShopId
from simulator.app import BACKGROUND, FAULTS, build
from simulator.background import Background
from simulator.faults import Faults
from simulator.nhn_account import NhnAccount, NhnSender, approved
from simulator.settings import Settings
from simulator.world import Bot, SolapiAccount, World

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 10:00 KST
BOT_ID = "65f0000011112222333344aa"
PF_ID = "KA01PF260101000000000AbCdEfGhIjK"
API_KEY, API_SECRET = "NCSKEY", "FAKE-SECRET-0001"
REST_KEY = "rest-key"
RUN = "7"
TIMEOUT_SECONDS = 0.5
SENDER_NUMBER = "0212345678"
TEMPLATE_ID = "KA01TP260101000000000AbCdEfGhIjK"
TEMPLATE = "[#{보내는가게이름}] 문의 답변 안내"
NOTICE = Notice(
    code=TEMPLATE_ID,
    values=(("보내는가게이름", "연남빵집"),),
    text="[연남빵집] 문의 답변 안내",
)
AD = "(광고) 연남빵집\n식빵이 나왔어요.\n\n문의 02-123-4567"

SOLAPI_SENDERS = {
    SenderName.SOLAPI: SolapiSender,
    SenderName.SOLAPI_ALIMTALK: SolapiAlimtalkSender,
    SenderName.SOLAPI_LMS: SolapiLmsSender,
}
NHN_SENDERS = {SenderName.NHN: NhnBrandSender, SenderName.NHN_ALIMTALK: NhnAlimtalkSender}
NHN_KEYS = NhnKeys(appkey="exampleAppKey", secret_key="FAKE-NHN-SECRET")
NHN_SENDER_KEY = "0" * 40
NHN_TEMPLATE = "ANSWERED"
BUBBLES: dict[Product, Bubble] = {
    Product.EVENT: Text(AD),
    Product.BRAND: Text(AD),
    Product.ALIMTALK: NOTICE,
    Product.LMS: Letter("(광고) 연남빵집", f"{AD}\n무료수신거부 080-123-4567"),
}

ACCOUNT = Account(
    channel_id=ChannelId(1),
    bot_id=BOT_ID,
    rest_api_key=REST_KEY,
    event_name="promotion",
    pf_id=PF_ID,
    nhn_sender_key=NHN_SENDER_KEY,
    opt_out_number="080-123-4567",
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
    nhn: NhnAccount
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
            bubble=bubble_for(self.sender.name),
        )

    def received(self) -> Counter[str]:
        """What the handsets show of our run, by person."""
        return self.world.handset.deliveries("run", RUN)


def bubble_for(name: SenderName) -> Bubble:
    is_notice = name is SenderName.NHN_ALIMTALK
    return replace(NOTICE, code=NHN_TEMPLATE) if is_notice else BUBBLES[PRODUCTS[name]]


def without(batch: Batch, *gone: MessageId) -> Batch:
    return replace(batch, people=tuple(one for one in batch.people if one.message_id not in gone))


def person_of(message_id: MessageId) -> str:
    return f"p{message_id - 1000}"


def addresses(batch: Batch) -> dict[str, MessageId]:
    return {one.address: one.message_id for one in batch.people}


def make_sender(name: SenderName, url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> Sender:
    if name is SenderName.KAKAO_EVENT:
        return KakaoEventSender(url, timeout_seconds=timeout_seconds)
    if name in NHN_SENDERS:
        return NHN_SENDERS[name](NHN_KEYS, now, base_url=url, timeout_seconds=timeout_seconds)
    return SOLAPI_SENDERS[name](
        api_key=API_KEY,
        api_secret=API_SECRET,
        now=now,
        base_url=url,
        sender_number=SENDER_NUMBER if name is SenderName.SOLAPI_LMS else None,
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
            sender_numbers={SENDER_NUMBER},
            balance_won=1_000_000,
            templates={TEMPLATE_ID: TEMPLATE},
        )
    )
    nhn = world.add_nhn_account(_nhn_account())
    sender = make_sender(sender_name, url)
    yield Street(
        sender=sender,
        world=world,
        settings=settings,
        faults=app[FAULTS],
        background=app[BACKGROUND],
        account=account,
        nhn=nhn,
        url=url,
    )
    await sender.close()
    await server.close()


def _nhn_account() -> NhnAccount:
    account = NhnAccount(appkey=NHN_KEYS.appkey, secret_key=NHN_KEYS.secret_key)
    channel = NhnSender(sender_key=NHN_SENDER_KEY, bot_id=BOT_ID, plus_friend_id="@bread")
    channel.templates[NHN_TEMPLATE] = approved(NHN_TEMPLATE, TEMPLATE)
    account.add_sender(channel)
    return account
