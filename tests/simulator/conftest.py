"""A running simulator, and a tiny bot server for it to talk to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from simulator.app import BACKGROUND, FAULTS, KAKAO, build
from simulator.background import Background
from simulator.faults import Faults
from simulator.kakao import Kakao
from simulator.settings import Settings
from simulator.world import Bot, Person, SolapiAccount, World

Json = dict[str, Any]
MONDAY_TEN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 10:00 KST

BOT_ID = "65f0000011112222333344aa"
WELCOME, STAMP, FALLBACK, EVENT, LATE = "b-welcome", "b-stamp", "b-fallback", "b-event", "b-late"
PF_ID = "KA01PF260101000000000AbCdEfGhIjK"
TEMPLATE_ID = "KA01TP260101000000000AbCdEfGhIjK"


def text_reply(text: str, **template: object) -> Json:
    return {"version": "2.0", "template": {"outputs": [{"simpleText": {"text": text}}], **template}}


class Clock:
    def __init__(self) -> None:
        self.at = MONDAY_TEN

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(slots=True)
class BotServer:
    """Answers what the test put into `reply`, keeps what it was asked."""

    reply: Callable[[Json], Awaitable[web.Response] | Json]
    asked: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    webhooks: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    webhook_statuses: list[int] = field(default_factory=list)

    async def skill(self, request: web.Request) -> web.Response:
        payload = await request.json()
        self.asked.append(payload)
        self.headers.append(dict(request.headers))
        reply = self.reply(payload)
        return web.json_response(reply) if isinstance(reply, dict) else await reply

    async def webhook(self, request: web.Request) -> web.Response:
        self.webhooks.append((dict(request.headers), await request.json()))
        return web.Response(status=self.webhook_statuses.pop(0) if self.webhook_statuses else 200)


@dataclass(slots=True)
class Sim:
    """All that a test needs at hand."""

    world: World
    settings: Settings
    kakao: Kakao
    faults: Faults
    background: Background
    client: "TestClient[web.Request, web.Application]"
    clock: Clock
    bot: Bot
    server: BotServer
    person: Person
    account: SolapiAccount

    @property
    def here(self) -> tuple[str, str]:
        return self.person.person_id, self.bot.bot_id


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def bot_server() -> AsyncIterator[tuple[BotServer, TestServer]]:
    server = BotServer(lambda _: text_reply("안녕하세요"))
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_post("/skill", server.skill)
    app.router.add_post("/webhook", server.webhook)
    running = TestServer(app)
    await running.start_server()
    yield server, running
    await running.close()


def make_bot(url: str) -> Bot:
    return Bot(
        bot_id=BOT_ID,
        name="연남빵집",
        channel_public_id="_abCdE",
        channel_uuid="@bread",
        skill_url=f"{url}skill",
        skill_header=("X-Dangol", "s3cret"),
        rest_api_key="rest-key",
        admin_key="admin-key",
        webhook_url=f"{url}webhook",
        blocks={"적립하기": STAMP, "늦는 블록": LATE},
        events={"promotion": EVENT},
        fallback_block=FALLBACK,
        welcome_block=WELCOME,
        callback_blocks={LATE},
    )


def make_account(url: str) -> SolapiAccount:
    return SolapiAccount(
        api_key="NCSKEY",
        api_secret="FAKE-SECRET-0001",
        webhook_url=f"{url}webhook",
        webhook_secret="FAKE-WEBHOOK-SECRET",
        pf_ids={PF_ID: BOT_ID},
        sender_numbers={"0212345678"},
        balance_won=1_000_000,
        templates={TEMPLATE_ID: "#{가게}에서 알려 드려요. 적립 #{포인트}점"},
    )


@pytest_asyncio.fixture
async def sim(clock: Clock, bot_server: tuple[BotServer, TestServer]) -> AsyncIterator[Sim]:
    server, running = bot_server
    url = str(running.make_url("/"))
    world = World(clock, seed=7)
    settings = Settings(deliver_delay_seconds=0.0, report_retry_seconds=0.0)
    app = build(world, settings)
    client = TestClient(TestServer(app))
    await client.start_server()
    settings.public_url = str(client.make_url("")).rstrip("/")
    bot, account = world.add_bot(make_bot(url)), world.add_account(make_account(url))
    person = world.add_person(name="김단골", phone="01000000001", app_user_id="3012345678")
    world.add_friend(person.person_id, bot.bot_id)
    yield Sim(
        world, settings, app[KAKAO], app[FAULTS], app[BACKGROUND], client, clock, bot, server,
        person, account,
    )  # fmt: skip
    await client.close()
