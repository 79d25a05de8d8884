"""Regulars: the shop's own words (C7, C8), each person's rhythm (C9), what is still owed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusals import Invalid
from domain.regulars import (
    TIER_DAYS_MAX,
    TIERS_DEFAULT,
    OpenCard,
    Rhythm,
    Tier,
    check_tiers,
    reward_debt,
    rhythm_of,
    tier_of,
)

AT = datetime(2026, 11, 25, 1, tzinfo=UTC)


def days_ago(*days: float) -> list[datetime]:
    return [AT - timedelta(days=one) for one in days]


@pytest.mark.parametrize(
    ("visited", "name"),
    [
        ([], "처음 오신 손님"),
        (days_ago(1), "처음 오신 손님"),
        (days_ago(1, 40), "단골"),
        (days_ago(1, 91), "처음 오신 손님"),
        (days_ago(*range(1, 9)), "왕단골"),
        (days_ago(*range(1, 8)), "단골"),
        (days_ago(-1, -2), "처음 오신 손님"),
    ],
)
def test_the_default_words(visited: list[datetime], name: str) -> None:
    assert tier_of(TIERS_DEFAULT, visited, AT).name == name


def test_ten_years_are_the_longest_a_tier_looks_back() -> None:
    longest = (Tier("손님"), Tier("이웃", 2, TIER_DAYS_MAX))
    check_tiers(longest)

    assert tier_of(longest, days_ago(1, 3_600), AT).name == "이웃"
    with pytest.raises(Invalid, match="invalid"):
        check_tiers((Tier("손님"), Tier("이웃", 2, TIER_DAYS_MAX + 1)))


def test_a_shops_own_words() -> None:
    tiers = (Tier("손님"), Tier("이웃", 3, 30))

    assert tier_of(tiers, days_ago(1, 2, 29), AT).name == "이웃"
    assert tier_of(tiers, days_ago(1, 2, 31), AT).name == "손님"


@pytest.mark.parametrize(
    ("visited", "gap", "is_quiet"),
    [
        (days_ago(20, 30), None, False),
        (days_ago(10, 20, 30), 10, False),
        (days_ago(15, 25, 35), 10, False),
        (days_ago(15.1, 25.1, 35.1), 10, True),
        (days_ago(40, 47, 54, 61), 7, True),
        (days_ago(5, 5.01, 5.02), None, False),
    ],
)
def test_going_quiet_is_one_and_a_half_of_the_own_gap(
    visited: list[datetime], gap: float | None, *, is_quiet: bool
) -> None:
    """C9; two sales on one day are one day."""
    rhythm = rhythm_of(visited)

    assert rhythm.mean_gap_days == gap
    assert rhythm.is_quiet(AT) is is_quiet


@given(st.lists(st.integers(0, 400), max_size=30))
def test_a_rhythm_does_not_depend_on_the_order(days: list[int]) -> None:
    visited = days_ago(*days)

    assert rhythm_of(visited) == rhythm_of(reversed(visited))
    assert rhythm_of(visited).visits == len(days)
    assert rhythm_of(visited).days == len(set(days))


def card(stamps: int, *visited: float) -> OpenCard:
    return OpenCard(stamps=stamps, needed=10, rhythm=rhythm_of(days_ago(*visited)))


def test_reward_debt_counts_coupons_and_parts_of_cards() -> None:
    until = AT + timedelta(days=6)
    steady = card(8, 1, 4, 7)  # comes each three days, two stamps to go: in five days
    slow = card(5, 1, 11, 21)
    unknown = card(7, 3)

    debt = reward_debt([steady, slow, unknown], 3, AT, until)

    assert debt.all_in_all == 3 + 2
    assert debt.soon == 3 + 1


def test_no_cards_no_debt() -> None:
    assert reward_debt([], 0, AT, AT).all_in_all == 0
    assert Rhythm().mean_gap_days is None
