"""Statements on screen and as files: for the program, its markets, its auditors and the owner."""

import csv
import io
import zipfile
from html import unescape

import pytest
import pytest_asyncio

from console.manager.statement_files import COLUMNS
from domain.money import Jeon
from domain.people import MarketId, Role, StaffId
from domain.statements import Line, Purse, Subject, sum_of
from domain.subsidy import TransferCode
from storage.books import Books
from storage.desk import Tx
from subsidy.closing_months import check_statements
from subsidy.invitations import accept, invite
from tests.console.browser import TAGS, Browser, Browsers, Page, token_on
from tests.console.street import (
    MONDAY_TEN,
    Clock,
    Street,
    add_regulars,
    book_news,
    give_grant,
    report_all,
)
from tests.factories import change, make_market, rows

NOVEMBER = "/manager/statements/2026-11"
SHOP = f"{NOVEMBER}/shops/1"
OTHERS = "이 시장 사람은 못 보는 시장"


CLOSED = "마감했어요. 이 달의 명세서는 이제 바뀌지 않아요. "


def said(page: Page) -> str:
    """Cell by cell, with a space between them."""
    return " ".join(unescape(TAGS.sub(" ", page.html)).split())


@pytest_asyncio.fixture
async def busy(console_books: Books, street: Street) -> Street:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 10)
    await console_books.write(book_news, street)
    await console_books.write(report_all, 8, 2)
    return street


def hire(tx: Tx, street: Street, role: Role, market_id: MarketId | None = None) -> StaffId:
    token = invite(
        tx,
        role,
        program_id=street.program_id,
        market_id=market_id,
        name="박누구",
        at=MONDAY_TEN,
    )
    return accept(tx, token, MONDAY_TEN)


async def close_november(manager: Browser, clock: Clock) -> None:
    clock.pass_(days=9)
    page = await manager.submit("/manager/statements", f"{NOVEMBER}/close")
    assert page.status == 303


async def test_a_month_says_where_every_won_went(manager: Browser, busy: Street) -> None:
    words = said(await manager.get(NOVEMBER))

    assert "＋ 예산 받음 10,000,000원" in words
    assert "− 소식에 씀 132원" in words
    assert "끝 9,999,868원" in words
    assert "보람빵집 보람시장 0원 300,000원 132원 0원 0원 299,868원 0원 0원 0원 10 8 –" in words
    assert "챗봇 소식 8 2 0 132원" in words


async def test_an_open_month_moves_and_a_closed_one_does_not(
    manager: Browser, busy: Street, console_clock: Clock, console_books: Books
) -> None:
    assert "마감 전" in said(await manager.get(NOVEMBER))
    await close_november(manager, console_clock)
    closed = said(await manager.get(NOVEMBER))

    await console_books.write(give_grant, busy, is_started=True, key="later", at=console_clock.at)

    assert said(await manager.get(NOVEMBER)) == closed.replace(CLOSED, "")
    december = await manager.get("/manager/statements/2026-12/shops/1")
    assert "지급 받음 300,000원" in said(december)
    assert await console_books.read(check_statements) == []


async def test_a_month_that_is_not_over_has_no_button_and_cannot_be_closed(
    manager: Browser, busy: Street
) -> None:
    page = await manager.get("/manager/statements")

    assert "마감하기" not in page.words
    refused = await manager.post(f"{NOVEMBER}/close", {"csrf": token_on(page)})
    assert refused.status == 409
    assert "아직 마감할 수 없어요" in refused.words


async def test_pressing_close_twice_closes_once(
    manager: Browser, busy: Street, console_clock: Clock, console_books: Books
) -> None:
    await close_november(manager, console_clock)
    page = await manager.get("/manager/statements")

    again = await manager.post(f"{NOVEMBER}/close", {"csrf": token_on(page)})

    assert again.status == 303
    assert await console_books.read(rows, "SELECT count(*) FROM month_statement") == [(1,)]


async def test_a_market_manager_sees_only_their_market(
    browsers: Browsers, console_books: Books, busy: Street
) -> None:
    other = await console_books.write(make_market, busy.program_id, name=OTHERS)
    theirs = await browsers.open(
        await console_books.write(hire, busy, Role.MARKET_MANAGER, MarketId(1))
    )
    elsewhere = await browsers.open(
        await console_books.write(hire, busy, Role.MARKET_MANAGER, other)
    )

    page = said(await theirs.get(NOVEMBER))
    assert "보람빵집" in page
    assert OTHERS not in page
    assert "예산" not in page
    assert (await theirs.get(f"{NOVEMBER}?market={other}")).status == 404
    assert "보람빵집" not in (await elsewhere.get(NOVEMBER)).words
    assert (await elsewhere.get(SHOP)).status == 404
    sheet = (await elsewhere.get(f"{NOVEMBER}/file.csv")).html
    assert "보람빵집" not in sheet
    assert (
        await theirs.post(
            f"{NOVEMBER}/close", {"csrf": token_on(await theirs.get("/manager/statements"))}
        )
    ).status == 403
    page_of_other = await elsewhere.get("/manager/statements")
    told = await elsewhere.post(f"{SHOP}/posts", {"csrf": token_on(page_of_other), "posts": "3"})
    assert told.status == 404


async def test_an_auditor_reads_and_changes_nothing(
    browsers: Browsers, console_books: Books, busy: Street
) -> None:
    auditor = await browsers.open(await console_books.write(hire, busy, Role.AUDITOR))

    page = await auditor.get(SHOP)

    assert "보람빵집" in page.words
    assert "게시글 적기" not in page.words
    assert (await auditor.get(f"{NOVEMBER}/file.csv")).status == 200
    refused = await auditor.post(f"{SHOP}/posts", {"csrf": token_on(page), "posts": "3"})
    assert refused.status == 403


