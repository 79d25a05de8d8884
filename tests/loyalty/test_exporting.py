"""The owner's own file: every sheet with everything, words as words, other shops left out."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from console.owner.export import bind
from domain.people import CustomerId, ShopId
from loyalty.birthdays import leave_birthday
from loyalty.exporting import SHEETS, note_export
from loyalty.notes import write_note
from loyalty.regulars import name_regular
from loyalty.visits import cancel_visit
from storage.books import Books
from storage.desk import Tx
from storage.queries.exporting import PAGE_ROWS
from tests.conftest import START
from tests.factories import Street, make_shop, phone_of, rows
from tests.loyalty.merging import OWNER, open_shop_with_card, paper_person, stamp

FORMULA = '=HYPERLINK("http://x")'


def make_past(tx: Tx) -> Street:
    street = open_shop_with_card(tx, 3)
    shop_id, who = street.shop_id, street.customers[0]
    name_regular(tx, shop_id, who, "=1+1", actor=OWNER, at=START)
    leave_birthday(tx, who, "3월 5일", START)
    write_note(tx, shop_id, who, FORMULA, actor=OWNER, at=START)
    stamp(tx, shop_id, who, 3)
    undone = stamp(tx, shop_id, who, 1)
    cancel_visit(tx, shop_id, undone, actor=OWNER, at=START)
    elsewhere = make_shop(tx, street.market_id, street.channel_id, name="옆집", slug="next")
    stamp(tx, elsewhere, paper_person(tx, elsewhere, 70, name="옆집 손님"), 1)
    return street


def opened(body: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return {name: book.get_sheet_by_name(name).to_python()[1:] for name in book.sheet_names}


async def test_everything_is_in_the_file(books: Books) -> None:
    street = await books.write(make_past)
    who = float(street.customers[0])

    sheets = opened(await bind(books, street.shop_id, START))

    assert list(sheets) == [sheet.name for sheet in SHEETS]
    (person,) = sheets["단골"]
    assert person[:4] == [who, "=1+1", phone_of(1), "3월 5일"]
    assert person[5:8] == [1.0, datetime.fromisoformat("2026-11-25T10:00"), 3.0]
    assert [line[2] for line in sheets["방문"]] == [3.0, 1.0]
    assert sheets["방문"][1][-1] == datetime.fromisoformat("2026-11-25T10:00")
    assert [line[1:4] for line in sheets["쿠폰"]] == [
        ["단팥빵 1개 무료", "도장 카드", "쓸 수 있음"]
    ]
    assert ["광고 소식 받기", "동의"] in [line[1:3] for line in sheets["동의 기록"]]
    told = [line[6] for line in sheets["동의 기록"] if line[1] == "광고 소식 받기"]
    assert told, "L13: when the result was told"
    assert all(told)
    assert [line[2] for line in sheets["메모"]] == [FORMULA]
    assert [line[4:] for line in sheets["카드 규칙"]] == [[3.0, "단팥빵 1개 무료"]]
    assert "옆집 손님" not in str(sheets)


async def test_no_word_is_a_formula(books: Books) -> None:
    """What begins with = + - @ would run in a spreadsheet if it were written as it is typed."""
    street = await books.write(make_past)

    body = await bind(books, street.shop_id, START)

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_name("메모")
    assert sheet.to_python()[1][2] == FORMULA
    assert b"<f>" not in unpacked(body)


def unpacked(body: bytes) -> bytes:

    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        parts = [packed.read(name) for name in packed.namelist() if "sheet" in name]
    assert any(b"HYPERLINK" in part for part in parts)
    return b"".join(parts)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_more_than_a_page_is_written_whole(books: Books) -> None:
    street = await books.write(open_shop_with_card, 3)
    count = PAGE_ROWS + 5
    await books.write(add_visits, street.shop_id, street.customers[0], count)

    sheets = opened(await bind(books, street.shop_id, START))

    assert len(sheets["방문"]) == count


def add_visits(tx: Tx, shop_id: ShopId, who: CustomerId, count: int) -> None:
    """One that is real, and copies of it."""
    stamp(tx, shop_id, who, 1)
    rows(
        tx,
        "INSERT INTO visit (shop_id, customer_id, key, way, items, stamps, actor, visited_at,"
        " recorded_at) SELECT v.shop_id, v.customer_id, 'copy' || n.value, v.way, 1, 0, v.actor,"
        " v.visited_at, v.recorded_at FROM visit v, (WITH RECURSIVE c(value) AS (SELECT 1 UNION"
        " ALL SELECT value + 1 FROM c WHERE value < :copies) SELECT value FROM c) n"
        " WHERE v.id = (SELECT min(id) FROM visit) RETURNING id",
        copies=count - 1,
    )


async def test_an_export_is_written_down(books: Books) -> None:
    """I12: who took the list along stands in the log."""
    street = await books.write(open_shop_with_card, 3)

    await books.write(note_export, street.shop_id, actor=OWNER, at=START)

    lines = "SELECT actor, subject FROM audit_line WHERE act = 'export_regulars'"
    assert await books.read(rows, lines) == [(OWNER, f"shop:{street.shop_id}")]
