"""Acts that are looked at first: made once, seen by whom they concern, settled once."""

import asyncio

import pytest

from domain.people import ProposalId
from domain.refusals import Conflict, Invalid, NotFound
from domain.subsidy import ProposalKind, ProposalState
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.proposals import list_proposals
from storage.vault import Vault
from subsidy.acting import Acting
from subsidy.clawing import claw_back
from subsidy.proposals import dismiss, get_proposal, propose
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
