"""A provider's bill over HTTP: uploaded, read, compared, taken away as a file, nothing written."""

import base64
import csv
import io
import zlib
from os import urandom

import pytest
from xlsxwriter import Workbook

from console.manager.bill_form import FILE_BYTES_MAX
from console.manager.kept_sheet import ROWS_MAX, UNPACKED_BYTES_MAX, pack, unpack
from domain.people import MarketId, Role
from domain.refusals import Invalid
from domain.tables import Cell
from storage.books import Books
from subsidy.invitations import accept, invite
from tests.console.browser import Browser, Browsers, Page
from tests.console.street import MONDAY_TEN, Street, add_regulars, book_news, give_grant, report_all
from tests.factories import change, rows

ASKED = {"sender": "kakao_event", "month": "2026-11", "vat": "with"}
TASK = "task-0001"
BILLS = "/manager/bills"


@pytest.fixture
async def sent(console_books: Books, street: Street) -> Street:
    """One task to ten people, eight of whom were reached, for 132 won."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 10)
    await console_books.write(book_news, street)
    await console_books.write(report_all, 8, 2)
    await console_books.write(
        change,
        "UPDATE chunk SET provider_ref = :ref, started_at = :at",
        ref=TASK,
        at="2026-11-23 01:00:00.000000",
    )
    return street


async def upload(browser: Browser, text: str | bytes, **changes: str) -> Page:
    body = text.encode() if isinstance(text, str) else text
    return await browser.submit(BILLS, BILLS, {**ASKED, **changes}, files={"sheet": body})


async def test_a_bill_that_fits_is_said_to_fit(manager: Browser, sent: Street) -> None:
    page = await upload(manager, f"taskId,건수,금액\n{TASK},8,132\n")

    assert page.status == 200
    assert "맞아요1줄" in page.words.replace(" ", "")
    assert "청구서와 우리 기록이 모두 맞아요" in page.words
    assert "장부는 바뀌지 않았어요" in page.words


async def test_lines_of_another_month_are_said_and_named(manager: Browser, sent: Street) -> None:
    bill = f"taskId,건수,금액\n{TASK},8,132\nfremd,1,1\n"
    wrong = await upload(manager, bill, month="2026-10")
    right = await upload(manager, bill)

    assert "10월로 견줬는데, 청구서의 1줄은 2026년 11월에 나간 묶음이에요" in wrong.words
    assert "나간 묶음이에요" not in right.words


async def test_a_workbook_is_read_too(manager: Browser, sent: Street) -> None:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["11월 이용 내역"])
        sheet.write_row(1, 0, ["taskId", "건수", "금액"])
        sheet.write_row(2, 0, [TASK, 8, 132.0])

    page = await upload(manager, file.getvalue())

    assert "청구서와 우리 기록이 모두 맞아요" in page.words


async def test_each_difference_is_shown_and_leads_to_the_chunk(
    manager: Browser, sent: Street
) -> None:
    page = await upload(manager, f"taskId,건수,금액\n{TASK},10,165\nfremd,3,49.5\n합계,많이,1\n")

    assert "차이 2줄" in page.words
    assert 'href="/manager/trail/chunks/1"' in page.html
    for words in ("건수나 금액이 달라요", "우리 기록에 없어요", "보람빵집", "165원", "132원"):
        assert words in page.words
    assert "4번째 줄 건수가 숫자가 아니에요" in page.words


async def test_what_the_bill_does_not_name_is_shown(manager: Browser, sent: Street) -> None:
    page = await upload(manager, "taskId,건수,금액\nfremd,1,1\n")

    assert "청구서에 없어요" in page.words
    assert TASK in page.words


async def test_unknown_columns_are_asked_for_and_then_compared(
    manager: Browser, sent: Street
) -> None:
    """No field is invented: where we do not know a name, a person says what it is."""
    asked = await upload(manager, f"정산번호,수,청구액\n{TASK},8,132\n")

    assert asked.status == 200
    assert "어느 칸이 무엇인가요?" in asked.words
    assert f"정산번호 (예: {TASK})" in asked.words
    chosen = {**ASKED, "kept": asked.value("kept"), "reference": "0", "count": "1", "amount": "2"}
    page = await manager.submit(BILLS, BILLS, chosen)
    assert "청구서와 우리 기록이 모두 맞아요" in page.words
    assert "읽은 칸: 번호 ‘정산번호’ · 건수 ‘수’ · 금액 ‘청구액’." in page.words


async def test_known_columns_can_be_chosen_otherwise(manager: Browser, sent: Street) -> None:
    page = await upload(manager, f"taskId,다른 번호\nx,{TASK}\n", ask="1")

    assert "어느 칸이 무엇인가요?" in page.words


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"reference": "", "count": "1", "amount": ""}, "번호가 적힌 칸을 골라 주세요"),
        ({"reference": "99", "count": "", "amount": ""}, "번호가 적힌 칸을 골라 주세요"),
        ({"reference": "0", "count": "0", "amount": ""}, "서로 다른 칸"),
        ({"reference": "0", "count": "2", "amount": "1"}, "읽을 수 있는 줄이 없어요"),
    ],
)
async def test_wrongly_chosen_columns_keep_the_file(
    manager: Browser, sent: Street, chosen: dict[str, str], sentence: str
) -> None:
    asked = await upload(manager, "정산번호,수,말\nA,8,eight\n")
    kept = asked.value("kept")

    page = await manager.submit(BILLS, BILLS, {**ASKED, "kept": kept, **chosen})

    assert page.status == 422
    assert sentence in page.words
    assert page.value("kept") == kept


async def test_the_differences_are_taken_away_as_a_file(manager: Browser, sent: Street) -> None:
    seen = await upload(manager, f"taskId,건수,금액\n{TASK},10,165\n=HYPERLINK(1),3,49.5\n")

    page = await manager.submit(
        BILLS, f"{BILLS}/differences.csv", {**ASKED, "kept": seen.value("kept")}
    )

    lines = list(csv.reader(io.StringIO(page.html.lstrip("\ufeff"))))
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [line[:2] for line in lines[1:]] == [
        ["우리 기록에 없어요", "'=HYPERLINK(1)"],
        ["건수나 금액이 달라요", TASK],
    ]
    assert lines[2][4:8] == ["10", "8", "165", "132"]


@pytest.mark.parametrize(
    ("body", "changes", "sentence"),
    [
        (b"", {}, "빈 파일이에요"),
        (b"PK\x03\x04 no workbook", {}, "열 수 없는 파일이에요"),
        (b"x" * (FILE_BYTES_MAX + 1), {}, "10MB까지"),
        ("한 칸뿐\n1\n".encode(), {}, "칸 이름이 적힌 줄을 찾지 못했어요"),
        (b"taskId,count\n" + b"a,1\n" * ROWS_MAX, {}, "100,000줄까지"),
        (b"taskId,count\na,1\n", {"sender": "fax"}, "어디에서 온 청구서인지"),
        (b"taskId,count\na,1\n", {"month": "2026-13"}, "어느 달의 청구서인지"),
        (b"taskId,count\na,1\n", {"month": "0001-01"}, "어느 달의 청구서인지"),
        (b"taskId,count\na,1\n", {"month": "9999-12"}, "어느 달의 청구서인지"),
        (b"taskId,count\na,1\n", {"month": "2026-12"}, "어느 달의 청구서인지"),
        ("이름,할 말\n김보람,오늘 식빵\n".encode(), {}, "번호로 보이는 칸이 없어요"),
        (b"taskId,count\na,1\n", {"vat": ""}, "부가세가 들어 있는지"),
    ],
)
async def test_a_bad_file_gets_a_sentence(
    manager: Browser, street: Street, body: bytes, changes: dict[str, str], sentence: str
) -> None:
    page = await upload(manager, body, **changes)

    assert page.status == 422
    assert sentence in page.words


async def test_without_a_file_the_person_is_asked_for_one(manager: Browser, street: Street) -> None:
    page = await manager.submit(BILLS, BILLS, ASKED)

    assert page.status == 422
    assert "파일을 먼저 골라 주세요" in page.words


@pytest.mark.parametrize("kept", ["%%%", "eJw=", "eJyLrgUAARUAuQ=="])
async def test_a_kept_sheet_that_is_none_gets_a_sentence(
    manager: Browser, street: Street, kept: str
) -> None:
    """Broken, cut off, and a list of something else."""
    for path in (BILLS, f"{BILLS}/differences.csv"):
        page = await manager.submit(BILLS, path, {**ASKED, "kept": kept})
        assert page.status == 422


async def test_neither_texts_nor_phone_numbers_of_a_bill_stand_on_the_result(
    manager: Browser, sent: Street
) -> None:
    page = await upload(manager, f"taskId,건수,to\n{TASK},7,01012345678\n")

    kept = unpack(page.value("kept"))
    assert kept == [["reference", "count"], [TASK, "7"]]
    assert "01012345678" not in page.html


async def test_neither_texts_nor_phone_numbers_stand_where_columns_are_chosen(
    manager: Browser, sent: Street
) -> None:
    """Nor in what the page hands back: only the columns to choose among do."""
    asked = await upload(
        manager,
        "보람빵집 010-2222-3333\n정산번호,수,받는 분,전화,글\n"
        f"{TASK},8,김보람,010-1234-5678,오늘 식빵 20% 할인\n010-9876-5432,1,,,\n",
    )

    kept = unpack(asked.value("kept"))
    assert kept == [
        [],
        ["정산번호", "수", "-", "-", "-"],
        [TASK, "8", "", "", ""],
        ["", "1", "", "", ""],
    ]
    for private in ("1234", "9876", "2222", "김보람", "식빵", "전화"):
        assert private not in asked.html.partition("<main")[2]
    chosen = {**ASKED, "kept": asked.value("kept"), "reference": "0", "count": "1", "amount": ""}
    page = await manager.submit(BILLS, BILLS, chosen)
    assert "맞아요1줄" in page.words.replace(" ", "")
    assert "4번째 줄 번호가 없어요" in page.words


async def test_a_line_that_cannot_be_read_is_shown_by_its_number_alone(
    manager: Browser, sent: Street
) -> None:
    text = f"taskId,건수,to,글\n{TASK},많이,01012345678,오늘 식빵\n01012345678,많이,,\n{TASK},8,,\n"

    page = await upload(manager, text)

    assert f"2번째 줄 건수가 숫자가 아니에요{TASK}" in page.words
    assert "3번째 줄 건수가 숫자가 아니에요" in page.words
    assert "01012345678" not in page.html
    assert "오늘 식빵" not in page.html


@pytest.mark.parametrize("titles", ["taskId,건수", "정산번호,수"])
async def test_pages_with_a_bill_stay_in_no_cache(
    manager: Browser, sent: Street, titles: str
) -> None:
    page = await upload(manager, f"{titles}\n{TASK},8\n")

    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")


async def test_another_programs_manager_learns_nothing_of_ours(
    browsers: Browsers, sent: Street, other_street: Street
) -> None:
    neighbor = await browsers.open(other_street.manager)

    page = await upload(neighbor, f"taskId,건수,금액\n{TASK},10,165\n")

    assert "다른 프로그램 것" in page.words
    assert "보람빵집" not in page.words
    assert "/trail/chunks/" not in page.html


async def test_an_auditor_may_compare_and_nothing_is_written(
    browsers: Browsers, console_books: Books, sent: Street
) -> None:
    token = await console_books.write(
        invite, Role.AUDITOR, program_id=sent.program_id, name="최감사", at=MONDAY_TEN
    )
    auditor = await browsers.open(await console_books.write(accept, token, MONDAY_TEN))
    counts = "SELECT (SELECT count(*) FROM transfer), (SELECT count(*) FROM audit_line)"
    before = await console_books.read(rows, counts)

    page = await upload(auditor, f"taskId,건수,금액\n{TASK},8,132\n")

    assert page.status == 200
    assert await console_books.read(rows, counts) == before


async def test_the_manager_of_one_market_may_not(
    browsers: Browsers, console_books: Books, sent: Street
) -> None:
    """A bill is the whole program's."""
    token = await console_books.write(
        invite,
        Role.MARKET_MANAGER,
        program_id=sent.program_id,
        market_id=MarketId(1),
        name="한시장",
        at=MONDAY_TEN,
    )
    browser = await browsers.open(await console_books.write(accept, token, MONDAY_TEN))

    assert (await browser.get(BILLS)).status == 403


