"""A bot on a fresh SQLite file, spoken to over real HTTP as Kakao does."""

import base64
import copy
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Executable

from bot.app import build, build_reports
from bot.door import BotSettings
from bot.pacing import Paces
from domain.money import won
from domain.pace import Pace
from domain.people import ChannelId, MarketId, ShopId
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.places import insert_channel, insert_market, insert_shop
from storage.statements import Statement
from storage.vault import Vault
from subsidy.programs import open_program

Json = dict[str, Any]
Web = TestClient[web.Request, web.Application]

SUNDAY_TEN = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
BOT_ID = "65f0000011112222333344aa"
PUBLIC_ID = "_abCdE"
EVENT_BLOCK = "65f0ee000000000000000001"
SECRET = "s3cret-of-the-header"
OLD_SECRET = "the-one-before"
ADMIN_KEY = "admin-key-1"
SOLAPI_SECRET = "FAKE-WEBHOOK-SECRET"
NHN_SIGNATURE = "FAKE-NHN-SIGNATURE"
PATIENCE_SECONDS = 60.0
"""What is slow here is the machine; tests/bot/test_deadline.py is about the bot's own budget."""
PAYLOADS = Path(__file__).parent / "payloads"
VAULT = Vault(b"k" * 32)


@dataclass(slots=True)
class Clock:
    at: datetime = SUNDAY_TEN

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Said:
    """What came back from one skill call."""

    status: int
    body: Json

    @property
    def texts(self) -> str:
        return orjson.dumps(self.body["template"]["outputs"]).decode()

    @property
    def labels(self) -> list[str]:
        return [one["label"] for one in self.body["template"].get("quickReplies", [])]

    def quick(self, label: str) -> Json:
        replies = self.body["template"]["quickReplies"]
        return next(dict(one) for one in replies if one["label"] == label)


@dataclass(slots=True)
class Chat:
    """One person in one channel, typing and pressing."""

    client: Web
    user: str = "9a" + "0" * 64
    bot_id: str = BOT_ID
    secret: str | None = SECRET
    is_friend: bool = True
    app_user_id: str = "3012345678"
    last: Said | None = None

    async def say(self, words: str, extra: object = None, **request: object) -> Said:
        payload = self.payload(words, extra)
        payload["userRequest"] |= request
        return await self.call(payload)

    async def press(self, label: str) -> Said:
        """Presses a quick reply of the last answer."""
        assert self.last is not None
        pressed = self.last.quick(label)
        return await self.say(pressed["messageText"], pressed.get("extra"))

    async def choose(self, block_id: str) -> Said:
        """Presses an entry of the chat's menu, which leads to a block."""
        payload = self.payload("메뉴", None)
        payload["userRequest"]["block"] = {"id": block_id, "name": "메뉴"}
        payload["flow"] = {"trigger": {"type": "LISTMENU_BLOCK"}}
        return await self.call(payload)

    async def event(self, block_id: str = EVENT_BLOCK, **params: object) -> Said:
        payload = self.payload("이벤트", None)
        payload["userRequest"]["params"] |= params
        payload["userRequest"]["block"]["id"] = block_id
        return await self.call(payload)

    async def call(self, payload: object) -> Said:
        return await self.post(orjson.dumps(payload))

    async def post(self, raw: bytes) -> Said:
        headers = {"X-Dangol": self.secret} if self.secret is not None else {}
        async with self.client.post("/kakao/skill", data=raw, headers=headers) as response:
            self.last = Said(response.status, orjson.loads(await response.read()))
        return self.last

    def payload(self, words: str, extra: object) -> Json:
        made = load("channel.json")
        made["userRequest"]["utterance"] = words
        user = made["userRequest"]["user"]
        user["id"] = user["properties"]["botUserKey"] = self.user
        user["properties"]["appUserId"] = self.app_user_id
        if not self.is_friend:
            del user["properties"]["isFriend"]
        made["bot"]["id"] = self.bot_id
        made["action"]["clientExtra"] = extra
        return made


