"""What meets planning: a sanction (K8), words that nobody may get, a bug, a database that is away."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from campaigns.booking import book_campaign
from campaigns.dispatch import Dispatcher
from campaigns.plan import FAILURES_MAX, CannotStart, plan_next, put_back
from campaigns.worker import Worker
from domain.campaigns import CampaignState, PauseReason, SenderName
from domain.people import CampaignId, ShopId
from domain.refusals import Unknown, Unlawful
from storage.books import Books
from storage.desk import Tx
from storage.queries.campaigns import CampaignRow, find_campaign
from storage.queries.sanctions import save_barred
from tests.campaigns.fakes import FakeSender, Step
from tests.campaigns.stage import PUBLIC_URL, Stage, broken_promises, set_stage
from tests.conftest import START, Clock
from tests.factories import (
    Street,
    change,
    let_advertise_often,
    make_campaign,
    make_draft,
    make_street,
    rows,
)

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
HOUR, SOON = timedelta(hours=1), timedelta(minutes=1)
PIECE = 7
AWAY = """
CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '%s'; END $$
"""
AWAY_FROM = "CREATE TRIGGER away BEFORE INSERT ON message EXECUTE FUNCTION away()"
AUDIT = "SELECT actor, details FROM audit_line WHERE act = 'pause_campaign'"


async def book(
    books: Books, street: Street, clock: Clock, *, within: timedelta = 48 * HOUR
) -> CampaignId:
    draft = replace(make_draft(), not_later_than=clock.now() + within)
    given = {"form_key": "form-1", "staff_id": None, "at": clock.now()}
    return await books.write(partial(book_campaign, **given), street.shop_id, draft)  # type: ignore[arg-type]  # by name


async def row_of(books: Books, shop_id: ShopId, campaign_id: CampaignId) -> CampaignRow:
    found = await books.read(find_campaign, shop_id, campaign_id)
    assert found is not None
    return found


async def bar(books: Books, street: Street, until: datetime) -> None:
    await books.write(save_barred, street.channel_id, until)


async def test_what_is_due_under_a_sanction_begins_after_it(books: Books, clock: Clock) -> None:
    """K8."""
    street = await books.write(make_street)
    campaign_id = await book(books, street, clock)
    await bar(books, street, START + HOUR)

    while await books.write(plan_next, clock.now()):
        pass

    found = await row_of(books, street.shop_id, campaign_id)
    assert (found.state, found.due_at) == (CampaignState.BOOKED, START + HOUR)
    clock.at = START + HOUR
    assert await books.write(plan_next, clock.now())
    sender = FakeSender(SenderName.KAKAO_EVENT)
    stage = Stage(books=books, clock=clock, sender=sender, street=street, campaign_id=campaign_id)
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()


@ON_SQLITE
async def test_what_a_sanction_outlasts_is_missed_and_asks(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    campaign_id = await book(books, street, clock, within=HOUR)
    await bar(books, street, START + 2 * HOUR)

    assert await books.write(plan_next, clock.now())

    assert (await row_of(books, street.shop_id, campaign_id)).state is CampaignState.MISSED


@pytest.mark.parametrize("in_doubt", [False, True])
async def test_what_has_not_left_waits_for_the_end_of_a_sanction(
    books: Books, clock: Clock, *, in_doubt: bool
) -> None:
    """K8: nor does a chunk leave that is let go a second time."""
    stage = await set_stage(books, clock, SenderName.SOLAPI)
    if in_doubt:
        stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False))
        await stage.dispatcher().send_next()
    await bar(books, stage.street, clock.now() + HOUR)

    await stage.drain(hours=0.9)
    assert stage.sender.arrived == {}

    await stage.drain()
    assert stage.sender.arrived == stage.everybody()


@ON_SQLITE
async def test_what_has_not_left_and_would_be_too_late_is_canceled(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)
    await bar(books, stage.street, clock.now() + 24 * HOUR)

    await stage.drain()

    result = await stage.result()
    assert (result.canceled, result.held_jeon) == (3, 0)
    assert await stage.books.read(rows, "SELECT DISTINCT code FROM message") == [("TOO_LATE",)]


@ON_SQLITE
async def test_words_that_nobody_may_get_ask_the_owner(books: Books, clock: Clock) -> None:
    """L16: a list that grows after the booking; it did not end with nobody."""
    street = await books.write(make_street)
    await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(change, "UPDATE campaign SET body = '전자담배 새로 나왔어요'")

    with pytest.raises(CannotStart) as problem:
        await books.write(plan_next, clock.now())

    assert isinstance(problem.value.reason, Unlawful)
    assert await books.read(rows, "SELECT * FROM run") == []


async def begin(books: Books, clock: Clock) -> CampaignRow:
    """A run of which the first people are there."""
    street = await books.write(make_street, people=30)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    assert await books.write_batch(plan_next, clock.now(), piece=PIECE)
    return await row_of(books, street.shop_id, campaign_id)


def make_worker(books: Books, clock: Clock) -> Worker:
    fake = FakeSender(SenderName.KAKAO_EVENT)
    return Worker(books, Dispatcher(books, {fake.name: fake}, clock.now, PUBLIC_URL), clock.now)


async def test_what_fails_again_and_again_while_it_is_gathered_is_paused(
    books: Books, clock: Clock
) -> None:
    begun = await begin(books, clock)
    await books.write(change, "UPDATE campaign SET segment = '['")
    worker = make_worker(books, clock)

    for _ in range(FAILURES_MAX - 1):
        await worker.plan_due()
    assert (await row_of(books, begun.shop_id, begun.campaign_id)).state is CampaignState.RUNNING

    await worker.plan_due()
    found = await row_of(books, begun.shop_id, begun.campaign_id)
    assert (found.state, found.paused_for) == (CampaignState.PAUSED, PauseReason.ERRORS)
    assert await books.read(rows, AUDIT) == [("program", "for=errors")]


@ON_SQLITE
async def test_a_failure_now_and_then_pauses_nothing(books: Books, clock: Clock) -> None:
    await begin(books, clock)
    worker = make_worker(books, clock)

    for _ in range(FAILURES_MAX):
        await books.write(change, "UPDATE campaign SET segment = '[', state = 'running'")
        await worker.plan_due()
        await books.write(change, "UPDATE campaign SET segment = '', state = 'paused'")
        await worker.plan_due()

    assert await books.read(rows, AUDIT) == []


@pytest.mark.parametrize("code", ["40001", "57P01"], ids=["busy", "restarted"])
@ON_POSTGRESQL
async def test_trouble_of_the_database_pauses_nothing(
    books: Books, clock: Clock, code: str
) -> None:
    begun = await begin(books, clock)
    await books.write(change, AWAY % code)
    await books.write(change, AWAY_FROM)
    worker = make_worker(books, clock)

    for _ in range(FAILURES_MAX):
        await worker.plan_due()
    assert (await row_of(books, begun.shop_id, begun.campaign_id)).state is CampaignState.RUNNING

    await books.write(change, "DROP TRIGGER away ON message")
    await worker.plan_due()
    assert await books.read(rows, "SELECT count(*) FROM message") == [(30,)]
    assert await broken_promises(books) == {}


@ON_SQLITE
async def test_only_the_one_that_failed_is_put_back(books: Books, clock: Clock) -> None:
    """Not the one whose turn it would be now."""
    begun = await begin(books, clock)
    await books.write(let_advertise_often, begun.shop_id)
    second = await books.write(make_campaign, begun.shop_id, at=clock.now(), form_key="form-2")
    assert await books.write_batch(plan_next, clock.now(), piece=PIECE)
    later = await row_of(books, begun.shop_id, second)

    def fail(tx: Tx) -> None:
        put_back(tx, later, clock.now(), times=FAILURES_MAX)

    await books.write(fail)

    assert (await row_of(books, begun.shop_id, begun.campaign_id)).state is CampaignState.RUNNING
    assert (await row_of(books, begun.shop_id, second)).state is CampaignState.PAUSED


@ON_SQLITE
async def test_what_cannot_begin_waits_and_lets_the_others_go_first(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    await books.write(let_advertise_often, street.shop_id)
    first = await books.write(make_campaign, street.shop_id, at=clock.now())
    second = await books.write(make_campaign, street.shop_id, at=clock.now(), form_key="form-2")
    await books.write(change, "UPDATE campaign SET segment = '[' WHERE id = :id", id=first)

    await make_worker(books, clock).plan_due()

    broken = await row_of(books, street.shop_id, first)
    assert (broken.state, broken.due_at) == (CampaignState.BOOKED, START + SOON)
    assert (await row_of(books, street.shop_id, second)).state is CampaignState.RUNNING
