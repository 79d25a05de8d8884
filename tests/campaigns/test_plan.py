"""Planning a run: rows, chunks and holds in one transaction, once, in its hours, in its time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from campaigns.booking import cancel_campaign
from campaigns.plan import CannotStart, plan_next, set_aside
from campaigns.results import campaign_result
from domain.campaigns import CampaignState, SenderName
from domain.people import CampaignId, CustomerId, Friend, ShopId
from domain.refusals import Conflict, OverBudget, Refusal, Unlawful
from loyalty.consent import stop_advertising
from loyalty.friendship import set_friend
from loyalty.joining import forget_phone
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.campaigns import find_campaign
from storage.vault import Vault
from subsidy.ending import lapse_grants
from tests.conftest import START, Clock
from tests.factories import (
    OWNER,
    Street,
    change,
    let_advertise_often,
    make_campaign,
    make_customer,
    make_draft,
    make_grant,
    make_run,
    make_shop,
    make_street,
    rows,
)

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HOLDS = "SELECT chunk_id, debit_account_id, amount_jeon FROM transfer WHERE phase = 'hold'"


@dataclass(slots=True)
class Seen:
    """What a run looks like in the books."""

    chunk_sizes: list[int] = field(default_factory=list)
    messages: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    in_chunks: list[int] = field(default_factory=list)
    holds: Counter[int] = field(default_factory=Counter)
    lots: list[int] = field(default_factory=list)
    runs: int = 0


def see(tx: Tx) -> Seen:
    chunks = rows(tx, "SELECT id, size FROM chunk ORDER BY id")
    seen = Seen(
        chunk_sizes=[size for _, size in chunks],
        runs=rows(tx, "SELECT count(*) FROM run")[0][0],
    )
    for state, code in rows(tx, "SELECT state, code FROM message"):
        seen.messages[state, code] += 1
    counts = dict(rows(tx, "SELECT chunk_id, count(*) FROM message GROUP BY chunk_id"))
    seen.in_chunks = [counts[chunk_id] for chunk_id, _ in chunks]
    numbers = {chunk_id: index for index, (chunk_id, _) in enumerate(chunks)}
    for chunk_id, account_id, amount in rows(tx, HOLDS + " ORDER BY id"):
        seen.holds[numbers[chunk_id]] += amount
        seen.lots.append(account_id)
    return seen


def state_of(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> CampaignState:
    found = find_campaign(tx, shop_id, campaign_id)
    assert found is not None
    return found.state


def due_of(tx: Tx, shop_id: ShopId, campaign_id: CampaignId) -> datetime:
    found = find_campaign(tx, shop_id, campaign_id)
    assert found is not None
    return found.due_at


async def test_a_run_has_a_message_for_each_person_in_chunks_of_a_hundred(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street, people=143)

    await books.write(make_run, street.shop_id, at=clock.now())

    seen = await books.read(see)
    assert seen.messages == {("waiting", None): 143}
    assert seen.chunk_sizes == seen.in_chunks == [100, 43]


async def test_each_chunk_holds_its_own_cost_rounded_up_to_whole_won(
    books: Books, clock: Clock
) -> None:
    """143 x 16.5 won = 2,359.5 won."""
    street = await books.write(make_street, people=143)

    await books.write(make_run, street.shop_id, at=clock.now())

    assert (await books.read(see)).holds == {0: 165_000, 1: 71_000}


async def test_a_hold_takes_from_two_grants_when_the_first_is_too_small(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street, people=4, grant_won=40)
    await books.write(
        make_grant, street.program_id, street.shop_id, form_key="grant-2", amount_won=40
    )

    await books.write(make_run, street.shop_id, at=clock.now())

    seen = await books.read(see)
    assert (seen.holds, len(set(seen.lots))) == ({0: 6_600}, 2)


def lose_friend(tx: Tx, customer_id: CustomerId, at: datetime) -> None:
    set_friend(tx, customer_id, Friend.NONE, at, now=at)


def lose_age(tx: Tx, customer_id: CustomerId, _at: datetime) -> None:
    change(tx, "UPDATE customer SET of_age_at = NULL WHERE id = :id", id=customer_id)


@pytest.mark.parametrize(
    ("rule", "lose"), [("K7", lose_friend), ("L44", lose_age), ("L68", forget_phone)]
)
@on_sqlite
async def test_whom_the_gate_refuses_is_written_with_the_rule(
    books: Books, clock: Clock, rule: str, lose: Callable[[Tx, CustomerId, datetime], None]
) -> None:
    street = await books.write(make_street, people=3)
    draft = make_draft(SenderName.SOLAPI)
    await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    await books.write(lose, street.customers[0], clock.now())

    await books.write_batch(plan_next, clock.now())

    assert (await books.read(see)).messages == {("waiting", None): 2, ("refused", rule): 1}


async def test_who_withdrew_since_booking_is_not_in_the_audience(
    books: Books, clock: Clock
) -> None:
    """L4."""
    street = await books.write(make_street, people=3)
    await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(stop_advertising, street.customers[0], pressed="그만", at=clock.now())

    await books.write_batch(plan_next, clock.now())

    assert (await books.read(see)).messages == {("waiting", None): 2}


async def test_a_regular_of_another_shop_is_not_in_the_audience(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=3)
    other = await books.write(make_shop, street.market_id, street.channel_id, slug="other")
    await books.write(make_customer, street.channel_id, other, 99)

    await books.write(make_run, street.shop_id, at=clock.now())

    assert (await books.read(see)).messages == {("waiting", None): 3}


async def test_nothing_is_planned_before_it_is_due(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    due_at = clock.now() + timedelta(hours=1)
    await books.write(
        make_campaign, street.shop_id, at=clock.now(), draft=make_draft(due_at=due_at)
    )

    early = await books.write_batch(plan_next, due_at - timedelta(microseconds=1))
    on_time = await books.write_batch(plan_next, due_at)

    assert (early, on_time) == (False, True)


async def test_a_campaign_may_start_until_its_last_instant(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())

    await books.write_batch(plan_next, clock.now() + timedelta(hours=2))

    assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.RUNNING


async def test_a_campaign_that_is_too_late_does_not_leave_and_holds_nothing(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())

    await books.write_batch(plan_next, clock.now() + timedelta(hours=2, microseconds=1))

    assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.MISSED
    assert (await books.read(see)).runs == 0


async def test_outside_the_hours_a_campaign_is_postponed_to_the_morning(
    books: Books, clock: Clock
) -> None:
    """K1, I7: when it may still leave then."""
    street = await books.write(make_street)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(change, "UPDATE campaign SET not_later_than = '2026-11-27 00:00:00+00:00'")

    await books.write_batch(plan_next, START + timedelta(hours=10, minutes=50))

    morning = START + timedelta(hours=22)
    assert await books.read(due_of, street.shop_id, campaign_id) == morning
    assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.BOOKED


async def test_a_canceled_campaign_is_not_planned(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(cancel_campaign, street.shop_id, campaign_id, actor=OWNER, at=clock.now())

    assert not await books.write_batch(plan_next, clock.now())


async def test_a_run_cannot_be_canceled(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    campaign_id = await books.write(make_run, street.shop_id, at=clock.now())

    with pytest.raises(Conflict):
        await books.write(cancel_campaign, street.shop_id, campaign_id, actor=OWNER, at=clock.now())


async def test_when_all_are_refused_at_the_gate_the_run_is_over_at_once(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    await books.write(change, "UPDATE customer SET friend = 'none'")

    await books.write_batch(plan_next, clock.now())

    result = await books.read(campaign_result, street.shop_id, campaign_id)
    assert (result.state, result.refused) == (CampaignState.FINISHED, {"K7": 3})
    assert (result.recipients, result.held_jeon) == (3, 0)


Happen = Callable[[Books, Street, datetime], Awaitable[None]]


async def nobody_is_left(books: Books, street: Street, at: datetime) -> None:
    for customer_id in street.customers:
        await books.write(stop_advertising, customer_id, pressed="그만", at=at)


async def the_money_is_gone(books: Books, _street: Street, at: datetime) -> None:
    await books.write(change, 'UPDATE "grant" SET expires_at = granted_at')
    await books.write_batch(lapse_grants, at)


async def the_contact_is_gone(books: Books, _street: Street, _at: datetime) -> None:
    await books.write(change, "UPDATE shop SET contact = NULL")


@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        (nobody_is_left, Conflict),
        (the_money_is_gone, OverBudget),
        (the_contact_is_gone, Unlawful),
    ],
)
async def test_a_campaign_that_lacks_something_since_booking_is_set_aside_unwritten(
    books: Books, clock: Clock, happen: Happen, reason: type[Refusal]
) -> None:
    street = await books.write(make_street)
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now())
    await happen(books, street, clock.now())

    with pytest.raises(CannotStart) as problem:
        await books.write_batch(plan_next, clock.now())
    await books.write_batch(set_aside, problem.value.campaign)

    assert isinstance(problem.value.reason, reason)
    assert (await books.read(see)).runs == 0
    assert await books.read(state_of, street.shop_id, campaign_id) is CampaignState.STUCK


async def test_two_workers_at_once_plan_one_run(
    books: Books, database_url: str, vault: Vault, clock: Clock
) -> None:
    street = await books.write(make_street, people=20)
    await books.write(make_campaign, street.shop_id, at=clock.now())
    async with AsyncExitStack() as stack:
        desks = [books]
        if database_url.startswith("postgresql"):
            desks += [
                await stack.enter_async_context(open_books(database_url, vault)) for _ in range(3)
            ]
        await asyncio.gather(
            *[desks[number % len(desks)].write_batch(plan_next, clock.now()) for number in range(8)]
        )

    seen = await books.read(see)
    assert (seen.runs, seen.messages.total(), seen.holds) == (1, 20, {0: 33_000})


async def test_two_campaigns_planned_at_once_share_the_grants_of_a_shop(
    books: Books, database_url: str, vault: Vault, clock: Clock
) -> None:
    """Neither is set aside because the other took from the grant that both saw first."""
    street = await books.write(make_street, people=4, grant_won=66)
    await books.write(let_advertise_often, street.shop_id)
    for number in (2, 3):
        await books.write(
            make_grant, street.program_id, street.shop_id, form_key=f"g{number}", amount_won=66
        )
    for number in range(3):
        await books.write(make_campaign, street.shop_id, at=clock.now(), form_key=f"form-{number}")
    async with AsyncExitStack() as stack:
        desks = [books]
        if database_url.startswith("postgresql"):
            desks += [
                await stack.enter_async_context(open_books(database_url, vault)) for _ in range(3)
            ]
        await asyncio.gather(*[plan_all(desk, clock.now()) for desk in desks])

    seen = await books.read(see)
    assert (seen.runs, sum(seen.holds.values())) == (3, 3 * 6_600)


async def plan_all(books: Books, at: datetime) -> None:
    while await books.write_batch(plan_next, at):
        pass
