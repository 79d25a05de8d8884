"""Many grants from a file: the file to fill in, the preview, and one press."""

import io
from collections.abc import Sequence

import pytest
import pytest_asyncio
from xlsxwriter import Workbook

from domain.tables import Cell
from loyalty.importing import read_sheet
from storage.books import Books
from subsidy.enrolling import enroll_shop
from tests.console.browser import Browser, Page
from tests.console.street import MONDAY_TEN, Street
from tests.factories import QUALIFIED, rows

PAGE = "/manager/bulk"
LIST = """가게 주소,금액,시작 기한,만료일
{slug},"300,000원",2026-12-31,2027-02-28
없는 가게,1000,2026-12-31,2027-02-28
"""


@pytest_asyncio.fixture
async def qualified(street: Street, console_books: Books) -> Street:
    await console_books.write(
        enroll_shop, street.program_id, street.shop_id, QUALIFIED, actor="test", at=MONDAY_TEN
    )
    return street


async def send(manager: Browser, body: bytes, **fields: str) -> Page:
    key = (await manager.get(PAGE)).value("form_key")
    return await manager.submit(PAGE, PAGE, {"form_key": key, **fields}, files={"sheet": body})


def bound(lines: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    book = Workbook(out)
    sheet = book.add_worksheet()
    for number, line in enumerate(lines):
        sheet.write_row(number, 0, line)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
async def test_looked_at_then_given_in_one_press(
    manager: Browser, qualified: Street, console_books: Books, encoding: str
) -> None:
    made = await send(manager, LIST.format(slug=qualified.slug).encode(encoding))
    preview = await manager.get(made.location)
    count = 'SELECT count(*) FROM "grant"'
    before = await console_books.read(rows, count)

    presses = [await manager.submit(made.location, f"{made.location}/approve") for _ in range(2)]

    assert "3번째 줄 그런 가게가 없어요" in preview.words.replace("줄그런", "줄 그런")
    assert "모두300,000원" in preview.words.replace(" ", "")
    assert before == [(0,)]
    assert [one.status for one in presses] == [303, 303]
    assert await console_books.read(rows, count) == [(1,)]
    assert "했어요" in (await manager.get(made.location)).words


async def test_the_file_to_fill_in_names_every_shop_and_is_read_again(
    manager: Browser, qualified: Street, console_books: Books
) -> None:
    async with manager.client.get(f"{PAGE}/file.xlsx") as response:
        empty = await response.read()
    titles, row = read_sheet(empty)

    nothing = await send(manager, empty)
    made = await send(manager, bound([titles, [*row[:2], 5000, "2026-12-31", "2027-01-31"]]))

    assert row[:2] == [qualified.slug, "보람빵집"]
    assert nothing.status == 422
    assert "칸 이름 아래에 적힌 가게가 없어요" in nothing.words
    assert "모두5,000원" in (await manager.get(made.location)).words.replace(" ", "")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "빈 파일이에요"),
        (b"PK\x03\x04 broken", "열 수 없는 파일"),
        ("가게,금액\na,1".encode(), "칸 이름을 적어 주세요"),
    ],
)
async def test_a_file_that_cannot_be_read_is_said(
    manager: Browser, qualified: Street, body: bytes, words: str
) -> None:
    page = await send(manager, body)

    assert page.status == 422
    assert words in page.words


async def test_more_than_the_budget_is_refused_with_its_row(
    manager: Browser, qualified: Street, console_books: Books
) -> None:
    text = LIST.format(slug=qualified.slug).replace("300,000", "10,000,001")

    page = await send(manager, text.encode())

    assert page.status == 422
    assert "2번째 줄에서 남은 돈을 넘어요" in page.words
    assert "3번째 줄" in page.words
    assert await console_books.read(rows, "SELECT count(*) FROM proposal") == [(0,)]


async def test_a_huge_sheet_is_cut_and_refused(manager: Browser, qualified: Street) -> None:
    lines: list[list[Cell]] = [
        [f"shop-{number}", 1, "2026-12-31", "2027-01-31"] for number in range(5_001)
    ]

    page = await send(manager, bound([["가게", "금액", "시작", "만료"], *lines]))

    assert page.status == 422
    assert "한 번에 5,000곳까지" in page.words