@dataclass(slots=True)
class Bot:
    """The running bot with one bakery behind it."""

    client: Web
    books: Books
    clock: Clock
    market_id: MarketId
    channel_id: ChannelId
    shop_id: ShopId
    woken: list[int] = field(default_factory=list)

    @property
    def chat(self) -> Chat:
        return Chat(self.client)

    async def joined(self, *, hears: bool = True, **about: Any) -> Chat:
        """Someone who has joined the bakery, and agreed to advertising or not."""
        chat = replace(self.chat, **about)
        await chat.say("단골 되기")
        await chat.press("네, 14세 이상이에요")
        await chat.press("네, 소식 받을래요" if hears else "괜찮아요")
        return chat

    async def rows(self, select: Executable) -> list[tuple[Any, ...]]:
        statement = Statement(select)
        return await self.books.read(lambda tx: tx.all(statement))


def load(name: str) -> Json:
    loaded: Json = orjson.loads((PAYLOADS / name).read_bytes())
    return copy.deepcopy(loaded)


def channel_secrets() -> str:
    return orjson.dumps(
        {
            "header_name": "X-Dangol",
            "header_secrets": [SECRET, OLD_SECRET],
            "rest_api_key": "rest",
            "admin_keys": [ADMIN_KEY],
        }
    ).decode()


def add_channel(tx: Tx, market_id: MarketId, *, bot_id: str, public_id: str) -> ChannelId:
    return insert_channel(
        tx,
        secrets=channel_secrets(),
        market_id=market_id,
        name="연남시장",
        bot_id=bot_id,
        public_id=public_id,
        search_id="@yeonnam",
        event_name="promotion",
        event_block_id=EVENT_BLOCK,
        pf_id="KA01PF",
        service_number="02-123-4567",
        created_at=SUNDAY_TEN,
    )


def add_shop(tx: Tx, market_id: MarketId, channel_id: ChannelId, name: str) -> ShopId:
    slug = base64.b32encode(name.encode()).decode().strip("=").lower()[:40]
    return insert_shop(
        tx,
        market_id=market_id,
        channel_id=channel_id,
        slug=slug,
        name=name,
        trade="bakery",
        contact="02-345-6789",
        address="서울 마포구 연남로 1",
        hours="매일 9시–20시",
        welcome="매일 아침 굽는 빵집이에요.",
        picture_id=None,
        created_at=SUNDAY_TEN,
    )


def open_shop(tx: Tx) -> tuple[MarketId, ChannelId, ShopId]:
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    about = {"name": "단골거리", "budget_jeon": won(1_000_000), "actor": "operator"}
    program_id = open_program(tx, at=SUNDAY_TEN, **days, **about)  # type: ignore[arg-type]  # by name
    market_id = insert_market(tx, program_id, name="연남시장", region="서울")
    channel_id = add_channel(tx, market_id, bot_id=BOT_ID, public_id=PUBLIC_ID)
    return market_id, channel_id, add_shop(tx, market_id, channel_id, "연남빵집")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def bot_books(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Books]:
    path = tmp_path / "bot.db"
    shutil.copyfile(sqlite_template, path)
    async with open_books(f"sqlite:///{path}", VAULT) as books:
        yield books


@pytest_asyncio.fixture
async def open_client() -> AsyncIterator[Callable[[web.Application], Awaitable[Web]]]:
    clients: list[Web] = []

    async def open_(app: web.Application) -> Web:
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return client

    yield open_
    for client in clients:
        await client.close()


def unhurried() -> Paces:
    """A test says in a moment what takes people minutes."""
    return Paces(people=Pace(1_000_000, 1.0, 1_000_000))


def settings(**changed: Any) -> BotSettings:
    usual = BotSettings(
        public_url="https://dangol.example",
        solapi_webhook_secret=SOLAPI_SECRET,
        nhn_webhook_signature=NHN_SIGNATURE,
        budget_seconds=PATIENCE_SECONDS,
        paces=unhurried,
        seen_after_seconds=0,
    )
    return replace(usual, **changed)


def whole(books: Books, now: Callable[[], datetime], settings: BotSettings) -> web.Application:
    """Both applications as `dangol serve` mounts them."""
    root = web.Application()
    root.add_subapp("/kakao", build(books=books, now=now, settings=settings))
    root.add_subapp("/reports", build_reports(books=books, now=now, settings=settings))
    return root


@pytest_asyncio.fixture
async def bot(
    bot_books: Books,
    clock: Clock,
    open_client: Callable[[web.Application], Awaitable[Web]],
) -> Bot:
    woken: list[int] = []
    client = await open_client(whole(bot_books, clock, settings(wake=lambda: woken.append(1))))
    return Bot(client, bot_books, clock, *await bot_books.write(open_shop), woken)
