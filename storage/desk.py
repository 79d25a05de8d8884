"""The storage thread: many pieces of work in one commit, people before batches."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from storage.drivers import Link
from storage.errors import Busy, translated
from storage.statements import Statement
from storage.vault import Vault

GROUP_MAX = 64
BUSY_TRIES_MAX = 5
LEFT_OUT_MAX = 4
LOG = logging.getLogger(__name__)


class Tx:
    """What a piece of work sees of the database: statements in, rows out.

    The work must be plain and repeatable: when a neighbor in the same group fails, or the
    database asks for it, the whole group is rolled back and each piece is run again.
    """

    __slots__ = ("_link", "dialect", "vault")

    def __init__(self, link: Link, dialect: str, vault: Vault) -> None:
        self._link = link
        self.dialect = dialect
        self.vault = vault

    def all(self, statement: Statement, **params: Any) -> list[tuple[Any, ...]]:
        prepared = statement.on(self.dialect)
        rows = self._link.fetch(prepared.sql, prepared.values(params))
        return [prepared.row(raw) for raw in rows] if prepared.out else rows

    def one(self, statement: Statement, **params: Any) -> tuple[Any, ...] | None:
        rows = self.all(statement, **params)
        assert len(rows) <= 1, "a statement for one row found several"
        return rows[0] if rows else None

    def run(self, statement: Statement, **params: Any) -> int:
        """How many rows were touched."""
        prepared = statement.on(self.dialect)
        return self._link.run(prepared.sql, prepared.values(params))


Gather = Callable[[Tx, Sequence[Any]], Sequence[Any]]


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work and who waits for it.

    `gather` is what pieces of one kind begin with: it is called once for the `item`s of a
    whole group, and each piece gets its own part of the answer.
    """

    work: Callable[..., Any]
    answer: "asyncio.Future[Any]"
    gather: Gather | None = None
    item: Any = None
    result: Any = None
    error: BaseException | None = None


class Desk:
    """A thread that owns one connection and serves two queues."""

    def __init__(self, link: Link, dialect: str, vault: Vault, *, name: str) -> None:
        self._link = link
        self._tx = Tx(link, dialect, vault)
        self._people: deque[Job] = deque()
        self._batches: deque[Job] = deque()
        self._wake = threading.Event()
        self._stopping = False
        self._is_called = False
        self._running: Job | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def submit(
        self,
        work: Callable[..., Any],
        *,
        is_batch: bool,
        gather: Gather | None = None,
        item: object = None,
    ) -> "asyncio.Future[Any]":
        assert not self._stopping, "no work after closing"
        job = Job(work, self._loop.create_future(), gather, item)
        (self._batches if is_batch else self._people).append(job)
        if not self._is_called:
            # Once a turn of the loop: what came in together is one group and one commit.
            self._is_called = True
            self._loop.call_soon(self._call)
        return job.answer

    def _call(self) -> None:
        self._is_called = False
        self._wake.set()

    async def close(self) -> None:
        """Finishes what was submitted, then closes the connection."""
        self._stopping = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join)
        self._link.close()

    def _serve(self) -> None:
        while True:
            group = self._next_group()
            if group:
                self._run_group(group)
                self._loop.call_soon_threadsafe(_deliver, group)
            elif self._stopping:
                return
            else:
                self._wake.wait()
                self._wake.clear()

    def _next_group(self) -> list[Job]:
        """People first; in their order, and only what begins alike shares a commit."""
        if not self._people:
            return [self._batches.popleft()] if self._batches else []
        group = [self._people.popleft()]
        while self._people and len(group) < GROUP_MAX and self._people[0].gather == group[0].gather:
            group.append(self._people.popleft())
        return group

    def _run_group(self, group: list[Job]) -> None:
        """All in one commit. Whose piece fails is left out, and run again after it in a
        transaction of its own; after a few of them everyone is, in their order.
        """
        left = group
        while left:
            try:
                self._commit(left)
                break
            except Exception as error:  # noqa: BLE001 - every failure belongs to a waiting caller
                self._roll_back()
                if len(group) == 1:
                    self._fail_or_repeat(group[0], translated(error))
                    return
            is_clear = self._running is not None and len(group) - len(left) < LEFT_OUT_MAX
            left = [job for job in left if job is not self._running] if is_clear else []
        for job in group:
            if job not in left:
                self._run_alone(job)

    def _run_alone(self, job: Job) -> None:
        for attempt in range(BUSY_TRIES_MAX):
            try:
                self._commit([job])
            except Exception as error:  # noqa: BLE001 - belongs to the waiting caller
                self._roll_back()
                job.error = translated(error)
                if not isinstance(job.error, Busy):
                    return
                LOG.info("busy, try %d: %s", attempt + 1, job.error)
            else:
                job.error = None
                return

    def _fail_or_repeat(self, job: Job, error: Exception) -> None:
        job.error = error
        if isinstance(error, Busy):
            self._run_alone(job)

    def _roll_back(self) -> None:
        """A connection that cannot even do this is dropped; the next work opens another."""
        try:
            self._link.rollback()
        except Exception:
            LOG.exception("a connection was lost")
            self._link.close()

    def _commit(self, group: list[Job]) -> None:
        self._running = None
        self._link.begin()
        gather = group[0].gather
        parts = gather(self._tx, [job.item for job in group]) if gather else ()
        for number, job in enumerate(group):
            self._running = job
            job.result = job.work(self._tx, parts[number]) if gather else job.work(self._tx)
        self._running = None
        self._link.commit()


def _deliver(group: list[Job]) -> None:
    for job in group:
        if job.answer.done():
            continue
        if job.error is None:
            job.answer.set_result(job.result)
        else:
            job.answer.set_exception(job.error)
