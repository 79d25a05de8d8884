"""Messages whose money is posted, beside one transaction a transfer; PostgreSQL with fsync on.

A program is one hot account: there the usual way falls to a fraction, and ours may not.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import make_url

from campaigns.invariants import CHECKS
from domain.money import cost_jeon
from domain.people import ChunkId, ProgramId, ShopId
from storage.books import Books, open_books
from storage.desk import Tx
from storage.vault import KEY_BYTES, Vault
from subsidy.holding import Charge, settle_money
from tests.bench.turns import process
from tests.factories import EARLIER, make_grant, make_shop, make_street
from tests.sitting import Sitting
from tests.subsidy.booked import UNIT_JEON, hold_run

ROUNDS = 5
SECONDS = 2.0
PROCESSES = 2
CONNECTIONS = 16
"""Of the usual way, over both processes."""

SHOPS = 100
LANES = 4
"""Chunks that are settled side by side, as `campaigns/worker.py` does."""

CHUNKS_A_RUN = 10
TOGETHER = {1_000: 1, 100: 5}
"""Chunks of so many people that are settled in one step: small ones come together, as the
reports of one moment do (`campaigns/settle.py`).
"""

LIMIT_TIMES = 20
LIMIT_HOT = 0.8
LATER = EARLIER + timedelta(days=1)
CHECKED = ("I1", "I2", "I3", "I10")
PLAIN = (
    """CREATE TABLE plain_account (id bigint PRIMARY KEY, debits bigint NOT NULL,
    credits bigint NOT NULL)""",
    """CREATE TABLE plain_transfer (id bigserial PRIMARY KEY, debit_id bigint NOT NULL,
    credit_id bigint NOT NULL, amount bigint NOT NULL, at timestamptz NOT NULL DEFAULT now())""",
    f"INSERT INTO plain_account SELECT id, 0, 0 FROM generate_series(1, {SHOPS * 10}) AS id",
)
USUAL = (
    "INSERT INTO plain_transfer (debit_id, credit_id, amount) VALUES (%s, %s, 1650)",
    "UPDATE plain_account SET debits = debits + 1650 WHERE id = %s",
    "UPDATE plain_account SET credits = credits + 1650 WHERE id = %s",
)

Databases = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing that is measured; `people` a chunk, 0 for the usual way."""

    people: int
    is_hot: bool

    @property
    def name(self) -> str:
        of = f"chunks_of_{self.people}" if self.people else "usual"
        return f"{of}_{'hot' if self.is_hot else 'many'}"


WAYS = [Way(people=people, is_hot=is_hot) for people in (0, 1_000, 100) for is_hot in (False, True)]


def measure(databases: Databases) -> Iterator[dict[str, Any]]:
    """One line a size of chunk; all ways take turns in each round."""
    url = databases("ledger")["postgresql"]
    place = _open(url)
    with ExitStack() as stack:
        children = [
            stack.enter_context(process("tests.bench.ledger", url, json.dumps(place), str(number)))
            for number in range(PROCESSES)
        ]
        rates: dict[str, list[float]] = {way.name: [] for way in WAYS}
        for _ in range(ROUNDS):
            for way in WAYS:
                rates[way.name].append(_ask(children, way))
    with closing(Sitting(url)) as sitting:
        broken = [line for name in CHECKED for line in sitting.write(CHECKS[name])]
    for people in (1_000, 100):
        yield {**_line(rates, people), "broken_invariants": broken}


def _line(rates: Mapping[str, Sequence[float]], people: int) -> dict[str, Any]:
    def middle(name: str) -> float:
        return median(rates[name])

    ours = {kind: middle(f"chunks_of_{people}_{kind}") for kind in ("many", "hot")}
    usual = {kind: middle(f"usual_{kind}") for kind in ("many", "hot")}
    return {
        "bench": "ledger",
        "database": "postgresql",
        "people_a_chunk": people,
        "messages_per_second": _rounded(ours),
        "usual_transfers_per_second": _rounded(usual),
        "min_max": {
            name: [round(min(found)), round(max(found))]
            for name, found in rates.items()
            if name.startswith(("usual", f"chunks_of_{people}_"))
        },
        "times_the_usual": {kind: round(ours[kind] / usual[kind], 1) for kind in ours},
        "times_the_usual_on_many": round(ours["hot"] / usual["many"], 1),
        "limit_times": LIMIT_TIMES,
        "hot_of_many": round(ours["hot"] / ours["many"], 2),
        "usual_hot_of_many": round(usual["hot"] / usual["many"], 2),
        "limit_hot_of_many": LIMIT_HOT,
    }


