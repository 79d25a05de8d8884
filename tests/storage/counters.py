"""A small table to count in, and ways to change it."""

from storage.desk import Tx
from tests.factories import change, rows


def make_counters(tx: Tx) -> None:
    change(
        tx, "CREATE TABLE counter (name VARCHAR PRIMARY KEY, amount INTEGER CHECK (amount >= 0))"
    )
    change(tx, "INSERT INTO counter VALUES ('a', 0), ('b', 0)")


def amount(tx: Tx, name: str = "a") -> int:
    return int(rows(tx, "SELECT amount FROM counter WHERE name = :name", name=name)[0][0])


def add(tx: Tx, name: str = "a", by: int = 1) -> None:
    change(tx, "UPDATE counter SET amount = amount + :by WHERE name = :name", name=name, by=by)


def read_then_write(tx: Tx) -> None:
    """What loses updates where nobody locks."""
    sql = "SELECT amount FROM counter WHERE name = 'a'"
    before = rows(tx, sql + (" FOR UPDATE" if tx.dialect == "postgresql" else ""))[0][0]
    change(tx, "UPDATE counter SET amount = :after WHERE name = 'a'", after=before + 1)
