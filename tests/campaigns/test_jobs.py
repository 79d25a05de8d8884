"""Jobs of PgQueuer: nudges beside rows, harmless when lost, doubled or late, and forgotten soon."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import NoReturn

import pytest

from campaigns.dispatch import Dispatcher
from campaigns.jobs import running
from campaigns.plan import plan_next
from campaigns.results import list_campaigns
from campaigns.stopping import pause_campaign
from campaigns.worker import Worker
from domain.campaigns import CampaignState, SenderName
from domain.people import ShopId
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.halts import Scope, insert_halt
from storage.queries.jobs import LOG_KEPT, JobKind, forget_old_jobs, nudge, nudge_due
from storage.queries.journal import find_last_beat
from storage.queue import open_queue
from storage.vault import Vault
from tests.campaigns.fakes import FakeSender
from tests.campaigns.stage import PUBLIC_URL, broken_promises
from tests.conftest import START
from tests.factories import change, make_campaign, make_street, rows

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LEASE = timedelta(seconds=3)
PATIENCE_SECONDS = 20
JOBS = "SELECT entrypoint, convert_from(payload, 'UTF8') FROM pgqueuer ORDER BY id"
WAITS = "SELECT round(extract(epoch FROM execute_after - created)) FROM pgqueuer"
SENDER = SenderName.KAKAO_EVENT


class Running:
    """A weekday from ten o'clock on: the database's clock goes as fast, and is another."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def now(self) -> datetime:
        return START + timedelta(seconds=time.monotonic() - self._started)


@asynccontextmanager
async def working(
    books: Books, url: str, sender: FakeSender, clock: Running
) -> AsyncIterator[Worker]:
    dispatcher = Dispatcher(books, {sender.name: sender}, clock.now, PUBLIC_URL, lease=LEASE)
    worker = Worker(books, dispatcher, clock.now)
    async with running(worker, url, lease=LEASE):
        yield worker


async def wait_until_finished(books: Books, shop_id: ShopId) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            (line,) = await books.read(list_campaigns, shop_id)
            if line.state is CampaignState.FINISHED:
                return
            await asyncio.sleep(0.05)


