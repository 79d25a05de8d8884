"""Unused money of quiet shops: chosen, approved by a second person, taken once, given back."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.money import Jeon, won
from domain.people import GrantId, ProposalId
from domain.refusals import Conflict, NotAllowed, NotFound, OverBudget
from domain.subsidy import AccountKind, GrantState, Phase, TransferCode
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.ledger import get_program_account
from storage.vault import Vault
from subsidy.clawing import Quiet, claw_back, look_for_quiet, propose_claw_back, undo_claw_back
from subsidy.grants import list_grants, start_grant
from subsidy.ledger import Move, transfer
from subsidy.money import program_money
from subsidy.offering import Offer, offer_grant
from subsidy.pots import open_pot, set_cap
from subsidy.proposals import dismiss
from tests.factories import (
    EARLIER,
    MANAGER,
    OWNER,
    make_customer,
    make_grant,
    make_program,
    make_run,
    make_shop,
    rows,
)
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
    make_manager,
)

QUIET = Quiet(days=14)
LATER = NOW + timedelta(hours=1)


def propose(tx: Tx, desk: Desk, *, quiet: Quiet = QUIET, form_key: str = "form") -> ProposalId:
    found = look_for_quiet(tx, desk.maker, quiet, NOW)
    ids = [one.grant_id for one in found]
    return propose_claw_back(tx, desk.maker, quiet, ids, form_key=form_key, at=NOW)


async def test_free_money_goes_home_and_held_money_stays(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, EARLIER)
    before = await books.write(budget_left, desk.program_id)
    proposal_id = await books.write(propose, desk)

    await books.write(claw_back, desk.second, proposal_id, LATER)

    (grant,) = await books.read(list_grants, desk.shops[0], LATER)
    assert (grant.state, grant.left_jeon, grant.held_jeon) == (GrantState.CLAWED_BACK, 0, 30_000)
    assert grant.elsewhere_jeon == 70_000
    assert await books.write(budget_left, desk.program_id) == before + 270_000


async def test_what_was_held_goes_home_at_once_when_it_comes_back(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, EARLIER)
    proposal_id = await books.write(propose, desk)
    await books.write(claw_back, desk.second, proposal_id, LATER)
    before = await books.write(budget_left, desk.program_id)

    await books.write(give_back, desk.grants[0], LATER)

    assert await books.write(left, desk.grants[0]) == 0
    assert await books.write(budget_left, desk.program_id) == before + 30_000


async def test_the_maker_cannot_approve(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)

    with pytest.raises(NotAllowed):
        await books.write(claw_back, desk.maker, proposal_id, LATER)

    assert await books.write(left, desk.grants[0]) == 100_000


async def test_approving_twice_takes_once_and_writes_one_line(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)

    await books.write(claw_back, desk.second, proposal_id, LATER)
    after = await books.write(budget_left, desk.program_id)
    await books.write(claw_back, desk.second, proposal_id, LATER)

    assert await books.write(budget_left, desk.program_id) == after
    assert (await books.read(acts, desk.program_id))[:2] == ["do_claw_back", "propose"]


async def test_never_more_is_taken_than_was_shown(books: Books) -> None:
    """The rest stays, and the grant goes on working."""
    desk = await books.write(make_desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, EARLIER)
    proposal_id = await books.write(propose, desk)
    await books.write(give_back, desk.grants[0], NOW)

    await books.write(claw_back, desk.second, proposal_id, LATER)

    (grant,) = await books.read(list_grants, desk.shops[0], LATER)
    assert (grant.state, grant.left_jeon) == (GrantState.STARTED, 30_000)


async def test_a_shop_that_has_sent_meanwhile_keeps_its_money(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)
    await books.write(make_customer, desk.channel_id, desk.shops[0], 1)
    await books.write(make_run, desk.shops[0], at=NOW + timedelta(minutes=5))

    await books.write(claw_back, desk.second, proposal_id, LATER)

    states = [(await books.read(list_grants, one, LATER))[0].state for one in desk.shops]
    assert states == [GrantState.STARTED, GrantState.CLAWED_BACK, GrantState.CLAWED_BACK]


async def test_who_sent_within_the_days_is_not_quiet_and_a_new_grant_is_left_alone(
    books: Books,
) -> None:
    desk = await books.write(make_desk)
    await books.write(make_customer, desk.channel_id, desk.shops[0], 1)
    await books.write(make_run, desk.shops[0], at=NOW - timedelta(days=13))
    fresh = await books.write(
        make_shop, desk.market_id, desk.channel_id, name="새 가게", slug="fresh"
    )
    await books.write(make_grant, desk.program_id, fresh, at=NOW - timedelta(days=1))

    found = await books.read(look_for_quiet, desk.maker, QUIET, NOW)

    assert [one.shop_id for one in found] == desk.shops[1:]


async def test_the_last_message_counts_to_the_day(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(make_customer, desk.channel_id, desk.shops[0], 1)
    await books.write(make_run, desk.shops[0], at=NOW - timedelta(days=14, seconds=1))

    found = await books.read(look_for_quiet, desk.maker, QUIET, NOW)

    assert [one.shop_id for one in found] == desk.shops


async def test_a_market_manager_reaches_its_own_market_only(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)

    found = await books.read(look_for_quiet, desk.of_market, QUIET, NOW)

    assert [one.shop_id for one in found] == desk.shops[:2]
    with pytest.raises(NotFound):
        await books.write(claw_back, desk.of_market, proposal_id, LATER)


async def test_another_programs_manager_finds_no_proposal(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)
    elsewhere = await books.write(make_program, name="다른 프로그램")
    stranger = await books.write(make_manager, elsewhere, "남")

    with pytest.raises(NotFound):
        await books.write(claw_back, stranger, proposal_id, LATER)


async def test_undone_everything_is_back_and_works_again(books: Books) -> None:
    """Also what came home after it was taken."""
    desk = await books.write(make_desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, EARLIER)
    before = await books.write(budget_left, desk.program_id)
    proposal_id = await books.write(propose, desk)
    await books.write(claw_back, desk.second, proposal_id, LATER)
    await books.write(give_back, desk.grants[0], LATER + timedelta(hours=1))

    for _ in range(2):
        await books.write(undo_claw_back, desk.maker, proposal_id, LATER + timedelta(hours=2))

    grants = [(await books.read(list_grants, one, LATER))[0] for one in desk.shops]
    assert [(one.state, one.left_jeon) for one in grants] == [(GrantState.STARTED, 100_000)] * 3
    assert await books.write(budget_left, desk.program_id) == before
    money = await books.read(program_money, desk.program_id)
    assert (money.granted_jeon, money.left_jeon) == (300_000, money.budget_jeon)


async def test_what_was_carved_out_of_a_pot_goes_back_to_the_pot_and_out_again(
    books: Books,
) -> None:
    desk = await books.write(make_desk)
    pot_id, child = await books.write(carve, desk)
    proposal_id = await books.write(propose, desk)

    await books.write(claw_back, desk.second, proposal_id, LATER)
    taken = [await books.write(left, one) for one in (pot_id, child)]
    await books.write(undo_claw_back, desk.maker, proposal_id, LATER)

    assert taken == [50_000, 0]
    assert [await books.write(left, one) for one in (pot_id, child)] == [40_000, 10_000]


def carve(tx: Tx, desk: Desk) -> tuple[GrantId, GrantId]:
    """A pot of 500 won with a cap of 50 won a shop, and 100 won carved out of it: the carved
    part is the shop's own and no cap concerns it.
    """
    offer = Offer(
        amount_jeon=won(500),
        start_by=EARLIER + timedelta(days=5),
        expires_at=ENDS,
        shop_cap_jeon=won(50),
    )
    pot_id = open_pot(tx, desk.maker, desk.market_id, offer, form_key="pot", at=EARLIER)
    set_cap(tx, desk.maker, pot_id, desk.shops[0], won(50), EARLIER)
    part = replace(offer, amount_jeon=won(100), pot_id=pot_id, shop_cap_jeon=None)
    child = offer_grant(
        tx,
        desk.program_id,
        desk.shops[0],
        part,
        form_key="part",
        actor=MANAGER,
        at=EARLIER,
    )
    start_grant(tx, desk.shops[0], child, actor=OWNER, at=EARLIER)
    return pot_id, child


async def test_undone_and_made_again_it_takes_again(books: Books) -> None:
    desk = await books.write(make_desk)
    first = await books.write(propose, desk)
    await books.write(claw_back, desk.second, first, LATER)
    await books.write(undo_claw_back, desk.second, first, LATER)

    again = await books.write(propose, desk, form_key="again")
    await books.write(claw_back, desk.second, again, LATER + timedelta(hours=1))
    await books.write(undo_claw_back, desk.second, again, LATER + timedelta(hours=2))

    assert [await books.write(left, one) for one in desk.grants] == [100_000] * 3


async def test_a_third_person_cannot_undo(books: Books) -> None:
    desk = await books.write(make_desk)
    third = await books.write(make_manager, desk.program_id, "셋째")
    proposal_id = await books.write(propose, desk)
    await books.write(claw_back, desk.second, proposal_id, LATER)

    with pytest.raises(NotAllowed):
        await books.write(undo_claw_back, third, proposal_id, LATER)


async def test_after_the_grants_end_nothing_can_be_undone(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)
    await books.write(claw_back, desk.second, proposal_id, LATER)

    with pytest.raises(Conflict):
        await books.write(undo_claw_back, desk.maker, proposal_id, ENDS)


async def test_without_the_money_nothing_is_undone(books: Books) -> None:
    desk = await books.write(make_desk, budget_won=3_000)
    proposal_id = await books.write(propose, desk)
    await books.write(claw_back, desk.second, proposal_id, LATER)
    await books.write(spend_budget, desk)

    with pytest.raises(OverBudget):
        await books.write(undo_claw_back, desk.maker, proposal_id, LATER)

    assert (await books.read(list_grants, desk.shops[0], LATER))[0].state is GrantState.CLAWED_BACK


def spend_budget(tx: Tx, desk: Desk) -> None:
    """All but a jeon of what is needed."""
    move = Move(
        key="elsewhere",
        code=TransferCode.FUND,
        phase=Phase.SINGLE,
        debit=get_program_account(tx, desk.program_id, AccountKind.PROGRAM),
        credit=get_program_account(tx, desk.program_id, AccountKind.OPERATING),
        amount_jeon=Jeon(budget_left(tx, desk.program_id) - 299_999),
    )
    transfer(tx, [move], happened_at=NOW, recorded_at=NOW)


async def test_what_was_dismissed_cannot_be_approved(books: Books) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk)

    for _ in range(2):
        await books.write(dismiss, desk.maker, proposal_id, LATER)

    with pytest.raises(Conflict):
        await books.write(claw_back, desk.second, proposal_id, LATER)
    assert (await books.read(acts, desk.program_id))[:2] == ["dismiss", "propose"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_two_managers_at_once_take_and_give_back_once(
    books: Books, database_url: str, vault: Vault
) -> None:
    """Approvals of two overlapping proposals, and their undoings, from four connections."""
    desk = await books.write(make_desk, shops=8)
    third = await books.write(make_manager, desk.program_id, "셋째")
    before = await books.write(budget_left, desk.program_id)
    one, two = [await books.write(propose, desk, form_key=key) for key in ("one", "two")]
    async with open_books(database_url, vault) as a, open_books(database_url, vault) as b:
        took = await asyncio.gather(
            a.write(claw_back, desk.second, one, LATER),
            b.write(claw_back, third, one, LATER),
            a.write_batch(claw_back, desk.second, two, LATER),
            b.write_batch(claw_back, third, two, LATER),
        )
        taken = await books.write(budget_left, desk.program_id)
        undone = await asyncio.gather(
            a.write(undo_claw_back, desk.maker, one, LATER),
            b.write(undo_claw_back, desk.maker, one, LATER),
            a.write_batch(undo_claw_back, desk.maker, two, LATER),
            b.write_batch(undo_claw_back, desk.maker, two, LATER),
            return_exceptions=True,
        )

    assert len(took) == 4
    assert taken == before + 800_000
    # Whichever proposal came second took nothing, so there is nothing of it to undo.
    assert sorted(str(found) for found in undone) == ["None", "None", "undo_late", "undo_late"]
    assert await books.write(budget_left, desk.program_id) == before
    assert [await books.write(left, grant) for grant in desk.grants] == [100_000] * 8
    codes = await books.read(
        rows, "SELECT code, count(*) FROM transfer GROUP BY code ORDER BY code"
    )
    assert ("claw_back", 8) in codes
    assert ("restore", 8) in codes
