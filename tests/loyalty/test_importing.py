"""A paper list becomes regulars with their stamps, once, and with nothing else (L1)."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from xlsxwriter import Workbook

from campaigns.invariants import CHECKS
from domain.paper import PaperLine
from domain.refusals import Conflict, Invalid
from domain.time import in_kst, kst_instant
from loyalty.importing import FILE_BYTES_MAX, ROWS_MAX, Taken, find_taken, read_sheet, take_over
from loyalty.sales import Sale
from loyalty.tallies import find_standing
from loyalty.visits import stamp_person
from storage.books import Books
from storage.queries.regulars import list_by_name
from tests.conftest import START
from tests.factories import make_street, phone_of, rows
from tests.loyalty.merging import OWNER, open_shop_with_card

LINES = [
    PaperLine(number=2, phone="01077770001", name="김철수", stamps=7),
    PaperLine(number=3, phone="01077770002", name="이영희"),
]


async def test_people_get_their_stamps_once_and_no_consent(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10)

    first = await books.write(take_over, street.shop_id, LINES, actor=OWNER, at=START)
    again = await books.write(take_over, street.shop_id, LINES, actor=OWNER, at=START)

    assert first == Taken(new=2, stamps=7)
    assert again == Taken(known=1, already=1)
    (regular,) = await books.read(list_by_name, street.shop_id, "김철수")
    standing = await books.read(find_standing, street.shop_id, regular.customer_id, START)
    assert standing is not None
    assert standing.stamps == 7
    assert (regular.is_paper, regular.advertising_since, regular.visits) == (True, None, 0)
    choices = "SELECT purpose FROM consent_choice WHERE customer_id = :who"
    assert await books.read(rows, choices, who=regular.customer_id) == []
    assert await books.read(rows, "SELECT count(*) FROM notice") == [(0,)]
    assert [one for check in CHECKS.values() for one in await books.read(check)] == []


async def test_a_corrected_list_adds_only_who_is_new(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10)
    await books.write(take_over, street.shop_id, LINES[:1], actor=OWNER, at=START)
    corrected = [LINES[0].__class__(number=2, phone="01077770001", stamps=9), LINES[1]]

    assert await books.read(find_taken, street.shop_id, corrected) == {"01077770001"}
    taken = await books.write(take_over, street.shop_id, corrected, actor=OWNER, at=START)

    assert taken == Taken(new=1, already=1)


async def test_a_regular_of_the_chat_keeps_the_chat_and_gets_the_stamps(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10)
    line = PaperLine(number=2, phone=phone_of(1), name="종이 이름", stamps=4)

    taken = await books.write(take_over, street.shop_id, [line], actor=OWNER, at=START)

    standing = await books.read(find_standing, street.shop_id, street.customers[0], START)
    assert taken == Taken(known=1, stamps=4)
    assert standing is not None
    assert standing.stamps == 4


async def test_the_last_visit_stands_until_there_is_one_of_our_own(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10)
    shop_id, today = street.shop_id, in_kst(START).date()
    people = [
        PaperLine(number=2, phone="01077770001", name="김철수", stamps=7, last_on=date(2026, 1, 5)),
        PaperLine(number=3, phone="01077770002", name="이영희", last_on=today),
    ]
    await books.write(take_over, shop_id, people, actor=OWNER, at=START)
    (first,) = await books.read(list_by_name, shop_id, "김철수")
    (second,) = await books.read(list_by_name, shop_id, "이영희")

    at = START + timedelta(hours=12)
    sale = Sale(key="own", actor=OWNER)
    await books.write(stamp_person, shop_id, second.customer_id, sale, at)
    await books.write(take_over, shop_id, people, actor=OWNER, at=at)
    (stamped,) = await books.read(list_by_name, shop_id, "이영희")

    assert first.last_visit_at == kst_instant(date(2026, 1, 5), time(12))
    assert (first.visits, first.visit_days, first.first_visit_at) == (0, 0, None)
    assert second.last_visit_at == min(kst_instant(today, time(12)), START)
    assert (stamped.visits, stamped.visit_days, stamped.last_visit_at) == (1, 1, at)


async def test_stamps_without_a_card_are_refused_and_nothing_is_written(books: Books) -> None:
    street = await books.write(make_street, people=0)

    with pytest.raises(Conflict, match="no_card"):
        await books.write(take_over, street.shop_id, LINES, actor=OWNER, at=START)

    assert await books.read(rows, "SELECT count(*) FROM customer") == [(0,)]


CSV = "이름,전화,도장\n김철수,010-1234-5678,7\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_file_is_read_however_it_was_saved(encoding: str, mark: str) -> None:
    body = CSV.replace(",", mark).replace("\n", "\r\n").encode(encoding)

    assert read_sheet(body) == [["이름", "전화", "도장"], ["김철수", "010-1234-5678", "7"]]


def workbook(*lines: tuple[object, ...]) -> bytes:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, line)
    return file.getvalue()


def test_a_workbook_is_read_with_its_numbers() -> None:
    found = read_sheet(workbook(("이름", "전화"), ("김철수", 1012345678)))

    assert found == [["이름", "전화"], ["김철수", 1012345678.0]]


def far_out(row: int, column: int) -> bytes:
    """Five kilobytes that name one cell at the end of the sheet."""
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "전화번호")
        sheet.write(row, column, "x")
    return file.getvalue()


@pytest.mark.parametrize("column", [100, 16_383])
def test_a_sheet_with_a_cell_far_out_takes_only_its_reader_along(column: int) -> None:
    with pytest.raises(Invalid) as refused:
        read_sheet(far_out(1_048_575, column))

    assert "너무 커요" in refused.value.fields["sheet"]


def test_a_day_stays_a_day_and_a_list_ends() -> None:
    file = io.BytesIO()
    with Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.add_worksheet().write_datetime(0, 0, datetime(2026, 8, 1))  # noqa: DTZ001 - a cell

    assert read_sheet(file.getvalue()) == [[datetime(2026, 8, 1)]]  # noqa: DTZ001 - a cell
    assert len(read_sheet(far_out(20_000, 0))) == ROWS_MAX + 1


def bomb() -> bytes:
    """Small as a file, large when unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(101 * 1024 * 1024))
    return file.getvalue()


def strange() -> bytes:
    """A list whose archive says it needs a version that nobody has."""
    body = bytearray(workbook(("이름", "전화")))
    body[body.index(b"PK\x01\x02") + 6] = 217
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, "먼저 골라"),
        (b"", "빈 파일이에요"),
        (bytes(FILE_BYTES_MAX + 1), "너무 커요"),
        (b"PK\x03\x04 broken", "열 수 없는 파일이에요"),
        (strange(), "열 수 없는 파일이에요"),
        (b"\xff\xfe\xff\x00\x00", "열 수 없는 파일이에요"),
        (bytes(1000), "열 수 없는 파일이에요"),
    ],
)
def test_a_file_that_is_no_list_gets_a_sentence(body: bytes | None, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_sheet(body)

    assert words in refused.value.fields["sheet"]


def test_a_file_that_unpacks_to_too_much_is_not_unpacked() -> None:
    with pytest.raises(Invalid) as refused:
        read_sheet(bomb())

    assert "너무 커요" in refused.value.fields["sheet"]
