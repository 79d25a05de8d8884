"""The steps that plan, send, ask, lapse and sweep, and the loop that takes them in one process.

On PostgreSQL the same steps are jobs, by any number of processes (`campaigns/jobs.py`).
"""

import asyncio
import logging
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from campaigns.dispatch import Dispatcher
from campaigns.ideas import lapse_old_ideas, propose_ideas
from campaigns.notices import Places, tell_notices
from campaigns.plan import Broken, CannotStart, plan_next, put_back, set_aside
from campaigns.series import book_due_series
from campaigns.statutory import tell_statutory
from campaigns.stopping import stop_forgotten
from campaigns.ways import EVERY_WAY
from domain.campaigns import CampaignState, SenderName
from domain.people import CampaignId
from domain.time import KST, Now
from loyalty.daily import SWEEP_STEPS
from storage.books import Books
from storage.desk import Tx
from storage.queries.jobs import forget_old_jobs, nudge_due
from storage.queries.journal import beat
from subsidy.ending import lapse_grants

LOG = logging.getLogger(__name__)

TICK_SECONDS = 1
BEAT_EVERY = timedelta(seconds=30)
SWEEP_EVERY = timedelta(minutes=1)
NIGHT_HOUR = 4
SENDING_AT_ONCE = 4
"""Chunks that leave side by side: a provider's answer time is not our limit."""

STOP_SECONDS = 20
HOST_NAME_MAX = 40
PAUSE_AFTER_BUG_SECONDS = 1

Step = Callable[[], Awaitable[bool]]
SWEEPS = (
    *SWEEP_STEPS,
    book_due_series,
    stop_forgotten,
    propose_ideas,
    lapse_old_ideas,
    forget_old_jobs,
)


