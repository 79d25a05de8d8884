"""Random weeks in minutes: `python -m tests.simulation.soak`; prints the seed of what it finds.

A round is one life with campaigns by three ways at once and a score of notices, two workers side
by side, random faults, restarts and jumps of the clock, and people who refuse meanwhile. It follows
from its own seed: `--seed N --rounds 1` lives it again.
"""

import argparse
import asyncio
import json
import logging
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from campaigns.dispatch import LEASE
from campaigns.worker import Worker
from dangol import serving
from dangol.rehearsal.crashing import BrittleBooks, BrittleSender, Crash, Fuse
from domain.campaigns import SenderName
from domain.people import CampaignId
from domain.rules import ADS_A_WEEK_MAX
from simulator.faults import Fault
from tests.postgres import create_database, drop_database

from .harness import Life, NeverStillError, open_life
from .points import KINDS, REPORT_KINDS, REPORTS, WITHDRAWING
from .town import Town, settle_town
from .verdict import Verdict, judge

MINUTES_DEFAULT = 3.0
REGULARS = 250
FAULT_TIMES_MAX = 4
FAULT_PROBABILITIES = (0.02, 0.1, 0.5)
STORMY_KINDS = tuple(one for one in KINDS if one != "slow")
LIVES_MAX = 6
FUSE_MAX = 160
REFUSING_MAX = 30
BUSY_SECONDS = 0.6
"""How long the unrest lasts; most of a round's work is done by then."""

PATHS = ("* /v*", "* /messages/*", "* /brand-message/*", "* /alimtalk/*")
UNASKABLE = (SenderName.KAKAO_EVENT, SenderName.NHN)
"""What was never answered and left no trace waits for a person."""

ADVERTISING = tuple(WITHDRAWING)
AT_ONCE = ADS_A_WEEK_MAX
"""More in one week would reach nobody who has had these."""

INFORMING = (SenderName.SOLAPI_ALIMTALK, SenderName.NHN_ALIMTALK)
"""One of them in each round: a town has its inspected text at one provider."""


