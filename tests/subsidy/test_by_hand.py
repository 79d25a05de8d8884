"""Messages sent by hand in Kakao's own centre: told once, paid by free cash, corrected by a
reversing record.
"""

import asyncio
from datetime import date, timedelta

import pytest

from domain.audit import shop_book
from domain.money import won
from domain.people import ShopId
from domain.refusals import Conflict, Invalid, NotFound
from storage.books import Books
from storage.desk import Tx
from storage.queries.grants import list_lots
from storage.queries.hand_sendings import HandView, list_hand_sendings
from subsidy.by_hand import Sending, record_by_hand, take_back
from subsidy.grants import GrantView, list_grants, list_pots, start_pot
from subsidy.invariants import money_goes_home, nothing_overdrawn, transfers_make_balances
from subsidy.money import program_money
from subsidy.offering import Offer, open_pot
from tests.conftest import Clock
from tests.factories import MANAGER, OWNER, Street, make_grant, make_street, rows

TODAY = date(2026, 11, 25)
TO_ALL = Sending(sent_on=TODAY, people=1_000, is_targeted=False)


async def record(
    books: Books, shop_id: ShopId, clock: Clock, sending: Sending = TO_ALL, key: str = "form"
) -> HandView:
    book = shop_book(shop_id)
    return await books.write(
        record_by_hand, shop_id, sending, form_key=key, book=book, actor=OWNER, at=clock.now()
    )


async def correct(books: Books, shop_id: ShopId, hand_id: int, clock: Clock) -> HandView:
    book = shop_book(shop_id)
    return await books.write(take_back, shop_id, hand_id, book=book, actor=OWNER, at=clock.now())


async def grant_of(books: Books, street: Street, clock: Clock) -> GrantView:
    return (await books.read(list_grants, street.shop_id, clock.now()))[0]


async def check(books: Books) -> None:
    for promise in (transfers_make_balances, nothing_overdrawn, money_goes_home):
        assert await books.read(promise) == []


@pytest.mark.parametrize(("is_targeted", "cost_won"), [(False, 16_500), (True, 22_000)])
async def test_it_costs_the_channels_own_price(
    books: Books, clock: Clock, *, is_targeted: bool, cost_won: int
) -> None:
    """15 or 20 won with VAT (programme-and-law.md 2.1), from free cash."""
    street = await books.write(make_street)

    sending = Sending(sent_on=TODAY, people=1_000, is_targeted=is_targeted)
    told = await record(books, street.shop_id, clock, sending)

    assert (told.cost_jeon, told.paid_jeon) == (won(cost_won), won(cost_won))
    grant = await grant_of(books, street, clock)
    assert (grant.spent_jeon, grant.left_jeon) == (won(cost_won), won(300_000 - cost_won))
    await check(books)


async def test_the_same_form_counts_once_however_often_it_is_pressed(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)

    told = await asyncio.gather(*(record(books, street.shop_id, clock) for _ in range(8)))
    other = await record(books, street.shop_id, clock, key="another visit")

    assert {one.hand_id for one in told} == {told[0].hand_id} != {other.hand_id}
    grant = await grant_of(books, street, clock)
    assert grant.spent_jeon == won(33_000)
    acts = "SELECT count(*) FROM audit_line WHERE act = 'record_by_hand'"
    assert await books.read(rows, acts) == [(2,)]


async def test_free_cash_pays_in_burn_order_as_far_as_it_reaches(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street, grant_won=10_000)
    sooner = clock.now() + timedelta(days=3)
    await books.write(
        make_grant,
        street.program_id,
        street.shop_id,
        amount_won=2_000,
        form_key="sooner",
        expires_at=sooner,
    )

    told = await record(books, street.shop_id, clock)

    assert (told.cost_jeon, told.paid_jeon) == (won(16_500), won(12_000))
    grants = await books.read(list_grants, street.shop_id, clock.now())
    assert [grant.left_jeon for grant in grants] == [0, 0]
    first, second = await books.read(
        rows, "SELECT amount_jeon FROM transfer WHERE code = 'by_hand' ORDER BY id"
    )
    assert (first[0], second[0]) == (won(2_000), won(10_000))