def _rounded(found: Mapping[str, float]) -> dict[str, int]:
    return {kind: round(rate) for kind, rate in found.items()}


def _ask(children: Sequence["subprocess.Popen[str]"], way: Way) -> float:
    """Both processes at once; what they did in a second together."""
    for child in children:
        assert child.stdin is not None
        child.stdin.write(json.dumps([way.people, way.is_hot]) + "\n")
        child.stdin.flush()
    done = 0.0
    for child in children:
        assert child.stdout is not None
        made, seconds = json.loads(child.stdout.readline())
        done += made / seconds
    return done


def _open(url: str) -> list[int]:
    """The program and its shops, each with a grant that never runs out here."""
    with psycopg.connect(_conninfo(url), autocommit=True) as connection:
        for statement in PLAIN:
            connection.execute(statement.encode())
    with closing(Sitting(url)) as sitting:
        return sitting.write(_open_shops)


def _open_shops(tx: Tx) -> list[int]:
    street = make_street(tx, people=0, budget_won=10**12, grant_won=0)
    shops = [
        make_shop(tx, street.market_id, street.channel_id, slug=f"shop-{number}")
        for number in range(SHOPS)
    ]
    for shop_id in shops:
        make_grant(tx, street.program_id, shop_id, amount_won=10**9, form_key=f"grant-{shop_id}")
    return [street.program_id, *shops]


def _conninfo(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def ours(url: str, program_id: ProgramId, shops: Sequence[ShopId], people: int) -> int:
    """Runs are held and their chunks posted until the time is over; how many people's."""
    until = time.perf_counter() + SECONDS
    async with open_books(url, Vault(bytes(KEY_BYTES))) as books:
        posted = 0
        while time.perf_counter() < until:
            sizes = [people] * CHUNKS_A_RUN
            shop_id = random.choice(shops)
            chunks = await books.write_batch(hold_run, program_id, shop_id, sizes, LATER)
            together = TOGETHER[people]
            sets = iter([chunks[n : n + together] for n in range(0, len(chunks), together)])
            await asyncio.gather(*[_post(books, sets, people) for _ in range(LANES)])
            posted += people * len(chunks)
    return posted


async def _post(books: Books, sets: Iterator[Sequence[ChunkId]], people: int) -> None:
    cost = cost_jeon(UNIT_JEON, people)
    for chunks in sets:
        charges = [Charge(one, cost, has_left=True) for one in chunks]
        await books.write_batch(settle_money, charges, LATER)


def usual(url: str, *, is_hot: bool) -> int:
    """A transaction a transfer; how many."""
    until = time.perf_counter() + SECONDS
    hands = CONNECTIONS // PROCESSES
    with ThreadPoolExecutor(hands) as pool:
        return sum(pool.map(lambda _: _transfer_away(url, until, is_hot=is_hot), range(hands)))


def _transfer_away(url: str, until: float, *, is_hot: bool) -> int:
    with psycopg.connect(_conninfo(url)) as connection:
        connection.prepare_threshold = 2
        for made in count():
            if time.perf_counter() >= until:
                return made
            debit, credit = sorted(random.sample(range(2, SHOPS * 10 + 1), 2))
            if is_hot:
                debit = 1
            insert, take, give = USUAL
            with connection.pipeline(), connection.transaction():
                connection.execute(insert, (debit, credit))
                connection.execute(take, (debit,))
                connection.execute(give, (credit,))
    raise AssertionError("counting never ends")


def main() -> None:
    url, place, number = sys.argv[1:]
    program_id, *shops = json.loads(place)
    mine = shops[int(number) :: PROCESSES]
    for line in sys.stdin:
        people, is_hot = json.loads(line)
        started = time.perf_counter()
        if people:
            chosen = shops[:1] if is_hot else mine
            made = asyncio.run(ours(url, ProgramId(program_id), chosen, people))
        else:
            made = usual(url, is_hot=is_hot)
        sys.stdout.write(json.dumps([made, time.perf_counter() - started]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
