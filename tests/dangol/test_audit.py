"""`dangol audit --json` on books damaged by hand names what is wrong and where (I1-I4, I10, I12)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dangol.cli import main
from tests.dangol.moved_money import live_a_little
from tests.factories import change, rows
from tests.sitting import Sitting

LET_CHANGE = {
    "sqlite": ("DROP TRIGGER transfer_no_update", "DROP TRIGGER transfer_no_delete"),
    "postgresql": ("DROP TRIGGER transfer_no_change ON transfer",),
}
FIRST_POST = "SELECT min(id) FROM transfer WHERE phase = 'post'"
FIRST_GRANT = "SELECT min(id) FROM transfer WHERE code = 'grant'"
TOP_UP = "SELECT id FROM transfer WHERE code = 'top_up'"
BY_HAND = """
INSERT INTO transfer (key, code, phase, debit_account_id, credit_account_id, amount_jeon,
  debit_before_jeon, debit_after_jeon, credit_before_jeon, credit_after_jeon,
  happened_at, recorded_at)
SELECT 'by hand', 'grant', 'single', p.id, g.account_id, 500, p.left_jeon, p.left_jeon - 500,
  g.left_jeon, g.left_jeon + 500, t.happened_at, t.recorded_at
FROM (SELECT id, credits_posted - debits_posted - debits_pending AS left_jeon FROM account
      WHERE kind = 'program') p,
     (SELECT account_id, credits_posted - debits_posted - debits_pending AS left_jeon
      FROM "grant" JOIN account ON account.id = account_id WHERE "grant".shop_id IS NOT NULL
      ORDER BY "grant".id LIMIT 1) g,
     (SELECT happened_at, recorded_at FROM transfer WHERE code = 'grant' LIMIT 1) t
