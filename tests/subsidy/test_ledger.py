"""The ledger (I1-I3, I10): two-phase, idempotent, never overdrawn, whatever happens at once."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from domain.money import Jeon
from domain.people import AccountId
from domain.refusals import OverBudget
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.books import Books, open_books
from storage.desk import Tx
from storage.errors import ConstraintBroken
from storage.queries.grants import list_grants
from storage.queries.ledger import get_program_account, lock_accounts
from storage.vault import Vault
from subsidy.ledger import Move, transfer
from tests.factories import EARLIER, Street, change, make_street, rows

PLACES = 11
TOGETHER = 30
BALANCES = """
SELECT debit_before_jeon, debit_after_jeon FROM transfer WHERE debit_account_id = :id ORDER BY id
"""


def hold(debit: AccountId, credit: AccountId, *, key: str = "hold-1", amount: int = 100) -> Move:
    return Move(
        key=key,
        code=TransferCode.MESSAGE,
        phase=Phase.HOLD,
        debit=debit,
        credit=credit,
        amount_jeon=Jeon(amount),
    )


def resolve(of: Move, hold_id: int, phase: Phase, amount: int, *, key: str) -> Move:
    return replace(of, key=key, phase=phase, hold_id=hold_id, amount_jeon=Jeon(amount))


def put(tx: Tx, *moves: Move) -> int:
    return transfer(tx, moves, happened_at=EARLIER, recorded_at=EARLIER)


def grant_and_spent(tx: Tx, street: Street) -> tuple[AccountId, AccountId]:
    grant = list_grants(tx, street.shop_id)[0].account_id
    return grant, get_program_account(tx, street.program_id, AccountKind.SPENT)


def left(tx: Tx, account_id: AccountId) -> int:
    return lock_accounts(tx, [account_id])[account_id].left_jeon


def id_of(tx: Tx, key: str) -> int:
    return int(rows(tx, "SELECT id FROM transfer WHERE key = :key", key=key)[0][0])


async def test_a_hold_counts_against_the_balance_at_once(books: Books) -> None:
    street = await books.write(make_street, grant_won=10)
    grant, spent = await books.write(grant_and_spent, street)

    await books.write(put, hold(grant, spent, amount=400))

    assert await books.write(left, grant) == 600


async def test_what_is_not_posted_goes_back_to_the_account_it_came_from(books: Books) -> None:
    """I10."""
    street = await books.write(make_street, grant_won=10)
    grant, spent = await books.write(grant_and_spent, street)
    move = hold(grant, spent, amount=400)
    await books.write(put, move)
    hold_id = await books.write(id_of, move.key)

    await books.write(
        put,
        resolve(move, hold_id, Phase.POST, 150, key="post"),
        resolve(move, hold_id, Phase.VOID, 250, key="void"),
    )

    assert await books.write(left, grant) == 850
    assert await books.write(left, spent) == 150


@pytest.mark.parametrize("phase", [Phase.POST, Phase.VOID])
async def test_a_hold_is_resolved_once_whatever_the_key(books: Books, phase: Phase) -> None:
    """I3."""
    street = await books.write(make_street, grant_won=10)
    grant, spent = await books.write(grant_and_spent, street)
    move = hold(grant, spent, amount=400)
    await books.write(put, move)
    await books.write(put, hold(grant, spent, key="another", amount=400))
    hold_id = await books.write(id_of, move.key)
    await books.write(put, resolve(move, hold_id, phase, 400, key="first"))

    with pytest.raises(ConstraintBroken, match="hold_id"):
        await books.write(put, resolve(move, hold_id, phase, 400, key="second"))


async def test_the_same_key_changes_nothing_the_second_time(books: Books) -> None:
    street = await books.write(make_street, grant_won=10)
    grant, spent = await books.write(grant_and_spent, street)

    counts = [await books.write(put, hold(grant, spent)) for _ in range(2)]

    assert counts == [1, 0]
    assert await books.write(left, grant) == 900


async def test_a_step_is_made_whole_or_not_at_all(books: Books) -> None:
    street = await books.write(make_street, grant_won=10)
    grant, spent = await books.write(grant_and_spent, street)

    with pytest.raises(OverBudget):
        await books.write(
            put,
            hold(grant, spent, key="fits", amount=900),
            hold(grant, spent, key="does not", amount=101),
        )

    assert await books.write(left, grant) == 1_000


async def test_the_last_jeon_may_be_held_and_not_one_more(books: Books) -> None:
    """I2."""
    street = await books.write(make_street, grant_won=10)
    grant, spent = await books.write(grant_and_spent, street)
    await books.write(put, hold(grant, spent, key="all", amount=1_000))

    with pytest.raises(OverBudget):
        await books.write(put, hold(grant, spent, key="one more", amount=1))


async def test_thirty_at_once_for_eleven_places_gives_exactly_eleven(
    books: Books, database_url: str, vault: Vault
) -> None:
    """I2: on PostgreSQL from three processes' worth of connections."""
    street = await books.write(make_street, grant_won=PLACES)
    grant, spent = await books.write(grant_and_spent, street)
    async with AsyncExitStack() as stack:
        desks = [books]
        if database_url.startswith("postgresql"):
            more = [open_books(database_url, vault) for _ in range(2)]
            desks += [await stack.enter_async_context(one) for one in more]
        tries = [
            desks[number % len(desks)].write(put, hold(grant, spent, key=f"hold-{number}"))
            for number in range(TOGETHER)
        ]
        results = await asyncio.gather(*tries, return_exceptions=True)

    assert results.count(1) == PLACES
    assert sum(isinstance(result, OverBudget) for result in results) == TOGETHER - PLACES
    assert await books.write(left, grant) == 0