class Worker:
    """Does whatever is due. Rows are the truth: being woken is only a nudge to look."""

    def __init__(
        self,
        books: Books,
        dispatcher: Dispatcher,
        now: Now,
        offered: frozenset[SenderName] = EVERY_WAY,
    ) -> None:
        self._books = books
        self._offered = offered
        self._dispatcher = dispatcher
        self._now = now
        self._woken = asyncio.Event()
        self._stopping = False
        self._name = f"{socket.gethostname()[:HOST_NAME_MAX]}:{os.getpid()}"
        self._failures = Counter[CampaignId]()
        self._places: Places = {}
        self._beat_due = self._sweep_due = now()

    def wake(self) -> None:
        """Every lane that waits looks once more; so does one that is just about to wait."""
        woken, self._woken = self._woken, asyncio.Event()
        woken.set()

    async def run(self) -> None:
        """Until stopped; the steps in progress finish first."""
        once = (self._plan_and_tell, self._lapse, self._sweep, self._beat)
        sends = [self._dispatcher.send_next] * SENDING_AT_ONCE
        asks = [self._dispatcher.ask_next] * SENDING_AT_ONCE
        async with asyncio.TaskGroup() as lanes:
            for step in (*once, *sends, *asks):
                lanes.create_task(self._lane(step))

    async def stop(self) -> None:
        self._stopping = True
        self.wake()

    async def _lane(self, step: Step) -> None:
        """Repeats a step while it finds work, then waits to be woken. No lane waits for another:
        while a million leaves, the next campaign is planned and its first chunk goes.
        """
        while not self._stopping:
            woken = self._woken
            if not await self._guard(step):
                await woken.wait()

    async def _plan_and_tell(self) -> bool:
        if did := await self._plan():
            self.wake()
        return did

    async def plan_due(self) -> None:
        """After each a chunk leaves: of a thousand due at once the first does not wait for all."""
        while not self._stopping and await self._guard(self._plan):
            await self.send_one()

    async def send_one(self) -> None:
        """The chunk that is first now, whichever it is: whose turn it is changes all the time."""
        await self._guard(self._dispatcher.send_next)

    async def ask_one(self) -> None:
        await self._guard(self._dispatcher.ask_next)

    async def look(self) -> None:
        """Says that somebody works, lapses grants, and nudges what is due and was forgotten."""
        write, now = self._books.write_batch, self._now()
        await self._guard(self._beat)
        await self._guard(self._lapse)
        await self._guard(partial(write, _heal, now))

    async def sweep(self) -> None:
        await self._drain(self._sweep_once)

    async def step(self) -> bool:
        """One round of everything that is due; False when there was nothing."""
        dispatcher = self._dispatcher
        sends = [dispatcher.send_next] * SENDING_AT_ONCE
        asks = [dispatcher.ask_next] * SENDING_AT_ONCE
        did = [await self._guard(one) for one in (self._plan, self._lapse, self._sweep)]
        did += await asyncio.gather(*[self._drain(step) for step in (*sends, *asks)])
        return any(did)

    async def _drain(self, step: Step) -> bool:
        """Repeats a step while it finds work: lanes do not wait for each other."""
        did = False
        while not self._stopping and await self._guard(step):
            did = True
        return did

    async def _guard(self, step: Step) -> bool:
        """A bug in one step is logged and must not stop the others; the lease runs out."""
        try:
            return await step()
        except Exception:
            LOG.exception("a step of the worker failed")
            await asyncio.sleep(PAUSE_AFTER_BUG_SECONDS)
            return False

    async def _plan(self) -> bool:
        try:
            did = await self._books.write_batch(plan_next, self._now())
        except CannotStart as problem:
            LOG.info("campaign %d cannot start: %s", problem.campaign.campaign_id, problem)
            await self._books.write_batch(set_aside, problem.campaign)
            return True
        except Broken as bug:
            return await self._put_back(bug)
        if not did:  # of those that had failed none is left
            self._failures.clear()
        return did

    async def _put_back(self, bug: Broken) -> bool:
        """True when the next one can be planned at once; one that was gathered has its turn again
        at the next look, as it has when the database is away.
        """
        LOG.error("a campaign cannot be planned", exc_info=bug)
        campaign = bug.campaign
        self._failures[campaign.campaign_id] += 1
        times = self._failures[campaign.campaign_id]
        await self._books.write_batch(put_back, campaign, self._now(), times=times)
        return campaign.state is CampaignState.BOOKED

    async def _lapse(self) -> bool:
        return await self._books.write_batch(lapse_grants, self._now()) > 0

    async def _sweep(self) -> bool:
        """Once a minute, and again while there is more than one step takes."""
        now = self._now()
        if now < self._sweep_due:
            return False
        self._sweep_due = now + SWEEP_EVERY
        is_more = await self._sweep_once()
        if is_more:
            self._sweep_due = now
        return is_more

    async def _sweep_once(self) -> bool:
        """Each for itself: what fails stops no other. True while one has more to do."""
        write, now, offered = self._books.write_batch, self._now(), self._offered
        steps = [partial(write, step, now) for step in SWEEPS]
        steps.append(partial(write, tell_statutory, now, offered))
        is_more = any([await self._guard(step) for step in steps])
        await self._guard(self._tell_notices)
        await self._guard(self._ask_balances)
        return is_more

    async def _tell_notices(self) -> bool:
        """Goes on behind where the last look ended."""
        about = self._now(), self._places, self._offered
        self._places = await self._books.write_batch(tell_notices, *about)
        return False

    async def _ask_balances(self) -> bool:
        await self._dispatcher.ask_balances()
        return False

    async def _beat(self) -> bool:
        if self._now() >= self._beat_due:
            self._beat_due = self._now() + BEAT_EVERY
            await self._books.write_batch(beat, self._name, self._now())
        return False


@asynccontextmanager
async def running(
    worker: Worker, *, nightly: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[None]:
    """Runs a worker and the ticker that wakes it; leaves after the step in progress.

    `nightly` is called at four in the morning (KST), when hardly anybody waits for anything.
    """
    scheduler = AsyncIOScheduler(
        timezone=KST,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )

    async def tick() -> None:
        worker.wake()

    scheduler.add_job(tick, "interval", seconds=TICK_SECONDS, id="tick")
    if nightly is not None:
        scheduler.add_job(nightly, "cron", hour=NIGHT_HOUR, id="nightly")
    task = asyncio.create_task(worker.run(), name="worker")
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        await worker.stop()
        await finish(task)


async def finish(task: "asyncio.Task[None]") -> None:
    """Waits for a task to end by itself; cancels one that does not, and says so."""
    _, late = await asyncio.wait([task], timeout=STOP_SECONDS)
    if late:
        LOG.warning("%s did not stop within %d seconds", task.get_name(), STOP_SECONDS)
        task.cancel()


def _heal(tx: Tx, now: datetime) -> bool:
    return nudge_due(tx, now) > 0
