"""What the demo's street gives: like a manager's form, until the end of a day."""

from datetime import time

from dangol.street import open_street
from domain.time import in_kst
from storage.books import Books
from storage.desk import Tx
from storage.queries.grants import GrantRow, find_grant
from tests.console.street import MONDAY_TEN
from tests.factories import rows


def list_all(tx: Tx) -> list[GrantRow]:
    found = [find_grant(tx, one) for (one,) in rows(tx, 'SELECT id FROM "grant"')]
    return [one for one in found if one is not None]


async def test_its_grants_and_its_pot_work_until_the_end_of_a_korean_day(books: Books) -> None:
    """A page that says 12월 23일까지 means the whole of that day."""
    await books.write(open_street, MONDAY_TEN)

    grants = await books.read(list_all)

    assert {one.shop_id is None for one in grants} == {True, False}
    dates = {day for one in grants for day in (one.start_by, one.expires_at)}
    assert {in_kst(day).time() for day in dates} == {time()}
