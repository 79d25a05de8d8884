"""Enough is enough: one shop in a week, one channel in a day (C16), also for two at once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from campaigns.booking import dry_run
from campaigns.plan import plan_next
from domain.campaigns import HELD_OUT
from domain.consent import Choice
from domain.gate import CAP_DAY, CAP_WEEK
from domain.people import ShopId
from loyalty.consent import choose_advertising
from loyalty.joining import join_shop
from storage.books import Books, open_books
from storage.desk import Tx
from storage.vault import Vault
from tests.campaigns.stage import broken_promises
from tests.conftest import Clock
from tests.factories import (
    EARLIER,
    Street,
    change,
    let_advertise_often,
    make_campaign,
    make_draft,
    make_grant,
    make_shop,
    make_street,
    rows,
)

Plan = Callable[[], Awaitable[object]]
DAY = timedelta(days=1)


def told(tx: Tx) -> list[Counter[tuple[str, str | None]]]:
    """What became of the people of each run, the oldest first."""
    runs: dict[int, Counter[tuple[str, str | None]]] = {}
    for run_id, state, code in rows(tx, "SELECT run_id, state, code FROM message ORDER BY run_id"):
        runs.setdefault(run_id, Counter())[state, code] += 1
    return list(runs.values())


async def send(books: Books, shop_id: ShopId, at: datetime, key: str) -> None:
    await books.write(make_campaign, shop_id, at=at, form_key=key, draft=make_draft())
    while await books.write_batch(plan_next, at):
        pass


@pytest.mark.parametrize(
    ("later", "codes"),
    [
        (timedelta(minutes=1), [CAP_WEEK] * 3),
        (6 * DAY, [CAP_WEEK] * 3),
        (7 * DAY, [None] * 3),
        (7 * DAY - timedelta(minutes=30), [None] * 3),
        (8 * DAY, [None] * 3),
    ],
)
async def test_one_shop_advertises_to_a_person_once_in_seven_korean_days(
    books: Books, clock: Clock, later: timedelta, codes: list[str | None]
) -> None:
    """What comes every Wednesday comes every Wednesday, though half an hour earlier."""
    street = await books.write(make_street)
    await send(books, street.shop_id, clock.now(), "first")

    at = clock.now() + later
    before = (await books.read(dry_run, street.shop_id, make_draft(), at)).refused
    await books.write(make_late_campaign, street.shop_id, at)
    while await books.write_batch(plan_next, at):
        pass

    assert before == {code: 3 for code in codes if code}
    assert (await books.read(told))[1] == Counter(
        ("refused" if code else "waiting", code) for code in codes
    )
    assert await broken_promises(books) == {}


def make_late_campaign(tx: Tx, shop_id: ShopId, at: datetime) -> None:
    """Booked while somebody could get it: the first run stands aside for a moment."""
    change(tx, "UPDATE message SET state = 'canceled'")
    make_campaign(tx, shop_id, at=at, form_key="second")
    change(tx, "UPDATE message SET state = 'waiting'")


@pytest.mark.parametrize("state", ["waiting", "delivered", "unknown"])
async def test_what_reached_somebody_or_may_have_counts(
    books: Books, clock: Clock, state: str
) -> None:
    assert await second_of(books, clock, state) == {CAP_WEEK: 3}


@pytest.mark.parametrize("state", ["refused", "canceled", "failed"])
async def test_what_reached_nobody_does_not_count(books: Books, clock: Clock, state: str) -> None:
    assert await second_of(books, clock, state) == {}


async def test_who_is_held_out_has_had_this_weeks_too(books: Books, clock: Clock) -> None:
    """Else the next news would go to just these, and the lot would compare nothing (0029)."""
    street = await books.write(make_street, people=60)
    draft = replace(make_draft(), holdout_percent=20)
    await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)
    while await books.write_batch(plan_next, clock.now()):
        pass
    (first,) = await books.read(told)
    assert first["refused", HELD_OUT]

    for later, refused in ((DAY, {CAP_WEEK: 60}), (6 * DAY, {CAP_WEEK: 60}), (7 * DAY, {})):
        tried = await books.read(dry_run, street.shop_id, make_draft(), clock.now() + later)
        assert tried.refused == refused


async def second_of(books: Books, clock: Clock, state: str) -> dict[str, int]:
    street = await books.write(make_street)
    await send(books, street.shop_id, clock.now(), "first")
    await books.write(change, "UPDATE message SET state = :state", state=state)
    tried = await books.read(dry_run, street.shop_id, make_draft(), clock.now())
    return dict(tried.refused)


async def test_a_shop_may_allow_itself_more_and_no_further(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    await books.write(let_advertise_often, street.shop_id)

    for number in range(3):
        await send(books, street.shop_id, clock.now(), f"form-{number}")

    assert await books.read(told) == [Counter({("waiting", None): 3})] * 3
    tried = await books.read(dry_run, street.shop_id, make_draft(), clock.now())
    assert (tried.people, tried.refused) == (0, {CAP_WEEK: 3})


async def test_another_shops_advertising_does_not_count(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    other = await books.write(open_neighbor, street, "other")
    await send(books, street.shop_id, clock.now(), "first")

    await send(books, other, clock.now(), "second")

    assert await books.read(told) == [Counter({("waiting", None): 3})] * 2


def open_neighbor(tx: Tx, street: Street, slug: str) -> ShopId:
    """Another shop of the same channel, with the same regulars."""
    shop_id = make_shop(tx, street.market_id, street.channel_id, slug=slug, name=slug)
    make_grant(tx, street.program_id, shop_id, form_key=slug)
    for customer_id in street.customers:
        join_shop(tx, shop_id, customer_id, pressed="14세 이상이에요", at=EARLIER)
        choose_advertising(tx, shop_id, customer_id, Choice.GRANTED, pressed="받을게요", at=EARLIER)
    return shop_id


async def open_shops(books: Books, street: Street, count: int) -> list[ShopId]:
    slugs = [f"shop-{number}" for number in range(1, count)]
    return [street.shop_id, *[await books.write(open_neighbor, street, one) for one in slugs]]


async def test_a_channel_of_several_shops_advertises_to_a_person_three_times_a_day(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    shops = await open_shops(books, street, 5)
    for shop_id in shops[:3]:
        await send(books, shop_id, clock.now(), "first")
    tried = await books.read(dry_run, shops[3], make_draft(), clock.now())
    assert (tried.people, tried.refused) == (0, {CAP_DAY: 3})

    tomorrow = clock.now() + DAY
    assert (await books.read(dry_run, shops[3], make_draft(), tomorrow)).people == 3
    await send(books, shops[3], tomorrow, "tomorrow")

    assert (await books.read(told))[3] == Counter({("waiting", None): 3})
    kept = await books.read(rows, 'SELECT count, person_hash FROM day_touch ORDER BY "on"')
    assert [row[0] for row in kept] == [1, 1, 1]
    ids = {str(one) for one in street.customers}
    assert not ids & {row[1] for row in kept}


async def test_who_is_full_at_planning_is_refused_though_the_dry_run_saw_them(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    shops = await open_shops(books, street, 4)
    for shop_id in shops:
        await books.write(make_campaign, shop_id, at=clock.now(), draft=make_draft())

    while await books.write_batch(plan_next, clock.now()):
        pass

    allowed, full = Counter({("waiting", None): 3}), Counter({("refused", CAP_DAY): 3})
    assert await books.read(told) == [allowed, allowed, allowed, full]


PLANNINGS = 4


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("is_one_shop", [True, False])
async def test_plannings_at_once_do_not_slip_under_a_cap(
    books: Books, database_url: str, vault: Vault, clock: Clock, *, is_one_shop: bool
) -> None:
    """Four connections, the same people: one a week of one shop, three a day of four shops."""
    street = await books.write(make_street, people=40)
    shops = [street.shop_id] * PLANNINGS
    if not is_one_shop:
        shops = await open_shops(books, street, PLANNINGS)
    for number, shop_id in enumerate(shops):
        await books.write(make_campaign, shop_id, at=clock.now(), form_key=f"form-{number}")
    async with AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(open_books(database_url, vault))
            for _ in range(PLANNINGS)
        ]
        await asyncio.gather(*[plan_all(desk, clock.now()) for desk in desks])

    had = await books.read(rows, HAD)
    assert had == [(1 if is_one_shop else 3, 40)]
    assert await broken_promises(books) == {}


HAD = """
SELECT had, count(*) FROM (
    SELECT customer_id, count(*) AS had FROM message WHERE state = 'waiting' GROUP BY customer_id
) AS people GROUP BY had
"""


async def plan_all(books: Books, at: datetime) -> None:
    """In small pieces, so that they take turns over the same people."""
    while await books.write_batch(plan_next, at, piece=7):
        pass