async def test_last_month_is_proposed(manager: Browser, street: Street) -> None:
    assert '<option value="2026-10" selected>2026년 10월' in (await manager.get(BILLS)).html


def test_a_sheet_too_large_to_be_handed_back_is_refused() -> None:
    """Random words do not shrink: 10 MB of them would make the page as large."""
    numbers = [[base64.b64encode(urandom(90)).decode()] for _ in range(80_000)]

    with pytest.raises(Invalid) as refused:
        pack(numbers)

    assert "필요한 칸만" in refused.value.fields["sheet"]


@pytest.mark.parametrize(
    "text",
    [
        b"[]\n" * ROWS_MAX + b"[]",
        b"[" + b"[]," * 10_000 + b"[]]",
        b"\n".join([b'["%b"]' % (b"x" * 15_000)] * (UNPACKED_BYTES_MAX // 15_000 + 1)),
    ],
)
def test_what_unpacks_to_more_than_a_bill_is_refused(text: bytes) -> None:
    """A few kilobytes of a form may say millions of lines."""
    kept = base64.b64encode(zlib.compress(text)).decode()

    with pytest.raises(Invalid):
        unpack(kept)


def test_the_longest_bill_is_handed_back_whole() -> None:
    lines: list[list[Cell]] = [[f"G4V{number:029}", "1", "16.50"] for number in range(ROWS_MAX)]

    assert unpack(pack(lines)) == lines
