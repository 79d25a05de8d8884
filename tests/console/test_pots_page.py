"""A market's pot in a browser: opened by the program's manager, started by the market's."""

import pytest
import pytest_asyncio

from domain.people import Role
from storage.books import Books
from storage.queries.clawing import mark_many_clawed_back
from tests.console.browser import Browser, Browsers
from tests.console.desk import fill_pot, market_of, qualify
from tests.console.hiring import hire
from tests.console.street import MONDAY_TEN, Street

PAGE = "/manager/pots"
NEW = {
    "market": "1",
    "amount": "100,000원",
    "shop_cap": "50,000",
    "start_by": "2026-12-07",
    "expires_at": "2027-01-22",
    "form_key": "key-1",
}


@pytest_asyncio.fixture
async def of_market(browsers: Browsers, console_books: Books, street: Street) -> Browser:
    return await browsers.open(await console_books.write(hire, street, Role.MARKET_MANAGER))


async def test_opened_started_and_divided(
    manager: Browser, of_market: Browser, street: Street
) -> None:
    made = await manager.submit(PAGE, PAGE, NEW)
    again = await manager.submit(PAGE, PAGE, NEW)
    assert made.location == again.location == f"{PAGE}/1"

    offered = await of_market.get(made.location)
    started = await of_market.submit(made.location, f"{made.location}/start")
    page = await of_market.get(started.location)
    assert "시작 전" in offered.words
    assert "시작했어요. 이제 이 시장의 가게들이" in page.words
    assert "50,000원까지" in page.words
    assert "한 가게의 금액 정하기" not in page.words

    cap = {"shop": "1", "cap": "70,000"}
    refused = await of_market.submit(PAGE, f"{made.location}/caps", cap)
    saved = await manager.submit(made.location, f"{made.location}/caps", cap)
    wrong = await manager.submit(made.location, f"{made.location}/caps", {**cap, "cap": "많이"})
    assert refused.status == 403
    assert "70,000원까지" in (await manager.get(saved.location)).words
    assert (wrong.status, wrong.value("cap")) == (422, "많이")


async def test_what_is_wrong_is_said_beside_its_field_with_everything_typed(
    manager: Browser, street: Street
) -> None:
    page = await manager.submit(PAGE, PAGE, {**NEW, "amount": "많이", "expires_at": "2026-12-01"})
    late = await manager.submit(PAGE, PAGE, {**NEW, "expires_at": "2026-12-01"})
    much = await manager.submit(PAGE, PAGE, {**NEW, "amount": "10,000,001"})

    over = await manager.submit(PAGE, PAGE, {**NEW, "shop_cap": "100,001"})

    assert [one.status for one in (page, late, much, over)] == [422] * 4
    assert "공동 지원금보다 많아요" in over.html.partition('id="shop_cap-mistake"')[2][:80]
    assert page.value("amount") == "많이"
    assert "만료일은 시작 기한보다" in late.words
    assert "남은 예산보다 많아요" in much.words


async def test_another_programs_pot_is_not_there(
    manager: Browser, of_market: Browser, street: Street, other_street: Street
) -> None:
    page = await manager.submit(PAGE, PAGE, {**NEW, "market": "2"})

    assert page.status == 422
    assert "어느 시장인지" in page.words
    assert (await manager.get(f"{PAGE}/99")).status == 404


async def test_a_market_manager_opens_none(of_market: Browser, street: Street) -> None:
    assert (await of_market.submit(PAGE, PAGE, NEW)).status == 403
    assert "공동 지원금 만들기" not in (await of_market.get(PAGE)).words


@pytest.mark.parametrize("is_of_market", [False, True])
async def test_out_of_a_pot_that_is_over_is_said_beside_it_with_everything_typed(
    manager: Browser,
    of_market: Browser,
    street: Street,
    console_books: Books,
    is_of_market: bool,
) -> None:
    browser = of_market if is_of_market else manager
    market = await console_books.read(market_of, street)
    pot_id = await console_books.write(fill_pot, street.program_id, market.market_id)
    await console_books.write(qualify, street.program_id, street.shop_id)
    await console_books.write(mark_many_clawed_back, [pot_id], MONDAY_TEN)
    sheet = f"/manager/shops/{street.shop_id}"
    offer = {
        "pot": str(pot_id),
        "amount": "12,345",
        "start_by": "2026-12-07",
        "expires_at": "2026-12-30",
        "form_key": "key",
    }

    page = await browser.submit(sheet, f"{sheet}/grants", offer)

    assert page.status == 422
    assert "이미 끝난 공동 지원금이에요" in page.html.partition('id="pot-mistake"')[2][:80]
    assert page.value("amount") == "12,345"
