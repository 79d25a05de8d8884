"""The servers that are measured, each in a process of its own: a bare echo, and ours."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from aiohttp import web

from dangol import serving
from dangol.settings import Settings
from dangol.stage import HOST, DemoClock
from dangol.street import draw_residents, open_street, settle_residents
from dangol.wiring import open_house
from storage.vault import KEY_BYTES
from tests.bench.payloads import RESIDENTS

FAST = 600


class FastClock(DemoClock):
    """Ten minutes a second: who asks for a number again gets a new one, as a day later."""

    def now(self) -> datetime:
        return self.start + FAST * (super().now() - self.start)


async def echo() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=await request.read(), content_type="application/json")

    app = web.Application()
    app.router.add_post("/kakao/skill", answer)
    await _listen(app)


async def ours(database_url: str) -> None:
    """The whole house with a street of residents; the worker runs as it does for real."""
    clock = FastClock()
    async with open_house(_settings(database_url), clock.now) as house:
        street = await house.books.write(open_street, clock.start)
        residents = draw_residents(RESIDENTS)
        await house.books.write(settle_residents, street, residents, clock.start)
        await _listen(house.app)


async def beside(database_url: str) -> None:
    """A second web process on a database that is there."""
    async with open_house(_settings(database_url), FastClock().now, with_worker=False) as house:
        await _listen(house.app)


def _settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        data_key=bytes(KEY_BYTES),
        public_url="http://bench.invalid",
    )


async def _listen(app: web.Application) -> None:
    async with serving.listening(app, HOST, 0) as address:
        sys.stdout.write(address + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    name, *rest = sys.argv[1:]
    roles: Mapping[str, Callable[..., Awaitable[None]]] = {
        "echo": echo,
        "ours": ours,
        "beside": beside,
    }
    serving.run(lambda: roles[name](*rest))
