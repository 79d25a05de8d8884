"""A process that gives, holds, posts and lapses without end, killed at any instant (I1-I3, I10)."""

import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from campaigns.invariants import CHECKS
from domain.money import Jeon, won
from domain.people import ChunkId, ProgramId, ShopId
from storage.desk import Tx
from storage.queries.ledger import list_open_holds
from subsidy.ending import lapse_grants
from subsidy.holding import Charge, settle_money
from subsidy.wallets import top_up
from tests.factories import EARLIER, OWNER, make_grant, make_street, rows
from tests.sitting import Sitting
from tests.subsidy.booked import UNIT_JEON, hold_run
from tests.subsidy.hands import CONTEXT, Hand

ALIVE_SECONDS = (0.0, 0.12)
READY_SECONDS = 20
CHECKED = ("I1", "I2", "I3", "I10")
LINES = "SELECT count(*), max(run_id) FROM transfer"
OPEN = """
SELECT DISTINCT chunk_id FROM transfer h WHERE phase = 'hold'
AND NOT EXISTS (SELECT 1 FROM transfer r WHERE r.hold_id = h.id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """What is true after some kills: `broken` names promises that are not kept."""

    kills: int
    idle: int
    transfers: int
    open_chunks: int
    broken: Sequence[str]


def survive(url: str, kills: int, seed: int, *, processes: int) -> Survived:
    """Kills so many processes, looks after each, then lets what they left be settled."""
    rng = random.Random(seed)
    sitting = Sitting(url)
    street = sitting.write(make_street, people=0)
    idle, lines, killed = 0, _lines(sitting), 0
    broken: list[str] = []
    while killed < kills and not broken:
        _live_and_die(url, (street.program_id, street.shop_id), rng, processes)
        killed += processes
        idle += (now := _lines(sitting)) == lines
        lines = now
        broken = _broken(sitting)
    for (chunk_id,) in sitting.write(rows, OPEN):
        sitting.write(
            settle_money, [Charge(ChunkId(chunk_id), Jeon(0), has_left=True)], _now(sitting)
        )
    left = len(sitting.write(rows, OPEN))
    found = Survived(
        kills=killed,
        idle=idle,
        transfers=_lines(sitting),
        open_chunks=left,
        broken=broken or _broken(sitting),
    )
    sitting.close()
    return found


def _live_and_die(
    url: str, place: tuple[ProgramId, ShopId], rng: random.Random, processes: int
) -> None:
    living = [_start(url, place, rng.random()) for _ in range(processes)]
    for _, ready in living:
        assert ready.poll(READY_SECONDS), "it never began"
        ready.close()
    time.sleep(rng.uniform(*ALIVE_SECONDS))
    for process, _ in living:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
    for process, _ in living:
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it died by itself"


def _start(
    url: str, place: tuple[ProgramId, ShopId], seed: float
) -> tuple[ForkServerProcess, Connection]:
    ours, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_live, args=(url, *place, seed, theirs))
    process.start()
    theirs.close()
    return process, ours


def _live(url: str, program_id: ProgramId, shop_id: ShopId, seed: float, ready: Connection) -> None:
    """Every hold is of the next hour, so that grants end and new ones are needed."""
    rng, hand = random.Random(seed), Hand(url)
    for number in count():
        at = hand.write(_now_in)
        key = f"{seed}:{number}"
        acts = (
            partial(
                make_grant,
                program_id=program_id,
                shop_id=shop_id,
                amount_won=rng.randint(100, 2_000),
                form_key=key,
                expires_at=at + timedelta(hours=rng.randint(1, 40)),
                at=at,
            ),
            partial(
                hold_run,
                program_id=program_id,
                shop_id=shop_id,
                sizes=[rng.randint(1, 9) for _ in range(rng.randint(1, 5))],
                at=at,
                own_max_jeon=rng.choice([0, 50_000]),
            ),
            partial(_settle_some, rng=rng, at=at),
            partial(_settle_some, rng=rng, at=at),
            partial(lapse_grants, at=at),
            partial(
                top_up,
                shop_id=shop_id,
                amount_jeon=won(10_000),
                reference="20261101-1",
                form_key=key[:40],
                actor=OWNER,
                at=at,
            ),
        )
        hand.patiently(rng.choice(acts))
        if number == 0:
            ready.send_bytes(b"1")


def _settle_some(tx: Tx, *, rng: random.Random, at: datetime) -> None:
    """One chunk that is open, for some of its people."""
    for (chunk_id,) in rows(tx, f"{OPEN} LIMIT 1"):
        rows(tx, "UPDATE chunk SET tries = tries + 1 WHERE id = :id RETURNING id", id=chunk_id)
        held = sum(one.amount_jeon for one in list_open_holds(tx, [chunk_id]))
        charge = Jeon(rng.randint(0, held // UNIT_JEON) * UNIT_JEON)
        charged = Charge(ChunkId(chunk_id), Jeon(min(charge, held)), has_left=charge > 0)
        settle_money(tx, [charged], at)


def _now_in(tx: Tx) -> datetime:
    return EARLIER + timedelta(hours=rows(tx, LINES)[0][1] or 0)


def _now(sitting: Sitting) -> datetime:
    return sitting.write(_now_in)


def _lines(sitting: Sitting) -> int:
    return int(sitting.write(rows, LINES)[0][0])


def _broken(sitting: Sitting) -> list[str]:
    return [f"{name}: {line}" for name in CHECKED for line in sitting.write(CHECKS[name])]
