"""The way to PgQueuer's tables, which only PostgreSQL has (docs/decisions/0026)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import psycopg
from pgqueuer import PgQueuer, PsycopgDriver
from pgqueuer.ports.driver import NotifyCallback
from psycopg import sql

from storage.drivers import plain_url

NAME = "dangol-jobs"
"""As PostgreSQL lists these connections."""


class TwoLines(PsycopgDriver):
    """Asks on one connection and listens on another.

    psycopg keeps a connection to itself while it listens, a second at a time: on one line 500
    jobs of 50 ms took 62 seconds here, on two 1.7.
    """

    def __init__(
        self, asking: "psycopg.AsyncConnection", listening: "psycopg.AsyncConnection"
    ) -> None:
        super().__init__(asking)
        self._listener = PsycopgDriver(listening)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await self._listener.add_listener(channel, callback)

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        await self._listener.remove_listener(channel, callback)

    async def __aenter__(self) -> Self:
        await self._listener.__aenter__()
        return await super().__aenter__()

    async def __aexit__(self, *error: object) -> None:
        await self._listener.__aexit__(*error)
        await super().__aexit__(*error)


@asynccontextmanager
async def open_queue(url: str) -> AsyncIterator[PgQueuer]:
    """Connects to the jobs of the database at a SQLAlchemy URL, which must be PostgreSQL."""
    async with await _connect(url) as asking, await _connect(url) as listening:
        queue = PgQueuer(TwoLines(asking, listening))
        # PgQueuer begins to listen while it already asks whether it hears itself: on two lines
        # the question may come first, and then it believes ten seconds later that it is deaf.
        await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(queue.channel)))
        yield queue


async def _connect(url: str) -> "psycopg.AsyncConnection[tuple[Any, ...]]":
    return await psycopg.AsyncConnection.connect(
        plain_url(url), autocommit=True, application_name=NAME
    )
