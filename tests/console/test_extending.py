"""More time for what has to be started soon, in a browser."""

from datetime import UTC, datetime, timedelta

from domain.people import GrantId
from storage.books import Books
from storage.queries.grants import find_grant
from tests.console.browser import Browser
from tests.console.street import MONDAY_TEN, Street, give_grant

EXTEND = "/manager/extend"


async def test_a_grant_that_waits_gets_more_time_to_be_started_and_keeps_its_end(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=False)
    page = await manager.get(f"{EXTEND}?days=14")
    fields = {"days": "14", "shown": page.value("shown"), "expires_at": ""}

    nothing = await manager.submit(EXTEND, EXTEND, fields)
    done = await manager.submit(EXTEND, EXTEND, {**fields, "start_by": "2026-12-31"})

    assert "12월 7일 (월)까지 시작" in page.words
    assert (nothing.status, done.status) == (422, 303)
    row = await console_books.read(find_grant, GrantId(1))
    assert row is not None
    assert row.start_by == datetime(2026, 12, 31, 15, tzinfo=UTC)
    assert row.expires_at == MONDAY_TEN + timedelta(days=60)
