"""What a shop owes: coupons that wait, and the part of each open card that is full."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.regulars import RewardDebt
from loyalty.debt import estimate_debt, month_end
from storage.books import Books
from tests.conftest import START
from tests.loyalty.merging import open_shop_with_card, paper_person, stamp


async def test_full_cards_are_counted_by_their_coupon_and_open_ones_by_their_part(
    books: Books,
) -> None:
    street = await books.write(open_shop_with_card, 10)
    people = [await books.write(paper_person, street.shop_id, number) for number in range(60, 63)]
    for who, items in zip(people, (10, 5, 5), strict=True):
        await books.write(stamp, street.shop_id, who, items)

    debt = await books.read(estimate_debt, street.shop_id, START)

    assert debt == RewardDebt(all_in_all=2, soon=1)


async def test_who_comes_often_fills_the_card_this_month(books: Books) -> None:
    """Every second day with seven of ten: the tenth comes within the month."""
    street = await books.write(open_shop_with_card, 10)
    who = street.customers[0]
    begin = datetime(2026, 11, 2, 1, tzinfo=UTC)
    for number in range(7):
        await books.write(stamp, street.shop_id, who, 1, begin + timedelta(days=2 * number))
    at = begin + timedelta(days=12)

    debt = await books.read(estimate_debt, street.shop_id, at)

    assert debt == RewardDebt(all_in_all=1, soon=1)


async def test_lapsed_cards_and_other_shops_are_left_out(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10, expiry_days=30)
    await books.write(stamp, street.shop_id, street.customers[0], 9)
    later = START + timedelta(days=40)

    assert await books.read(estimate_debt, street.shop_id, later) == RewardDebt(0, 0)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        (datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 11, 30, 15, tzinfo=UTC)),
        (datetime(2026, 11, 30, 16, tzinfo=UTC), datetime(2026, 12, 31, 15, tzinfo=UTC)),
        (datetime(2026, 12, 5, tzinfo=UTC), datetime(2026, 12, 31, 15, tzinfo=UTC)),
    ],
)
def test_a_month_ends_at_a_korean_midnight(at: datetime, end: datetime) -> None:
    assert month_end(at) == end
