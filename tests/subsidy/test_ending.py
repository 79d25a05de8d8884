"""What comes back to a grant that is over goes on at once, unless its terms give it days (F2)."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from domain.money import won
from domain.people import ChunkId
from domain.refusals import OverBudget
from domain.subsidy import GrantState, VatRule
from storage.books import Books
from storage.desk import Tx
from storage.queries.clawing import mark_many_clawed_back
from storage.queries.grants import GrantRow, list_grants
from storage.queries.programs import insert_terms
from subsidy.ending import lapse_grants
from subsidy.grants import GrantView
from subsidy.grants import list_grants as view_grants
from subsidy.holding import Charge, settle_money
from subsidy.money import program_money
from tests.factories import EARLIER, MANAGER, Street, make_grant, make_street
from tests.subsidy.booked import hold_run

LATER = EARLIER + timedelta(days=1)
START_BY = EARLIER + timedelta(days=7)
EXPIRES = EARLIER + timedelta(days=30)
BEFORE = EXPIRES - timedelta(hours=1)
RETURNED_DAYS = 3


def write_terms(tx: Tx, street: Street, returned_days: int) -> None:
    insert_terms(
        tx,
        street.program_id,
        body="돌아온 돈은 사흘 더 써요.",
        sales_max_won=1_000_000_000,
        new_months=6,
        vat_rule=VatRule.WITH_VAT,
        returned_days=returned_days,
        valid_from=EARLIER,
        actor=MANAGER,
    )


async def make_held(books: Books, *, returned_days: int = 0) -> tuple[Street, ChunkId]:
    """A grant of 100 won, 99 of them held an hour before its end for six people."""
    street = await books.write(make_street, grant_won=0)
    await books.write(write_terms, street, returned_days)
    await books.write(make_grant, street.program_id, street.shop_id, amount_won=100)
    (chunk_id,) = await books.write(hold_run, street.program_id, street.shop_id, [6], BEFORE)
    return street, chunk_id


async def see(books: Books, street: Street) -> GrantRow:
    (grant,) = await books.read(list_grants, street.shop_id)
    return grant


async def only_grant(books: Books, street: Street, at: datetime) -> GrantView:
    (grant,) = await books.read(view_grants, street.shop_id, at)
    return grant


async def test_what_is_left_lapses_at_expiry_and_not_before(books: Books) -> None:
    street = await books.write(make_street, grant_won=100)

    early = await books.write_batch(lapse_grants, EXPIRES - timedelta(microseconds=1))
    counts = [await books.write_batch(lapse_grants, EXPIRES) for _ in range(2)]

    grant = await only_grant(books, street, EXPIRES)
    assert (early, counts) == (0, [1, 0])
    assert (grant.state, grant.lapsed_jeon, grant.left_jeon) == (GrantState.EXPIRED, won(100), 0)


async def test_a_grant_that_was_never_started_lapses_at_its_start_date(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    make = partial(make_grant, is_started=False)
    await books.write(make, street.program_id, street.shop_id)

    early = await books.write_batch(lapse_grants, START_BY - timedelta(microseconds=1))
    count = await books.write_batch(lapse_grants, START_BY)

    grant = await only_grant(books, street, START_BY)
    assert (early, count) == (0, 1)
    assert grant.state is GrantState.LAPSED_UNUSED
    assert grant.lapsed_jeon == grant.amount_jeon


@pytest.mark.parametrize("sweeps", [False, True])
async def test_what_is_held_may_be_posted_after_the_end_and_the_rest_lapses_at_once(
    books: Books, sweeps: bool
) -> None:
    """Whether the sweep came by in between or not."""
    street, chunk_id = await make_held(books)
    if sweeps:
        await books.write_batch(lapse_grants, EXPIRES)

    await books.write(settle_money, [Charge(chunk_id, won(33), has_left=True)], EXPIRES)

    grant = await see(books, street)
    assert (grant.spent_jeon, grant.lapsed_jeon, grant.left_jeon) == (won(33), won(67), 0)
    assert grant.lapsed_at == EXPIRES


@pytest.mark.parametrize("sweeps", [False, True])
async def test_returned_money_may_be_used_for_the_days_that_its_terms_give(
    books: Books, sweeps: bool
) -> None:
    """Only what came back: what was free at the end lapses all the same."""
    street, chunk_id = await make_held(books, returned_days=RETURNED_DAYS)
    if sweeps:
        await books.write_batch(lapse_grants, EXPIRES)
    await books.write(settle_money, [Charge(chunk_id, won(33), has_left=True)], EXPIRES)

    grant = await see(books, street)
    assert (grant.lapsed_jeon, grant.left_jeon) == (won(1), won(66))
    last = EXPIRES + timedelta(days=RETURNED_DAYS) - timedelta(microseconds=1)
    await books.write(hold_run, street.program_id, street.shop_id, [4], last)
    assert (await see(books, street)).left_jeon == 0


async def test_returned_money_lapses_when_its_days_are_over(books: Books) -> None:
    street, chunk_id = await make_held(books, returned_days=RETURNED_DAYS)
    await books.write(settle_money, [Charge(chunk_id, won(33), has_left=True)], EXPIRES)
    over = EXPIRES + timedelta(days=RETURNED_DAYS)

    with pytest.raises(OverBudget):
        await books.write(hold_run, street.program_id, street.shop_id, [1], over)
    counts = [await books.write_batch(lapse_grants, over) for _ in range(2)]

    assert counts == [1, 0]
    assert (await see(books, street)).lapsed_jeon == won(67)


async def test_money_between_its_end_and_the_sweep_pays_nothing(books: Books) -> None:
    """Also under terms that give days: those are for what came back."""
    street, _ = await make_held(books, returned_days=RETURNED_DAYS)

    with pytest.raises(OverBudget):
        await books.write(hold_run, street.program_id, street.shop_id, [1], EXPIRES)


async def test_new_terms_change_no_old_grant(books: Books) -> None:
    street, chunk_id = await make_held(books)
    await books.write(write_terms, street, RETURNED_DAYS)

    await books.write(settle_money, [Charge(chunk_id, won(33), has_left=True)], EXPIRES)

    assert (await see(books, street)).left_jeon == 0


async def test_what_comes_back_to_a_grant_that_was_called_back_goes_home(books: Books) -> None:
    """I10: into the budget it came from, not to what has lapsed."""
    street, chunk_id = await make_held(books)
    grant = await see(books, street)
    await books.write(mark_many_clawed_back, [grant.grant_id], BEFORE)
    budget = (await books.read(program_money, street.program_id)).left_jeon

    await books.write(settle_money, [Charge(chunk_id, won(33), has_left=True)], BEFORE)

    grant = await see(books, street)
    assert (grant.spent_jeon, grant.lapsed_jeon, grant.left_jeon) == (won(33), 0, 0)
    money = await books.read(program_money, street.program_id)
    assert (money.lapsed_jeon, money.left_jeon) == (0, budget + won(66))


async def test_a_sweep_takes_the_free_and_leaves_the_held(books: Books) -> None:
    street, chunk_id = await make_held(books)

    await books.write_batch(lapse_grants, EXPIRES)

    grant = await see(books, street)
    assert (grant.lapsed_jeon, grant.debits_pending, grant.left_jeon) == (won(1), won(99), 0)
    await books.write(settle_money, [Charge(chunk_id, won(99), has_left=True)], EXPIRES)
    assert (await see(books, street)).spent_jeon == won(99)


async def test_more_grants_than_one_look_takes_lapse_all(books: Books) -> None:
    """A hundred at a time; the next look takes the rest."""
    street = await books.write(make_street, grant_won=0)
    await books.write(give_many, street, 103)

    counts = [await books.write_batch(lapse_grants, EXPIRES) for _ in range(3)]

    assert counts == [100, 3, 0]


def give_many(tx: Tx, street: Street, count: int) -> None:
    for number in range(count):
        make_grant(tx, street.program_id, street.shop_id, amount_won=1, form_key=f"grant-{number}")
