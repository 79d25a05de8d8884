"""Stamps a second, durable: a customer's code, the visit, the card, the audit line, the commit."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from statistics import median
from typing import Any

from dangol import serving
from dangol.stage import DemoClock
from dangol.street import OpenShop, open_street
from domain.people import CustomerId
from domain.rules import ShopRules
from loyalty.cards import set_rules
from loyalty.codes import ShownCode, issue_customer_code
from loyalty.invariants import earned_and_used_once
from loyalty.sales import Sale
from loyalty.visits import stamp_by_code
from storage.books import Books, open_books
from storage.desk import Tx
from storage.vault import KEY_BYTES, Vault
from tests.bench.crowd import gather
from tests.bench.turns import process
from tests.factories import rows

PEOPLE = 1_500
"""Codes of one round: five rounds leave room among a channel's 10,000."""

ROUNDS = 5
AT_ONCE = 32
LIMIT_PER_SECOND = 2_000
VISITS_A_DAY = 20

Databases = Callable[[str], Mapping[str, str]]


def measure(databases: Databases) -> Iterator[dict[str, Any]]:
    """One line a database, each in a process of its own; the limit is SQLite's."""
    for name, url in databases("stamps").items():
        with process("tests.bench.stamps", url) as child:
            assert child.stdout is not None
            found = json.loads(child.stdout.readline())
        rates = [PEOPLE / seconds for seconds in found["rounds"]]
        yield {
            "bench": "stamps",
            "database": name,
            "stamps_per_second": round(median(rates)),
            "min_max": [round(min(rates)), round(max(rates))],
            "limit": LIMIT_PER_SECOND if name == "sqlite" else None,
            "at_once": AT_ONCE,
            "broken_promises": found["broken"],
        }


async def stamp_away(url: str) -> None:
    async with open_books(url, Vault(bytes(KEY_BYTES))) as books:
        clock = DemoClock()
        shop = await _open(books, clock)
        people = await books.read(_list_people, shop)
        seconds = [await _round(books, clock, shop, people, number) for number in range(ROUNDS)]
        broken = await books.read(earned_and_used_once)
    sys.stdout.write(json.dumps({"rounds": seconds, "broken": broken}) + "\n")
    sys.stdout.flush()


async def _open(books: Books, clock: DemoClock) -> OpenShop:
    street = await books.write(open_street, clock.start)
    shop = street.shops[0]
    await books.write(gather, shop.channel_id, shop.shop_id, PEOPLE, clock.start)
    rules = replace(ShopRules(), visits_per_day_max=VISITS_A_DAY)
    await books.write(set_rules, shop.shop_id, rules, actor="bench", at=clock.start)
    return shop


def _list_people(tx: Tx, shop: OpenShop) -> list[CustomerId]:
    sql = "SELECT customer_id FROM membership WHERE shop_id = :shop ORDER BY 1"
    return [CustomerId(row[0]) for row in rows(tx, sql, shop=shop.shop_id)]


async def _round(
    books: Books, clock: DemoClock, shop: OpenShop, people: list[CustomerId], number: int
) -> float:
    """Seconds for one stamp of each; their codes are made before."""
    at = clock.now()
    codes = [
        await code
        for code in [
            books.write(issue_customer_code, shop.channel_id, customer_id, at)
            for customer_id in people
        ]
    ]
    waiting = iter(list(enumerate(codes)))
    started = time.perf_counter()
    async with asyncio.TaskGroup() as lanes:
        for _ in range(AT_ONCE):
            lanes.create_task(_lane(books, clock, shop, waiting, number))
    return time.perf_counter() - started


async def _lane(
    books: Books,
    clock: DemoClock,
    shop: OpenShop,
    waiting: Iterator[tuple[int, ShownCode]],
    number: int,
) -> None:
    for index, code in waiting:
        sale = Sale(key=f"bench:{number}:{index}", actor=f"owner:{shop.owner_id}")
        await books.write(stamp_by_code, shop.shop_id, code.digits, sale, clock.now())


if __name__ == "__main__":
    serving.run(lambda: stamp_away(sys.argv[1]))
