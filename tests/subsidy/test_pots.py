"""A market's pot: who may open, start and divide it, and who used how much."""

from datetime import datetime, timedelta

import pytest

from domain.money import Jeon, won
from domain.people import GrantId, ShopId
from domain.refusals import Conflict, Invalid, NotAllowed, NotFound, OverBudget
from domain.subsidy import AccountKind, GrantState, Phase, TransferCode
from storage.books import Books
from storage.desk import Tx
from storage.queries.grants import find_grant
from storage.queries.ledger import get_program_account
from subsidy.invariants import money_goes_home, nothing_overdrawn
from subsidy.ledger import Move, transfer
from subsidy.offering import Offer, offer_grant
from subsidy.pots import get_pot, list_pots, list_shares, open_pot, set_cap, start_pot
from tests.factories import MANAGER, change
from tests.subsidy.desks import ENDS, NOW, Desk, acts, make_desk


def open_one(tx: Tx, desk: Desk, *, cap_won: int | None = None, is_started: bool = True) -> GrantId:
    offer = Offer(
        amount_jeon=won(1_000),
        start_by=NOW + timedelta(days=5),
        expires_at=ENDS,
        shop_cap_jeon=won(cap_won) if cap_won else None,
    )
    pot_id = open_pot(tx, desk.maker, desk.market_id, offer, form_key="pot", at=NOW)
    if is_started:
        start_pot(tx, desk.of_market, pot_id, NOW)
    return pot_id


def use(tx: Tx, desk: Desk, pot_id: GrantId, shop_id: ShopId, amount_jeon: int, key: str) -> None:
    """A news of this shop holds some of the pot."""
    row = find_grant(tx, pot_id)
    assert row is not None
    move = Move(
        key=key,
        code=TransferCode.MESSAGE,
        phase=Phase.HOLD,
        debit=row.account_id,
        credit=get_program_account(tx, desk.program_id, AccountKind.SPENT),
        amount_jeon=Jeon(amount_jeon),
        shop_id=shop_id,
    )
    transfer(tx, [move], happened_at=NOW, recorded_at=NOW)


def shares(tx: Tx, desk: Desk, pot_id: GrantId) -> list[tuple[ShopId, int | None, int]]:
    found = list_shares(tx, desk.of_market, pot_id)
    return [(one.shop_id, one.cap_jeon, one.used_jeon) for one in found]


async def test_only_the_programs_manager_opens_and_the_markets_starts(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk, is_started=False)
    before = await books.read(get_pot, desk.of_market, pot_id, NOW)

    for _ in range(2):
        await books.write(start_pot, desk.of_market, pot_id, NOW)

    after = await books.read(get_pot, desk.of_market, pot_id, NOW)
    assert (before.view.state, after.view.state) == (GrantState.OFFERED, GrantState.STARTED)
    assert (await books.read(acts, desk.program_id))[:2] == ["start_pot", "open_pot"]
    offer = Offer(amount_jeon=won(1), start_by=NOW + timedelta(days=1), expires_at=ENDS)
    with pytest.raises(NotAllowed):
        await books.write(open_pot, desk.of_market, desk.market_id, offer, form_key="mine", at=NOW)


async def test_another_markets_pot_is_not_found(books: Books) -> None:
    desk = await books.write(make_desk)
    offer = Offer(amount_jeon=won(1), start_by=NOW + timedelta(days=1), expires_at=ENDS)
    pot_id = await books.write(
        open_pot, desk.maker, desk.other_market, offer, form_key="other", at=NOW
    )

    assert await books.read(list_pots, desk.of_market, NOW) == []
    with pytest.raises(NotFound):
        await books.write(start_pot, desk.of_market, pot_id, NOW)
    with pytest.raises(NotFound):
        await books.read(list_shares, desk.of_market, pot_id)


async def test_who_used_how_much_is_known_with_and_without_caps(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk)
    await books.write(use, desk, pot_id, desk.shops[1], 300, "a")

    found = await books.read(shares, desk, pot_id)

    assert found == [(desk.shops[1], None, 300), (desk.shops[0], None, 0)]