async def test_another_programs_months_are_not_to_be_had(
    browsers: Browsers, busy: Street, other_street: Street
) -> None:
    other = await browsers.open(other_street.manager)

    assert "보람빵집" not in (await other.get(NOVEMBER)).words
    assert (await other.get(SHOP)).status == 404
    assert (await other.get(f"{NOVEMBER}?market=1")).status == 404


@pytest.mark.parametrize("path", ["2026-10", "2026-12", "2026-13", "0000-01"])
async def test_a_month_without_the_program_is_not_found(
    manager: Browser, busy: Street, path: str
) -> None:
    assert (await manager.get(f"/manager/statements/{path}")).status == 404


async def test_posts_are_typed_by_a_manager_and_seen_by_the_owner(
    manager: Browser, owner: Browser, busy: Street
) -> None:
    wrong = await manager.submit(SHOP, f"{SHOP}/posts", {"posts": "네 개"})
    assert wrong.status == 422
    assert "숫자로 적어 주세요" in wrong.words
    assert wrong.value("posts") == "네 개"

    assert (await manager.submit(SHOP, f"{SHOP}/posts", {"posts": "4"})).status == 303
    assert "게시글 4개" in said(await owner.get("/owner/statements"))


async def test_an_owner_reads_their_month_in_plain_words(owner: Browser, busy: Street) -> None:
    words = said(await owner.get("/owner/statements"))

    assert "새로 받은 돈 300,000원" in words
    assert "소식에 쓴 돈 132원" in words
    assert "지금 299,868원" in words
    assert "도착한 메시지 8건" in words
    assert "10월 보기" not in words
    assert (await owner.get("/owner/statements?month=2026-10")).status == 404
    assert (await owner.get("/owner/statements?month=x")).status == 404


async def test_an_owner_tells_posts_until_the_month_is_closed(
    owner: Browser, manager: Browser, busy: Street, console_clock: Clock
) -> None:
    fields = {"month": "2026-11", "posts": "여섯"}
    wrong = await owner.submit("/owner/statements", "/owner/statements/posts", fields)
    assert wrong.status == 422
    assert wrong.value("posts") == "여섯"
    told = await owner.submit(
        "/owner/statements", "/owner/statements/posts", {**fields, "posts": "6개"}
    )
    assert told.location == "/owner/statements?month=2026-11"

    await close_november(manager, console_clock)

    page = await owner.get("/owner/statements?month=2026-11")
    assert "톡채널 게시글 6개" in said(page)
    assert "적어 주셔야" not in page.words
    late = await owner.submit(
        "/owner/statements", "/owner/statements/posts", {**fields, "posts": "7"}
    )
    assert late.status == 409


async def test_the_csv_adds_up_and_its_words_are_no_formulas(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    await console_books.write(change, "UPDATE shop SET name = '=1+1' WHERE id = 1")

    page = await manager.get(f"{NOVEMBER}/file.csv")

    assert page.html.startswith("\ufeff")
    titles, *lines = csv.reader(io.StringIO(page.html.removeprefix("\ufeff")))
    assert [line[0] for line in lines] == ["프로그램 예산", "운영비", "가게", "합계"]
    assert lines[2][1] == "'=1+1"
    for purse in ("지원금", "가게 돈"):
        for line in lines:
            assert adds_up(purse, dict(zip(titles, line, strict=True)))
    for number, title in enumerate(titles):
        if title.endswith("(원)"):
            assert sum(float(line[number]) for line in lines[:-1]) == float(lines[-1][number])
    assert dict(zip(titles, lines[2], strict=True))["지원금 - 소식에 씀(원)"] == "132"


def adds_up(purse: str, cells: dict[str, str]) -> bool:
    came = sum(float(cell) for title, cell in cells.items() if title.startswith(f"{purse} + "))
    went = sum(float(cell) for title, cell in cells.items() if title.startswith(f"{purse} - "))
    return float(cells[f"{purse} 처음(원)"]) + came - went == float(cells[f"{purse} 끝(원)"])


async def test_the_workbook_has_words_and_numbers_and_no_formulas(
    manager: Browser, busy: Street, console_books: Books
) -> None:
    await console_books.write(change, "UPDATE shop SET name = '=1+1' WHERE id = 1")

    async with manager.client.get(f"{NOVEMBER}/file.xlsx") as response:
        body = await response.read()
        assert "attachment" in response.headers["Content-Disposition"]

    with zipfile.ZipFile(io.BytesIO(body)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<t>=1+1</t>" in sheet
    assert "<f>" not in sheet
    assert "<v>299868</v>" in sheet


def test_every_reason_to_move_has_a_column() -> None:
    """Else a sheet would not add up for who adds its columns."""
    a_won = Jeon(100)
    free = {code: a_won for code in TransferCode if code not in OF_OWN_MONEY}
    line = Line(
        subject=Subject.SHOP,
        name="",
        free=Purse(
            came={code: free[code] for code in free if code not in ONLY_OUT},
            went=free,
        ),
        own=Purse(
            came={TransferCode.TOP_UP: a_won},
            went={TransferCode.REFUND: a_won, TransferCode.MESSAGE: a_won},
        ),
    )
    cells = {
        f"{one.title}(원)": str(one.read(sum_of("", [line]))) for one in COLUMNS if one.is_money
    }

    assert adds_up("지원금", cells)
    assert adds_up("가게 돈", cells)


OF_OWN_MONEY = (TransferCode.TOP_UP, TransferCode.REFUND)
ONLY_OUT = (TransferCode.MESSAGE, TransferCode.LAPSE)
