"""What owners and managers read of the forecast: days and won, a range, or that we do not know."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from console.pages import pages
from domain.forecast import WEEK, Pace, look_ahead
from domain.money import won
from domain.people import AccountId, GrantId, MarketId, Role
from domain.subsidy import Lot
from storage.books import Books
from subsidy.forecast import Forecast, LotLine, dice
from subsidy.invitations import accept, invite
from tests.console.browser import TAGS, Browser, Browsers
from tests.console.street import MONDAY_TEN, Clock, Street, give_grant
from tests.factories import change

MONTH_OF_END = MONDAY_TEN + timedelta(days=50)
"""Ten days before the grants of these tests end."""

UNEVEN = Pace(sends=4, weeks=[0, won(4_000), 0, 0, won(1_000), won(3_000), 0, 0])


def lot(left_won: int, ends_at: datetime, **others: Any) -> Lot:
    facts: dict[str, Any] = {
        "account_id": AccountId(1),
        "grant_id": GrantId(1),
        "expires_at": ends_at,
        "left_jeon": won(left_won),
    }
    return Lot(**facts | others)


def words_of(lots: list[Lot], pace: Pace, price_jeon: int = 1_650) -> str:
    """The owner's card as it is read."""
    lines = [
        LotLine(outlook=one, lost_people=one.lost_jeon // price_jeon, weekly_people=212)
        for one in look_ahead(lots, pace, dice, MONDAY_TEN)
    ]
    forecast = Forecast(pace=pace, is_waiting=bool(lots), lines=lines)
    module = pages.get_template("parts/forecast.html").module
    card = getattr(module, "forecast_card")(forecast, MONDAY_TEN)  # noqa: B009 - a macro's name
    return " ".join(TAGS.sub(" ", str(card)).split())


def test_money_that_is_used_up_in_time_has_a_day_and_a_range() -> None:
    """23 November and five weeks of 1,000 won."""
    words = words_of([lot(5_000, MONDAY_TEN + 60 * WEEK)], UNEVEN)

    assert "지금처럼 보내면 12월 28일쯤 다 써요 (12월" in words
    assert "일주일에 1,000원쯤 쓰셨어요" in words


def test_money_that_will_be_left_is_told_with_its_people() -> None:
    words = words_of([lot(9_000, MONDAY_TEN + 2 * WEEK)], UNEVEN)

    assert "지금처럼 보내면 7,000원 이 남은 채 12월 7일 에 사라져요. 424명분이에요." in words
    assert "일주일에 212명분씩 더 보내면" in words
    assert "9,000원이 남을 수 있어요" in words


def test_before_three_sends_we_say_that_we_do_not_know() -> None:
    words = words_of([lot(9_000, MONDAY_TEN + WEEK)], Pace(sends=2, weeks=[won(50), won(50)]))

    assert "아직 몰라요" in words
    assert "사라져요" not in words


def test_a_year_is_said_where_it_is_not_near() -> None:
    words = words_of([lot(52_000, MONDAY_TEN + 90 * WEEK)], UNEVEN)

    assert "2027년 11월 22일쯤" in words


def test_without_money_there_is_no_card() -> None:
    assert words_of([], UNEVEN) == ""


def test_two_lots_are_told_apart() -> None:
    soon = lot(1_000, MONDAY_TEN + 2 * WEEK, is_pot=True, cap_jeon=won(1_000))
    late = lot(2_000, MONDAY_TEN + 30 * WEEK, account_id=AccountId(2))

    words = words_of([soon, late], UNEVEN)

    assert words.index("시장 공동 지원금 1,000원") < words.index("지원금 2,000원")


async def test_a_manager_sees_who_will_lose_money_in_thirty_days(
    browsers: Browsers, console_books: Books, street: Street, console_clock: Clock
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    none = (await (await browsers.open(street.manager)).get("/manager/losing")).words
    console_clock.at = MONTH_OF_END

    words = (await (await browsers.open(street.manager)).get("/manager/losing")).words

    assert "앞으로 30일 안에 사라질 지원금" in none
    assert "30일 안에 돈을 잃을 가게가 없어요" in none
    assert "가게 1곳에서 모두 300,000원이 2월 11일까지 쓰이지 못하고 사라져요" in words
    assert "시작하지 않" not in words
    assert "보람빵집 보람시장 300,000원 18,181건 1월 22일" in words
    assert "보내지 않았어요" in words


async def test_a_manager_sees_what_disappears_for_not_being_started(
    manager: Browser, console_books: Books, street: Street
) -> None:
    await console_books.write(give_grant, street, is_started=False)

    words = (await manager.get("/manager/losing")).words

    assert "그중 300,000원은 사장님이 아직 시작하지 않은 지원금이에요" in words
    assert "300,000원 12월 7일까지 시작하지 않으면 사라져요" in words


@pytest.mark.parametrize("market", [1, 2])
async def test_a_markets_manager_sees_that_markets_shops(
    browsers: Browsers,
    console_books: Books,
    street: Street,
    console_clock: Clock,
    market: int,
) -> None:
    """Market 2 is a second one of the same program, without shops."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(
        change,
        "INSERT INTO market (program_id, name, region) VALUES (:program, '둘째시장', '서울')",
        program=street.program_id,
    )
    token = await console_books.write(
        invite,
        Role.MARKET_MANAGER,
        program_id=street.program_id,
        market_id=MarketId(market),
        name="한시장",
        at=MONTH_OF_END,
    )
    console_clock.at = MONTH_OF_END
    browser = await browsers.open(await console_books.write(accept, token, MONTH_OF_END))

    page = await browser.get("/manager/losing")

    assert page.status == 200
    assert ("보람빵집" in page.words) == (market == 1)


async def test_another_programs_manager_does_not(
    browsers: Browsers,
    console_books: Books,
    street: Street,
    other_street: Street,
    console_clock: Clock,
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    console_clock.at = MONTH_OF_END
    neighbor = await browsers.open(other_street.manager)

    assert "잃을 가게가 없어요" in (await neighbor.get("/manager/losing")).words


async def test_the_owner_and_the_programs_manager_read_it_on_their_pages(
    owner: Browser, manager: Browser, console_books: Books, street: Street
) -> None:
    """Nothing was sent yet: no number is made up."""
    await console_books.write(give_grant, street, is_started=True)

    owners = (await owner.get("/owner/grants")).words
    managers = (await manager.get(f"/manager/shops/{street.shop_id}")).words

    assert "언제까지 쓸 수 있을까요? 아직 몰라요" in owners
    assert "지난 8주 동안 소식을 한 번도 보내지 않았어요" in managers
