"""전부 멈춤 and what repeats itself: it rests, nothing of it leaves, and it can be resumed."""

import asyncio
import threading
from datetime import time, timedelta

import pytest

from campaigns.series import book_due_series, pause_series, resume_series, start_series
from campaigns.stopping import Stopped, stop_all
from domain.campaigns import CampaignState
from domain.people import SeriesId, ShopId
from domain.schedule import Every, Repeat, SeriesState
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.series import list_series
from storage.vault import Vault
from tests.conftest import START
from tests.factories import OWNER, change, make_draft, make_street, rows

AT_THREE = Repeat(every=Every.DAY, clock_time=time(15))
NEARLY_THREE = START + timedelta(hours=4, minutes=55)
STATES = "SELECT state FROM campaign ORDER BY id"
BEGIN = "UPDATE campaign SET state = 'running'"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
PATIENCE_SECONDS = 10


async def start(books: Books, shop_id: ShopId) -> SeriesId:
    return await books.write(
        start_series,
        shop_id,
        make_draft(),
        AT_THREE,
        form_key="series-1",
        staff_id=None,
        at=START,
    )


async def is_on(books: Books, shop_id: ShopId) -> bool:
    (one,) = await books.read(list_series, shop_id)
    return one.state is SeriesState.ON


async def test_what_repeats_itself_rests_and_is_counted(books: Books) -> None:
    street = await books.write(make_street)
    series_id = await start(books, street.shop_id)

    stopped = await books.write(stop_all, street.shop_id, actor=OWNER, at=START)
    again = await books.write(stop_all, street.shop_id, actor=OWNER, at=START)
    assert (stopped, again) == (
        Stopped(campaigns=0, people=0, series=1),
        Stopped(campaigns=0, people=0, series=0),
    )
    assert not await books.write(book_due_series, NEARLY_THREE)
    assert await books.read(rows, STATES) == []

    acts = await books.read(rows, "SELECT act FROM audit_line WHERE act IN ('stop_all')")
    assert acts == [("stop_all",)]
    await books.write(resume_series, street.shop_id, series_id, actor=OWNER, at=START)
    assert await books.write(book_due_series, NEARLY_THREE)


async def test_what_it_has_booked_is_counted_once(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)
    assert await books.write(book_due_series, NEARLY_THREE)

    stopped = await books.write(stop_all, street.shop_id, actor=OWNER, at=NEARLY_THREE)

    assert stopped == Stopped(campaigns=1, people=0, series=1)
    assert await books.read(rows, STATES) == [(CampaignState.CANCELED,)]


async def test_another_shops_goes_on(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)

    stopped = await books.write(stop_all, ShopId(street.shop_id + 1), actor=OWNER, at=START)

    assert stopped == Stopped(campaigns=0, people=0, series=0)
    assert await is_on(books, street.shop_id)


async def wait_until_blocked(books: Books) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await books.read(rows, WAITING) != [(0,)]:
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_what_begins_at_that_moment_does_not_keep_it_from_resting(
    books: Books, database_url: str, vault: Vault
) -> None:
    """Two connections: its time begins, the owner presses, the beginning is committed."""
    street = await books.write(make_street)
    series_id = await start(books, street.shop_id)
    assert await books.write(book_due_series, NEARLY_THREE)

    begun, may_end = threading.Event(), threading.Event()

    def begin(tx: Tx) -> None:
        change(tx, BEGIN)
        begun.set()
        assert may_end.wait(PATIENCE_SECONDS)

    async with open_books(database_url, vault) as beside:
        beginning = beside.write(begin)
        assert await asyncio.to_thread(begun.wait, PATIENCE_SECONDS)
        pausing = books.write(pause_series, street.shop_id, series_id, actor=OWNER, at=NEARLY_THREE)
        await wait_until_blocked(books)
        may_end.set()
        await asyncio.gather(beginning, pausing)

    assert not await is_on(books, street.shop_id)
    assert await books.read(rows, STATES) == [(CampaignState.RUNNING,)]
