"""Every step can be killed at any line and continued: nobody twice, every won right."""

import asyncio
import random
import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaigns.dispatch import LEASE, Dispatcher
from campaigns.plan import plan_next
from dangol.rehearsal.crashing import BrittleBooks, BrittleSender, Crash, Fuse
from domain.campaigns import SenderName
from storage.queries.chunks import find_next_act

from .harness import HOURS, Life, open_life
from .points import REGULARS, let_someone_refuse
from .process import SharedClock, start_worker
from .town import Town, settle_town
from .verdict import judge

FEW = 8
STEPS_MAX = 100
SHORTLY = timedelta(seconds=1)
KILLS = 12
LIVES_MAX = 400
CALLS_MAX = 12
EVERYBODY = REGULARS + 7
UNASKABLE = (SenderName.KAKAO_EVENT, SenderName.NHN)
"""Ended between the commit that it leaves and the request, nothing of theirs can be asked about."""

OF_THEIR_OWN = (SenderName.KAKAO_EVENT, SenderName.SOLAPI, SenderName.NHN)
"""The others take the way of one of these, with other bodies or one person at a time."""


@pytest.fixture(scope="session")
def hamlet(tmp_path_factory: pytest.TempPathFactory) -> Town:
    path = tmp_path_factory.mktemp("hamlet") / "settled.db"
    return asyncio.run(settle_town(f"sqlite:///{path}", FEW))


@pytest.mark.parametrize("sender", list(SenderName))
async def test_a_chunk_s_journey_may_end_at_any_step(
    hamlet: Town, tmp_path: Path, sender: SenderName
) -> None:
    unknown_max = hamlet.everybody if sender in UNASKABLE else 0
    for step in range(1, STEPS_MAX):
        async with open_life(hamlet, tmp_path) as life:
            let_someone_refuse(life, sender)
            booked = await life.book_any(sender)

            has_crashed = await _travel(life, sender, Fuse(step))

            life.clock.push(LEASE + SHORTLY)
            await life.run_until_still(life.make_worker())
            verdict = await judge(life, *booked, unknown_max=unknown_max)
            assert not verdict.broken, f"crashed at step {step}"
        if not has_crashed:
            return
    raise AssertionError("the journey never came to its end")


async def _travel(life: Life, sender: SenderName, fuse: Fuse) -> bool:
    """Planned, sent and asked about by a process that ends at some step; whether it did."""
    books = BrittleBooks(life.books, fuse)
    senders = {sender: BrittleSender(life.senders[sender], fuse)}
    dispatcher = Dispatcher(books, senders, life.clock.now, life.settings.public_url)
    try:
        await books.write_batch(plan_next, life.clock.now())
        await dispatcher.send_next()
        await life.background.idle()
        life.clock.push(timedelta(seconds=3))
        await dispatcher.ask_next()
    except Crash:
        return True
    return False


@pytest.mark.parametrize("sender", OF_THEIR_OWN)
async def test_a_worker_may_be_killed_again_and_again(
    town: Town, tmp_path: Path, sender: SenderName
) -> None:
    clock = SharedClock(tmp_path / "clock", is_new=True)
    rng = random.Random(f"{sender}")
    unknown_max = town.everybody if sender in UNASKABLE else 0
    kills, booked = 0, 0
    async with open_life(town, tmp_path, clock=clock) as life:
        refusing = asyncio.create_task(_refuse_at_random(life, rng))
        while kills < KILLS:
            booked += 1
            campaign_id = await life.book(sender, f"form-{booked}")

            kills += await _live_and_die(life, tmp_path / "clock", rng)

            verdict = await judge(life, campaign_id, unknown_max=unknown_max)
            assert not verdict.broken, f"campaign {booked}, after {kills} kills"
        await refusing


async def _live_and_die(life: Life, clock_path: Path, rng: random.Random) -> int:
    """Starts workers until nothing is due any more; how many of them were killed."""
    kills, until = 0, life.clock.now() + HOURS
    for _ in range(LIVES_MAX):
        worker = start_worker(life.settings.database_url, life.settings.kakao_url, clock_path)
        if kills < KILLS:
            await _wait_for_fate(life, rng)
            worker.kill()
        await asyncio.to_thread(worker.join)
        await life.background.idle()
        assert worker.exitcode in (0, -signal.SIGKILL), "a worker died by itself"
        if worker.exitcode:
            kills += 1
            life.clock.push(LEASE + SHORTLY)
        elif await _push_to_next(life, until):
            return kills
    raise AssertionError("never done")


async def _push_to_next(life: Life, until: datetime) -> bool:
    """Whether nothing will be due before then."""
    next_at = await life.books.read(find_next_act)
    if next_at is None or next_at > until:
        return True
    life.clock.push_to(next_at)
    return False


async def _wait_for_fate(life: Life, rng: random.Random) -> None:
    """A few milliseconds, or until the pretend world has been called a few times more."""
    if rng.random() < 0.5:
        await asyncio.sleep(rng.uniform(0, 0.1))
        return
    last_call = life.world.calls_seen + rng.randint(1, CALLS_MAX)
    for _ in range(500):
        if life.world.calls_seen >= last_call:
            return
        await asyncio.sleep(0.001)


async def _refuse_at_random(life: Life, rng: random.Random) -> None:
    """People say it or block the channel while the campaign is on its way."""
    for number in rng.sample(range(1, EVERYBODY + 1), 20):
        await asyncio.sleep(rng.uniform(0, 0.3))
        if rng.random() < 0.7:
            await life.refuse(number)
        else:
            life.block(number)
