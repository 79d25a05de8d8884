"""The worker: everything that is due, by any number of hands, once."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta

import pytest

from campaigns.dispatch import Dispatcher
from campaigns.results import list_campaigns
from campaigns.worker import Worker, running
from domain.campaigns import CampaignState, SenderName
from storage.books import Books, open_books
from storage.queries.chunks import find_next_act
from storage.queries.codes import count_try
from storage.queries.journal import find_last_beat
from storage.vault import Vault
from subsidy.grants import list_grants
from tests.campaigns.fakes import FakeSender, Step
from tests.campaigns.stage import PUBLIC_URL, SENDERS, broken_promises
from tests.conftest import Clock
from tests.factories import (
    change,
    let_advertise_often,
    make_campaign,
    make_draft,
    make_street,
    rows,
)

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SOLAPI = SenderName.SOLAPI
SOON = timedelta(minutes=1)


def make_worker(books: Books, sender: FakeSender, clock: Clock) -> Worker:
    dispatcher = Dispatcher(books, {sender.name: sender}, clock.now, PUBLIC_URL)
    return Worker(books, dispatcher, clock.now)


async def work(worker: Worker, books: Books, clock: Clock) -> None:
    """Until nothing is due within an hour."""
    end = clock.now() + timedelta(hours=1)
    while True:
        while await worker.step():
            pass
        due_at = await books.read(find_next_act)
        if due_at is None or due_at > end:
            return
        clock.at = max(clock.at, due_at)


@pytest.mark.parametrize("sender", SENDERS)
async def test_a_booked_campaign_is_planned_sent_and_settled(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    street = await books.write(make_street)
    draft = make_draft(sender)
    await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    fake = FakeSender(sender)

    await work(make_worker(books, fake, clock), books, clock)

    (line,) = await books.read(list_campaigns, street.shop_id)
    assert fake.arrived == dict.fromkeys(street.customers, 1)
    assert (line.state, line.delivered) == (CampaignState.FINISHED, 3)
    assert await broken_promises(books) == {}


async def test_several_workers_send_many_campaigns_once(
    books: Books, clock: Clock, database_url: str, vault: Vault
) -> None:
    """I5: on PostgreSQL with connections of their own, as two processes have."""
    street = await books.write(make_street, people=130)
    await books.write(let_advertise_often, street.shop_id)
    for number in range(3):
        await books.write(make_campaign, street.shop_id, at=clock.now(), form_key=f"form-{number}")
    fake = FakeSender(SenderName.KAKAO_EVENT)
    async with open_books(database_url, vault) as second:
        desks = [books, second if database_url.startswith("postgresql") else books]
        workers = [make_worker(desk, fake, clock) for desk in desks]
        for _ in range(12):
            await asyncio.gather(*[worker.step() for worker in workers])
            clock.advance(SOON)

    lines = await books.read(list_campaigns, street.shop_id)
    assert fake.arrived == Counter(dict.fromkeys(street.customers, 3))
    assert Counter(line.state for line in lines) == {CampaignState.FINISHED: 3}
    assert sum(line.spent_jeon for line in lines) == 3 * 214_500
    assert await broken_promises(books) == {}


@on_sqlite
async def test_a_campaign_that_lacks_money_is_set_aside_and_the_next_one_leaves(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street, grant_won=50)
    await books.write(let_advertise_often, street.shop_id)
    for number in range(2):
        await books.write(make_campaign, street.shop_id, at=clock.now(), form_key=f"form-{number}")
        # Nobody counted on the first one's money: as if its people had come since.
        await books.write(change, "UPDATE campaign SET promised_jeon = 0")

    worker = make_worker(books, FakeSender(SenderName.KAKAO_EVENT), clock)

    await work(worker, books, clock)

    states = [line.state for line in await books.read(list_campaigns, street.shop_id)]
    assert states == [CampaignState.STUCK, CampaignState.FINISHED]


@on_sqlite
async def test_a_bug_in_one_step_is_logged_and_stops_nothing_else(
    books: Books, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    street = await books.write(make_street)
    await books.write(let_advertise_often, street.shop_id)
    for number in range(2):
        await books.write(make_campaign, street.shop_id, at=clock.now(), form_key=f"form-{number}")
    fake = FakeSender(SenderName.SOLAPI)
    fake.name = SenderName.KAKAO_EVENT
    fake.script("open", Step(error=ZeroDivisionError("a bug"), happens=False))

    with caplog.at_level(logging.ERROR):
        worker = make_worker(books, fake, clock)
        await worker.step()
        await worker.step()

    assert fake.arrived == dict.fromkeys(street.customers, 1)
    assert [one.message for one in caplog.records] == ["a step of the worker failed"]


@on_sqlite
async def test_what_was_left_by_a_bug_leaves_after_its_lease(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    draft = make_draft(SenderName.SOLAPI)
    await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    fake = FakeSender(SenderName.SOLAPI)
    fake.script("fill", Step(error=ZeroDivisionError("a bug")))

    await work(make_worker(books, fake, clock), books, clock)

    assert fake.arrived == dict.fromkeys(street.customers, 1)


@on_sqlite
async def test_grants_lapse_by_themselves(books: Books, clock: Clock) -> None:
    """F2."""
    street = await books.write(make_street, grant_won=100)
    clock.advance(timedelta(days=40))

    await make_worker(books, FakeSender(SenderName.SOLAPI), clock).step()

    (grant,) = await books.read(list_grants, street.shop_id, clock.now())
    assert (grant.lapsed_jeon, grant.left_jeon) == (10_000, 0)
    assert await broken_promises(books) == {}


@on_sqlite
async def test_a_running_worker_beats_does_what_is_due_and_stops(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    await books.write(make_campaign, street.shop_id, at=clock.now())
    fake = FakeSender(SenderName.KAKAO_EVENT)

    async with running(make_worker(books, fake, clock)):
        for _ in range(200):
            if fake.arrived:
                break
            await asyncio.sleep(0.01)

    assert fake.arrived == dict.fromkeys(street.customers, 1)
    assert await books.read(find_last_beat) == clock.now()


async def test_a_failing_heartbeat_stops_nothing(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    await books.write(make_campaign, street.shop_id, at=clock.now(), draft=make_draft(SOLAPI))
    await books.write(change, "DROP TABLE heartbeat")
    fake, called = FakeSender(SOLAPI), asyncio.Event()

    async def ring() -> None:
        called.set()

    fake.script("send", Step(before=ring))
    async with running(make_worker(books, fake, clock)), asyncio.timeout(20):
        await called.wait()

    assert fake.arrived == dict.fromkeys(street.customers, 1)


@on_sqlite
async def test_the_worker_sweeps_once_a_minute(books: Books, clock: Clock) -> None:
    """What is kept for a time goes by itself, whether or not a campaign is due."""
    await books.write(make_street)
    worker = make_worker(books, FakeSender(SOLAPI), clock)
    sql = "SELECT count(*) FROM tries"
    long_ago = clock.now() - timedelta(days=2)

    for step, left in ((timedelta(), 0), (SOON / 2, 1), (SOON / 2, 0)):
        await books.write(count_try, "code:1", long_ago, long_ago)
        clock.advance(step)
        await worker.step()
        assert await books.read(rows, sql) == [(left,)]


@on_sqlite
async def test_a_broken_step_of_the_sweep_stops_no_other(
    books: Books, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is a transaction of its own: what the others did stays done."""
    await books.write(make_street)
    await books.write(change, "ALTER TABLE customer RENAME COLUMN birthday_hash TO gone")
    worker = make_worker(books, FakeSender(SOLAPI), clock)
    long_ago = clock.now() - timedelta(days=2)
    await books.write(count_try, "code:1", long_ago, long_ago)

    await worker.step()

    assert [one.message for one in caplog.records] == ["a step of the worker failed"]
    assert await books.read(rows, "SELECT count(*) FROM tries") == [(0,)]
