"""Invitations and sessions in the books, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from domain.people import Role
from domain.refusals import Conflict
from storage.books import Books
from storage.queries.staff import (
    delete_expired_sessions,
    delete_session,
    find_session,
    insert_session,
    list_channels,
    list_staff,
    save_session,
)
from subsidy.invitations import accept, invite
from tests.console.street import MONDAY_TEN, build_street


async def test_two_at_once_come_in_once(books: Books) -> None:
    street = await books.write(build_street, "보람")
    token = await books.write(
        invite, Role.OWNER, shop_id=street.shop_id, name="박새로", at=MONDAY_TEN
    )

    results = await asyncio.gather(
        *(books.write(accept, token, MONDAY_TEN) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7
    assert len(await books.read(list_staff, street.shop_id)) == 2


async def test_a_session_is_found_until_it_ends(books: Books) -> None:
    street = await books.write(build_street, "보람")
    ends = MONDAY_TEN + timedelta(days=30)
    await books.write(insert_session, "hash", street.owner, content="{}", expires_at=ends)

    found = await books.read(find_session, "hash", MONDAY_TEN)
    assert found is not None
    assert (found.staff_id, found.content, found.expires_at) == (street.owner, "{}", ends)
    assert await books.read(find_session, "hash", ends) is None

    later = ends + timedelta(days=1)
    await books.write(save_session, "hash", content='{"a": 1}', expires_at=later)
    assert await books.read(find_session, "hash", ends) is not None
    await books.write(delete_session, "hash")
    assert await books.read(find_session, "hash", MONDAY_TEN) is None


async def test_ended_sessions_are_swept_away(books: Books) -> None:
    street = await books.write(build_street, "보람")
    for number in range(3):
        ends = MONDAY_TEN + timedelta(days=number)
        await books.write(
            insert_session, f"hash-{number}", street.owner, content="{}", expires_at=ends
        )

    assert await books.write(delete_expired_sessions, MONDAY_TEN + timedelta(days=1)) == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_program_sees_only_its_own_channels(books: Books) -> None:
    street = await books.write(build_street, "보람")
    other = await books.write(build_street, "이웃")

    names = [
        [name for _, _, name in await books.read(list_channels, one.program_id)]
        for one in (street, other)
    ]

    assert names == [["보람시장"], ["이웃시장"]]
