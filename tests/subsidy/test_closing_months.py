"""Closing months: in order, once, and whatever is changed afterwards is named."""

from datetime import date, timedelta

import pytest

from domain.refusals import Conflict
from domain.statements import month_starts
from storage.books import Books
from subsidy.closing_months import check_statements, close_month
from subsidy.statements import list_months
from tests.factories import EARLIER, MANAGER, change, rows
from tests.subsidy.history import sent_street

NOVEMBER = date(2026, 11, 1)
DECEMBER = date(2026, 12, 1)
LATER = EARLIER + timedelta(days=40)  # a day of January


async def test_a_month_is_closed_once_in_order_and_only_when_it_is_over(books: Books) -> None:
    program_id, _ = await books.write(sent_street)
    early = month_starts(DECEMBER) + timedelta(minutes=59)

    with pytest.raises(Conflict, match="month_open"):
        await books.write(close_month, program_id, NOVEMBER, actor=MANAGER, at=early)
    with pytest.raises(Conflict, match="month_order"):
        await books.write(close_month, program_id, DECEMBER, actor=MANAGER, at=LATER)
    first = await books.write(close_month, program_id, NOVEMBER, actor=MANAGER, at=LATER)
    again = await books.write(
        close_month, program_id, NOVEMBER, actor="manager:9", at=LATER + timedelta(days=1)
    )

    assert again == first
    lines = await books.read(rows, "SELECT count(*) FROM audit_line WHERE act = 'close_month'")
    assert lines == [(1,)]
    second = await books.write(close_month, program_id, DECEMBER, actor=MANAGER, at=LATER)
    assert second.previous_hash == first.hash
    views = await books.read(list_months, program_id, LATER)
    assert [(one.month.month, one.closed is not None, one.is_next) for one in views] == [
        (1, False, True),
        (12, True, False),
        (11, True, False),
    ]


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (
            "UPDATE statement_line SET content = replace(content, '300', '301') WHERE number = 3",
            "line 3 was changed",
        ),
        ("DELETE FROM statement_line WHERE number = 2 AND statement_id = 1", "line 2 is missing"),
        (
            "DELETE FROM statement_line WHERE number = 3 AND statement_id = 1",
            "its hash does not fit",
        ),
        ("UPDATE month_statement SET hash = 'f' WHERE id = 1", "its hash does not fit"),
        (
            "UPDATE month_statement SET actor = 'owner:1' WHERE id = 2",
            "month 2026-12: line 1 was changed",
        ),
        ("UPDATE month_statement SET previous_hash = 'f' WHERE id = 2", "does not follow"),
    ],
)
async def test_what_was_changed_in_a_closed_month_is_named(
    books: Books, damage: str, named: str
) -> None:
    program_id, _ = await books.write(sent_street)
    for month in (NOVEMBER, DECEMBER):
        await books.write(close_month, program_id, month, actor=MANAGER, at=LATER)
    assert await books.read(check_statements) == []

    assert await books.write(change, damage)

    assert any(named in one for one in await books.read(check_statements))


async def test_a_month_that_was_taken_away_is_missed(books: Books) -> None:
    """The last one is chained to nothing; the audit log knows its hash."""
    program_id, _ = await books.write(sent_street)
    await books.write(close_month, program_id, NOVEMBER, actor=MANAGER, at=LATER)
    for table, column in (("statement_line", "statement_id"), ("month_statement", "id")):
        await books.write(change, f"DELETE FROM {table} WHERE {column} = 1")

    (wrong,) = await books.read(check_statements)

    assert "closed, but not there: month=2026-11" in wrong
