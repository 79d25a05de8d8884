"""The kill switch at the desk: who may halt and lift what, and what owners see of it."""

import pytest
import pytest_asyncio

from domain.people import Role, ShopId
from storage.books import Books
from storage.queries.halts import is_halted
from tests.console.browser import Browser, Browsers
from tests.console.desk import Market, hire, market_of, open_second_market
from tests.console.street import Street
from tests.factories import rows

PAGE = "/manager/halts"
WHY = "문구에 문제가 있다는 신고가 있어 확인하고 있어요"
IN_FORCE = "SELECT market_id, shop_id, reason FROM halt WHERE lifted_at IS NULL ORDER BY id"


@pytest_asyncio.fixture
async def market(console_books: Books, street: Street) -> Market:
    return await console_books.read(market_of, street)


@pytest_asyncio.fixture
async def across(console_books: Books, street: Street) -> Market:
    return await console_books.write(open_second_market, street)


@pytest_asyncio.fixture
async def market_manager(
    browsers: Browsers, console_books: Books, street: Street, market: Market
) -> Browser:
    staff = await console_books.write(
        hire, street.program_id, Role.MARKET_MANAGER, market.market_id
    )
    return await browsers.open(staff)


@pytest_asyncio.fixture
async def auditor(browsers: Browsers, console_books: Books, street: Street) -> Browser:
    return await browsers.open(await console_books.write(hire, street.program_id, Role.AUDITOR))


async def halted(books: Books, *shops: ShopId) -> list[bool]:
    return [await books.read(is_halted, shop) for shop in shops]


async def press_halt(browser: Browser, scope: str, reason: str = WHY) -> int:
    return (await browser.submit(PAGE, PAGE, {"scope": scope, "reason": reason})).status


async def test_a_program_is_halted_and_lifted_by_its_manager(
    manager: Browser, console_books: Books, street: Street, across: Market, other_street: Street
) -> None:
    shops = (street.shop_id, across.shop_id, other_street.shop_id)

    assert await press_halt(manager, "program") == 303
    page = await manager.get(PAGE)
    during = await halted(console_books, *shops)
    lifted = await manager.submit(PAGE, f"{PAGE}/1/lift")
    after = await manager.get(PAGE)

    assert "지금 멈춰 있는 곳 1곳" in page.words
    assert WHY in page.words
    assert "이정" in page.words
    assert during == [True, True, False]
    assert lifted.location == PAGE
    assert await halted(console_books, *shops) == [False, False, False]
    assert "지금 멈춰 있는 곳은 없어요" in after.words
    assert WHY in after.words


async def test_one_market_and_one_shop_are_halted_alone(
    manager: Browser, console_books: Books, street: Street, market: Market, across: Market
) -> None:
    shops = (street.shop_id, across.shop_id)

    await press_halt(manager, f"market:{across.market_id}")
    first = await halted(console_books, *shops)
    await press_halt(manager, f"shop:{street.shop_id}")

    assert first == [False, True]
    assert await halted(console_books, *shops) == [True, True]


async def test_a_shops_page_leads_to_its_halt(manager: Browser, street: Street) -> None:
    sheet = await manager.get(f"/manager/shops/{street.shop_id}")
    page = await manager.get(f"{PAGE}?shop={street.shop_id}")

    assert f'href="{PAGE}?shop={street.shop_id}"' in sheet.html
    assert f'<option value="shop:{street.shop_id}" selected>보람빵집' in page.html


async def test_its_owner_sees_a_strip_on_each_page_until_it_is_lifted(
    manager: Browser, owner: Browser, browsers: Browsers, other_street: Street, street: Street
) -> None:
    before = await owner.get("/owner")
    await press_halt(manager, f"shop:{street.shop_id}")
    pages = [await owner.get(path) for path in ("/owner", "/owner/send", "/owner/campaigns")]
    neighbor = await (await browsers.open(other_street.owner)).get("/owner")
    await manager.submit(PAGE, f"{PAGE}/1/lift")

    assert "멈춰 있어요" not in before.words
    assert all("소식 보내기가 멈춰 있어요" in page.words for page in pages)
    assert all(WHY in page.words for page in pages)
    assert "멈춰 있어요" not in neighbor.words
    assert "멈춰 있어요" not in (await owner.get("/owner")).words


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"scope": "", "reason": WHY}, "어디를 멈출지 골라 주세요."),
        ({"scope": "planet", "reason": WHY}, "어디를 멈출지 골라 주세요."),
        ({"scope": "market:x", "reason": WHY}, "어디를 멈출지 골라 주세요."),
        ({"scope": "program", "reason": "  "}, "까닭을 적어 주세요."),
        ({"scope": "program", "reason": "가" * 201}, "200자까지"),
    ],
)
async def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(
    manager: Browser, console_books: Books, fields: dict[str, str], sentence: str
) -> None:
    page = await manager.submit(PAGE, PAGE, fields)

    assert page.status == 422
    assert sentence in page.words
    assert fields["reason"].strip() in page.html
    assert ("program" not in fields["scope"]) or '<option value="program" selected' in page.html
    assert await console_books.read(rows, IN_FORCE) == []


