"""The weekly idea beside what owners write themselves: sent once, and nothing of theirs lost."""

import asyncio
from contextlib import suppress

import pytest

from campaigns.drafts import propose_draft, send_draft
from campaigns.ideas import change_idea, take_idea
from domain.refusals import Conflict
from storage.books import Books
from storage.desk import Tx
from storage.queries.drafts import lock_draft
from tests.campaigns.idea_stage import CAMPAIGNS, WEDNESDAY, make_owner, make_scene, proposed
from tests.factories import rows


async def test_of_two_owners_the_second_does_not_send_it_again(books: Books) -> None:
    """One changes its words while the other sends it as it is."""
    street, staff_id = await books.write(make_scene)
    other = await books.write(make_owner, street.shop_id)
    idea = await proposed(books, street.shop_id)
    about = street.shop_id, idea.idea_id
    draft, _ = await books.write(change_idea, other, *about, at=WEDNESDAY)
    taken = await books.write(take_idea, staff_id, *about, at=WEDNESDAY)

    with pytest.raises(Conflict, match="idea_taken"):
        await books.write(send_draft, other, street.shop_id, draft.form_key, at=WEDNESDAY)

    assert await books.read(rows, "SELECT id FROM campaign") == [(taken,)]
    assert await books.write(lock_draft, other) == draft


async def test_two_owners_who_press_at_once_send_it_once(books: Books) -> None:
    street, staff_id = await books.write(make_scene)
    other = await books.write(make_owner, street.shop_id)
    idea = await proposed(books, street.shop_id)
    about = street.shop_id, idea.idea_id
    drafts = [
        (who, (await books.write(change_idea, who, *about, at=WEDNESDAY))[0].form_key)
        for who in (staff_id, other)
    ]

    await asyncio.gather(
        *(
            write(send_draft, who, street.shop_id, key, at=WEDNESDAY)
            for who, key in drafts
            for write in (books.write, books.write_batch)
        ),
        books.write_batch(take_idea, staff_id, *about, at=WEDNESDAY),
        return_exceptions=True,
    )

    assert len(await books.read(rows, CAMPAIGNS)) == 1


@pytest.mark.parametrize("grant_won", [300_000, 20])
async def test_what_an_owner_is_writing_outlives_the_press(books: Books, grant_won: float) -> None:
    street, staff_id = await books.write(make_scene, grant_won=grant_won)
    idea = await proposed(books, street.shop_id)
    own = await books.write(propose_draft, staff_id, street.shop_id, "내 글", at=WEDNESDAY)

    def press(tx: Tx) -> None:
        with suppress(Conflict):
            take_idea(tx, staff_id, street.shop_id, idea.idea_id, at=WEDNESDAY)

    await books.write(press)

    assert await books.write(lock_draft, staff_id) == own


async def test_a_draft_that_makes_room_for_the_idea_is_named(books: Books) -> None:
    street, staff_id = await books.write(make_scene)
    idea = await proposed(books, street.shop_id)
    own = await books.write(propose_draft, staff_id, street.shop_id, "내 글", at=WEDNESDAY)
    about = staff_id, street.shop_id, idea.idea_id

    draft, replaced = await books.write(change_idea, *about, at=WEDNESDAY)
    again = await books.write(change_idea, *about, at=WEDNESDAY)

    assert (draft.body, replaced) == (idea.body, own)
    assert again == (draft, None)
