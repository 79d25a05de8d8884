"""Whose turn it is: ten people never wait for many, to be planned or to leave (fair share)."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from campaigns.plan import plan_next
from domain.people import CampaignId, ShopId
from storage.books import Books
from storage.desk import Tx
from storage.queries import chunks, gathering
from storage.queries.chunks import lease_to_send
from storage.statements import Statement
from tests.campaigns.test_gathering import open_crowd, plan_whole
from tests.conftest import START, Clock
from tests.factories import (
    Street,
    change,
    make_campaign,
    make_channel,
    make_customer,
    make_grant,
    make_shop,
    rows,
)

LEASE = timedelta(minutes=2)


def open_neighbor(tx: Tx, street: Street, *, people: int) -> ShopId:
    """Another shop with a channel and people of its own."""
    channel_id = make_channel(tx, street.market_id, number=2)
    shop_id = make_shop(tx, street.market_id, channel_id, slug="neighbor", name="옆 가게")
    make_grant(tx, street.program_id, shop_id, form_key="neighbor")
    for number in range(people):
        make_customer(tx, channel_id, shop_id, 9_000 + number)
    return shop_id


async def test_ten_people_neither_wait_to_be_planned_nor_to_leave(
    books: Books, clock: Clock
) -> None:
    """Fair share: the neighbor's only chunk goes before the second one of the many."""
    street = await books.write(open_crowd, 500)
    neighbor = await books.write(open_neighbor, street, people=10)
    big = await books.write(make_campaign, street.shop_id, at=clock.now())
    assert await books.write_batch(plan_next, clock.now(), piece=100)
    assert await books.write_batch(plan_next, clock.now(), piece=100)
    small = await books.write(make_campaign, neighbor, at=clock.now(), form_key="small")

    assert await books.write_batch(plan_next, clock.now(), piece=100)

    assert await books.read(chunks_of, small) == [("planned", 10)]
    assert await books.read(chunks_of, big) == [("gathered", 100)] * 2
    await plan_whole(books, clock, 100)
    until = clock.now() + LEASE
    turns = [await books.write_batch(lease_to_send, clock.now(), until) for _ in range(6)]
    shops = [turn.shop_id for turn in turns if turn]
    assert sorted(shops[:2]) == sorted([street.shop_id, neighbor])
    assert shops[2:] == [street.shop_id] * 4


async def test_of_two_that_are_gathered_the_one_with_fewer_people_goes_on(
    books: Books, clock: Clock
) -> None:
    street = await books.write(open_crowd, 500)
    neighbor = await books.write(open_neighbor, street, people=250)
    big = await books.write(make_campaign, street.shop_id, at=clock.now())
    for _ in range(3):
        assert await books.write_batch(plan_next, clock.now(), piece=100)
    small = await books.write(make_campaign, neighbor, at=clock.now(), form_key="small")

    for _ in range(3):
        assert await books.write_batch(plan_next, clock.now(), piece=100)

    assert {state for state, _ in await books.read(chunks_of, small)} == {"planned"}
    assert len(await books.read(chunks_of, big)) == 3


def chunks_of(tx: Tx, campaign_id: CampaignId) -> list[tuple[str, int]]:
    sql = """
    SELECT chunk.state, chunk.size FROM chunk JOIN run ON run.id = chunk.run_id
    WHERE run.campaign_id = :campaign ORDER BY chunk.number
    """
    return [(row[0], row[1]) for row in rows(tx, sql, campaign=campaign_id)]


PLANS: Mapping[str, tuple[Statement, Mapping[str, object], str]] = {
    "turn": (chunks.LEASE_TO_SEND, {"until": START}, "ix_chunk_turn"),
    "gather": (gathering.NEXT_TO_GATHER, {}, "ix_run_gathering"),
    "undo": (gathering.NEXT_TO_UNDO, {}, "ix_run_gathering"),
}


@pytest.mark.parametrize("name", PLANS)
async def test_whose_turn_it_is_is_read_from_an_index(books: Books, name: str) -> None:
    """Also where nearly all of a table is history."""
    street = await books.write(open_crowd, 100)
    await books.write(make_history, street)
    statement, params, index = PLANS[name]

    plan = await books.write(explain, statement, params)

    assert index in plan
    assert "Seq Scan on chunk" not in plan


def make_history(tx: Tx, street: Street) -> None:
    """A year of campaigns: canceled, or run and over."""
    make_campaign(tx, street.shop_id, at=START)
    assert plan_next(tx, START)
    for one in HISTORY:
        change(tx, one)


OLD = """
WITH RECURSIVE old(number) AS (
    SELECT 1 UNION ALL SELECT number + 1 FROM old WHERE number < 3000
)
"""
HISTORY = (
    f"""
INSERT INTO campaign (shop_id, form_key, kind, sender, bubble, body, parts,
    promised_jeon, own_max_jeon, segment, holdout_percent, seed, keeps_day, state, due_at, not_later_than, created_at)
{OLD}
SELECT shop_id, 'old-' || old.number, kind, sender, bubble, body, '', 0, 0, '', 0, 0, false,
    CASE WHEN old.number % 2 = 0 THEN 'canceled' ELSE 'finished' END,
    due_at, not_later_than, created_at
FROM campaign, old
""",
    """
INSERT INTO run (shop_id, campaign_id, price_id, unit_jeon, rounds_to_jeon, contact, recipients,
    charged, planned_at, finished_at)
SELECT run.shop_id, campaign.id, price_id, unit_jeon, rounds_to_jeon, contact, 0, 0, planned_at,
    planned_at
FROM run, campaign WHERE campaign.state = 'finished'
""",
    f"""
INSERT INTO chunk (shop_id, run_id, number, sender, size, state, act_at, tries, send_key,
    failures, delivered, failed)
{OLD}
SELECT chunk.shop_id, chunk.run_id, old.number, chunk.sender, 100, 'settled', chunk.act_at, 1,
    'old-' || old.number, 0, 100, 0
FROM chunk, old
""",
    "ANALYZE",
)


def explain(tx: Tx, statement: Statement, params: Mapping[str, object]) -> str:
    prepared = statement.on(tx.dialect)
    ask = "EXPLAIN QUERY PLAN " if tx.dialect == "sqlite" else "EXPLAIN "
    found = tx._link.fetch(ask + prepared.sql, prepared.values({"now": START, **params}))
    return "\n".join(str(row) for row in found)
