"""The ledger against a dictionary: any steps in any order, repeated or not (I1-I3, I10)."""

import shutil
from collections import Counter
from itertools import count
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.money import Jeon
from domain.people import AccountId
from domain.refusals import OverBudget
from domain.subsidy import AccountKind, Phase, TransferCode
from storage.queries.ledger import get_program_account, lock_accounts, open_account
from subsidy.ledger import Move, transfer
from tests.factories import EARLIER, make_program, rows
from tests.postgres import create_database, drop_database
from tests.sitting import Sitting

T = TypeVar("T")
BUDGET_WON = 50
GRANTS = 3
AMOUNT = st.integers(min_value=1, max_value=2_000)
GRANT = st.integers(min_value=0, max_value=GRANTS - 1)
ENTRIES = """
SELECT phase, debit_account_id, credit_account_id, amount_jeon,
       debit_before_jeon, debit_after_jeon, credit_before_jeon, credit_after_jeon
FROM transfer ORDER BY id
"""


class LedgerMachine(RuleBasedStateMachine):
    """`left` and `open` are what should be; the books are what is."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.new_url()
        self.sitting = Sitting(self.url)
        self.number = count()
        self.left: Counter[AccountId] = Counter()
        self.open: dict[str, tuple[Move, int]] = {}
        self.made: list[Move] = []

    def new_url(self) -> str:
        raise NotImplementedError

    def drop(self) -> None:
        """Lets go of the database."""

    @initialize()
    def begin(self) -> None:
        program_id = self.sitting.write(make_program, budget_won=BUDGET_WON)

        def account(kind: AccountKind) -> AccountId:
            return self.sitting.write(get_program_account, program_id, kind)

        self.funder = account(AccountKind.FUNDER)
        self.program = account(AccountKind.PROGRAM)
        self.spent = account(AccountKind.SPENT)
        self.lapsed = account(AccountKind.LAPSED)
        self.grants = [
            self.sitting.write(open_account, AccountKind.GRANT, program_id) for _ in range(GRANTS)
        ]
        self.left[self.program] = BUDGET_WON * 100
        self.left[self.funder] = -BUDGET_WON * 100

    def put(self, *moves: Move) -> int:
        return self.sitting.write(transfer, moves, happened_at=EARLIER, recorded_at=EARLIER)

    def move(self, phase: Phase, debit: AccountId, credit: AccountId, amount: int) -> Move:
        return Move(
            key=f"move-{next(self.number):05}",
            code=TransferCode.MESSAGE,
            phase=phase,
            debit=debit,
            credit=credit,
            amount_jeon=Jeon(amount),
        )

    @rule(grant=GRANT, amount=AMOUNT)
    def give(self, grant: int, amount: int) -> None:
        move = self.move(Phase.SINGLE, self.program, self.grants[grant], amount)
        if self.left[self.program] < amount:
            self.refuse(move)
            return
        assert self.put(move) == 1
        self.made.append(move)
        self.left[self.program] -= amount
        self.left[self.grants[grant]] += amount

    @rule(grant=GRANT, amounts=st.lists(AMOUNT, min_size=1, max_size=3))
    def hold(self, grant: int, amounts: list[int]) -> None:
        """Several chunks of one run in one step."""
        account = self.grants[grant]
        moves = [self.move(Phase.HOLD, account, self.spent, amount) for amount in amounts]
        if self.left[account] < sum(amounts):
            self.refuse(*moves)
            return
        assert self.put(*moves) == len(moves)
        self.made += moves
        self.left[account] -= sum(amounts)
        for move in moves:
            hold_id = self.sitting.write(
                rows, "SELECT id FROM transfer WHERE key = :key", key=move.key
            )
            self.open[move.key] = (move, int(hold_id[0][0]))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def resolve(self, data: st.DataObject) -> None:
        """Posts a part, gives back the rest."""
        move, hold_id = self.open.pop(data.draw(st.sampled_from(sorted(self.open))))
        posted = data.draw(st.integers(min_value=0, max_value=move.amount_jeon))
        parts = ((Phase.POST, posted), (Phase.VOID, move.amount_jeon - posted))
        moves = [
            Move(
                key=f"{phase}:{move.key}",
                code=move.code,
                phase=phase,
                debit=move.debit,
                credit=move.credit,
                amount_jeon=Jeon(amount),
                hold_id=hold_id,
            )
            for phase, amount in parts
            if amount
        ]
        assert self.put(*moves) == len(moves)
        self.made += moves
        self.left[self.spent] += posted
        self.left[move.debit] += move.amount_jeon - posted

    @rule(grant=GRANT)
    def lapse(self, grant: int) -> None:
        """Takes what is free and leaves alone what is held."""
        account = self.grants[grant]
        free = self.left[account]
        if free == 0:
            return
        move = self.move(Phase.SINGLE, account, self.lapsed, free)
        assert self.put(move) == 1
        self.made.append(move)
        self.left[account] = 0
        self.left[self.lapsed] += free

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        old = data.draw(st.lists(st.sampled_from(self.made), min_size=1, max_size=3))
        assert self.put(*old) == 0

    def refuse(self, *moves: Move) -> None:
        try:
            self.put(*moves)
        except OverBudget:
            return
        raise AssertionError("overdrawn")

    @invariant()
    def the_books_say_what_should_be(self) -> None:
        accounts = [self.funder, self.program, self.spent, self.lapsed, *self.grants]
        totals = self.sitting.write(lock_accounts, accounts)

        assert {one: totals[one].left_jeon for one in accounts} == {
            one: self.left[one] for one in accounts
        }
        assert sum(one.credits_posted - one.debits_posted for one in totals.values()) == 0
        held = sum(move.amount_jeon for move, _ in self.open.values())
        assert sum(one.debits_pending for one in totals.values()) == held
        assert sum(one.credits_pending for one in totals.values()) == held
        assert all(one.left_jeon >= 0 for one in totals.values() if one.is_limited)

    def teardown(self) -> None:
        balance: Counter[AccountId] = Counter()
        for entry in self.sitting.write(rows, ENTRIES):
            phase, debit, credit, amount = entry[:4]
            assert entry[4] == balance[debit]
            assert entry[6] == balance[credit]
            balance[debit], balance[credit] = entry[5], entry[7]
            taken = {"post": 0, "void": -amount}.get(phase, amount)
            given = {"hold": 0, "void": 0}.get(phase, amount)
            assert entry[4] - entry[5] == taken
            assert entry[7] - entry[6] == given
        self.sitting.close()
        self.drop()


def test_the_ledger_keeps_up_with_a_dictionary_on_sqlite(
    sqlite_template: Path, tmp_path: Path
) -> None:
    class OnSqlite(LedgerMachine):
        def new_url(self) -> str:
            path = tmp_path / f"{uuid4().hex}.db"
            shutil.copyfile(sqlite_template, path)
            return f"sqlite:///{path}"

    run_state_machine_as_test(OnSqlite, settings=examples(150))


def test_the_ledger_keeps_up_with_a_dictionary_on_postgresql(
    postgres_url: str, postgres_template: str
) -> None:
    class OnPostgres(LedgerMachine):
        def new_url(self) -> str:
            self.name = f"dangol_{uuid4().hex}"
            return create_database(postgres_url, self.name, postgres_template)

        def drop(self) -> None:
            drop_database(postgres_url, self.name)

    run_state_machine_as_test(OnPostgres, settings=examples(15))


def examples(most: int) -> settings:
    return settings(
        max_examples=most, stateful_step_count=30, suppress_health_check=list(HealthCheck)
    )