async def test_the_same_steps_at_once_are_each_made_once_and_their_balances_follow(
    books: Books, database_url: str, vault: Vault
) -> None:
    """Every hand makes the same twenty steps; each line goes on where the last one ended."""
    street = await books.write(make_street, grant_won=100)
    grant, spent = await books.write(grant_and_spent, street)
    made = 0

    async def make_all(desk: Books) -> None:
        nonlocal made
        for number in range(20):
            count = await desk.write(put, hold(grant, spent, key=f"hold-{number}"))
            made += count

    async with AsyncExitStack() as stack:
        desks = [books] * 3
        if database_url.startswith("postgresql"):
            more = [open_books(database_url, vault) for _ in range(2)]
            desks = [books, *[await stack.enter_async_context(one) for one in more]]
        await asyncio.gather(*[make_all(desk) for desk in desks])

    balances = await books.read(rows, BALANCES, id=grant)
    assert made == 20
    assert balances == [(10_000 - 100 * one, 9_900 - 100 * one) for one in range(20)]


@pytest.mark.parametrize("column", ["debits_pending", "debits_posted"])
async def test_the_database_itself_refuses_an_overdraft(books: Books, column: str) -> None:
    """I2, should the code ever be bypassed."""
    street = await books.write(make_street, grant_won=10)
    grant, _ = await books.write(grant_and_spent, street)

    sql = f"UPDATE account SET {column} = credits_posted + 1 WHERE id = :id"
    with pytest.raises(ConstraintBroken, match="not_overdrawn"):
        await books.write(change, sql, id=grant)


@pytest.mark.parametrize("amount", [0, -1])
async def test_the_database_itself_refuses_a_move_of_nothing(books: Books, amount: int) -> None:
    street = await books.write(make_street, grant_won=10)
    grant, spent = await books.write(grant_and_spent, street)

    with pytest.raises(ConstraintBroken, match="positive"):
        await books.write(put, hold(grant, spent, amount=amount))


@pytest.mark.parametrize("sql", ["UPDATE transfer SET amount_jeon = 1", "DELETE FROM transfer"])
async def test_the_database_itself_refuses_to_change_what_was_written(
    books: Books, sql: str
) -> None:
    await books.write(make_street, grant_won=10)
    before = await books.read(rows, "SELECT id, amount_jeon FROM transfer ORDER BY id")

    with pytest.raises(Exception, match="transfers are never changed"):
        await books.write(change, sql)

    assert await books.read(rows, "SELECT id, amount_jeon FROM transfer ORDER BY id") == before
