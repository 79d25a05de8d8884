"""What earns a stamp: per payment or item, excluded items, double days (C1)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.refusals import Invalid
from domain.regulars import Tier
from domain.rules import Per, ShopRules, check_rules
from domain.visits import Line, Purchase

WEDNESDAY = datetime(2026, 11, 25, 1, tzinfo=UTC)
THREE = Purchase(items=3)
MANY_DAYS = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(61))
BREAD, BAG = Line("식빵", 2), Line("쇼핑백", 1)


@pytest.mark.parametrize(
    ("rules", "purchase", "stamps"),
    [
        (ShopRules(), THREE, 1),
        (ShopRules(per=Per.ITEM), THREE, 3),
        (ShopRules(per=Per.ITEM, excluded=("쇼핑백",)), Purchase(lines=(BREAD, BAG)), 2),
        (ShopRules(per=Per.ITEM, excluded=("쇼핑 백 ",)), Purchase(lines=(BAG,)), 0),
        (ShopRules(excluded=("쇼핑백",)), Purchase(lines=(BAG,)), 0),
        (ShopRules(excluded=("쇼핑백",)), Purchase(lines=(BREAD, BAG)), 1),
        (ShopRules(double_weekdays=frozenset({2})), Purchase(), 2),
        (ShopRules(double_weekdays=frozenset({3})), Purchase(), 1),
        (ShopRules(double_days=frozenset({date(2026, 11, 25)})), Purchase(), 2),
        (ShopRules(per=Per.ITEM, double_weekdays=frozenset({2})), THREE, 6),
        (
            ShopRules(excluded=("쇼핑백",), double_weekdays=frozenset({2})),
            Purchase(lines=(BAG,)),
            0,
        ),
    ],
)
def test_what_a_purchase_earns(rules: ShopRules, purchase: Purchase, stamps: int) -> None:
    assert rules.stamps_for(purchase, WEDNESDAY) == stamps


def test_a_double_day_is_the_korean_day() -> None:
    late_tuesday_in_utc = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # 00:30 on Wednesday

    assert ShopRules(double_weekdays=frozenset({2})).is_double(late_tuesday_in_utc)


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (ShopRules(excluded=tuple(map(str, range(31)))), "excluded"),
        (ShopRules(excluded=("봉" * 41,)), "excluded"),
        (ShopRules(tiers=(Tier("손님"), Tier("단골", 2, 999_999))), "tiers"),
        (ShopRules(visits_per_day_max=0), "visits_per_day_max"),
        (ShopRules(visits_per_day_max=21), "visits_per_day_max"),
        (ShopRules(tiers=()), "tiers"),
        (ShopRules(tiers=(Tier("손님", 1),)), "tiers"),
        (ShopRules(tiers=(Tier("손님"), Tier("손님", 2))), "tiers"),
        (ShopRules(tiers=(Tier("손님"), Tier("아주아주아주아주긴등급이름", 2))), "tiers"),
        (ShopRules(double_days=MANY_DAYS), "double_days"),
    ],
)
def test_rules_that_cannot_be_are_refused_at_their_field(rules: ShopRules, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_rules(rules)

    assert field in refusal.value.fields


def test_the_defaults_can_be() -> None:
    check_rules(ShopRules())
