"""Acts that are looked at first: made once, seen by whom they concern, settled once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.people import ProposalId, Role
from domain.refusals import Conflict, Invalid, NotAllowed, NotFound
from domain.subsidy import NEEDS_SECOND, ProposalKind, ProposalState
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.proposals import find_done_alike, list_proposals
from storage.vault import Vault
from subsidy.acting import Acting
from subsidy.clawing import claw_back
from subsidy.closing import close_program
from subsidy.invitations import accept, invite_to_desk
from subsidy.proposals import count_waiting, dismiss, get_proposal, propose
from tests.subsidy.desks import NOW, acts, make_desk

NOTHING: dict[str, object] = {"grants": []}


def make(
    tx: Tx, by: Acting, content: dict[str, object] = NOTHING, form_key: str = "form"
) -> ProposalId:
    return propose(tx, by, ProposalKind.CLAW_BACK, content, form_key=form_key, at=NOW)


def listed(tx: Tx, by: Acting) -> list[ProposalId]:
    return [one.proposal_id for one in list_proposals(tx, by.program_id, by.market_id)]


async def test_the_same_form_with_the_same_content_is_one(books: Books) -> None:
    desk = await books.write(make_desk)

    same = [await books.write(make, desk.maker) for _ in range(2)]
    other = await books.write(make, desk.maker, {"grants": [[1, 5]]})
    others = await books.write(make, desk.second)

    assert same[0] == same[1]
    assert len({same[0], other, others}) == 3
    assert (await books.read(acts, desk.program_id)).count("propose") == 3


async def test_a_form_without_a_key_makes_nothing(books: Books) -> None:
    desk = await books.write(make_desk)

    with pytest.raises(Invalid):
        await books.write(make, desk.maker, form_key="")

    assert await books.read(listed, desk.maker) == []


async def test_a_market_manager_sees_its_own_and_the_programs_manager_all(books: Books) -> None:
    desk = await books.write(make_desk)
    whole = await books.write(make, desk.maker)
    of_market = await books.write(make, desk.of_market)

    assert await books.read(listed, desk.of_market) == [of_market]
    assert await books.read(listed, desk.maker) == [of_market, whole]
    with pytest.raises(NotFound):
        await books.write(dismiss, desk.of_market, whole, NOW)


async def test_open_ones_stand_first(books: Books) -> None:
    desk = await books.write(make_desk)
    one, two = [await books.write(make, desk.maker, form_key=key) for key in ("one", "two")]

    await books.write(dismiss, desk.second, two, NOW)

    assert await books.read(listed, desk.maker) == [one, two]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_approved_and_dismissed_at_once_it_is_one_of_them(
    books: Books, database_url: str, vault: Vault
) -> None:
    desk = await books.write(make_desk)
    proposal_id = await books.write(make, desk.maker)

    async with open_books(database_url, vault) as other:
        found = await asyncio.gather(
            books.write(claw_back, desk.second, proposal_id, NOW),
            other.write(dismiss, desk.maker, proposal_id, NOW),
            return_exceptions=True,
        )

    state = (await books.read(get_proposal, desk.maker, proposal_id)).state
    lost = [one for one in found if one is not None]
    assert state in (ProposalState.DONE, ProposalState.DISMISSED)
    assert [type(one) for one in lost] == [Conflict]


@pytest.mark.parametrize("kind", sorted(NEEDS_SECOND))
async def test_who_came_after_it_was_proposed_is_no_second_person(
    books: Books, kind: ProposalKind
) -> None:
    """Else the maker invites themselves under another name and approves alone."""
    desk = await books.write(make_desk)
    proposal_id = await books.write(propose, desk.maker, kind, NOTHING, form_key="form", at=NOW)
    decide = claw_back if kind is ProposalKind.CLAW_BACK else close_program
    later = NOW + timedelta(microseconds=1)
    token = await books.write(
        invite_to_desk,
        desk.program_id,
        Role.MANAGER,
        name="나또",
        actor=desk.maker.actor,
        at=NOW,
    )
    again = replace(desk.maker, staff_id=await books.write(accept, token, later))

    with pytest.raises(NotAllowed) as refusal:
        await books.write(decide, again, proposal_id, later)

    assert refusal.value.reason == "came_after"
    await books.write(decide, desk.second, proposal_id, later)
    assert (await books.read(get_proposal, desk.maker, proposal_id)).state is ProposalState.DONE


async def test_what_waits_is_counted_for_the_second_person_only(books: Books) -> None:
    desk = await books.write(make_desk)
    for kind, key in ((ProposalKind.CLAW_BACK, "a"), (ProposalKind.GRANTS, "b")):
        await books.write(propose, desk.maker, kind, NOTHING, form_key=key, at=NOW)

    waiting = [
        await books.read(count_waiting, one.program_id, one.market_id, one.staff_id)
        for one in (desk.maker, desk.second)
    ]

    assert waiting == [0, 1]


async def test_one_done_with_the_same_content_is_found(books: Books) -> None:
    desk = await books.write(make_desk)
    found = []
    for key in ("a", "b"):
        proposal_id = await books.write(
            propose, desk.maker, ProposalKind.CLAW_BACK, NOTHING, form_key=key, at=NOW
        )
        proposal = await books.read(get_proposal, desk.maker, proposal_id)
        found.append(await books.read(find_done_alike, proposal))
        await books.write(claw_back, desk.second, proposal_id, NOW)

    assert found == [None, NOW]
