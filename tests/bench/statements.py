"""Seconds to a program's statement, and whether its files stay small in memory."""

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import make_url

from console.manager.statement_files import write_csv, write_xlsx
from console.manager.statements import look_over, pages_of, with_sum
from domain.people import ProgramId
from domain.statements import Line
from storage.books import Books, open_books
from storage.vault import KEY_BYTES, Vault
from subsidy.closing_months import close_month
from subsidy.statements import Sheet, open_sheet
from tests.bench import month

ROUNDS = 5
LIMIT_SECONDS = 2
FEW_SHOPS = 500
NOVEMBER = date(2026, 11, 1)
AT = datetime(2026, 12, 2, tzinfo=UTC)

Databases = Callable[[str], Mapping[str, str]]


def measure(databases: Databases) -> Iterator[dict[str, Any]]:
    """A line for the statement on each database, one for the memory of its files."""
    for name, url in databases("statement").items():
        yield asyncio.run(_time(name, url))
    peaks = {}
    for shops in (FEW_SHOPS, month.SHOPS):
        url = databases(f"export_{shops}")["sqlite"]
        peaks[shops] = asyncio.run(_peaks(url, shops))
    yield {
        "bench": "statement_files_memory",
        "megabytes_at_shops": peaks,
        "limit": "flat: a page of lines, whatever the number of shops",
    }


async def _time(name: str, url: str) -> dict[str, Any]:
    async with _program(url, month.SHOPS) as (books, sheet):
        live = [await _seconds(_whole(books, sheet)) for _ in range(ROUNDS)]
        started = time.perf_counter()
        await books.write_batch(close_month, sheet.program_id, NOVEMBER, actor="bench", at=AT)
        closing = time.perf_counter() - started
        frozen_sheet = await books.read(open_sheet, sheet.program_id, NOVEMBER, AT)
        frozen = [await _seconds(_whole(books, frozen_sheet)) for _ in range(ROUNDS)]
        whole = await _whole(books, frozen_sheet)
        assert whole.delivered == month.SHOPS * month.RUNS * month.DELIVERED
        assert whole.free.spent_jeon == month.SHOPS * month.RUNS * month.PAID
        return {
            "bench": "statement",
            "database": name,
            "shops": month.SHOPS,
            "messages": await books.read(month.count),
            "seconds": round(median(live), 2),
            "min_max": [round(min(live), 2), round(max(live), 2)],
            "limit": LIMIT_SECONDS,
            "closed_month_seconds": round(median(frozen), 2),
            "closing_seconds": round(closing, 2),
        }


async def _whole(books: Books, sheet: Sheet) -> Line:
    """What the page of a month counts: every line and their sum."""
    return (await look_over(books, sheet, 0)).whole


async def _seconds(work: Any) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def _peaks(url: str, shops: int) -> dict[str, float]:
    async with _program(url, shops) as (books, sheet):
        await _csv(books, sheet)
        return {
            "csv": await _peak(_csv(books, sheet)),
            "xlsx": await _peak(_xlsx(books, sheet)),
        }


async def _csv(books: Books, sheet: Sheet) -> None:
    async for _ in write_csv(with_sum(pages_of(books, sheet)), sheet.closed):
        pass


async def _xlsx(books: Books, sheet: Sheet) -> None:
    pages = with_sum(pages_of(books, sheet))
    (await write_xlsx(pages, sheet.closed, "2026-11")).close()


async def _peak(work: Any) -> float:
    """The most that Python held above what it held before, in megabytes."""
    tracemalloc.start()
    try:
        await work
        return round(tracemalloc.get_traced_memory()[1] / 2**20, 1)
    finally:
        tracemalloc.stop()


@asynccontextmanager
async def _program(url: str, shops: int) -> AsyncIterator[tuple[Books, Sheet]]:
    async with open_books(url, Vault(bytes(KEY_BYTES))) as books:
        program_id = ProgramId(await books.write(month.build, shops=shops))
        if url.startswith("postgresql"):
            _gather_statistics(url)
        yield books, await books.read(open_sheet, program_id, NOVEMBER, AT)


def _gather_statistics(url: str) -> None:
    """What a server does by itself within a minute of such a load."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
