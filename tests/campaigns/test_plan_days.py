"""For whom a campaign is planned, and on which day: its segment, and the shop's calendar."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from campaigns.booking import dry_run
from campaigns.leaving import gate_chunk
from campaigns.plan import plan_next
from domain.campaigns import CampaignState
from domain.segments import Condition, Segment, What
from domain.time import in_kst, kst_instant
from storage.books import Books
from storage.desk import Tx
from storage.queries.chunks import get_run_facts, lease_to_send
from storage.queries.messages import Addressee
from tests.campaigns.test_plan import due_of, state_of
from tests.conftest import START, Clock
from tests.factories import change, make_campaign, make_customer, make_draft, make_street, rows

SOLD_OUT = "UPDATE shop SET sold_out_on = '2026-11-25'"


async def test_on_a_day_without_anything_left_a_campaign_waits_for_the_next_open_one(
    books: Books, clock: Clock
) -> None:
    """Tomorrow is Thursday, the weekly day off."""
    street = await books.write(make_street)
    draft = replace(make_draft(), not_later_than=START + timedelta(days=3))
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    await books.write(change, SOLD_OUT + ", closed_weekdays = '3'")

    assert await books.write_batch(plan_next, clock.now())
    assert not await books.write_batch(plan_next, clock.now())

    assert await books.read(due_of, street.shop_id, campaign_id) == START + timedelta(days=2)
    assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.BOOKED


@pytest.mark.parametrize(
    ("keeps_day", "state"), [(False, CampaignState.MISSED), (True, CampaignState.RUNNING)]
)
async def test_what_cannot_wait_for_an_open_day_asks_unless_it_keeps_its_day(
    books: Books, clock: Clock, *, keeps_day: bool, state: CampaignState
) -> None:
    street = await books.write(make_street)
    draft = replace(make_draft(), keeps_day=keeps_day)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    await books.write(change, SOLD_OUT)

    await books.write_batch(plan_next, clock.now())

    assert await books.read(state_of, street.shop_id, campaign_id) is state


@pytest.mark.parametrize("keeps_day", [False, True])
async def test_what_is_left_at_the_evening_waits_for_an_open_day(
    books: Books, clock: Clock, *, keeps_day: bool
) -> None:
    """What is planned at 20:45 and has not begun at 20:51; the next day is closed."""
    street = await books.write(make_street)
    clock.advance(timedelta(hours=10, minutes=45))
    limit = START + timedelta(days=5)
    draft = replace(make_draft(), not_later_than=limit, keeps_day=keeps_day)
    await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    assert await books.write_batch(plan_next, clock.now())
    await books.write(change, "UPDATE shop SET closed_weekdays = '3'")
    late = clock.now() + timedelta(minutes=6)

    assert await books.write(put_off, late) == []

    morning = kst_instant(in_kst(late).date() + timedelta(days=1 if keeps_day else 2), time(8))
    assert await books.read(turns) == [("planned", morning)]


def put_off(tx: Tx, at: datetime) -> list[Addressee]:
    chunk = lease_to_send(tx, at, at + timedelta(minutes=1))
    assert chunk is not None
    return gate_chunk(tx, chunk, get_run_facts(tx, chunk.run_id), at).staying


def turns(tx: Tx) -> list[tuple[str, datetime]]:
    told = rows(tx, "SELECT state, act_at FROM chunk")
    return [(state, _utc(act_at)) for state, act_at in told]


def _utc(told: str | datetime) -> datetime:
    """SQLite keeps instants as text without a zone."""
    instant = datetime.fromisoformat(told) if isinstance(told, str) else told
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


async def test_only_whom_the_segment_means_is_counted_and_written(
    books: Books, clock: Clock
) -> None:
    """As they stand when it is planned."""
    street = await books.write(make_street)
    draft = replace(make_draft(), segment=Segment((Condition(What.JOINED_WITHIN, 2),)))
    new = await books.write(
        make_customer, street.channel_id, street.shop_id, 99, at=clock.now() - timedelta(hours=1)
    )
    tried = await books.read(dry_run, street.shop_id, draft, clock.now())
    await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    newer = await books.write(make_customer, street.channel_id, street.shop_id, 98, at=clock.now())

    await books.write_batch(plan_next, clock.now())

    written = await books.read(rows, "SELECT customer_id FROM message ORDER BY 1")
    assert (tried.people, tried.refused) == (1, {})
    assert written == [(new,), (newer,)]