async def cut_when_there(books: Books, cut: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await books.write(rows, cut):
                return
            await asyncio.sleep(0.05)


async def test_a_booking_and_its_nudge_are_one(books: Books, database: str) -> None:
    """Both or neither; the same form nudges once. SQLite needs none."""
    street = await books.write(make_street)

    def book(tx: Tx) -> None:
        make_campaign(tx, street.shop_id, at=START)

    def book_and_fail(tx: Tx) -> NoReturn:
        book(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await books.write(book_and_fail)
    if database == "sqlite":
        await books.write(book)
        assert await books.read(rows, "SELECT name FROM sqlite_master WHERE name LIKE 'pgq%'") == []
        return
    assert await books.read(rows, JOBS) == []
    await books.write(book)
    await books.write(book)
    ((campaign_id,),) = await books.read(rows, "SELECT id FROM campaign")
    assert await books.read(rows, JOBS) == [("plan", str(campaign_id))]


@on_postgresql
async def test_a_nudge_waits_as_long_as_its_row_by_whatever_clock(books: Books) -> None:
    later = START + timedelta(hours=2)

    await books.write(nudge, JobKind.PLAN, [1], now=START, act_at=later)
    await books.write(nudge, JobKind.SEND, [2, 3], now=later, act_at=START)

    assert await books.read(rows, WAITS) == [(7_200,), (0,), (0,)]


@on_postgresql
async def test_what_is_said_before_somebody_listens_is_heard(database_url: str) -> None:
    """PgQueuer asks whether it hears itself while it is only beginning to listen."""
    heard: asyncio.Queue[str | bytes | bytearray] = asyncio.Queue()

    async with open_queue(database_url) as queue, queue.connection as line:
        await line.notify(queue.channel, "early")
        await line.add_listener(queue.channel, heard.put_nowait)
        async with asyncio.timeout(PATIENCE_SECONDS):
            said = await heard.get()

    assert said == "early"


@on_postgresql
async def test_jobs_plan_send_and_settle_and_leave_nothing_behind(
    books: Books, database_url: str
) -> None:
    street, clock, fake = await books.write(make_street), Running(), FakeSender(SENDER)

    async with working(books, database_url, fake, clock):
        await books.write(make_campaign, street.shop_id, at=clock.now())
        await wait_until_finished(books, street.shop_id)
        beat_at = await books.read(find_last_beat)

    assert fake.arrived == dict.fromkeys(street.customers, 1)
    assert beat_at is not None
    assert await broken_promises(books) == {}
    # What started is to be asked about after its lease, if its process died: still to come.
    left = Counter(kind for kind, _ in await books.read(rows, JOBS))
    assert left.total() <= left["ask"] <= 1


@on_postgresql
async def test_lost_and_doubled_jobs_are_harmless(
    books: Books, database_url: str, vault: Vault
) -> None:
    """Two processes' worth of connections; rows are the truth (I5)."""
    clock, fake = Running(), FakeSender(SENDER)
    street = await books.write(make_street, people=350)
    await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(change, "DELETE FROM pgqueuer")
    for kind in JobKind:
        await books.write(nudge, kind, [7] * 20, now=START, act_at=START)

    async with (
        open_books(database_url, vault) as second,
        working(books, database_url, fake, clock),
        working(second, database_url, fake, clock),
    ):
        await asyncio.sleep(0.3)
        await books.write(change, "DELETE FROM pgqueuer WHERE status = 'queued'")
        await wait_until_finished(books, street.shop_id)

    assert fake.arrived == dict.fromkeys(street.customers, 1)
    assert await broken_promises(books) == {}


@on_postgresql
async def test_what_is_due_and_forgotten_is_nudged_once(books: Books) -> None:
    street = await books.write(make_street)
    for number in range(3):
        await books.write(make_campaign, street.shop_id, at=START, form_key=f"form-{number}")
    await books.write(change, "DELETE FROM pgqueuer WHERE id > (SELECT min(id) FROM pgqueuer)")

    found = [await books.write(nudge_due, START) for _ in range(3)]

    assert found == [2, 0, 0]
    assert await books.write(nudge_due, START - timedelta(seconds=1)) == 0


@on_postgresql
async def test_what_is_paused_while_it_is_gathered_is_not_nudged(books: Books) -> None:
    """Its owner's word starts it again, not a look every few seconds."""
    street = await books.write(make_street, people=20)
    campaign_id = await books.write(make_campaign, street.shop_id, at=START)
    await books.write(partial(plan_next, piece=7), START)
    await books.write(change, "DELETE FROM pgqueuer")
    planning = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'plan'"
    press = {"actor": "owner:1", "at": START}

    await books.write(pause_campaign, street.shop_id, campaign_id, **press)  # type: ignore[arg-type]  # names of its own
    await books.write(nudge_due, START)
    paused = await books.read(rows, planning)
    await books.write(change, "UPDATE campaign SET state = 'running'")
    await books.write(nudge_due, START)

    assert (paused, await books.read(rows, planning)) == ([(0,)], [(1,)])


@on_postgresql
@pytest.mark.parametrize("has_begun", [True, False])
async def test_what_a_halt_keeps_is_not_nudged(books: Books, *, has_begun: bool) -> None:
    street = await books.write(make_street, people=20)
    await books.write(make_campaign, street.shop_id, at=START)
    if has_begun:
        await books.write(partial(plan_next, piece=7), START)
    await books.write(change, "DELETE FROM pgqueuer")
    scope = Scope(street.program_id, None, None)

    halt_id = await books.write(insert_halt, scope, reason="신고", actor="manager:1", at=START)
    assert await books.write(nudge_due, START) == 0

    await books.write(change, "UPDATE halt SET lifted_at = since")
    assert await books.write(nudge_due, START) == 1
    assert halt_id is not None


@on_postgresql
async def test_a_process_finds_its_way_back_when_its_connections_break(
    books: Books, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    street, clock, fake = await books.write(make_street), Running(), FakeSender(SENDER)
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'dangol-jobs'"
    )
    async with working(books, database_url, fake, clock):
        await cut_when_there(books, cut)
        await books.write(make_campaign, street.shop_id, at=clock.now())
        await wait_until_finished(books, street.shop_id)

    assert fake.arrived == dict.fromkeys(street.customers, 1)
    assert "the jobs' connection was lost" in caplog.text


@on_postgresql
async def test_what_the_queue_notes_of_jobs_is_forgotten_after_a_day(books: Books) -> None:
    note = (
        "INSERT INTO pgqueuer_log (created, job_id, status, priority, entrypoint)"
        f" SELECT now() - INTERVAL '{LOG_KEPT.total_seconds()} seconds' + how.old, 1,"
        " 'successful', 0, 'send' FROM (VALUES (INTERVAL '-1 minute'), (INTERVAL '1 minute'))"
        " AS how(old)"
    )
    await books.write(change, note)

    await books.write(forget_old_jobs, START)

    assert await books.read(rows, "SELECT count(*) FROM pgqueuer_log") == [(1,)]


@on_sqlite
async def test_on_sqlite_nobody_needs_nudging(books: Books) -> None:
    await books.write(nudge, JobKind.SEND, [1], now=START, act_at=START)

    assert await books.write(nudge_due, START) == 0
    assert await books.write(forget_old_jobs, START) is False
