"""Notes about a regular: sealed, refused when L58 forbids them, deleted for good."""

import pytest

from domain.people import CustomerId
from domain.refusals import Invalid, NotFound
from loyalty.notes import delete_note, write_note
from storage.books import Books
from storage.queries.notes import NOTES_MAX, list_notes
from tests.conftest import START
from tests.factories import make_shop, make_street, rows
from tests.loyalty.merging import OWNER


async def test_a_note_is_kept_sealed_and_written_once(books: Books) -> None:
    street = await books.write(make_street, people=1)
    person = street.shop_id, street.customers[0]

    for _ in range(2):
        await books.write(write_note, *person, "창가 자리를 좋아하세요", actor=OWNER, at=START)

    assert [note.words for note in await books.read(list_notes, *person)] == [
        "창가 자리를 좋아하세요"
    ]
    ((body,),) = await books.read(rows, "SELECT body FROM note")
    assert "창가".encode() not in bytes(body)
    lines = "SELECT act, details FROM audit_line WHERE act LIKE '%_note'"
    assert [row[0] for row in await books.read(rows, lines)] == ["write_note"]


async def test_what_may_not_be_written_is_not(books: Books) -> None:
    """L58; the table of words is the domain's own test."""
    street = await books.write(make_street, people=1)
    person = street.shop_id, street.customers[0]

    with pytest.raises(Invalid, match="invalid"):
        await books.write(write_note, *person, "당뇨가 있으심", actor=OWNER, at=START)

    assert await books.read(rows, "SELECT count(*) FROM note") == [(0,)]


async def test_there_is_an_end_to_notes(books: Books) -> None:
    street = await books.write(make_street, people=1)
    person = street.shop_id, street.customers[0]
    for number in range(NOTES_MAX):
        await books.write(write_note, *person, f"메모 {number}", actor=OWNER, at=START)

    with pytest.raises(Invalid):
        await books.write(write_note, *person, "하나 더", actor=OWNER, at=START)


async def test_another_shop_neither_reads_nor_deletes_it(books: Books) -> None:
    """L54: one shop's data is never another's."""
    street = await books.write(make_street, people=1)
    customer = street.customers[0]
    elsewhere = await books.write(
        make_shop, street.market_id, street.channel_id, name="옆집", slug="next"
    )
    note = await books.write(write_note, street.shop_id, customer, "메모", actor=OWNER, at=START)

    assert await books.read(list_notes, elsewhere, customer) == []
    assert not await books.write(delete_note, elsewhere, customer, note, actor=OWNER, at=START)
    with pytest.raises(NotFound):
        await books.write(write_note, elsewhere, customer, "메모", actor=OWNER, at=START)
    assert await books.write(delete_note, street.shop_id, customer, note, actor=OWNER, at=START)
    assert not await books.write(
        delete_note, street.shop_id, CustomerId(customer), note, actor=OWNER, at=START
    )
    assert await books.read(rows, "SELECT count(*) FROM note") == [(0,)]
