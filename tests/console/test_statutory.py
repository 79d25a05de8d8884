"""The desk's page of statutory notices: counts by state, what failed, and Kakao's sanctions."""

import re
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from domain.people import Role, ShopId
from loyalty.consent import stop_advertising
from storage.books import Books
from storage.desk import Tx
from storage.queries.sanctions import find_barriers
from tests.console.browser import Browser, Browsers, Page
from tests.console.desk import Market, hire, market_of, open_second_market
from tests.console.street import MONDAY_TEN, Street, add_regular
from tests.factories import change, rows

PAGE = "/manager/statutory"
FORM = f"{PAGE}/channels"
BARRED = "SELECT id FROM channel WHERE barred_until IS NOT NULL"


def refuse_unheard(tx: Tx, shop_id: ShopId) -> None:
    somebody = add_regular(tx, shop_id, "somebody")
    stop_advertising(tx, somebody, pressed="list", at=MONDAY_TEN, is_told=False)


def counted(page: Page) -> str:
    """The line of results."""
    found = re.search(r"수신동의처리결과(?:\d+건)+", re.sub(r"\s", "", page.words))
    assert found is not None
    return found[0]


def channel_of(tx: Tx, shop_id: ShopId) -> str:
    return str(rows(tx, "SELECT channel_id FROM shop WHERE id = :id", id=shop_id)[0][0])


@pytest_asyncio.fixture
async def across(console_books: Books, street: Street) -> Market:
    return await console_books.write(open_second_market, street)


@pytest_asyncio.fixture
async def market_manager(browsers: Browsers, console_books: Books, street: Street) -> Browser:
    market = await console_books.read(market_of, street)
    staff = await console_books.write(
        hire, street.program_id, Role.MARKET_MANAGER, market.market_id
    )
    return await browsers.open(staff)


@pytest_asyncio.fixture
async def auditor(browsers: Browsers, console_books: Books, street: Street) -> Browser:
    return await browsers.open(await console_books.write(hire, street.program_id, Role.AUDITOR))


async def test_what_waits_and_what_failed_is_counted_with_its_reason(
    manager: Browser, console_books: Books, street: Street
) -> None:
    """L13: undeliverable is recorded, and seen."""
    await console_books.write(refuse_unheard, street.shop_id)
    waiting = await manager.get(PAGE)
    await console_books.write(
        change,
        "UPDATE statutory_notice SET state = 'undeliverable', code = 'L4', settled_at = due_at,"
        " act_at = NULL WHERE kind = 'result'",
    )
    failed = await manager.get(PAGE)

    assert counted(waiting) == "수신동의처리결과1건0건0건0건0건"
    assert "알리지 못한 것이 없어요" in waiting.words
    assert counted(failed) == "수신동의처리결과0건0건0건1건0건"
    assert "채널을 차단하셨어요" in failed.words


async def test_a_sanctioned_channel_is_noted_and_freed(
    manager: Browser, console_books: Books, street: Street
) -> None:
    """K8: until the end of that day, and no longer."""
    channel = await console_books.read(channel_of, street.shop_id)
    day = (MONDAY_TEN + timedelta(days=3)).date()

    noted = await manager.submit(PAGE, FORM, {"channel": channel, "until": day.isoformat()})
    page = await manager.get(PAGE)
    _, until = await console_books.read(find_barriers, street.shop_id)
    freed = await manager.submit(PAGE, FORM, {"channel": channel, "act": "free"})

    assert (noted.status, freed.status) == (303, 303)
    assert f"{day.month}월 {day.day}일 (목)까지" in page.words
    assert until == datetime.fromisoformat(f"{day}T15:00:00+00:00")
    assert (await console_books.read(find_barriers, street.shop_id))[1] is None
    lines = "SELECT act FROM audit_line WHERE act = 'bar_channel'"
    assert len(await console_books.read(rows, lines)) == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"channel": "", "until": "2030-01-01"}, "톡채널을 골라 주세요"),
        ({"until": ""}, "날짜를 골라 주세요"),
        ({"until": "2020-01-01"}, "오늘이나 그 뒤의 날짜"),
    ],
)
async def test_what_is_missing_is_said_beside_it(
    manager: Browser, console_books: Books, street: Street, typed: dict[str, str], sentence: str
) -> None:
    channel = await console_books.read(channel_of, street.shop_id)
    page = await manager.submit(PAGE, FORM, {"channel": channel, **typed})

    assert page.status == 422
    assert sentence in page.words
    assert page.value("until") == typed["until"]
    assert await console_books.read(rows, BARRED) == []


async def test_a_market_manager_sees_and_notes_their_own_market_only(
    market_manager: Browser, console_books: Books, street: Street, across: Market
) -> None:
    own = await console_books.read(channel_of, street.shop_id)
    other = await console_books.read(channel_of, across.shop_id)

    page = await market_manager.get(PAGE)
    refused = await market_manager.submit(PAGE, FORM, {"channel": other, "until": "2030-01-01"})
    done = await market_manager.submit(PAGE, FORM, {"channel": own, "until": "2030-01-01"})

    assert "건너시장" not in page.words
    assert (refused.status, done.status) == (404, 303)
    assert await console_books.read(rows, BARRED) == [(int(own),)]


async def test_an_auditor_reads_and_changes_nothing(
    auditor: Browser, manager: Browser, console_books: Books, street: Street
) -> None:
    channel = await console_books.read(channel_of, street.shop_id)
    page = await auditor.get(PAGE)
    token = {"channel": channel, "until": "2030-01-01"}
    pressed = await auditor.submit("/manager", FORM, token)

    assert page.status == 200
    assert "제재 적기" not in page.words
    assert pressed.status == 403
    assert await console_books.read(rows, BARRED) == []
