"""Who may do what at the managers' desk: every address, for every role, in both directions."""

import re
from collections.abc import Sequence

import pytest
import pytest_asyncio

from console.gate import AUDITOR_MAY_POST, MARKET_MAY
from console.manager.routes import MANAGER_ROUTES
from domain.people import Role
from storage.books import Books
from subsidy.grants import list_grants
from tests.console.browser import Browser, Browsers, Page, token_on
from tests.console.desk import (
    Market,
    fill_pot,
    hire,
    market_of,
    open_second_market,
    qualify,
)
from tests.console.street import MONDAY_TEN, Street, give_grant
from tests.console.test_roles import PLACE, plain
from tests.factories import rows

ROUTES = [(route.method, f"/manager{route.path}") for route in MANAGER_ROUTES]
PROGRAMS_ONLY = "프로그램 담당자의 일이에요"
READS_ONLY = "감사는 보기만 해요"
WORDS = {"month": "2026-10", "payment": "top-up"}
FIELDS = {"state": "suspended"}
"""Without it that address does nothing at all."""

PROGRAM_PAGES = ("terms", "cohorts", "prices", "operating", "people")


@pytest.fixture
async def market(console_books: Books, street: Street) -> Market:
    return await console_books.read(market_of, street)


@pytest.fixture
async def across(console_books: Books, street: Street) -> Market:
    return await console_books.write(open_second_market, street)


@pytest_asyncio.fixture
async def market_manager(
    browsers: Browsers, console_books: Books, street: Street, market: Market
) -> Browser:
    staff_id = await console_books.write(
        hire, street.program_id, Role.MARKET_MANAGER, market.market_id
    )
    return await browsers.open(staff_id)


@pytest_asyncio.fixture
async def auditor(browsers: Browsers, console_books: Books, street: Street) -> Browser:
    return await browsers.open(await console_books.write(hire, street.program_id, Role.AUDITOR))


def filled(path: str, number: int = 1) -> str:
    """An address that means something: what is not in WORDS is a number."""
    return PLACE.sub(lambda found: WORDS.get(found[1], str(number)), path)


async def press(browser: Browser, method: str, address: str) -> Page:
    if method == "GET":
        return await browser.get(address)
    csrf = token_on(await browser.get("/manager"))
    return await browser.post(address, {"csrf": csrf, **FIELDS})


def test_every_address_of_the_tables_exists() -> None:
    known = {(method, plain(path)) for method, path in ROUTES}

    assert known >= MARKET_MAY | AUDITOR_MAY_POST


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_market_manager_does_what_the_table_allows_and_nothing_else(
    market_manager: Browser, method: str, path: str
) -> None:
    page = await press(market_manager, method, filled(path))

    is_refused = page.status == 403 and PROGRAMS_ONLY in page.html
    assert is_refused == ((method, plain(path)) not in MARKET_MAY), page.words[:200]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_an_auditor_opens_everything_and_changes_nothing(
    auditor: Browser, method: str, path: str
) -> None:
    page = await press(auditor, method, filled(path))

    is_refused = page.status == 403 and READS_ONLY in page.html
    may = method == "GET" or (method, plain(path)) in AUDITOR_MAY_POST
    assert is_refused == (not may), page.words[:200]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_programs_manager_is_refused_nowhere(
    manager: Browser, method: str, path: str
) -> None:
    page = await press(manager, method, filled(path))

    assert page.status not in (403, 500), page.words[:200]


SHOP_ROUTES = [(method, path) for method, path in ROUTES if path.startswith("/manager/shops/{id")]


@pytest.mark.parametrize(("method", "path"), SHOP_ROUTES)
async def test_another_markets_shop_is_not_there(
    market_manager: Browser, across: Market, method: str, path: str
) -> None:
    page = await press(market_manager, method, filled(path, across.shop_id))

    assert (page.status == 404) == ((method, plain(path)) in MARKET_MAY), page.words[:200]
    assert "건너떡집" not in page.html


@pytest.mark.parametrize(("method", "path"), SHOP_ROUTES)
async def test_another_programs_shop_is_not_there_for_anybody(
    market_manager: Browser,
    auditor: Browser,
    manager: Browser,
    other_street: Street,
    method: str,
    path: str,
) -> None:
    address = filled(path, other_street.shop_id)

    pages = [await press(one, method, address) for one in (manager, market_manager, auditor)]

    assert {page.status for page in pages} <= {403, 404}
    assert pages[0].status == 404
    assert not any("이웃빵집" in page.html for page in pages)


