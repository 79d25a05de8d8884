"""Money for a run: which lots pay, in which order, and how a hold ends (F3, F8, I3, I10)."""

from datetime import timedelta

import pytest

from domain.money import Jeon, won
from domain.people import GrantId
from domain.refusals import OverBudget
from domain.subsidy import VatRule
from storage.books import Books
from storage.desk import Tx
from storage.errors import Busy, ConstraintBroken
from storage.queries.grants import find_grant
from subsidy.grants import start_pot
from subsidy.holding import Charge, lots_of, settle_money
from subsidy.offering import Offer, open_pot
from tests.factories import (
    EARLIER,
    MANAGER,
    Street,
    change,
    make_grant,
    make_run,
    make_shop,
    make_street,
    rows,
)
from tests.subsidy.booked import IN_TIME, PAYS, hold_run

LATER = EARLIER + timedelta(days=1)
PER_CHUNK = """
SELECT chunk_id, debit_account_id, amount_jeon FROM transfer WHERE phase = 'hold' ORDER BY id
"""
ENDED = """
SELECT phase, amount_jeon FROM transfer WHERE phase IN ('post', 'void', 'expire') ORDER BY id
"""


def give(tx: Tx, street: Street, amount_won: float, days: int) -> GrantId:
    return make_grant(
        tx,
        street.program_id,
        street.shop_id,
        amount_won=amount_won,
        form_key=f"grant-{days}",
        expires_at=EARLIER + timedelta(days=days),
    )


def make_pot(tx: Tx, street: Street, *, amount_won: int, cap_won: int | None = None) -> GrantId:
    offer = Offer(
        amount_jeon=won(amount_won),
        start_by=LATER,
        expires_at=EARLIER + timedelta(days=30),
        shop_cap_jeon=None if cap_won is None else won(cap_won),
    )
    pot_id = open_pot(
        tx,
        street.program_id,
        street.market_id,
        offer,
        form_key="pot",
        actor=MANAGER,
        at=EARLIER,
    )
    start_pot(tx, street.market_id, pot_id, actor=MANAGER, at=EARLIER)
    return pot_id


def account(tx: Tx, grant_id: GrantId) -> int:
    row = find_grant(tx, grant_id)
    assert row is not None
    return row.account_id


def left(tx: Tx, grant_id: GrantId) -> int:
    row = find_grant(tx, grant_id)
    assert row is not None
    return row.left_jeon


async def test_each_chunk_holds_its_own_part_of_each_grant(books: Books) -> None:
    """Soonest expiry first: 99 won a chunk of six, from grants of 150 and 100 won."""
    street = await books.write(make_street, grant_won=0)
    late = await books.write(give, street, 100, 20)
    soon = await books.write(give, street, 150, 10)

    first, second = await books.write(hold_run, street.program_id, street.shop_id, [6, 6], LATER)

    a, b = await books.read(account, soon), await books.read(account, late)
    assert await books.read(rows, PER_CHUNK) == [
        (first, a, 9_900),
        (second, a, 5_100),
        (second, b, 4_800),
    ]


@pytest.mark.parametrize("order", [(10, 20), (20, 10)])
async def test_a_grant_without_vat_pays_alone_at_the_net_price(
    books: Books, order: tuple[int, int]
) -> None:
    """F8: money that is drawn with VAT is never drawn at the price without it."""
    street = await books.write(make_street, grant_won=0, people=3)
    gross = await books.write(give, street, 1_000, order[0])
    net = await books.write(give, street, 1_000, order[1])
    sql = 'UPDATE "grant" SET vat_rule = :rule WHERE id = :id'
    await books.write(change, sql, rule=VatRule.WITHOUT_VAT.value, id=net)

    await books.write(make_run, street.shop_id, at=LATER)

    assert await books.read(left, gross) == won(1_000)
    assert await books.read(left, net) == won(1_000 - 45)


async def test_nothing_is_held_when_it_is_not_enough_for_all(books: Books) -> None:
    street = await books.write(make_street, grant_won=100)

    with pytest.raises(OverBudget):
        await books.write(hold_run, street.program_id, street.shop_id, [6, 1], LATER)

    assert await books.read(rows, PER_CHUNK) == []


