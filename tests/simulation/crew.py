"""Workers that take jobs, each a process of its own on PostgreSQL, and killed when it suits us.

`python -m tests.simulation.crew` goes on for minutes; prints the seed of what it
finds. The point of a kill follows from the seed, the instant within it does not.
"""

import argparse
import asyncio
import json
import logging
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from campaigns import jobs
from campaigns.dispatch import LEASE, Dispatcher
from campaigns.results import campaign_result
from campaigns.worker import Worker
from dangol import serving
from domain.campaigns import CampaignState, SenderName
from domain.people import CampaignId
from simulator.faults import Fault
from storage.books import open_books
from storage.vault import Vault
from tests.factories import rows
from tests.postgres import create_database, drop_database, running_postgres

from .harness import TIMEOUT_SECONDS, Life, make_senders, make_settings, open_life
from .points import PUT, REPORTS
from .process import CONTEXT, SharedClock
from .town import KEY, Town, settle_town
from .verdict import Verdict, judge

SHORT_LEASE = timedelta(seconds=2)
PATIENCE_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.05
GROUP, SEND = "POST /messages/v4/groups", "POST /messages/v4/groups/*/send"
BEFORE_IT_STARTS, AFTER_IT_STARTED = (GROUP, PUT), SEND
POINTS = (*BEFORE_IT_STARTS, AFTER_IT_STARTED)
REGULARS, CROWD = 250, 5_000
LEFT = """
    SELECT entrypoint, count(*) FROM pgqueuer GROUP BY entrypoint
    UNION ALL SELECT 'runs', count(*) FROM run
    UNION ALL SELECT 'workers', count(*) FROM heartbeat
"""
MINUTES_DEFAULT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """How a campaign ended whose worker was killed at `point`, and how long after that."""

    point: str
    seconds: float
    verdict: Verdict


@contextmanager
def crew(life: Life, clock_path: Path, count: int) -> Iterator[list[ForkServerProcess]]:
    """So many processes; those that live at the end are asked to stop, and do."""
    urls = life.settings.database_url, life.settings.kakao_url
    started = [CONTEXT.Process(target=_work, args=(*urls, clock_path)) for _ in range(count)]
    for one in started:
        one.start()
    try:
        yield started
    finally:
        for one in started:
            if one.is_alive():
                one.terminate()
        for one in started:
            one.join(PATIENCE_SECONDS)
    ended = {one.exitcode for one in started}
    assert ended <= {0, -signal.SIGKILL}, f"a worker died by itself: {ended}"


def _work(database_url: str, world_address: str, clock_path: Path) -> None:
    asyncio.run(_take_jobs(database_url, world_address, clock_path))


async def _take_jobs(database_url: str, world_address: str, clock_path: Path) -> None:
    now = SharedClock(clock_path).now
    settings = make_settings(database_url, world_address)
    async with AsyncExitStack() as stack:
        senders = make_senders(settings, now, TIMEOUT_SECONDS)
        for sender in senders.values():
            stack.push_async_callback(sender.close)
        books = await stack.enter_async_context(open_books(database_url, Vault(KEY)))
        dispatcher = Dispatcher(books, senders, now, settings.public_url, lease=SHORT_LEASE)
        worker = Worker(books, dispatcher, now)
        await stack.enter_async_context(jobs.running(worker, database_url, lease=SHORT_LEASE))
        await serving.until_stopped()


async def wait_until_finished(life: Life, campaign_id: CampaignId) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            result = await life.books.read(campaign_result, life.town.shop_id, campaign_id)
            if result.state is CampaignState.FINISHED:
                await life.background.idle()
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def send_by_several(
    town: Town, folder: Path, workers: int
) -> tuple[Verdict, Mapping[str, int]]:
    """One campaign through a crew; its verdict, and how many jobs are left, by kind."""
    clock = SharedClock(folder / "clock", is_new=True)
    async with open_life(town, folder, clock=clock) as life:
        with crew(life, folder / "clock", workers):
            campaign_id = await life.book(SenderName.SOLAPI)
            await wait_until_finished(life, campaign_id)
        verdict = await judge(life, campaign_id)
        left = dict(await life.books.read(rows, LEFT))
    return verdict, left


async def kill_and_replace(town: Town, folder: Path, seed: int, points: Sequence[str]) -> Replaced:
    """One worker, killed in the middle of a request; another that begins when it is dead."""
    rng = random.Random(seed)
    point, delay = rng.choice(points), rng.uniform(0, 0.02)
    clock = SharedClock(folder / "clock", is_new=True)
    async with open_life(town, folder, clock=clock) as life:
        killed = asyncio.Event()
        with crew(life, folder / "clock", 1) as (first,):

            async def kill() -> None:
                await asyncio.sleep(delay)
                first.kill()
                killed.set()

            if point == AFTER_IT_STARTED:  # reports would settle it without anybody asking
                life.faults.arm(Fault(endpoint=REPORTS, kind="drop_reports", probability=1))
            life.moments.when(point, kill)
            campaign_id = await life.book(SenderName.SOLAPI)
            await asyncio.wait_for(killed.wait(), PATIENCE_SECONDS)
            await asyncio.to_thread(first.join)
            began = time.monotonic()
            if point == AFTER_IT_STARTED:
                clock.push(LEASE)
            with crew(life, folder / "clock", 1):
                await wait_until_finished(life, campaign_id)
                seconds = time.monotonic() - began
        return Replaced(point=point, seconds=seconds, verdict=await judge(life, campaign_id))


async def soak(minutes: float, seed: int) -> int:
    """How many rounds were broken; one JSON line for each."""
    ends_at = time.monotonic() + minutes * 60
    with running_postgres() as server, tempfile.TemporaryDirectory() as folder:
        crowd = await settle_town(create_database(server, "dangol_crowd"), CROWD)
        verdict, left = await send_by_several(crowd, Path(folder), workers=2)
        broken = int(bool(verdict.broken))
        _say({"people": CROWD, "workers": 2, "left": left, "broken": verdict.broken})
        town = await settle_town(create_database(server, "dangol_crew"), REGULARS)
        while time.monotonic() < ends_at:
            one = await kill_and_replace(town, Path(folder), seed, POINTS)
            broken += bool(one.verdict.broken)
            seconds, wrong = round(one.seconds, 1), one.verdict.broken
            _say({"seed": seed, "killed_at": one.point, "seconds": seconds, "broken": wrong})
            seed += 1
        drop_database(server, "dangol_crew")
        drop_database(server, "dangol_crowd")
    return broken


def _say(line: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES_DEFAULT)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    given = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())  # troubles are what we are here for
    return 1 if serving.run(lambda: soak(given.minutes, given.seed)) else 0


if __name__ == "__main__":
    sys.exit(main())