async def test_a_cap_counts_what_was_used_before_it(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk)
    shop_id = desk.shops[0]
    await books.write(use, desk, pot_id, shop_id, 300, "a")

    await books.write(set_cap, desk.maker, pot_id, shop_id, Jeon(500), NOW)

    with pytest.raises(OverBudget):
        await books.write(use, desk, pot_id, shop_id, 201, "b")
    await books.write(use, desk, pot_id, shop_id, 200, "c")
    assert (await books.read(shares, desk, pot_id))[0] == (shop_id, 500, 500)


async def test_a_cap_is_lowered_to_what_is_used_and_not_below(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk, cap_won=100)
    shop_id = desk.shops[0]
    await books.write(set_cap, desk.maker, pot_id, shop_id, Jeon(500), NOW)
    await books.write(use, desk, pot_id, shop_id, 300, "a")

    await books.write(set_cap, desk.maker, pot_id, shop_id, Jeon(300), NOW)

    with pytest.raises(Invalid):
        await books.write(set_cap, desk.maker, pot_id, shop_id, Jeon(299), NOW)
    assert (await books.read(shares, desk, pot_id))[0] == (shop_id, 300, 300)


async def test_a_cap_is_the_programs_managers_word_for_a_shop_of_the_market(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk)

    with pytest.raises(NotAllowed):
        await books.write(set_cap, desk.of_market, pot_id, desk.shops[0], Jeon(500), NOW)
    with pytest.raises(NotFound):
        await books.write(set_cap, desk.maker, pot_id, desk.shops[2], Jeon(500), NOW)
    with pytest.raises(Invalid):
        await books.write(set_cap, desk.maker, pot_id, desk.shops[0], won(1_001), NOW)


async def test_the_same_cap_pressed_twice_is_one_act(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk)

    for cap in (500, 500, 600):
        await books.write(set_cap, desk.maker, pot_id, desk.shops[0], Jeon(cap), NOW)

    assert (await books.read(acts, desk.program_id)).count("set_cap") == 2


async def test_an_audit_misses_a_share_that_is_not_there(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk, cap_won=100)
    await books.write(set_cap, desk.maker, pot_id, desk.shops[0], Jeon(500), NOW)
    await books.write(use, desk, pot_id, desk.shops[0], 300, "a")
    before = await books.read(nothing_overdrawn)

    await books.write(change, "DELETE FROM pot_share")

    (found,) = await books.read(nothing_overdrawn)
    assert before == []
    assert f"shop {desk.shops[0]}'s share" in found
    assert "its transfers make 300" in found


async def test_nothing_is_carved_out_of_a_pot_that_was_not_started_in_time(books: Books) -> None:
    """Also before its money is swept home."""
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk, is_started=False)
    after = NOW + timedelta(days=5)
    offer = Offer(
        amount_jeon=won(10), start_by=after + timedelta(days=1), expires_at=ENDS, pot_id=pot_id
    )

    with pytest.raises(Conflict, match="pot_over"):
        await books.write(carve, desk, offer, after)

    await books.write(carve, desk, offer, after - timedelta(seconds=1))


def carve(tx: Tx, desk: Desk, offer: Offer, at: datetime) -> None:
    offer_grant(tx, desk.program_id, desk.shops[0], offer, form_key="part", actor=MANAGER, at=at)


async def test_an_audit_finds_money_that_was_moved_out_of_a_pot(books: Books) -> None:
    desk = await books.write(make_desk)
    pot_id = await books.write(open_one, desk)
    await books.write(move_out, pot_id, desk.grants[0])

    assert any("is a move from pot to grant" in one for one in await books.read(money_goes_home))


def move_out(tx: Tx, pot_id: GrantId, grant_id: GrantId) -> None:
    pot, grant = find_grant(tx, pot_id), find_grant(tx, grant_id)
    assert pot is not None
    assert grant is not None
    move = Move(
        key="out",
        code=TransferCode.MOVE,
        phase=Phase.SINGLE,
        debit=pot.account_id,
        credit=grant.account_id,
        amount_jeon=Jeon(100),
        shop_id=grant.shop_id,
    )
    transfer(tx, [move], happened_at=NOW, recorded_at=NOW)
