"""A run's people come in pieces: any of them may be the last, nobody twice, nobody dropped."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from campaigns.booking import Draft, dry_run
from campaigns.fairness import list_left_out
from campaigns.plan import CannotStart, plan_next, set_aside
from campaigns.results import left_out_of
from domain.campaigns import CampaignState, SenderName
from domain.people import CampaignId, CustomerId, ShopId
from domain.refusals import OverBudget
from domain.subsidy import FairOrder
from loyalty.consent import stop_advertising
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.campaigns import find_campaign
from storage.queries.chunks import lease_to_send
from storage.vault import Vault
from tests.bench.crowd import gather_alike
from tests.campaigns.stage import broken_promises
from tests.conftest import Clock
from tests.factories import (
    EARLIER,
    Street,
    change,
    make_campaign,
    make_draft,
    make_street,
    rows,
)

CROWD = 25_000
PIECE = 4_000
SOLAPI_JEON = 2_750
LEASE = timedelta(minutes=2)


class Killed(Exception):
    """The process ends before it commits."""


def open_crowd(tx: Tx, people: int = CROWD, *, grant_won: int = 700_000) -> Street:
    street = make_street(tx, people=0, grant_won=grant_won)
    gather_alike(tx, street.channel_id, street.shop_id, people, EARLIER)
    return street


def plan_and_die(tx: Tx, clock: Clock, piece: int) -> None:
    plan_next(tx, clock.now(), piece=piece)
    raise Killed


async def plan_whole(books: Books, clock: Clock, piece: int = PIECE) -> int:
    """How many steps it took."""
    steps = 0
    while await books.write_batch(plan_next, clock.now(), piece=piece):
        steps += 1
    return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    states: list[str]
    sizes: list[int]
    people: int
    different: int
    held: int
    recipients: int
    gathered_to: int | None


def look(tx: Tx) -> Found:
    found = rows(tx, "SELECT state, size FROM chunk ORDER BY number")
    people = rows(tx, "SELECT count(*), count(DISTINCT customer_id) FROM message")[0]
    run = rows(tx, "SELECT recipients, gathered_to FROM run")
    held = rows(tx, "SELECT coalesce(sum(amount_jeon), 0) FROM transfer WHERE phase = 'hold'")
    return Found(
        states=sorted({state for state, _ in found}),
        sizes=[size for _, size in found],
        people=people[0],
        different=people[1],
        held=int(held[0][0]),
        recipients=run[0][0] if run else 0,
        gathered_to=run[0][1] if run else None,
    )


def state_of(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> CampaignState:
    found = find_campaign(tx, shop_id, campaign_id)
    assert found is not None
    return found.state


async def test_a_run_killed_between_and_within_its_pieces_goes_on_where_it_was(
    books: Books, database_url: str, vault: Vault, clock: Clock
) -> None:
    street = await books.write(open_crowd)
    draft = make_draft(SenderName.SOLAPI)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    for expected in (4_000, 8_000, 12_000):
        with pytest.raises(Killed):
            await books.write_batch(plan_and_die, clock, PIECE)
        assert await books.write_batch(plan_next, clock.now(), piece=PIECE)

        found = await books.read(look)
        assert (found.people, found.recipients, found.held) == (expected, expected, 0)
        assert found.states == ["gathered"]
        assert await books.write_batch(lease_to_send, clock.now(), clock.now()) is None
        assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.RUNNING
        assert await broken_promises(books) == {}

    async with open_books(database_url, vault) as other:
        assert await plan_whole(other, clock) == 4

    found = await books.read(look)
    assert (found.people, found.different, found.recipients) == (CROWD, CROWD, CROWD)
    assert found.sizes == [1_000] * 25
    assert (found.states, found.gathered_to) == (["planned"], None)
    assert found.held == CROWD * SOLAPI_JEON
    assert await broken_promises(books) == {}


@pytest.mark.parametrize("piece", [70, 100, 333, 1_000])
async def test_chunks_have_no_gaps_whoever_is_refused_and_wherever_a_piece_ends(
    books: Books, clock: Clock, piece: int
) -> None:
    street = await books.write(open_crowd, 350)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(change, "UPDATE customer SET friend = 'none' WHERE id % 3 = 0")

    await plan_whole(books, clock, piece)

    found = await books.read(look)
    refused = await books.read(
        rows, "SELECT code, count(*) FROM message WHERE chunk_id IS NULL GROUP BY code"
    )
    assert refused == [("K7", 350 - sum(found.sizes))]
    assert found.sizes == [100, 100, 34]
    assert (found.people, found.recipients, found.held) == (350, 350, 234 * 1_650 // 100 * 100)
    assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.RUNNING
    placed = await books.read(rows, IN_ORDER)
    assert placed == sorted(placed)
    assert await broken_promises(books) == {}


IN_ORDER = """
SELECT chunk.number, message.customer_id FROM message JOIN chunk ON chunk.id = message.chunk_id
ORDER BY message.customer_id
"""


async def test_who_withdraws_before_their_piece_comes_is_not_in_the_run(
    books: Books, clock: Clock
) -> None:
    """L4: and who did after it is found when the chunk leaves."""
    street = await books.write(open_crowd, 300)
    await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write_batch(plan_next, clock.now(), piece=100)
    everybody = [row[0] for row in await books.read(rows, "SELECT id FROM customer ORDER BY id")]
    for number in (50, 250):
        who = CustomerId(everybody[number])
        await books.write(stop_advertising, who, pressed="그만", at=clock.now())

    await plan_whole(books, clock, 100)

    inside = {row[0] for row in await books.read(rows, "SELECT customer_id FROM message")}
    assert set(everybody) - inside == {everybody[250]}


async def test_a_run_that_is_found_short_is_taken_back_piece_by_piece(
    books: Books, clock: Clock
) -> None:
    street = await books.write(open_crowd, 1_000, grant_won=16_500)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    assert await books.write_batch(plan_next, clock.now(), piece=400)
    await books.write(change, "UPDATE account SET debits_pending = 1 WHERE kind = 'grant'")

    assert await books.write_batch(plan_next, clock.now(), piece=400)
    with pytest.raises(CannotStart) as problem:
        await books.write_batch(plan_next, clock.now(), piece=400)
    await books.write_batch(set_aside, problem.value.campaign)

    assert isinstance(problem.value.reason, OverBudget)
    assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.STUCK
    left = [(await books.read(look)).people]
    while await books.write_batch(plan_next, clock.now(), piece=400):
        found = await books.read(look)
        assert found.people == found.recipients
        left.append(found.people)
    assert left == [800, 400, 0, 0]
    found = await books.read(look)
    assert (found.sizes, found.held) == ([], 0)
    assert await books.read(rows, "SELECT id FROM run") == []
    await books.write(change, "UPDATE account SET debits_pending = 0 WHERE kind = 'grant'")
    await books.write(make_campaign, street.shop_id, at=clock.now(), form_key="again")
    await plan_whole(books, clock, 400)
    assert (await books.read(look)).sizes == [100] * 10
    assert await broken_promises(books) == {}


async def test_who_is_left_out_after_gathering_is_who_was_told_before(
    books: Books, clock: Clock
) -> None:
    street = await books.write(open_crowd, 700, grant_won=1_650 * 4)
    draft = replace(make_draft(), fair_order=FairOrder.NEWEST)
    told = await books.read(told_before, street.shop_id, draft, clock)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)

    await plan_whole(books, clock, 300)

    found = await books.read(look)
    assert (found.sizes, len(told)) == ([100, 100, 100, 100], 300)
    assert await books.read(left_out_of, street.shop_id, campaign_id) == told
    assert (found.people, found.recipients) == (700, 700)
    assert await broken_promises(books) == {}


def told_before(tx: Tx, shop_id: ShopId, draft: Draft, clock: Clock) -> list[CustomerId]:
    return list_left_out(tx, shop_id, dry_run(tx, shop_id, draft, clock.now()))


HALT = """
INSERT INTO halt (program_id, shop_id, reason, actor, since)
SELECT program.id, shop.id, '확인 중', 'manager:1', '2026-11-24 00:00:00' FROM program, shop
"""


async def test_nothing_of_a_halted_shop_is_planned_or_gathered_until_it_is_lifted(
    books: Books, clock: Clock
) -> None:
    """L21."""
    street = await books.write(open_crowd, 300)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(change, HALT)
    assert not await books.write_batch(plan_next, clock.now(), piece=100)
    assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.BOOKED

    await books.write(change, "UPDATE halt SET lifted_at = since")
    assert await books.write_batch(plan_next, clock.now(), piece=100)
    await books.write(change, "UPDATE halt SET lifted_at = NULL")
    assert not await books.write_batch(plan_next, clock.now(), piece=100)
    assert (await books.read(look)).people == 100

    await books.write(change, "UPDATE halt SET lifted_at = since")
    await plan_whole(books, clock, 100)
    assert (await books.read(look)).people == 300
