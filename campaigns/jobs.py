"""The worker's steps as jobs of PgQueuer, by any number of processes (docs/decisions/0026).

A job is only a nudge: it takes what is due first, and finding nothing is no mistake.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from pgqueuer import Job, PgQueuer
from pgqueuer.models import Schedule

from campaigns.worker import SENDING_AT_ONCE, Worker, finish
from storage.queries.jobs import JobKind
from storage.queue import open_queue

LOG = logging.getLogger(__name__)

LOOK, MINUTE, NIGHT = "* * * * * */2", "* * * * *", "0 19 * * *"
"""Cron in UTC, the sixth field being seconds: every two seconds, every minute, 4:00 in Korea."""

IDLE = timedelta(seconds=1)
"""How often an idle process looks for the jobs of one that died."""

LATER = timedelta(seconds=1)
"""A dead process's job is taken again after its chunk's lease has ended, not just before."""

TAKEN_AT_ONCE = 8
RUNNING_MAX = 16
"""So many jobs a process has in hand; the others are left to its neighbors. Of one kind it works on
`SENDING_AT_ONCE`: what is stopped has not left but for these chunks.
"""

AGAIN_SECONDS = 1
NO_COUNTS = timedelta(0)


@asynccontextmanager
async def running(
    worker: Worker,
    url: str,
    *,
    lease: timedelta,
    nightly: Callable[[], Awaitable[None]] | None = None,
) -> AsyncIterator[None]:
    """Takes jobs from the database at `url` until left; the jobs in progress finish first.

    `nightly` is called at four in the morning (KST), by one of all processes.
    """
    crew = _Crew(worker, url, lease, nightly)
    task = asyncio.create_task(crew.run(), name="jobs")
    try:
        yield
    finally:
        await worker.stop()
        crew.stop()
        await finish(task)


class _Crew:
    """One process's share of the work, on a connection that may break and is then made anew."""

    def __init__(
        self,
        worker: Worker,
        url: str,
        lease: timedelta,
        nightly: Callable[[], Awaitable[None]] | None,
    ) -> None:
        self._worker = worker
        self._url = url
        self._lease = lease
        self._nightly = nightly
        self._queue: PgQueuer | None = None
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True
        if self._queue is not None:
            self._queue.shutdown.set()

    async def run(self) -> None:
        while not self._stopping:
            try:
                await self._work()
            except Exception:
                LOG.exception("the jobs' connection was lost")
                await asyncio.sleep(AGAIN_SECONDS)

    async def _work(self) -> None:
        async with open_queue(self._url) as queue:
            self._assign(queue)
            self._queue = queue
            if self._stopping:
                return
            await self._worker.look()
            await queue.run(
                dequeue_timeout=IDLE,
                batch_size=TAKEN_AT_ONCE,
                max_concurrent_tasks=RUNNING_MAX,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=self._lease + LATER,
                log_aggregation_interval=NO_COUNTS,
            )

    def _assign(self, queue: PgQueuer) -> None:
        worker = self._worker
        for kind, step in (
            (JobKind.PLAN, worker.plan_due),
            (JobKind.SEND, worker.send_one),
            (JobKind.ASK, worker.ask_one),
        ):
            queue.entrypoint(kind.value, concurrency_limit=SENDING_AT_ONCE)(_job(step))
        for name, when, work in (
            ("look", LOOK, worker.look),
            ("sweep", MINUTE, worker.sweep),
            ("nightly", NIGHT, self._nightly),
        ):
            if work is not None:
                queue.schedule(name, when)(_schedule(work))


def _job(step: Callable[[], Awaitable[None]]) -> Callable[[Job], Awaitable[None]]:
    async def take(_job: Job) -> None:
        await step()

    return take


def _schedule(work: Callable[[], Awaitable[None]]) -> Callable[[Schedule], Awaitable[None]]:
    async def take(_schedule: Schedule) -> None:
        await work()

    return take