@pytest.mark.parametrize(
    ("charge_won", "has_left", "after", "ended"),
    [
        (99, True, timedelta(0), [("post", 9_900)]),
        (33, True, timedelta(0), [("post", 3_300), ("void", 6_600)]),
        (0, True, IN_TIME, [("void", 9_900)]),
        (0, False, IN_TIME - timedelta(microseconds=1), [("void", 9_900)]),
        (0, False, IN_TIME, [("expire", 9_900)]),
    ],
)
async def test_a_hold_is_posted_voided_or_expired(
    books: Books, charge_won: int, has_left: bool, after: timedelta, ended: list[tuple[str, int]]
) -> None:
    """Expired is only what never left in its time."""
    street = await books.write(make_street, grant_won=100)
    run = await books.write(hold_run, street.program_id, street.shop_id, [6], LATER)

    for charge in (won(charge_won), Jeon(0)):
        charged = Charge(run[0], charge, has_left=has_left)
        await books.write(settle_money, [charged], LATER + after)

    assert await books.read(rows, ENDED) == ended


async def test_what_is_not_posted_goes_back_to_each_of_its_grants(books: Books) -> None:
    """I10: the first grant pays first, so that what expires soonest is used."""
    street = await books.write(make_street, grant_won=0)
    soon = await books.write(give, street, 50, 10)
    late = await books.write(give, street, 100, 20)
    (chunk_id,) = await books.write(hold_run, street.program_id, street.shop_id, [6], LATER)

    await books.write(settle_money, [Charge(chunk_id, won(66), has_left=True)], LATER)

    assert await books.read(left, soon) == 0
    assert await books.read(left, late) == won(100 - 16)


async def test_two_shops_share_a_pot(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    other = await books.write(make_shop, street.market_id, street.channel_id, slug="other")
    pot_id = await books.write(make_pot, street, amount_won=150)

    await books.write(hold_run, street.program_id, street.shop_id, [6], LATER)
    with pytest.raises(OverBudget):
        await books.write(hold_run, street.program_id, other, [6], LATER)
    await books.write(hold_run, street.program_id, other, [3], LATER)

    assert await books.read(left, pot_id) == won(150 - 99 - 50)


async def test_a_cap_counts_holds_and_forgets_what_came_back(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    await books.write(make_pot, street, amount_won=1_000, cap_won=100)
    (chunk_id,) = await books.write(hold_run, street.program_id, street.shop_id, [6], LATER)

    with pytest.raises(OverBudget):
        await books.write(hold_run, street.program_id, street.shop_id, [1], LATER)
    await books.write(settle_money, [Charge(chunk_id, won(33), has_left=True)], LATER)
    await books.write(hold_run, street.program_id, street.shop_id, [4], LATER)

    used = await books.read(rows, "SELECT used_jeon FROM pot_share")
    assert used == [(won(33 + 66),)]


@pytest.mark.parametrize("used", ["cap_jeon + 1", "-1"])
async def test_the_database_itself_refuses_more_than_a_cap(books: Books, used: str) -> None:
    """Should the code ever be bypassed."""
    street = await books.write(make_street, grant_won=0)
    await books.write(make_pot, street, amount_won=1_000, cap_won=100)
    await books.write(hold_run, street.program_id, street.shop_id, [1], LATER)

    with pytest.raises(ConstraintBroken, match="within_cap"):
        await books.write(change, f"UPDATE pot_share SET used_jeon = {used}")


async def test_money_that_went_elsewhere_meanwhile_is_asked_for_again(books: Books) -> None:
    """A plan reads its lots without a lock; whoever comes second does all of it again."""
    street = await books.write(make_street, grant_won=100)
    stale = await books.read(lots_of, street.shop_id, PAYS, LATER)
    await books.write(hold_run, street.program_id, street.shop_id, [6], LATER)

    with pytest.raises(Busy):
        await books.write(hold_run, street.program_id, street.shop_id, [1], LATER, lots=stale)