Booked = Mapping[SenderName, Sequence[CampaignId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    seed: int
    lives: int
    verdicts: Mapping[SenderName, Verdict]
    problem: str = ""

    @property
    def problems(self) -> list[str]:
        broken = [problem for one in self.verdicts.values() for problem in one.broken]
        return [*broken, self.problem] if self.problem else broken


async def soak(minutes: float, seed: int, rounds: int | None, database: str | None) -> int:
    """How many rounds were broken; one JSON line for each round, and the seed at the end."""
    ends_at = time.monotonic() + minutes * 60
    lived = broken = 0
    with tempfile.TemporaryDirectory() as folder:
        async with _settled(database, Path(folder)) as town:
            while (lived < rounds) if rounds else (time.monotonic() < ends_at):
                one = await live_round(town, Path(folder), seed + lived)
                lived += 1
                broken += bool(one.problems)
                _say(_line(one))
    _say({"rounds": lived, "broken": broken, "seed": seed})
    return broken


async def live_round(town: Town, folder: Path, seed: int) -> Round:
    rng = random.Random(seed)
    lives = 0
    verdicts: dict[SenderName, Verdict] = {}
    try:
        async with open_life(town, folder, seed=seed) as life:
            _arm(life, rng)
            booked = await _book_all(life, rng)
            lives = await _live(life, rng)
            verdicts = await _judge_all(life, booked)
    except (NeverStillError, TimeoutError) as problem:
        return Round(seed=seed, lives=lives, verdicts=verdicts, problem=repr(problem))
    return Round(seed=seed, lives=lives, verdicts=verdicts)


async def _book_all(life: Life, rng: random.Random) -> Booked:
    booked: dict[SenderName, Sequence[CampaignId]] = {
        sender: [await life.book(sender, f"form-{sender}")]
        for sender in rng.sample(ADVERTISING, AT_ONCE)
    }
    informing = rng.choice(INFORMING)
    return {**booked, informing: await life.book_any(informing)}


def _arm(life: Life, rng: random.Random) -> None:
    for _ in range(rng.randint(0, 4)):
        kind, path = rng.choice(STORMY_KINDS), rng.choice(PATHS)
        probability, times = rng.choice(FAULT_PROBABILITIES), rng.randint(1, FAULT_TIMES_MAX)
        life.faults.arm(Fault(endpoint=path, kind=kind, probability=probability, times=times))
    if rng.random() < 0.5:
        life.faults.arm(Fault(endpoint=REPORTS, kind=rng.choice(REPORT_KINDS), seconds=0.2))


async def _live(life: Life, rng: random.Random) -> int:
    """Two workers that end and start again, then one that finishes; how many there were."""
    refusing = asyncio.create_task(_refuse(life, rng))
    jumping = asyncio.create_task(_jump(life, rng))
    lanes = [_restart(life, random.Random(rng.random())) for _ in range(2)]
    lives = sum(await asyncio.gather(*lanes))
    await asyncio.gather(refusing, jumping)
    life.clock.push(LEASE)
    await life.run_until_still(life.make_worker())
    return lives + 1


async def _restart(life: Life, rng: random.Random) -> int:
    lives = rng.randint(1, LIVES_MAX)
    for _ in range(lives):
        worker = _mortal(life, Fuse(rng.randint(1, FUSE_MAX)))
        try:
            while await worker.step():
                pass
        except Crash:
            life.clock.push(LEASE * rng.random() * 2)
        await asyncio.sleep(rng.uniform(0, BUSY_SECONDS / lives))
    return lives


def _mortal(life: Life, fuse: Fuse) -> Worker:
    senders = {name: BrittleSender(one, fuse) for name, one in life.senders.items()}
    return life.make_worker(BrittleBooks(life.books, fuse), senders)


async def _refuse(life: Life, rng: random.Random) -> None:
    for number in rng.sample(range(1, life.town.everybody + 1), rng.randint(0, REFUSING_MAX)):
        await asyncio.sleep(rng.uniform(0, BUSY_SECONDS / REFUSING_MAX * 2))
        if rng.random() < 0.7:
            await life.refuse(number)
        else:
            life.block(number)


async def _jump(life: Life, rng: random.Random) -> None:
    """The machine is suspended for minutes while a request is on its way: leases run out."""
    for _ in range(rng.randint(0, 3)):
        await asyncio.sleep(rng.uniform(0, BUSY_SECONDS / 2))
        life.clock.push(timedelta(minutes=rng.uniform(0, 6)))


async def _judge_all(life: Life, booked: Booked) -> dict[SenderName, Verdict]:
    """Where nothing can be asked some may stay unknown; a group, or a key, can always be asked."""
    return {
        sender: await judge(
            life, *campaigns, unknown_max=life.town.everybody if sender in UNASKABLE else 0
        )
        for sender, campaigns in booked.items()
    }


@asynccontextmanager
async def _settled(database: str | None, folder: Path) -> AsyncIterator[Town]:
    if database is None:
        yield await settle_town(f"sqlite:///{folder / 'settled.db'}", REGULARS)
        return
    name = f"dangol_soak_{uuid4().hex[:8]}"
    try:
        yield await settle_town(create_database(database, name), REGULARS)
    finally:
        drop_database(database, name)


def _line(one: Round) -> Mapping[str, Any]:
    line: dict[str, Any] = {"seed": one.seed, "workers": one.lives}
    for sender, verdict in one.verdicts.items():
        line[sender] = {**verdict.counts, "most_per_handset": verdict.most_per_handset}
    return {**line, "broken": one.problems}


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES_DEFAULT)
    parser.add_argument("--rounds", type=int, help="so many rounds instead of minutes")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--database", help="a PostgreSQL superuser's URL; otherwise SQLite files")
    given = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())  # troubles are what we are here for
    broken = serving.run(lambda: soak(given.minutes, given.seed, given.rounds, given.database))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
