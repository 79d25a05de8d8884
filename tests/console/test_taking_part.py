"""How a shop takes part, on its sheet: what it has shown, why it may not have money, which pot."""

import pytest

from domain.money import won
from domain.people import ShopId
from storage.books import Books
from storage.queries.programs import find_enrollment, list_cohorts
from subsidy.enrolling import add_cohort
from subsidy.grants import list_grants
from tests.console.browser import Browser
from tests.console.desk import fill_pot, market_of, open_second_market, qualify
from tests.console.street import MONDAY_TEN, Clock, Street
from tests.console.test_manager import NEW_SHOP
from tests.factories import rows

SHEET = "/manager/shops/1"
OFFER = {
    "amount": "300,000원",
    "start_by": "2026-12-07",
    "expires_at": "2027-01-22",
    "form_key": "key-1",
}
SHOWN = {"yearly_sales": "300,000,000", "opened_on": "", "has_business_wallet": "1"}


@pytest.fixture
async def cohort(console_books: Books, street: Street) -> str:
    """The id of the program's one cohort, as a form says it."""
    at = MONDAY_TEN
    await console_books.write(
        lambda tx: add_cohort(
            tx,
            street.program_id,
            name="1기",
            starts_on=at.date(),
            ends_on=at.date(),
            actor="test",
            at=at,
        )
    )
    (one,) = await console_books.read(list_cohorts, street.program_id)
    return str(one.cohort_id)


async def test_a_shop_that_shows_nothing_is_told_why_and_gets_nothing(
    manager: Browser, street: Street, console_books: Books
) -> None:
    page = await manager.get(SHEET)
    refused = await manager.submit(SHEET, f"{SHEET}/grants", OFFER)

    for words in (page.words, refused.words):
        assert "연 매출이나 개업일을 아직 적지 않았어요" in words
        assert "카카오 비즈월렛을 아직 만들지 않았어요" in words
    assert refused.status == 422
    assert 'id="shop-mistake"' in refused.html
    assert refused.value("amount") == OFFER["amount"]
    assert await console_books.read(list_grants, street.shop_id, MONDAY_TEN) == []


async def test_what_a_shop_shows_opens_the_way_to_money(
    manager: Browser, street: Street, cohort: str, console_books: Books
) -> None:
    saved = await manager.submit(SHEET, f"{SHEET}/enrollment", {**SHOWN, "cohort": cohort})
    page = await manager.get(saved.location)

    assert "참여 자격을 저장했어요" in page.words
    assert "아직 지원금을 받을 수 없어요" not in page.words
    assert page.value("yearly_sales") == "300,000,000"
    assert f'<option value="{cohort}" selected>1기' in page.html
    offered = await manager.submit(SHEET, f"{SHEET}/grants", OFFER)
    assert offered.status == 303
    (grant,) = await console_books.read(list_grants, street.shop_id, MONDAY_TEN)
    assert grant.amount_jeon == won(300_000)


async def test_a_shop_over_the_limit_is_told_so(manager: Browser, street: Street) -> None:
    over = {**SHOWN, "yearly_sales": "1,000,000,001"}
    await manager.submit(SHEET, f"{SHEET}/enrollment", over)

    page = await manager.get(SHEET)
    refused = await manager.submit(SHEET, f"{SHEET}/grants", OFFER)

    for words in (page.words, refused.words):
        assert "연 매출이 기준보다 많아요. 기준은 10억 원, 이 가게는 1,000,000,001원" in words
    assert "비즈월렛을 아직" not in page.words
    assert refused.status == 422