async def test_well_filled_forms_change_nothing_in_another_market(
    market_manager: Browser, across: Market, street: Street, console_books: Books
) -> None:
    """An empty form would be refused for its emptiness."""
    await console_books.write(qualify, street.program_id, across.shop_id)
    pot_id = await console_books.write(fill_pot, street.program_id, across.market_id)
    sheet = f"/manager/shops/{across.shop_id}"
    offer = {
        "amount": "1000",
        "start_by": "2026-12-01",
        "expires_at": "2026-12-20",
        "form_key": "thief",
        "pot": str(pot_id),
    }
    tried: Sequence[tuple[str, dict[str, str]]] = (
        (f"{sheet}/grants", offer),
        (f"{sheet}/invitations", {"name": "도둑"}),
        (f"{sheet}/place", {"place": "37.5, 127.0"}),
        (f"{sheet}/enrollment", {"yearly_sales": "1"}),
    )

    lines = await console_books.read(rows, "SELECT count(*) FROM audit_line")
    pages = [await market_manager.submit("/manager", path, fields) for path, fields in tried]

    assert [page.status for page in pages] == [404] * len(tried)
    assert await console_books.read(rows, "SELECT count(*) FROM audit_line") == lines


async def test_a_market_manager_opens_no_shop_in_another_market(
    market_manager: Browser, across: Market, console_books: Books
) -> None:
    page = await market_manager.submit(
        "/manager/shops/new",
        "/manager/shops",
        {"channel": "2", "name": "몰래", "trade": "빵집", "slug": "stolen"},
    )

    assert page.status == 422
    assert "어느 톡채널" in page.words
    assert "건너시장" not in (await market_manager.get("/manager/shops/new")).html
    assert await console_books.read(rows, "SELECT 1 FROM shop WHERE slug = 'stolen'") == []


async def test_a_market_manager_sees_one_market_and_no_program_places(
    market_manager: Browser, market: Market, across: Market
) -> None:
    page = await market_manager.get("/manager")

    assert "보람빵집" in page.words
    assert "건너" not in page.words
    assert "예산" not in page.words
    assert not any(f"/manager/{place}" in page.html for place in PROGRAM_PAGES)
    asked = await market_manager.get(f"/manager?market={across.market_id}")
    assert "건너" not in asked.words


async def test_a_market_manager_gives_out_of_the_markets_pot_only(
    market_manager: Browser, market: Market, street: Street, console_books: Books
) -> None:
    """The budget is the program manager's to give."""
    await console_books.write(qualify, street.program_id, street.shop_id)
    sheet = f"/manager/shops/{street.shop_id}"
    offer = {
        "amount": "1000",
        "start_by": "2026-12-01",
        "expires_at": "2026-12-20",
        "form_key": "of-market",
    }

    bare = await market_manager.get(sheet)
    refused = await market_manager.submit(sheet, f"{sheet}/grants", offer)
    pot_id = await console_books.write(fill_pot, street.program_id, market.market_id)
    given = await market_manager.submit(sheet, f"{sheet}/grants", {**offer, "pot": str(pot_id)})

    assert "지원금 드리기" not in bare.words
    assert refused.status == 422
    assert "어느 공동 지원금에서" in refused.words or "공동 지원금이 생기면" in refused.words
    assert given.status == 303
    (grant,) = await console_books.read(list_grants, street.shop_id, MONDAY_TEN)
    assert grant.amount_jeon == 100_000


async def test_an_auditor_sees_no_button_that_is_refused(
    auditor: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    own = [path for method, path in ROUTES if method == "GET" and "{" not in path]
    own.remove("/manager/shops/new")  # a form and nothing to read: no link leads an auditor there

    for path in [*own, f"/manager/shops/{street.shop_id}"]:
        page = await auditor.get(path)
        assert page.status == 200, path
        forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page.html)
        enabled = {("POST", one) for one in forms if not one.endswith("/enrollment")}
        assert enabled <= AUDITOR_MAY_POST, path


async def test_a_market_manager_sees_no_button_that_is_refused(
    market_manager: Browser, street: Street, market: Market, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(fill_pot, street.program_id, market.market_id)
    opened = [path for method, path in MARKET_MAY if method == "GET" and "{" not in path]

    for path in [*opened, f"/manager/shops/{street.shop_id}"]:
        page = await market_manager.get(path)
        assert page.status == 200, path
        for action in re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page.html):
            assert ("POST", known_as(action)) in MARKET_MAY, (path, action)


def known_as(address: str) -> str:
    """The address of the table that this one is found by."""
    return next(
        plain(path)
        for method, path in ROUTES
        if method == "POST" and re.fullmatch(PLACE.sub(r"[^/]+", path), address)
    )


@pytest.mark.parametrize("role", [Role.MARKET_MANAGER, Role.AUDITOR])
async def test_who_comes_in_by_an_invitation_lands_at_the_desk(
    role: Role, browsers: Browsers, console_books: Books, street: Street, market: Market
) -> None:
    market_id = market.market_id if role is Role.MARKET_MANAGER else None
    browser = await browsers.open(
        await console_books.write(hire, street.program_id, role, market_id)
    )

    assert (await browser.get("/manager")).status == 200
    assert (await browser.get("/owner")).status == 403
