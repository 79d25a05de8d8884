"""A program's end: what is free goes home, what is held follows, the shops keep their own."""

import asyncio
from datetime import timedelta

import pytest

from domain.money import won
from domain.people import GrantId, ProposalId
from domain.refusals import Conflict, NotAllowed
from domain.subsidy import GrantState
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.programs import get_program_view
from storage.vault import Vault
from subsidy.clawing import Quiet, claw_back, look_for_quiet, propose_claw_back, undo_claw_back
from subsidy.closing import close_program, look_at_closing, propose_closing
from subsidy.grants import list_grants, start_grant
from subsidy.money import program_money
from subsidy.offering import Offer, offer_grant
from subsidy.operating import fund_operating, operating_lot
from subsidy.pots import open_pot, start_pot
from subsidy.wallets import top_up
from tests.factories import MANAGER, OWNER, make_grant
from tests.subsidy.desks import (
    ENDS,
    NOW,
    Desk,
    acts,
    budget_left,
    give_back,
    hold_some,
    left,
    make_desk,
)

LATER = NOW + timedelta(hours=1)


def make_pot(tx: Tx, desk: Desk) -> tuple[GrantId, GrantId]:
    """A started pot of 500 won with 100 won carved out for the first shop, not started."""
    facts = Offer(amount_jeon=won(500), start_by=NOW + timedelta(days=5), expires_at=ENDS)
    pot_id = open_pot(tx, desk.maker, desk.market_id, facts, form_key="pot", at=NOW)
    start_pot(tx, desk.maker, pot_id, NOW)
    part = Offer(
        amount_jeon=won(100),
        start_by=NOW + timedelta(days=5),
        expires_at=ENDS,
        pot_id=pot_id,
    )
    child = offer_grant(
        tx,
        desk.program_id,
        desk.shops[0],
        part,
        form_key="part",
        actor=MANAGER,
        at=NOW,
    )
    return pot_id, child


def propose(tx: Tx, desk: Desk, form_key: str = "form") -> ProposalId:
    return propose_closing(tx, desk.maker, form_key=form_key, at=NOW)


async def test_all_that_is_free_goes_home_also_through_a_pot(books: Books) -> None:
    desk = await books.write(make_desk, budget_won=10_000)
    pot_id, child = await books.write(make_pot, desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, NOW)
    proposal_id = await books.write(propose, desk)

    for _ in range(2):
        await books.write(close_program, desk.second, proposal_id, LATER)

    assert await books.write(budget_left, desk.program_id) == 970_000
    assert [await books.write(left, one) for one in (*desk.grants, pot_id, child)] == [0] * 5
    states = {one.state for one in await books.read(list_grants, desk.shops[0], LATER)}
    assert states == {GrantState.CLAWED_BACK}
    assert (await books.read(acts, desk.program_id))[:2] == ["do_close_program", "propose"]
    money = await books.read(program_money, desk.program_id)
    assert (money.budget_jeon, money.held_jeon, money.left_jeon) == (1_000_000, 30_000, 970_000)


async def test_what_is_held_goes_home_once_it_comes_back(books: Books) -> None:
    """From a part of a pot past the pot, which is called back itself."""
    desk = await books.write(make_desk, budget_won=10_000)
    _, child = await books.write(make_pot, desk)
    await books.write(start_grant, desk.shops[0], child, actor=OWNER, at=NOW)
    for grant_id in (desk.grants[0], child):
        await books.write(hold_some, desk, grant_id, 5_000, NOW)
    proposal_id = await books.write(propose, desk)
    await books.write(close_program, desk.second, proposal_id, LATER)
    assert await books.write(budget_left, desk.program_id) == 990_000

    for grant_id in (desk.grants[0], child):
        await books.write(give_back, grant_id, LATER)

    assert await books.write(budget_left, desk.program_id) == 1_000_000


