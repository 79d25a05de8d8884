"""The application: all pretended hosts, the phones and the control on one port."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from aiohttp.typedefs import Handler, Middleware

from simulator.background import Background
from simulator.channel import Channels
from simulator.control import Control
from simulator.events import Events
from simulator.faults import Faults
from simulator.kakao import Kakao
from simulator.phones import Phones
from simulator.settings import Settings
from simulator.solapi import Solapi
from simulator.wire import HttpCall, Line
from simulator.world import World

BODY_BYTES_MAX = 16 * 1024 * 1024
OUTBOUND_CONNECTIONS_MAX = 64
OUTBOUND_TIMEOUT_SECONDS = 30
# Pages for people and the control are not part of what is recorded.
KAKAO_PATHS = ("/v1/", "/v2/")
SOLAPI_PATHS = ("/messages/", "/cash/", "/storage/")

WORLD = web.AppKey("world", World)
SETTINGS = web.AppKey("settings", Settings)
KAKAO = web.AppKey("kakao", Kakao)
SOLAPI = web.AppKey("solapi", Solapi)
FAULTS = web.AppKey("faults", Faults)
BACKGROUND = web.AppKey("background", Background)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is opened when the application starts and closed when it ends."""

    line: Line
    background: Background
    channels: Channels
    solapi: Solapi
    world: World


def build(world: World, settings: Settings | None = None) -> web.Application:
    settings = settings or Settings()
    line, background, faults = Line(world), Background(), Faults(world.seed)
    kakao = Kakao(world, settings, line, background)
    solapi = Solapi(world, settings, line, background, faults)
    app = web.Application(
        middlewares=[_recorder(world), faults.middleware], client_max_size=BODY_BYTES_MAX
    )
    app[WORLD], app[SETTINGS], app[KAKAO] = world, settings, kakao
    app[SOLAPI], app[FAULTS], app[BACKGROUND] = solapi, faults, background
    channels = Channels(kakao)
    app.add_routes(_kakao_routes(Events(kakao), channels))
    app.add_routes(_solapi_routes(solapi))
    app.add_routes(Control(kakao, solapi, faults, background).routes())
    app.add_routes(Phones(kakao, solapi).routes())
    app.cleanup_ctx.append(_running(Parts(line, background, channels, solapi, world)))
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
        web.post("/messages/v4/send", signed(solapi.send_one)),
        web.post("/messages/v4/send-many/detail", signed(solapi.send_many)),
        web.get("/cash/v1/balance", signed(solapi.balance)),
        web.post("/storage/v1/files", signed(solapi.upload)),
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
            await parts.background.close()

    return context


def _recorder(world: World) -> Middleware:
    """Writes down what other programs asked of the pretended hosts, and what they got."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path
        if not path.startswith(KAKAO_PATHS + SOLAPI_PATHS):
            return await handler(request)
        callee = "카카오톡" if path.startswith(KAKAO_PATHS) else "솔라피"
        started = time.perf_counter()
        status = 0
        try:
            response = await handler(request)
            status = response.status
        finally:
            elapsed_ms = (time.perf_counter() - started) * 1000
            at = world.now()
            world.record(HttpCall(at, "서버", callee, request.method, path, status, elapsed_ms))
        return response

    return record
