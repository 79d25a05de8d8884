"""What stands beside each other on the money's pages adds up, whatever happened to the money."""

import re
from datetime import timedelta
from html import unescape

import pytest_asyncio

from domain.money import JEON_PER_WON, format_won, won
from domain.people import GrantId, ShopId
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from subsidy.acting import Acting
from subsidy.grants import list_grants, start_grant
from subsidy.moving import move_money
from subsidy.offering import Offer, offer_grant
from subsidy.operating import fund_operating
from tests.console.browser import TAGS, Browser, Page
from tests.console.desk import fill_pot, market_of, open_second_market, qualify
from tests.console.street import (
    MONDAY_TEN,
    Street,
    add_regulars,
    book_news,
    give_grant,
    report_all,
)
from tests.factories import change

MONTH = "/manager/statements/2026-11"


def said(page: Page) -> str:
    """Cell by cell, with a space between them."""
    return " ".join(unescape(TAGS.sub(" ", page.html)).split())


def send_news(tx: Tx, street: Street) -> None:
    add_regulars(tx, street.shop_id, 10)
    book_news(tx, street)
    report_all(tx, 8, 2)


def move_away(tx: Tx, street: Street) -> tuple[GrantId, ShopId]:
    """50,000 of 300,000 won go to a shop of the next market; another 300,000 are not started."""
    give_grant(tx, street, is_started=True)
    (here,) = list_grants(tx, street.shop_id, MONDAY_TEN)
    across = open_second_market(tx, street).shop_id
    qualify(tx, street.program_id, across)
    offer = Offer(
        amount_jeon=won(100_000),
        start_by=MONDAY_TEN + timedelta(days=14),
        expires_at=MONDAY_TEN + timedelta(days=60),
    )
    there = offer_grant(
        tx, street.program_id, across, offer, form_key="across", actor="test", at=MONDAY_TEN
    )
    start_grant(tx, across, there, actor="test", at=MONDAY_TEN)
    actor = f"manager:{street.manager}"
    acting = Acting(
        program_id=street.program_id, market_id=None, staff_id=street.manager, actor=actor
    )
    amount = won(50_000)
    move_money(tx, acting, here.grant_id, there, amount, form_key="move", at=MONDAY_TEN)
    send_news(tx, street)
    give_grant(tx, street, is_started=False, key="second")
    return here.grant_id, across


@pytest_asyncio.fixture
async def moved(console_books: Books, street: Street) -> tuple[GrantId, ShopId]:
    return await console_books.write(move_away, street)


async def test_the_rows_of_the_overview_add_up_after_a_move(
    manager: Browser, moved: tuple[GrantId, ShopId]
) -> None:
    words = said(await manager.get("/manager"))

    assert "예약 사용 회수·이동 남음" in words
    assert "600,000원 0원 132원 -50,000원 249,868원 시작 전 300,000원" in words
    assert "100,000원 0원 0원 +50,000원 150,000원" in words


async def test_a_column_of_nothing_is_not_shown(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)

    for path in ("/manager", f"/manager/shops/{street.shop_id}"):
        words = said(await manager.get(path))
        assert "지급 300,000원" in words
        assert "회수·이동" not in words


async def test_the_overview_says_what_may_still_be_granted(
    manager: Browser, street: Street, console_books: Books, moved: tuple[GrantId, ShopId]
) -> None:
    words = said(await manager.get("/manager"))
    await console_books.write(change, "UPDATE program SET closed_at = '2026-11-23 00:00:00+00:00'")
    closed = said(await manager.get("/manager"))

    assert "지급 700,000원" in words
    assert "더 드릴 수 있는 예산 9,300,000원" in words
    assert "더 드릴 수 있는 예산" not in closed


async def test_a_shops_sheet_adds_up_and_says_what_is_not_started(
    manager: Browser, street: Street, moved: tuple[GrantId, ShopId]
) -> None:
    words = said(await manager.get(f"/manager/shops/{street.shop_id}"))

    assert "지급 600,000원 시작 전 300,000원" in words
    assert "사용 132원 소멸 0원 회수·이동 -50,000원" in words
    assert "300,000원 0원 132원 -50,000원 249,868원" in words
    assert "300,000원 0원 0원 0원 300,000원" in words


async def test_news_that_a_pot_paid_for_says_so(
    manager: Browser, street: Street, console_books: Books
) -> None:
    market_id = (await console_books.read(market_of, street)).market_id
    await console_books.write(fill_pot, street.program_id, market_id)
    await console_books.write(send_news, street)

    assert "132원 공동 지원금 132원" in said(await manager.get(f"/manager/shops/{street.shop_id}"))


async def test_an_owners_month_says_how_much_is_not_started(
    owner: Browser, moved: tuple[GrantId, ShopId]
) -> None:
    words = said(await owner.get("/owner/statements"))

    assert "지금 549,868원 그중 아직 시작하지 않은 돈 300,000원" in words


async def test_the_budget_is_counted_once_and_the_cards_add_up(
    manager: Browser, street: Street, console_books: Books, moved: tuple[GrantId, ShopId]
) -> None:
    await console_books.write(
        fund_operating,
        street.program_id,
        amount_jeon=won(20_000),
        key="aside",
        actor="test",
        at=MONDAY_TEN,
    )
    market_id = (await console_books.read(lambda tx: get_shop(tx, street.shop_id))).market_id
    whole, of_market = [
        said(await manager.get(path)) for path in (MONTH, f"{MONTH}?market={market_id}")
    ]

    together = whole.partition("지원금 모두")[2].partition("프로그램 예산")[0]
    sums = "처음 0원 ＋ 예산 받음 10,000,000원 − 소식에 씀 132원 끝 9,999,868원"
    assert together.strip().startswith(sums)
    assert cards(whole) == {"처음": 0, "받음": 10_000_000, "사용": 132, "소멸": 0}
    assert cards(of_market) == {
        "처음": 0,
        "받음": 600_000,
        "사용": 132,
        "소멸": 0,
        "그 밖에 오간 돈": -50_000,
    }


def cards(words: str) -> dict[str, int]:
    """In won; that of the end is asserted to be what the others come to."""
    shown = words.partition("CSV 받기")[0].rpartition("처음 ")
    names = r"(처음|받음|사용|소멸|그 밖에 오간 돈|끝) (-?[\d,]+)원"
    found = dict(re.findall(names, "".join(shown[1:])))
    amounts = {name: int(text.replace(",", "")) for name, text in found.items()}
    end = amounts.pop("끝")
    taken = sum(amounts[name] for name in ("사용", "소멸"))
    assert sum(amounts.values()) - 2 * taken == end, format_won(end * JEON_PER_WON)
    return amounts
