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
from storage.queries.hand_sendings import HandView, list_hand_sendings
from subsidy.by_hand import Sending, record_by_hand, take_back
from subsidy.grants import GrantView, list_grants, list_pots, start_pot
from subsidy.invariants import money_goes_home, nothing_overdrawn, transfers_make_balances
from subsidy.money import program_money
from subsidy.offering import Offer, open_pot
from tests.conftest import Clock
from tests.factories import MANAGER, OWNER, Street, change, make_grant, make_street, rows

TODAY = date(2026, 11, 25)
TO_ALL = Sending(sent_on=TODAY, people=1_000, is_targeted=False)


async def record(
    books: Books, shop_id: ShopId, clock: Clock, sending: Sending = TO_ALL, key: str = "form"
) -> HandView:
    """As a page does: asked what it takes, then pressed again."""
    try:
        return await press(books, shop_id, clock, sending, key, None)
    except Conflict as asked:
        if asked.reason != "by_hand_amount":
            raise
        paid_jeon = asked.facts["paid_jeon"]
        assert isinstance(paid_jeon, int)
        return await press(books, shop_id, clock, sending, key, paid_jeon)


async def press(
    books: Books, shop_id: ShopId, clock: Clock, sending: Sending, key: str, agreed_jeon: int | None
) -> HandView:
    return await books.write(
        record_by_hand,
        shop_id,
        sending,
        form_key=key,
        agreed_jeon=agreed_jeon,
        book=shop_book(shop_id),
        actor=OWNER,
        at=clock.now(),
    )


async def correct(
    books: Books, shop_id: ShopId, hand_id: int, clock: Clock, *, is_owner: bool = True
) -> HandView:
    return await books.write(
        take_back,
        shop_id,
        hand_id,
        is_owner=is_owner,
        book=shop_book(shop_id),
        actor=OWNER,
        at=clock.now(),
    )


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


async def test_what_one_shop_says_it_sent_never_takes_from_the_markets_pot(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street, grant_won=5_000)
    await books.write(share_pot, street, clock)

    told = await record(books, street.shop_id, clock)

    await check(books)
    (pot,) = await books.read(list_pots, street.market_id, clock.now())
    assert (told.paid_jeon, pot.left_jeon) == (won(5_000), won(10_000))


async def test_a_grant_that_pays_for_no_advertising_pays_for_nothing_sent_by_hand(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    await books.write(change, "UPDATE \"grant\" SET pays = 'solapi:information'")

    told = await record(books, street.shop_id, clock)

    assert told.paid_jeon == 0


async def test_nothing_is_recorded_before_its_amount_was_said(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, grant_won=10_000)

    for said in (None, won(16_500)):
        with pytest.raises(Conflict) as asked:
            await press(books, street.shop_id, clock, TO_ALL, "form", said)
        assert asked.value.facts == {"cost_jeon": won(16_500), "paid_jeon": won(10_000)}

    assert await books.read(list_hand_sendings, street.shop_id) == []
    assert (await grant_of(books, street, clock)).spent_jeon == 0


async def test_an_owner_corrects_for_sixty_days_and_a_manager_after_them(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_street)
    told = await record(books, street.shop_id, clock)
    soon = await record(books, street.shop_id, clock, key="another visit")
    clock.advance(timedelta(days=60))
    await correct(books, street.shop_id, soon.hand_id, clock)
    clock.advance(timedelta(seconds=1))

    with pytest.raises(Conflict, match="by_hand_late"):
        await correct(books, street.shop_id, told.hand_id, clock)
    back = await correct(books, street.shop_id, told.hand_id, clock, is_owner=False)

    assert back.people == -1_000
    assert await correct(books, street.shop_id, told.hand_id, clock) == back


@pytest.mark.parametrize(
    ("sent_on", "people", "field"),
    [
        (TODAY, 0, "people"),
        (TODAY, 100_001, "people"),
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


async def test_cash_with_vat_never_pays_the_price_without_it(books: Books, clock: Clock) -> None:
    """F8: at the net price only the grant that is drawn without VAT pays, later end or not."""
    street = await books.write(make_street, grant_won=0)
    soon, late = clock.now() + timedelta(days=10), clock.now() + timedelta(days=20)
    await books.write(make_grant, street.program_id, street.shop_id, expires_at=soon)
    grant_id = await books.write(
        make_grant, street.program_id, street.shop_id, form_key="net", expires_at=late
    )
    await books.write(
        change, "UPDATE \"grant\" SET vat_rule = 'without_vat' WHERE id = :id", id=grant_id
    )

    told = await record(books, street.shop_id, clock)

    assert told.paid_jeon == won(15_000)
    grants = await books.read(list_grants, street.shop_id, clock.now())
    assert [one.spent_jeon for one in grants] == [0, won(15_000)]


async def test_what_comes_back_has_the_days_its_terms_give(books: Books, clock: Clock) -> None:
    """Before the sweep as after it: what was free lapses first, then the rest comes back."""
    street = await books.write(make_street)
    told = await record(books, street.shop_id, clock)
    ends_at = (await grant_of(books, street, clock)).expires_at
    days = {"until": (ends_at + timedelta(days=10)).isoformat(sep=" ")}
    await books.write(change, 'UPDATE "grant" SET returned_until = :until', **days)
    clock.at = ends_at + timedelta(hours=1)

    await correct(books, street.shop_id, told.hand_id, clock)

    assert (await grant_of(books, street, clock)).left_jeon == told.paid_jeon
