"""Left out by lot: so many of a hundred, the same people for the same seed, in both databases."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.booking import dry_run
from campaigns.plan import plan_next
from campaigns.results import campaign_result
from domain.campaigns import HELD_OUT
from domain.holdout import PRIME, SEED_MAX, draw_of
from domain.people import CustomerId
from storage.books import Books
from storage.desk import Tx
from tests.bench.crowd import gather_alike
from tests.campaigns.stage import broken_promises
from tests.conftest import Clock
from tests.factories import EARLIER, Street, make_campaign, make_draft, make_street, rows

seeds = st.integers(0, SEED_MAX)
PEOPLE = 4_000


@given(seeds, st.integers(0, 2**40), st.integers(0, 50))
def test_no_product_leaves_64_bits(seed: int, customer_id: int, percent: int) -> None:
    draw = draw_of(seed, percent)

    assert 1 <= draw.a < PRIME
    assert 0 <= draw.b < PRIME
    assert draw.a * (customer_id % PRIME) + draw.b < 2**63


@given(seeds, st.integers(0, 2**40), st.integers(0, 49))
def test_who_is_held_out_stays_so_when_more_are(seed: int, customer: int, percent: int) -> None:
    one = CustomerId(customer)

    assert not draw_of(seed, 0).holds_out(one)
    if draw_of(seed, percent).holds_out(one):
        assert draw_of(seed, percent + 1).holds_out(one)


@pytest.mark.parametrize("percent", [5, 10, 50])
def test_the_share_is_what_was_asked_for_and_lots_do_not_follow_each_other(percent: int) -> None:
    """Over many seeds the share, and how often two neighbors are held out together, are what
    independent lots would give: within five standard errors.
    """
    share = percent / 100
    people = [CustomerId(number) for number in range(1, 201)]
    held = [
        [draw_of(seed * 2_654_435_761_987, percent).holds_out(one) for one in people]
        for seed in range(500)
    ]
    flat = [is_held for row in held for is_held in row]
    together = [left and right for row in held for left, right in pairwise(row)]

    # Pairwise independence bounds the variance of the sum by the sum of the variances.
    assert abs(sum(flat) / len(flat) - share) < 5 * (share * (1 - share) / len(flat)) ** 0.5
    assert abs(sum(together) / len(together) - share**2) < 0.01


def open_crowd(tx: Tx) -> Street:
    street = make_street(tx, people=0, grant_won=300_000)
    gather_alike(tx, street.channel_id, street.shop_id, PEOPLE, EARLIER)
    return street


async def test_the_held_out_are_drawn_alike_by_the_dry_run_the_plan_and_the_rule(
    books: Books, clock: Clock
) -> None:
    street = await books.write(open_crowd)
    draft = replace(make_draft(), holdout_percent=10)
    tried = await books.read(dry_run, street.shop_id, draft, clock.now())
    campaign_id = await books.write(make_campaign, street.shop_id, at=clock.now(), draft=draft)

    while await books.write_batch(plan_next, clock.now(), piece=1_500):
        pass

    held = await books.read(
        rows, "SELECT customer_id FROM message WHERE code = :code ORDER BY 1", code=HELD_OUT
    )
    (seed,) = (await books.read(rows, "SELECT seed FROM campaign"))[0]
    everybody = await books.read(rows, "SELECT id FROM customer ORDER BY id")
    draw = draw_of(seed, 10)
    assert held == [row for row in everybody if draw.holds_out(row[0])]
    assert tried.refused == {HELD_OUT: len(held)}
    assert (tried.people, tried.is_enough) == (PEOPLE - len(held), True)
    assert abs(len(held) - 400) < 5 * (PEOPLE * 0.1 * 0.9) ** 0.5
    result = await books.read(campaign_result, street.shop_id, campaign_id)
    assert (result.recipients, result.waiting) == (PEOPLE, PEOPLE - len(held))
    assert await broken_promises(books) == {}


async def test_another_time_holds_out_others(books: Books, clock: Clock) -> None:
    """Else the same regulars would never hear of what comes every week."""
    street = await books.write(make_street)
    draft = replace(make_draft(), holdout_percent=50)
    for number, days in enumerate((0, 0, 7)):
        at = clock.now() + timedelta(days=days)
        await books.write(
            make_campaign, street.shop_id, at=at, draft=draft, form_key=f"form-{number}"
        )

    today, today_again, next_week = await books.read(rows, "SELECT seed FROM campaign ORDER BY id")
    assert today == today_again
    assert today != next_week