async def test_the_preview_says_what_is_out(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(make_pot, desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, NOW)

    out = await books.read(look_at_closing, desk.maker, NOW)

    assert (out.offered_jeon, out.free_jeon, out.pots_jeon, out.held_jeon) == (
        10_000,
        270_000,
        40_000,
        30_000,
    )
    assert out.grants == 5


async def test_the_preview_says_what_closing_takes(books: Books) -> None:
    """Not what was called back before, nor what is past its date."""
    desk = await books.write(make_desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, NOW)
    found = await books.read(look_for_quiet, desk.maker, Quiet(days=14), NOW)
    taken = await books.write(
        propose_claw_back, desk.maker, Quiet(days=14), [found[0].grant_id], form_key="c", at=NOW
    )
    await books.write(claw_back, desk.second, taken, NOW)

    out = await books.read(look_at_closing, desk.maker, NOW)
    after = await books.read(look_at_closing, desk.maker, ENDS)

    assert (out.grants, out.free_jeon, out.held_jeon) == (2, 200_000, 0)
    assert (after.grants, after.free_jeon, after.held_jeon) == (0, 0, 0)


async def test_what_is_set_aside_for_messages_stays_and_nothing_joins_it(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(set_aside, desk, "before")
    proposal_id = await books.write(propose, desk)
    await books.write(close_program, desk.second, proposal_id, LATER)

    with pytest.raises(Conflict, match="program_closed"):
        await books.write(set_aside, desk, "after")

    assert (await books.write(operating_lot, desk.program_id)).left_jeon == won(100)


def set_aside(tx: Tx, desk: Desk, key: str) -> None:
    fund_operating(tx, desk.program_id, amount_jeon=won(100), key=key, actor=MANAGER, at=LATER)


async def test_neither_the_maker_nor_a_market_manager_closes(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)

    for one in (desk.maker, desk.of_market):
        with pytest.raises(NotAllowed):
            await books.write(close_program, one, proposal_id, LATER)
    with pytest.raises(NotAllowed):
        await books.write(propose_closing, desk.of_market, form_key="mine", at=NOW)

    assert (await books.read(get_program_view, desk.program_id)).closed_at is None


async def test_after_it_nothing_is_granted_started_or_undone_and_own_money_works(
    books: Books,
) -> None:
    desk = await books.write(make_desk)
    found = await books.read(look_for_quiet, desk.maker, Quiet(days=14), NOW)
    taken = await books.write(
        propose_claw_back,
        desk.maker,
        Quiet(days=14),
        [found[0].grant_id],
        form_key="claw",
        at=NOW,
    )
    await books.write(claw_back, desk.second, taken, NOW)
    one, two = [await books.write(propose, desk, key) for key in ("one", "two")]
    await books.write(close_program, desk.second, one, LATER)

    with pytest.raises(Conflict):
        await books.write(make_grant, desk.program_id, desk.shops[0], form_key="new", at=LATER)
    with pytest.raises(Conflict):
        await books.write(undo_claw_back, desk.maker, taken, LATER)
    with pytest.raises(Conflict):
        await books.write(close_program, desk.second, two, LATER)
    wallet = await books.write(
        top_up,
        desk.shops[0],
        won(10_000),
        reference="20261101-1",
        form_key="own",
        actor=OWNER,
        at=LATER,
    )
    assert wallet.left_jeon == won(10_000)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_grants_offered_while_it_closes_are_refused_or_called_back(
    books: Books, database_url: str, vault: Vault
) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)

    def offer(tx: Tx, number: int) -> None:
        make_grant(
            tx,
            desk.program_id,
            desk.shops[number % 3],
            amount_won=10,
            form_key=f"new-{number}",
            is_started=False,
            at=NOW,
        )

    async with open_books(database_url, vault) as a, open_books(database_url, vault) as b:
        found = await asyncio.gather(
            *(a.write(offer, number) for number in range(6)),
            b.write(close_program, desk.second, proposal_id, LATER),
            *(a.write_batch(offer, number) for number in range(6, 12)),
            return_exceptions=True,
        )

    assert all(one is None or str(one) == "program_closed" for one in found)
    assert found[6] is None
    out = await books.read(look_at_closing, desk.maker, LATER)
    assert (out.offered_jeon, out.free_jeon) == (0, 0)