async def test_a_market_manager_halts_the_own_market_only(
    market_manager: Browser,
    console_books: Books,
    street: Street,
    market: Market,
    across: Market,
    other_street: Street,
) -> None:
    page = await market_manager.get(PAGE)
    foreign = [
        await press_halt(market_manager, scope)
        for scope in (
            "program",
            f"market:{across.market_id}",
            f"shop:{across.shop_id}",
            f"shop:{other_street.shop_id}",
        )
    ]
    nothing = await console_books.read(rows, IN_FORCE)
    own = [
        await press_halt(market_manager, scope)
        for scope in (f"market:{market.market_id}", f"shop:{street.shop_id}")
    ]

    assert "프로그램 전체" not in page.words
    assert "건너시장" not in page.words
    assert foreign == [422, 422, 404, 404]
    assert nothing == []
    assert own == [303, 303]
    assert await halted(console_books, street.shop_id, across.shop_id) == [True, False]


async def test_what_the_program_halted_a_market_manager_sees_and_cannot_lift(
    manager: Browser, market_manager: Browser, console_books: Books, across: Market
) -> None:
    await press_halt(manager, "program")
    await press_halt(manager, f"market:{across.market_id}")

    page = await market_manager.get(PAGE)
    lifted = [await market_manager.submit(PAGE, f"{PAGE}/{one}/lift") for one in (1, 2)]

    assert "프로그램 담당자만 풀 수 있어요" in page.words
    assert "건너시장" not in page.words
    assert "/lift" not in page.html
    assert [one.status for one in lifted] == [403, 404]
    assert len(await console_books.read(rows, IN_FORCE)) == 2


async def test_nor_one_shop_that_the_program_halted(
    manager: Browser, market_manager: Browser, console_books: Books, street: Street
) -> None:
    await press_halt(market_manager, f"shop:{street.shop_id}")
    own = await market_manager.get(PAGE)
    await press_halt(manager, f"shop:{street.shop_id}")

    page = await market_manager.get(PAGE)
    lifted = await market_manager.submit(PAGE, f"{PAGE}/1/lift")

    assert "/lift" in own.html
    assert "/lift" not in page.html
    assert "프로그램 담당자만 풀 수 있어요" in page.words
    assert lifted.status == 403
    assert await halted(console_books, street.shop_id) == [True]


async def test_another_programs_halts_are_not_there(
    manager: Browser, browsers: Browsers, other_street: Street, console_books: Books, street: Street
) -> None:
    stranger = await browsers.open(other_street.manager)
    await press_halt(manager, "program")

    page = await stranger.get(PAGE)
    lifted = await stranger.submit(PAGE, f"{PAGE}/1/lift")
    asked = await stranger.get(f"{PAGE}?shop={street.shop_id}")

    assert WHY not in page.words
    assert [lifted.status, asked.status] == [404, 404]
    assert len(await console_books.read(rows, IN_FORCE)) == 1


async def test_an_auditor_reads_and_halts_nothing(
    auditor: Browser, manager: Browser, console_books: Books
) -> None:
    await press_halt(manager, "program")

    page = await auditor.get(PAGE)
    tried = await auditor.submit("/manager", PAGE, {"scope": "program", "reason": WHY})
    lifted = await auditor.submit("/manager", f"{PAGE}/1/lift")

    assert WHY in page.words
    assert "<form" not in page.html.split("<main")[1]
    assert [tried.status, lifted.status] == [403, 403]
    assert len(await console_books.read(rows, IN_FORCE)) == 1


async def test_an_owner_has_no_place_at_the_desk(owner: Browser) -> None:
    assert (await owner.get(PAGE)).status == 403
    assert (await owner.get("/manager/doubts")).status == 403


async def test_halting_and_lifting_stand_in_the_audit_log(
    manager: Browser, console_books: Books
) -> None:
    await press_halt(manager, "program")
    await manager.submit(PAGE, f"{PAGE}/1/lift")

    sql = "SELECT actor FROM audit_line WHERE act IN ('halt_sending', 'lift_halt') ORDER BY id"
    actors = [row[0] for row in await console_books.read(rows, sql)]
    assert len(actors) == 2
    assert all(actor.startswith("manager:") for actor in actors)
