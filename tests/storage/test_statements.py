"""Every statement compiles on both databases, and values come back as what they were."""

import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module

import pytest
from sqlalchemy import bindparam, select
from sqlmodel import col

import storage.queries
from domain.people import Friend
from storage.books import Books
from storage.desk import Tx
from storage.errors import ConstraintBroken
from storage.models.customers import Customer
from storage.models.ledger import Account
from storage.statements import DIALECTS, Statement
from tests.factories import change, make_street, rows

ADDED = Statement(
    select(col(Customer.id)).where(
        col(Customer.friend) == Friend.ADDED, col(Customer.channel_id) == bindparam("of_channel")
    )
)
KST = timezone(timedelta(hours=9))
AT = datetime(2026, 11, 25, 10, 0, 0, 123_456, tzinfo=KST)
FRIEND = Statement(select(col(Customer.friend), col(Customer.friend_at)).limit(1))
IS_LIMITED = Statement(select(col(Account.is_limited)).order_by(col(Account.id)).limit(1))


def statements() -> Iterator[tuple[str, Statement]]:
    for module in pkgutil.iter_modules(storage.queries.__path__):
        found = import_module(f"storage.queries.{module.name}")
        for name, value in vars(found).items():
            if isinstance(value, Statement):
                yield f"{module.name}.{name}", value


def test_there_are_statements_to_look_at() -> None:
    assert len(dict(statements())) > 80


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("statement", [pytest.param(one, id=name) for name, one in statements()])
def test_every_statement_compiles(statement: Statement, dialect: str) -> None:
    prepared = statement.on(dialect)

    assert prepared.sql
    assert "POSTCOMPILE" not in prepared.sql


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("statement", [pytest.param(one, id=name) for name, one in statements()])
def test_a_value_is_converted_once_however_often_it_is_used(
    statement: Statement, dialect: str
) -> None:
    names = [name for name, _ in statement.on(dialect).into]

    assert len(names) == len(set(names))


def friend_and_when(tx: Tx) -> tuple[Friend, datetime]:
    row = tx.one(FRIEND)
    assert row is not None
    return row[0], row[1]


async def test_an_instant_comes_back_aware_in_utc(books: Books) -> None:
    await books.write(make_street, people=1, at=AT)

    friend, at = await books.read(friend_and_when)

    assert at == AT
    assert at.tzinfo is UTC or at.utcoffset() == timedelta(0)
    assert friend is Friend.ADDED


async def test_an_instant_without_a_zone_is_refused(books: Books) -> None:
    with pytest.raises(Exception, match=r"(?i)timezone|naive|aware"):
        await books.write(make_street, people=1, at=AT.replace(tzinfo=None))


async def test_true_and_false_come_back_as_such(books: Books) -> None:
    await books.write(make_street)

    assert await books.read(lambda tx: tx.one(IS_LIMITED)) == (False,)


async def test_a_name_that_is_too_long_for_its_column_is_refused_on_postgresql(
    books: Books, database: str
) -> None:
    """SQLite does not look at lengths: the doors do."""
    await books.write(make_street)
    sql = "UPDATE shop SET slug = :slug"

    if database == "sqlite":
        assert await books.write(change, sql, slug="x" * 41) == 1
    else:
        with pytest.raises(Exception, match="too long"):
            await books.write(change, sql, slug="x" * 41)


async def test_korean_and_emoji_come_back_as_they_were(books: Books) -> None:
    await books.write(make_street)
    words = "갓 구운 식빵 🥐 #{고객명} %s :x '\";--"

    await books.write(change, "UPDATE shop SET welcome = :words", words=words)

    assert await books.read(rows, "SELECT welcome FROM shop") == [(words,)]


async def test_a_broken_rule_is_told_by_its_name(books: Books) -> None:
    await books.write(make_street)

    with pytest.raises(ConstraintBroken) as broken:
        await books.write(change, "UPDATE account SET debits_posted = -1")

    assert broken.value.name == "ck_account_not_negative"


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_the_words_of_an_enum_stand_in_the_text(dialect: str) -> None:
    """A partial index serves a statement only whose condition it can read in the text."""
    prepared = ADDED.on(dialect)

    assert "friend = 'added'" in prepared.sql
    assert prepared.constants == {}
    assert "of_channel" in prepared.sql


async def test_a_statement_with_such_a_word_finds_its_rows(books: Books) -> None:
    def work(tx: Tx) -> int:
        street = make_street(tx, people=3)
        return len(tx.all(ADDED, of_channel=street.channel_id))

    assert await books.write(work) == 3