async def test_a_new_shop_needs_no_sales_until_it_is_old(
    manager: Browser, street: Street, console_clock: Clock
) -> None:
    new = {**SHOWN, "yearly_sales": "", "opened_on": "2026-10-01"}
    await manager.submit(SHEET, f"{SHEET}/enrollment", new)

    assert "아직 지원금을 받을 수 없어요" not in (await manager.get(SHEET)).words
    console_clock.pass_(days=20)
    assert "아직 지원금을 받을 수 없어요" not in (await manager.get(SHEET)).words
    for _ in range(6):
        console_clock.pass_(days=25)
        await manager.get(SHEET)  # a session is renewed by coming back
    assert "연 매출이나 개업일을" in (await manager.get(SHEET)).words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"yearly_sales": "많이"}, "숫자로"),
        ({"yearly_sales": "10000000001"}, "10,000,000,000원까지"),
        ({"opened_on": "2026-11-24"}, "오늘보다 뒤일 수 없어요"),
        ({"opened_on": "어제"}, "날짜를 골라"),
        ({"cohort": "99"}, "목록에서 기수를"),
        ({"cohort": "가"}, "숫자로"),
    ],
)
async def test_what_does_not_fit_is_told_and_stays_typed(
    manager: Browser,
    street: Street,
    cohort: str,
    console_books: Books,
    changes: dict[str, str],
    sentence: str,
) -> None:
    page = await manager.submit(
        SHEET, f"{SHEET}/enrollment", {**SHOWN, "yearly_sales": "1,000", **changes}
    )

    assert page.status == 422
    assert sentence in page.words
    assert page.value("yearly_sales") == changes.get("yearly_sales", "1,000")
    assert await console_books.read(find_enrollment, street.shop_id) is None


async def test_a_shop_is_opened_with_what_it_shows(
    manager: Browser, street: Street, cohort: str, console_books: Books
) -> None:
    form = {**NEW_SHOP, **SHOWN, "cohort": cohort}

    wrong = await manager.submit(
        "/manager/shops/new", "/manager/shops", {**form, "yearly_sales": "많이", "slug": "X Y"}
    )
    opened = await manager.submit("/manager/shops/new", "/manager/shops", form)

    assert wrong.status == 422
    assert {"yearly_sales", "slug"} <= {
        name for name in form if f'id="{name}-mistake"' in wrong.html
    }
    assert wrong.value("yearly_sales") == "많이"
    assert opened.status == 303
    found = await console_books.read(find_enrollment, ShopId(street.shop_id + 1))
    assert found is not None
    assert (str(found[0]), found[1].yearly_sales_won) == (cohort, 300_000_000)


async def test_a_wrong_standing_opens_no_shop(
    manager: Browser, street: Street, console_books: Books
) -> None:
    form = {**NEW_SHOP, **SHOWN, "opened_on": "2026-11-24"}

    page = await manager.submit("/manager/shops/new", "/manager/shops", form)

    assert page.status == 422
    assert "오늘보다 뒤일 수 없어요" in page.words
    assert await console_books.read(rows, "SELECT 1 FROM shop WHERE slug = 'eunhye'") == []


async def test_money_may_come_out_of_the_markets_pot(
    manager: Browser, street: Street, console_books: Books
) -> None:
    market = await console_books.read(market_of, street)
    across = await console_books.write(open_second_market, street)
    await console_books.write(qualify, street.program_id, street.shop_id)
    await console_books.write(qualify, street.program_id, across.shop_id)
    pot = await console_books.write(fill_pot, street.program_id, market.market_id, 100_000)
    offer = {**OFFER, "pot": str(pot), "expires_at": "2027-01-20"}

    too_much = await manager.submit(SHEET, f"{SHEET}/grants", offer)
    elsewhere = await manager.submit(
        SHEET, f"/manager/shops/{across.shop_id}/grants", {**offer, "amount": "1000"}
    )
    given = await manager.submit(SHEET, f"{SHEET}/grants", {**offer, "amount": "40,000"})

    assert (too_much.status, elsewhere.status, given.status) == (422, 422, 303)
    assert "공동 지원금에 남은 돈보다 많아요" in too_much.words
    assert "어느 공동 지원금에서 드릴지" in elsewhere.words
    assert "공동 지원금 (남은 60,000원" in (await manager.get(SHEET)).words
    assert await console_books.read(list_grants, across.shop_id, MONDAY_TEN) == []
