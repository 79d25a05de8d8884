"""The owner ties a till to the shop with a token, sees it in use, and cuts it off."""

import re

import pytest

from domain.people import CustomerId
from loyalty.tills import TILLS_MAX, TOKEN_MARK
from storage.books import Books
from tests.console.api.till import TillClient
from tests.console.browser import Browser, Browsers, Page
from tests.console.street import Street
from tests.factories import rows

PHONE = {"phone": "010-1234-5678"}


def token_of(page: Page) -> str:
    found = re.search(rf"{TOKEN_MARK}[\w-]{{32}}", page.html)
    assert found, "no token on this page"
    return found[0]


async def add(owner: Browser, name: str = "계산대 1") -> Page:
    return await owner.submit("/owner/tills", "/owner/tills", {"name": name})


async def test_a_token_is_shown_once_and_works(
    till: TillClient, owner: Browser, console_books: Books, regular: CustomerId
) -> None:
    made = await add(owner, "계산대 2")
    token = token_of(made)
    later = await owner.get("/owner/tills")

    assert (await till.other(token).stamp(PHONE)).status == 201
    assert "계산대 2" in later.words
    assert "아직 쓰지 않았어요" in later.words
    assert TOKEN_MARK not in later.html
    assert token not in str(await console_books.read(rows, "SELECT * FROM api_token"))
    assert "에 마지막으로 썼어요" in (await owner.get("/owner/tills")).words


async def test_a_till_that_was_cut_off_is_gone_and_pressing_again_is_harmless(
    till: TillClient, owner: Browser, console_books: Books
) -> None:
    token = token_of(await add(owner, "계산대 2"))

    cut = [await owner.submit("/owner/tills", "/owner/tills/2/revoke") for _ in range(2)]

    assert [page.status for page in cut] == [303, 303]
    assert "계산대 2" not in (await owner.get("/owner/tills")).words
    refused = await till.other(token).ask("GET", "/visits/1")
    assert (refused.status, refused.body["title"]) == (
        401,
        "이 가게의 살아 있는 연결 열쇠가 아니에요.",
    )
    acts = await console_books.read(
        rows, "SELECT act, actor FROM audit_line WHERE subject = 'till:2' ORDER BY number"
    )
    assert [act for act, _ in acts] == ["add_till", "revoke_till"]
    assert all(actor.startswith("owner:") for _, actor in acts)


@pytest.mark.parametrize(("name", "says"), [("", "이름을"), ("가" * 21, "20자")])
async def test_a_till_needs_a_short_name(owner: Browser, name: str, says: str) -> None:
    refused = await add(owner, name)

    assert refused.status == 422
    assert says in refused.words
    assert TOKEN_MARK not in refused.html


async def test_there_is_an_end_to_tills(owner: Browser) -> None:
    statuses = [(await add(owner, f"계산대 {number}")).status for number in range(TILLS_MAX + 1)]

    assert statuses == [200] * TILLS_MAX + [422]


async def test_a_neighbor_sees_and_cuts_none_of_it(
    till: TillClient, browsers: Browsers, other_street: Street
) -> None:
    neighbor = await browsers.open(other_street.owner)

    assert "/tills/1/" not in (await neighbor.get("/owner/tills")).html
    refused = await neighbor.submit("/owner/tills", "/owner/tills/1/revoke")
    assert refused.status == 404
    assert (await till.ask("GET", "/visits/1")).status == 404  # still let in


async def test_the_shops_page_leads_there(owner: Browser) -> None:
    assert 'href="/owner/tills"' in (await owner.get("/owner/shop")).html
