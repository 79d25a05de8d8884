"""What an account could spend at any past instant equals the sum of its transfers to it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from domain.money import Jeon
from domain.people import AccountId
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.books import Books
from storage.desk import Tx
from storage.queries.balances import balance_at
from storage.queries.ledger import get_program_account, open_account
from subsidy.ledger import Move, transfer
from tests.factories import EARLIER, make_program, rows

Made = list[tuple[datetime, AccountId, int]]
"""When something was recorded, of which account, and by how much it changed it."""

STEPS = 60
MINUTES = 40
RESOLVED = 0.8


def live(tx: Tx, seed: int) -> tuple[list[AccountId], Made]:
    """Grants, holds and what became of them; two clocks that differ write down when."""
    chance = Random(seed)
    program_id = make_program(tx)
    program = get_program_account(tx, program_id, AccountKind.PROGRAM)
    spent = get_program_account(tx, program_id, AccountKind.SPENT)
    grants = [open_account(tx, AccountKind.GRANT, program_id) for _ in range(2)]
    made: Made = [(EARLIER, program, 1_000_000_000)]
    for number in range(STEPS):
        at = EARLIER + timedelta(minutes=number * MINUTES // STEPS + chance.choice((0, 3)))
        account, amount = chance.choice(grants), chance.randint(2, 900)
        give, buy = between(program, account), between(account, spent)
        put(tx, at, number, (Phase.SINGLE, amount), give)
        put(tx, at, number, (Phase.HOLD, amount), buy)
        made += [(at, program, -amount), (at, account, amount), (at, account, -amount)]
        if chance.random() < RESOLVED:
            (hold_id,) = rows(tx, "SELECT max(id) FROM transfer")[0]
            later, part = at + timedelta(minutes=1), chance.randint(1, amount - 1)
            resolve = replace(buy, hold_id=hold_id)
            put(tx, later, number, (Phase.POST, part), resolve)
            put(tx, later, number, (Phase.VOID, amount - part), resolve)
            made += [(later, spent, part), (later, account, amount - part)]
    return [program, spent, *grants], made


def between(debit: AccountId, credit: AccountId) -> Move:
    return Move(
        key="",
        code=TransferCode.MESSAGE,
        phase=Phase.SINGLE,
        debit=debit,
        credit=credit,
        amount_jeon=Jeon(0),
    )


def put(tx: Tx, at: datetime, number: int, what: tuple[Phase, int], move: Move) -> None:
    phase, amount = what
    made = replace(move, key=f"{phase}-{number}", phase=phase, amount_jeon=Jeon(amount))
    transfer(tx, [made], happened_at=at, recorded_at=at)


def balances(tx: Tx, accounts: list[AccountId], at: datetime) -> dict[AccountId, int]:
    return {one: balance_at(tx, one, at) for one in accounts}


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_past_balance_is_the_sum_of_what_was_recorded_until_then(
    books: Books, seed: int
) -> None:
    accounts, made = await books.write(live, seed)
    recorded = [at for at, _, _ in made]
    assert recorded != sorted(recorded), "the clocks differ, or this shows nothing"

    for minute in range(-1, MINUTES + 6):
        at = EARLIER + timedelta(minutes=minute)
        sums = Counter[AccountId]()
        for when, account, by in made:
            sums[account] += by if when <= at else 0

        assert await books.read(balances, accounts, at) == {one: sums[one] for one in accounts}
