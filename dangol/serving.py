"""Runs a house until it is told to stop, and stops it gently."""

import asyncio
import errno
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import uvloop
from aiohttp import web

from dangol.settings import Settings, SettingsError
from dangol.wiring import open_house
from domain.time import Now

T = TypeVar("T")

SHUTDOWN_SECONDS = 10
GARBAGE_THRESHOLDS = (20_000, 20, 20)
"""Python's own (700, 10, 10) looks for garbage in the middle of every tenth turn."""

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another waits: the loop and the storage thread
hand it to and fro, and Python's own five milliseconds are as long as a whole group of turns."""

LOG = logging.getLogger(__name__)


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Runs one coroutine on uvloop, the loop all figures in `make bench` are measured on."""

    async def main() -> T:
        # What stands at the start stays: only what turns leave behind is looked through.
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        sys.setswitchinterval(SWITCH_SECONDS)
        return await work()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serves an application; yields its address (port 0 takes a free one). Raises SettingsError when
    another program has the port.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            taken = f"port {port} is taken by another program: stop it, or choose another port"
            raise SettingsError(taken) from None
        bound = runner.addresses[0][1]
        yield f"http://{host}:{bound}"
    finally:
        await runner.cleanup()


async def until_stopped() -> None:
    """Returns on SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()


async def serve(settings: Settings, now: Now, *, with_worker: bool) -> None:
    async with (
        open_house(settings, now, with_worker=with_worker) as house,
        listening(house.app, settings.host, settings.port) as address,
    ):
        LOG.info("단골이 %s 에서 기다려요 (%s)", address, settings.public_url)
        await until_stopped()


async def work(settings: Settings, now: Now) -> None:
    async with open_house(settings, now):
        LOG.info("작업자가 일해요")
        await until_stopped()
