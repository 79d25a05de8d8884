"""What the tests of the daily sweep begin with."""

import re
from datetime import date, datetime, time, timedelta

from domain.people import CouponId
from domain.time import kst_instant
from storage.books import Books
from storage.desk import Tx
from storage.statements import Statement
from tests.conftest import START
from tests.factories import sweep
from tests.loyalty.street import Shop, open_shop

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SHORT_OF = timedelta(microseconds=1)
LAST_DAY = date(2026, 12, 9)
"""Of a coupon earned at START: 25 November and 14 days, the midnight after 8 December."""

TELLS_FROM = kst_instant(date(2026, 12, 6), time(9))


async def earn(shop: Shop) -> CouponId:
    """A coupon that a card gave for a visit at START."""
    stamped = await shop.stamp(START)
    return stamped.earned[0].coupon_id


async def open_quick_shop(books: Books) -> Shop:
    """One stamp fills the card."""
    return await open_shop(books, needed=1)


async def sweep_all(books: Books, at: datetime) -> None:
    while await books.write(sweep, at):
        pass


def plan(tx: Tx, statement: Statement) -> list[str]:
    """How SQLite would go about it."""
    prepared = statement.on("sqlite")
    sql = f"EXPLAIN QUERY PLAN {prepared.sql}"
    names = set(re.findall(r":(\w+)", sql)) - set(prepared.constants)
    values = {**prepared.constants, **dict.fromkeys(names, "[]")}
    return [str(row[3]) for row in tx._link.fetch(sql, values)]
