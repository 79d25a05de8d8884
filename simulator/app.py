"""The application: all pretended hosts, the phones and the control on one port."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from simulator import solapi_unsigned
from simulator.background import Background
from simulator.channel import Channels
from simulator.clock import Pushable
from simulator.control import Control
from simulator.events import Events
from simulator.fault_board import FaultBoard
from simulator.faults import Faults
from simulator.feed import Feed
from simulator.guide import Guide
from simulator.kakao import Kakao
from simulator.login import Login
from simulator.login_book import LoginBook
from simulator.login_tokens import Tokens
from simulator.nhn import Nhn
from simulator.phones import Phones
from simulator.recording import recorder
from simulator.settings import Settings
from simulator.solapi import Solapi
from simulator.switches import Switches
from simulator.time_machine import TimeMachine
from simulator.wire import Line
from simulator.world import World

BODY_BYTES_MAX = 16 * 1024 * 1024
OUTBOUND_CONNECTIONS_MAX = 64
OUTBOUND_TIMEOUT_SECONDS = 30

WORLD = web.AppKey("world", World)
SETTINGS = web.AppKey("settings", Settings)
KAKAO = web.AppKey("kakao", Kakao)
SOLAPI = web.AppKey("solapi", Solapi)
NHN = web.AppKey("nhn", Nhn)
FAULTS = web.AppKey("faults", Faults)
BACKGROUND = web.AppKey("background", Background)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is opened when the application starts and closed when it ends."""

    line: Line
    background: Background
    channels: Channels
    solapi: Solapi
    nhn: Nhn
    world: World


def build(
    world: World, settings: Settings | None = None, *, clock: Pushable | None = None
) -> web.Application:
    """`clock`: the world's, where its pages may push it forward."""
    settings = settings or Settings()
    line, background, faults = Line(world), Background(), Faults(world.seed)
    kakao = Kakao(world, settings, line, background)
    solapi = Solapi(world, settings, line, background, faults)
    nhn = Nhn(world, settings, line, background, faults)
    app = web.Application(
        middlewares=[recorder(world), faults.middleware], client_max_size=BODY_BYTES_MAX
    )
    app[WORLD], app[SETTINGS], app[KAKAO] = world, settings, kakao
    app[SOLAPI], app[FAULTS], app[BACKGROUND] = solapi, faults, background
    app[NHN] = nhn
    channels = Channels(kakao, faults)
    app.add_routes(_kakao_routes(Events(kakao), channels))
    app.add_routes([*_solapi_routes(solapi), *nhn.routes()])
    book = LoginBook(world.now)
    app.add_routes([*Login(world, book).routes(), *Tokens(world, settings, book).routes()])
    app.add_routes(Control(kakao, solapi, nhn, book, faults, background).routes())
    app.add_routes(Phones(kakao, solapi).routes())
    feed = Feed(world)
    app.add_routes([*feed.routes(), *TimeMachine(world, clock).routes()])
    app.add_routes([*FaultBoard(world, faults).routes(), *Switches(world, settings).routes()])
    app.add_routes(Guide(world, settings).routes())
    app.on_shutdown.append(feed.close)
    app.cleanup_ctx.append(_running(Parts(line, background, channels, solapi, nhn, world)))
    return app


def _kakao_routes(events: Events, channels: Channels) -> list[web.RouteDef]:
    return [
        web.post("/v2/bots/{bot_id}/talk", events.talk),
        web.get("/v1/tasks/{task_id}", events.look_up),
        web.post("/v1/bots/{bot_id}/callback/{token}", events.call_back),
        web.get("/v2/api/talk/channels", channels.relations),
    ]


def _solapi_routes(solapi: Solapi) -> list[web.RouteDef]:
    signed, group = solapi.signed, "/messages/v4/groups/{group_id}"
    return [
        web.post("/messages/v4/groups", signed(solapi.create)),
        web.get("/messages/v4/groups", signed(solapi.groups)),
        web.get(group, signed(solapi.info)),
        web.delete(group, signed(solapi.delete)),
        web.put(f"{group}/messages", signed(solapi.add)),
        web.get(f"{group}/messages", signed(solapi.messages)),
        web.delete(f"{group}/messages", signed(solapi.delete_messages)),
        web.post(f"{group}/send", signed(solapi.send)),
        web.post(f"{group}/schedule", signed(solapi.schedule)),
        web.delete(f"{group}/schedule", signed(solapi.cancel_schedule)),
        web.get("/messages/v4/list", signed(solapi.all_messages)),
        web.get("/messages/v4/list-old", signed(solapi.all_messages)),  # A1: the Python SDK's
        web.post("/messages/v4/send", signed(solapi.send_one)),
        web.post("/messages/v4/send-many", signed(solapi.send_many)),
        web.post("/messages/v4/send-many/detail", signed(solapi.send_many_detail)),
        web.get("/cash/v1/balance", signed(solapi.balance)),
        web.post("/storage/v1/files", signed(solapi.upload)),
        web.get("/kakao/v2/templates", signed(solapi.templates.list)),
        web.get("/kakao/v2/templates/{template_id}", signed(solapi.templates.show)),
        *solapi_unsigned.routes(),
    ]


def _running(parts: Parts) -> Callable[[web.Application], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def context(app: web.Application) -> AsyncIterator[None]:
        del app
        connector = TCPConnector(limit=OUTBOUND_CONNECTIONS_MAX)
        timeout = ClientTimeout(total=OUTBOUND_TIMEOUT_SECONDS)
        async with ClientSession(connector=connector, timeout=timeout) as session:
            parts.line.open(session)
            parts.world.listeners.append(parts.channels.tell_later)
            yield
            parts.world.listeners.remove(parts.channels.tell_later)
            await parts.solapi.reservations.close()
            await parts.nhn.reservations.close()
            await parts.background.close()

    return context
