"""Free money from one grant to another: once, of one origin, and never out of what is held."""

import asyncio
from datetime import timedelta

import pytest

from domain.money import Jeon, won
from domain.people import GrantId
from domain.refusals import Conflict, Invalid, NotFound
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.grants import find_grant
from storage.queries.programs import close_program_once
from storage.vault import Vault
from subsidy.acting import Acting
from subsidy.grants import list_grants
from subsidy.moving import list_takers, move_money
from tests.factories import change, make_grant
from tests.subsidy.desks import NOW, Desk, acts, hold_some, left, make_desk


async def move(
    books: Books,
    desk: Desk,
    amount: int = 40_000,
    *,
    to: int = 1,
    by: Acting | None = None,
    form_key: str = "form",
) -> None:
    await books.write(
        move_money,
        by or desk.maker,
        desk.grants[0],
        desk.grants[to],
        Jeon(amount),
        form_key=form_key,
        at=NOW,
    )


async def test_the_same_form_moves_once(books: Books) -> None:
    desk = await books.write(make_desk)

    for _ in range(2):
        await move(books, desk)

    assert [await books.write(left, one) for one in desk.grants] == [60_000, 140_000, 100_000]
    assert (await books.read(acts, desk.program_id)).count("move_money") == 1
    source, taker = [(await books.read(list_grants, one, NOW))[0] for one in desk.shops[:2]]
    assert (source.elsewhere_jeon, taker.elsewhere_jeon) == (40_000, -40_000)


async def test_a_changed_amount_of_the_same_form_is_another_move(books: Books) -> None:
    desk = await books.write(make_desk)

    for amount in (40_000, 30_000):
        await move(books, desk, amount)

    assert await books.write(left, desk.grants[0]) == 30_000


@pytest.mark.parametrize("amount", [0, -1, 70_001])
async def test_only_what_is_free_moves(books: Books, amount: int) -> None:
    desk = await books.write(make_desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, NOW)

    with pytest.raises(Invalid) as refusal:
        await move(books, desk, amount)

    assert "1원에서 700원 사이" in refusal.value.fields["amount"]


async def test_all_that_is_free_may_move(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(hold_some, desk, desk.grants[0], 30_000, NOW)

    await move(books, desk, 70_000)

    assert await books.write(left, desk.grants[0]) == 0


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("clawed_back_at = granted_at", "이미 끝난 지원금으로는"),
        ("pays = 'solapi:advertisement'", "쓸 수 있는 소식이 서로"),
        ("parent_id = 3", "같은 예산에서"),
    ],
)
async def test_into_what_no_money_may_move(books: Books, sql: str, words: str) -> None:
    desk = await books.write(make_desk)
    await books.write(change, f'UPDATE "grant" SET {sql} WHERE id = :id', id=desk.grants[1])

    with pytest.raises(Invalid) as refusal:
        await move(books, desk)

    assert words in refusal.value.fields["to"]
    assert await books.write(left, desk.grants[0]) == 100_000


async def test_a_shop_that_does_not_qualify_takes_nothing(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(change, "DELETE FROM enrollment")

    with pytest.raises(Invalid) as refusal:
        await move(books, desk)

    assert list(refusal.value.fields) == ["shop"]


async def test_a_market_manager_moves_within_its_market(books: Books) -> None:
    desk = await books.write(make_desk)

    await move(books, desk, by=desk.of_market)

    with pytest.raises(NotFound):
        await move(books, desk, to=2, by=desk.of_market)


async def test_a_closed_program_moves_nothing(books: Books) -> None:
    desk = await books.write(make_desk)
    await books.write(close_program_once, desk.program_id, NOW)

    with pytest.raises(Conflict):
        await move(books, desk)


async def test_the_grants_to_choose_from_are_those_that_may_take_it(books: Books) -> None:
    desk = await books.write(make_desk)
    over = NOW - timedelta(days=1)
    await books.write(make_grant, desk.program_id, desk.shops[1], form_key="old", expires_at=over)

    assert await books.read(takers, desk) == [desk.grants[1]]


def takers(tx: Tx, desk: Desk) -> list[GrantId]:
    source = find_grant(tx, desk.grants[0])
    assert source is not None
    return [one.grant_id for one in list_takers(tx, source, desk.shops[1], NOW)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_many_at_once_never_move_more_than_there_is(
    books: Books, database_url: str, vault: Vault
) -> None:
    """Both ways, so that two would wait for each other if they locked in their own order."""
    desk = await books.write(make_desk)
    async with open_books(database_url, vault) as other:
        found = await asyncio.gather(
            *(
                one.write(
                    move_money,
                    desk.maker,
                    source,
                    to,
                    won(300),
                    form_key=f"{source}{number}",
                    at=NOW,
                )
                for number in range(6)
                for one in (books, other)
                for source, to in (desk.grants[:2], desk.grants[1::-1])
            ),
            return_exceptions=True,
        )

    moved = [await books.write(left, one) for one in desk.grants[:2]]
    assert sum(moved) == 200_000
    assert min(moved) >= 0
    assert all(one is None or isinstance(one, Invalid) for one in found)