async def test_without_free_cash_it_is_only_written_down(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, grant_won=0)

    told = await record(books, street.shop_id, clock)

    assert (told.cost_jeon, told.paid_jeon) == (won(16_500), 0)


async def test_a_correction_gives_back_and_changes_nothing_that_was_written(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    before = await books.read(program_money, street.program_id)
    told = await record(books, street.shop_id, clock)

    back = await asyncio.gather(
        *(correct(books, street.shop_id, told.hand_id, clock) for _ in range(4))
    )

    assert {one.hand_id for one in back} == {back[0].hand_id}
    assert (back[0].people, back[0].paid_jeon) == (-1_000, -won(16_500))
    assert await books.read(list_hand_sendings, street.shop_id) == [back[0], told]
    grant = await grant_of(books, street, clock)
    assert (grant.spent_jeon, grant.left_jeon) == (0, won(300_000))
    assert grant.elsewhere_jeon == 0
    assert await books.read(program_money, street.program_id) == before
    await check(books)
    with pytest.raises(Conflict):
        await correct(books, street.shop_id, back[0].hand_id, clock)


async def test_what_comes_back_to_a_grant_that_is_over_lapses_at_once(
    books: Books, clock: Clock
) -> None:
    """F2"""
    street = await books.write(make_street)
    told = await record(books, street.shop_id, clock)
    clock.advance(timedelta(days=40))

    await correct(books, street.shop_id, told.hand_id, clock)

    grant = await grant_of(books, street, clock)
    assert (grant.left_jeon, grant.spent_jeon, grant.lapsed_jeon) == (0, 0, won(300_000))
    await check(books)


def share_pot(tx: Tx, street: Street, clock: Clock) -> None:
    """10,000 won of the market's, at most 6,000 for one shop."""
    at = clock.now()
    offer = Offer(
        amount_jeon=won(10_000),
        start_by=at + timedelta(days=5),
        expires_at=at + timedelta(days=5),
        shop_cap_jeon=won(6_000),
    )
    pot_id = open_pot(
        tx, street.program_id, street.market_id, offer, form_key="pot", actor=MANAGER, at=at
    )
    start_pot(tx, street.market_id, pot_id, actor=MANAGER, at=at)


async def test_a_markets_pot_pays_within_the_shops_cap_and_gets_it_back(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street, grant_won=0)
    await books.write(share_pot, street, clock)

    told = await record(books, street.shop_id, clock)
    await check(books)
    (pot,) = await books.read(list_pots, street.market_id, clock.now())
    assert (told.paid_jeon, pot.left_jeon) == (won(6_000), won(4_000))

    await correct(books, street.shop_id, told.hand_id, clock)
    await check(books)
    (lot,) = await books.read(list_lots, street.shop_id, None, clock.now())
    assert lot.left_jeon == won(6_000)


@pytest.mark.parametrize(
    ("sent_on", "people", "field"),
    [
        (TODAY, 0, "people"),
        (TODAY, 1_000_001, "people"),
        (TODAY + timedelta(days=1), 10, "sent_on"),
        (TODAY - timedelta(days=61), 10, "sent_on"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(
    books: Books, clock: Clock, sent_on: date, people: int, field: str
) -> None:
    street = await books.write(make_street)

    sending = Sending(sent_on=sent_on, people=people, is_targeted=False)

    with pytest.raises(Invalid) as refusal:
        await record(books, street.shop_id, clock, sending)

    assert set(refusal.value.fields) == {field}


async def test_another_shops_record_cannot_be_corrected(books: Books, clock: Clock) -> None:
    street = await books.write(make_street)
    told = await record(books, street.shop_id, clock)

    with pytest.raises(NotFound):
        await correct(books, ShopId(street.shop_id + 1), told.hand_id, clock)