"""
ASTRAY = """
UPDATE transfer SET {side} = (SELECT id FROM account WHERE kind = '{kind}') WHERE id = ({which})
"""


@pytest.fixture
def sitting(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sitting]:
    """The books of a street where every kind of money has moved, open to any hand."""
    monkeypatch.setenv("DANGOL_DATABASE_URL", database_url)
    one = Sitting(database_url)
    one.write(live_a_little)
    yield one
    one.close()


def let_change(sitting: Sitting) -> None:
    """Takes away what keeps transfers from being changed."""
    for statement in sitting.write(lambda tx: LET_CHANGE[tx.dialect]):
        sitting.write(change, statement)


def ask(sitting: Sitting, sql: str) -> tuple[Any, ...]:
    return tuple(sitting.write(rows, sql)[0])


def audit(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, list[str]]]:
    capsys.readouterr()
    status = main(["audit", "--json"])
    told = json.loads(capsys.readouterr().out)["invariants"]
    return status, {name: found for name, found in told.items() if found}


def test_undamaged_books_keep_every_promise(
    sitting: Sitting, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = sitting.write(rows, "SELECT DISTINCT code, phase FROM transfer")

    assert len(kinds) >= 7
    assert audit(capsys) == (0, {})


@pytest.mark.parametrize(
    ("which", "column", "by"),
    [
        (FIRST_POST, "amount_jeon", 1),
        (FIRST_GRANT, "amount_jeon", -1),
        (FIRST_GRANT, "debit_after_jeon", 1),
        (FIRST_GRANT, "credit_before_jeon", 1),
        (TOP_UP, "credit_after_jeon", -1),
    ],
)
def test_a_jeon_changed_in_a_transfer(
    sitting: Sitting, capsys: pytest.CaptureFixture[str], which: str, column: str, by: int
) -> None:
    let_change(sitting)
    (transfer_id,) = ask(sitting, which)
    side = column.partition("_")[0].replace("amount", "credit")
    (account_id,) = ask(
        sitting,
        f"SELECT {side}_account_id FROM transfer WHERE id = {transfer_id}",
    )
    sql = f"UPDATE transfer SET {column} = {column} + {by} WHERE id = {transfer_id}"

    assert sitting.write(change, sql) == 1

    status, found = audit(capsys)
    assert status == 1
    assert any(
        f"transfer {transfer_id}" in line and f"account {account_id} " in line
        for line in found["I1"]
    ), found


@pytest.mark.parametrize(
    "column", ["debits_pending", "debits_posted", "credits_pending", "credits_posted"]
)
def test_a_jeon_changed_in_an_accounts_totals(
    sitting: Sitting, capsys: pytest.CaptureFixture[str], column: str
) -> None:
    account_id, said = ask(sitting, f"SELECT id, {column} FROM account WHERE kind = 'grant'")
    sitting.write(change, f"UPDATE account SET {column} = {column} + 1 WHERE id = {account_id}")

    status, found = audit(capsys)

    assert status == 1
    words = f"account {account_id} says {column} {said + 1}, its transfers make {said}"
    assert words in found["I1"]


def test_a_transfer_removed(sitting: Sitting, capsys: pytest.CaptureFixture[str]) -> None:
    """By what comes after it, and by its number, which nothing else can have."""
    let_change(sitting)
    transfer_id, pot = ask(
        sitting, "SELECT id, credit_account_id FROM transfer WHERE code = 'grant' ORDER BY id DESC"
    )[:2]
    (before,) = ask(sitting, "SELECT min(id) FROM transfer WHERE code = 'grant'")
    assert before < transfer_id

    sitting.write(change, f"DELETE FROM transfer WHERE id = {transfer_id}")

    status, found = audit(capsys)
    assert status == 1
    assert any(f"account {pot} " in line for line in found["I1"])
    assert any(f"not there: {transfer_id}" in line for line in found["I1"]), found


def test_the_last_transfer_removed(sitting: Sitting, capsys: pytest.CaptureFixture[str]) -> None:
    let_change(sitting)
    transfer_id, debit = ask(
        sitting, "SELECT id, debit_account_id FROM transfer ORDER BY id DESC LIMIT 1"
    )

    sitting.write(change, f"DELETE FROM transfer WHERE id = {transfer_id}")

    status, found = audit(capsys)
    assert status == 1
    assert any(line.startswith(f"account {debit} has 0 jeon") for line in found["I1"]), found


def test_a_transfer_written_by_hand(sitting: Sitting, capsys: pytest.CaptureFixture[str]) -> None:
    sitting.write(change, BY_HAND)
    transfer_id, account_id = ask(
        sitting, "SELECT id, credit_account_id FROM transfer WHERE key = 'by hand'"
    )

    status, found = audit(capsys)

    assert status == 1
    assert any(
        f"account {account_id} has" in line and f"transfer {transfer_id} left" in line
        for line in found["I1"]
    ), found
    assert any("were given to it" in line for line in found["I10"])


@pytest.mark.parametrize("by", [1, -1])
def test_a_jeon_changed_in_a_pots_share(
    sitting: Sitting, capsys: pytest.CaptureFixture[str], by: int
) -> None:
    account_id, shop_id, used = ask(sitting, "SELECT account_id, shop_id, used_jeon FROM pot_share")
    assert used > 0
    sitting.write(change, f"UPDATE pot_share SET used_jeon = used_jeon + {by}")

    status, found = audit(capsys)

    assert status == 1
    assert list(found) == ["I2"]
    assert f"shop {shop_id}'s share of account {account_id} says {used + by} " in found["I2"][0]


def expire_instead(sitting: Sitting) -> str:
    (transfer_id,) = ask(sitting, "SELECT min(id) FROM transfer WHERE phase = 'void'")
    sitting.write(change, f"UPDATE transfer SET phase = 'expire' WHERE id = {transfer_id}")
    return f"transfer {transfer_id} let a hold expire before its time"


def resolve_less(sitting: Sitting) -> str:
    transfer_id, hold_id = ask(sitting, "SELECT id, hold_id FROM transfer WHERE phase = 'void'")
    sitting.write(change, f"DELETE FROM transfer WHERE id = {transfer_id}")
    return f"hold {hold_id} of "


def resolve_no_hold(sitting: Sitting) -> str:
    transfer_id, top_up_id = *ask(sitting, FIRST_POST), *ask(sitting, TOP_UP)
    sitting.write(change, f"UPDATE transfer SET hold_id = {top_up_id} WHERE id = {transfer_id}")
    return f"transfer {transfer_id} resolves {top_up_id}, which is no hold"


@pytest.mark.parametrize("damage", [expire_instead, resolve_less, resolve_no_hold])
def test_a_hold_that_is_not_resolved_once(
    sitting: Sitting, capsys: pytest.CaptureFixture[str], damage: Callable[[Sitting], str]
) -> None:
    let_change(sitting)

    words = damage(sitting)

    status, found = audit(capsys)
    assert status == 1
    assert any(line.startswith(words) for line in found["I3"]), found


@pytest.mark.parametrize(
    ("which", "side", "kind", "words"),
    [
        (FIRST_POST, "credit_account_id", "lapsed", "for another account"),
        (FIRST_POST, "credit_account_id", "lapsed", "is a message from pot to lapsed"),
        (TOP_UP, "credit_account_id", "operating", "is a top_up from funder to operating"),
        (
            "SELECT id FROM transfer WHERE code = 'claw_back'",
            "credit_account_id",
            "program",
            "where that grant never came from",
        ),
    ],
)
def test_money_that_went_where_it_may_not(
    sitting: Sitting,
    capsys: pytest.CaptureFixture[str],
    which: str,
    side: str,
    kind: str,
    words: str,
) -> None:
    let_change(sitting)
    (transfer_id,) = ask(sitting, which)
    sql = ASTRAY.format(side=side, kind=kind, which=transfer_id)
    assert sitting.write(change, sql) == 1

    status, found = audit(capsys)

    assert status == 1
    assert any(f"transfer {transfer_id} " in line and words in line for line in found["I10"]), found


@pytest.mark.parametrize(
    ("sql", "name", "words"),
    [
        ('UPDATE "grant" SET amount_jeon = amount_jeon + 1', "I10", "grant 1 says 30000001 jeon"),
        (
            "UPDATE statement_line SET content = replace(content, '1', '2') WHERE number = 1",
            "I12",
            "program 1 month 2026-11: line 1 was changed",
        ),
        (
            "UPDATE month_statement SET hash = '0'",
            "I12",
            "program 1 month 2026-11: its hash does not fit",
        ),
        ("UPDATE chunk SET delivered = delivered + 1", "I4", "chunk 1 is miscounted"),
        ("UPDATE run SET charged = charged + 1", "I4", "run 1: "),
        (
            "UPDATE audit_line SET hash = '0' WHERE book = 'program:1' AND number = 2",
            "I12",
            "audit line program:1/2 ",
        ),
        (
            "UPDATE audit_line SET details = 'x' WHERE book = 'shop:1' AND number = 1",
            "I12",
            "audit line shop:1/1 ",
        ),
        (
            "DELETE FROM audit_line WHERE book = 'program:1' AND number = 2",
            "I12",
            "audit line program:1/3 ",
        ),
        (
            "UPDATE audit_book SET hash = '0' WHERE book = 'shop:1'",
            "I12",
            "book shop:1 ends with another hash",
        ),
        ("DELETE FROM audit_book WHERE book = 'shop:1'", "I12", "book shop:1 ends with line"),
    ],
)
def test_other_damage_is_named_too(
    sitting: Sitting, capsys: pytest.CaptureFixture[str], sql: str, name: str, words: str
) -> None:
    assert sitting.write(change, sql) >= 1

    status, found = audit(capsys)

    assert status == 1
    assert any(line.startswith(words) for line in found[name]), found


def test_a_cut_end_of_the_log_is_named(
    sitting: Sitting, capsys: pytest.CaptureFixture[str]
) -> None:
    (last,) = ask(sitting, "SELECT max(number) FROM audit_line WHERE book = 'program:1'")
    sql = f"DELETE FROM audit_line WHERE book = 'program:1' AND number = {last}"
    sitting.write(change, sql)

    status, found = audit(capsys)

    assert status == 1
    assert found == {"I12": [f"book program:1 ends with line {last - 1}, it says {last}"]}
