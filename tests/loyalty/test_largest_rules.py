"""The most that an owner may write into the shop's rules still fits the books."""

from datetime import date, timedelta

from domain.notices import NoticeKind
from domain.regulars import TIER_DAYS_MAX, TIER_NAME_MAX, TIERS_MAX, Tier
from domain.rules import (
    ADS_A_WEEK_MAX,
    DOUBLE_DAYS_MAX,
    EXCLUDED_MAX,
    EXCLUDED_NAME_MAX,
    Per,
    ShopRules,
)
from loyalty.cards import set_rules
from storage.books import Books
from storage.queries.cards import get_rules
from tests.conftest import START
from tests.factories import OWNER
from tests.loyalty.street import open_shop

QUOTES = '"'
LARGEST = ShopRules(
    per=Per.PAYMENT,
    excluded=(QUOTES * EXCLUDED_NAME_MAX,) * EXCLUDED_MAX,
    double_weekdays=frozenset(range(7)),
    double_days=frozenset(date(2026, 11, 25) + timedelta(days=n) for n in range(DOUBLE_DAYS_MAX)),
    visits_per_day_max=20,
    tiers=[
        Tier("손님"),
        *(
            Tier(QUOTES * (TIER_NAME_MAX - 1) + str(n), 10**9, TIER_DAYS_MAX)
            for n in range(TIERS_MAX - 1)
        ),
    ],
    notices=frozenset(NoticeKind),
    ads_a_week=ADS_A_WEEK_MAX,
)
"""A quote is two characters as JSON; on PostgreSQL a column holds no more than it says."""


async def test_the_largest_rules_are_kept(books: Books) -> None:
    shop = await open_shop(books)

    await books.write(set_rules, shop.shop_id, LARGEST, actor=OWNER, at=START)

    assert await books.read(get_rules, shop.shop_id) == LARGEST
