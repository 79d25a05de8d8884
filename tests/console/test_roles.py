"""What a clerk may open: the table of console/gate.py against every address of the owner's part."""

import re

import pytest
import pytest_asyncio

from console.app import OWNER_ROUTES
from console.gate import CLERK_MAY
from domain.people import Role, StaffId
from storage.books import Books
from storage.desk import Tx
from subsidy.invitations import accept, invite
from tests.console.browser import Browser, Browsers, token_on
from tests.console.street import MONDAY_TEN, Street
from tests.factories import rows

PLACE = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")
ROUTES = [(one.method, f"/owner{one.path}") for one in OWNER_ROUTES]
REFUSED = "사장님만 볼 수 있어요"


def plain(path: str) -> str:
    """The address as the table has it: `/owner/counter/visits/{id}`."""
    return PLACE.sub(r"{\1}", path)


def hire_clerk(tx: Tx, street: Street, name: str = "이알바") -> StaffId:
    token = invite(tx, Role.CLERK, shop_id=street.shop_id, name=name, at=MONDAY_TEN)
    return accept(tx, token, MONDAY_TEN)


@pytest_asyncio.fixture
async def clerk(browsers: Browsers, console_books: Books, street: Street) -> Browser:
    return await browsers.open(await console_books.write(hire_clerk, street))


def test_every_address_of_the_table_exists() -> None:
    assert {(method, plain(path)) for method, path in ROUTES} >= CLERK_MAY


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_clerk_opens_what_the_table_allows_and_nothing_else(
    clerk: Browser, method: str, path: str
) -> None:
    address = PLACE.sub("1", path)
    if method == "GET":
        page = await clerk.get(address)
    else:
        csrf = token_on(await clerk.get("/owner/chat"))
        page = await clerk.post(address, {"csrf": csrf})

    is_refused = page.status == 403 and REFUSED in page.html
    assert is_refused == ((method, plain(path)) not in CLERK_MAY), page.words[:200]


async def test_a_clerk_does_not_see_the_money(clerk: Browser) -> None:
    page = await clerk.get("/owner")

    assert page.status == 200
    assert "오늘 방문" in page.words
    assert "지원금" not in page.words


async def test_a_clerks_sale_stands_in_the_clerks_name(
    clerk: Browser, console_books: Books
) -> None:
    await clerk.submit("/owner/counter", "/owner/counter", {"who": "010-5550-0042", "key": "ab"})

    actors = await console_books.read(_actors, "stamp")
    assert len(actors) == 1
    assert actors[0].startswith("clerk:")


async def test_the_managers_desk_is_closed_to_clerks(clerk: Browser) -> None:
    assert (await clerk.get("/manager")).status == 403


def _actors(tx: Tx, act: str) -> list[str]:
    return [row[0] for row in rows(tx, "SELECT actor FROM audit_line WHERE act = :act", act=act)]
