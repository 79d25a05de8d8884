"""A worker in a process of its own, on a clock it shares, that may be killed at any moment."""

import asyncio
import mmap
import multiprocessing
import struct
import time
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from campaigns.dispatch import Dispatcher
from campaigns.worker import Worker
from storage.books import open_books
from storage.vault import Vault

from .harness import TIMEOUT_SECONDS, PushClock, make_senders, make_settings
from .town import KEY, START

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
CELL = struct.Struct("=d")
"""Seconds between the machine's monotonic clock and the town's, in a file that all map."""


class SharedClock(PushClock):
    """One town's time in several processes; only the parent pushes it."""

    def __init__(self, path: Path, *, is_new: bool = False) -> None:
        super().__init__()
        if is_new:
            path.write_bytes(CELL.pack(-time.monotonic()))
        with path.open("r+b") as file:
            self._cell = mmap.mmap(file.fileno(), CELL.size)

    def now(self) -> datetime:
        return START + timedelta(seconds=self._offset() + time.monotonic())

    def push(self, by: timedelta) -> None:
        self._cell[:] = CELL.pack(self._offset() + by.total_seconds())

    def push_to(self, at: datetime) -> None:
        self.push(max(at - self.now(), timedelta()))

    def _offset(self) -> float:
        offset: float = CELL.unpack(self._cell[:])[0]
        return offset


def start_worker(database_url: str, world_address: str, clock_path: Path) -> ForkServerProcess:
    """A process that does whatever is due, and ends when nothing is."""
    process = CONTEXT.Process(target=_work, args=(database_url, world_address, clock_path))
    process.start()
    return process


def _work(database_url: str, world_address: str, clock_path: Path) -> None:
    asyncio.run(_finish_due(database_url, world_address, clock_path))


async def _finish_due(database_url: str, world_address: str, clock_path: Path) -> None:
    now = SharedClock(clock_path).now
    settings = make_settings(database_url, world_address)
    senders = make_senders(settings, now, TIMEOUT_SECONDS)
    async with open_books(database_url, Vault(KEY)) as books:
        worker = Worker(books, Dispatcher(books, senders, now, settings.public_url), now)
        while await worker.step():
            pass
        for sender in senders.values():
            await sender.close()
