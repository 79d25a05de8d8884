"""The lapsing-money idea speaks from the forecast, and only when money will be lost."""

import pytest

from campaigns.catalog import why
from campaigns.choosing import Choice, choose, read_situation
from domain.forecast import WEEK
from domain.ideas import MONEY, PACED_MONEY
from domain.people import ShopId
from storage.books import Books
from storage.desk import Tx
from tests.factories import make_grant
from tests.subsidy.weekly import AT, END_OF_YEAR, make_sender


def find_choice(tx: Tx, shop_id: ShopId) -> Choice:
    return choose(read_situation(tx, shop_id, AT))


async def test_what_will_be_left_comes_with_what_would_use_it(books: Books) -> None:
    """Ten days are left, so one week in which to send."""
    street = await books.write(make_sender)

    choice = await books.read(find_choice, street.shop_id)

    assert choice.reason == PACED_MONEY
    assert why(choice.reason, choice.facts) == (
        "지금처럼 보내면 지원금 740원이 12월 31일에 사라져요. "
        "일주일에 44명분씩 더 보내면 다 쓸 수 있어요."
    )


@pytest.mark.parametrize("grant_won", [201, 270])
async def test_money_that_will_be_used_up_is_no_reason(books: Books, grant_won: float) -> None:
    """Four sends have cost 200 won; the pace uses up to 58 won more, and less than the price of
    three messages would be left.
    """
    street = await books.write(make_sender, grant_won=grant_won)

    choice = await books.read(find_choice, street.shop_id)

    assert choice.reason not in (MONEY, PACED_MONEY)


async def test_of_a_shop_that_hardly_sends_everything_that_ends_is_told(books: Books) -> None:
    street = await books.write(make_sender, 2)

    choice = await books.read(find_choice, street.shop_id)

    assert why(choice.reason, choice.facts) == (
        "지원금 900원이 12월 31일에 사라져요. 54명분이에요."
    )


async def test_money_that_ends_in_two_months_is_no_reason_yet(books: Books) -> None:
    street = await books.write(make_sender, 4, grant_won=210)
    later = END_OF_YEAR + 8 * WEEK
    await books.write(
        make_grant, street.program_id, street.shop_id, form_key="later", expires_at=later
    )

    choice = await books.read(find_choice, street.shop_id)

    assert choice.reason not in (MONEY, PACED_MONEY)
