"""How long money lasts: never below nothing, never sooner for more money, always the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.forecast import WEEK, WEEKS_SEEN, Outlook, Pace, look_ahead, lost_by
from domain.money import Jeon, won
from domain.people import AccountId, GrantId
from domain.subsidy import Lot
from subsidy.forecast import dice

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
FAR = AT + timedelta(weeks=300)
STEADY = Pace(sends=8, weeks=[won(1_000)] * 8)
UNEVEN = Pace(sends=4, weeks=[0, won(4_000), 0, 0, won(1_000), won(3_000), 0, 0])


def lot(left_won: float, days: float, number: int = 1) -> Lot:
    return Lot(
        account_id=AccountId(number),
        grant_id=GrantId(number),
        expires_at=AT + timedelta(days=days),
        left_jeon=won(left_won),
    )


def only(lots: Sequence[Lot], pace: Pace = STEADY) -> Outlook:
    (found,) = look_ahead(lots, pace, dice, AT)
    return found


def test_a_steady_shop_uses_its_money_up_on_a_day_that_can_be_told() -> None:
    seen = only([lot(3_000, 60)])

    assert seen.over_at == seen.soonest_at == seen.latest_at == AT + 3 * WEEK
    assert seen.lost_jeon == seen.most_jeon == 0


def test_what_is_left_at_the_end_lapses() -> None:
    seen = only([lot(3_000, 14)])

    assert seen.over_at == seen.ends_at == AT + timedelta(days=14)
    assert seen.lost_jeon == seen.least_jeon == won(1_000)


def test_the_second_grant_begins_when_the_first_is_over() -> None:
    """F3: soonest end first, whatever order they are told in."""
    late, soon = lot(2_000, 90, 1), lot(1_000, 30, 2)

    first, second = look_ahead([late, soon], STEADY, dice, AT)

    assert (first.lot, first.over_at) == (soon, AT + WEEK)
    assert (second.lot, second.over_at) == (late, AT + 3 * WEEK)


def test_money_that_lapses_lets_the_next_begin_at_its_end() -> None:
    first, second = look_ahead([lot(9_000, 7, 1), lot(1_000, 90, 2)], STEADY, dice, AT)

    assert (first.over_at, first.lost_jeon) == (AT + WEEK, won(8_000))
    assert second.over_at == AT + 2 * WEEK


def test_uneven_weeks_make_a_range() -> None:
    """The average week costs 1,000 won: five weeks, give or take."""
    seen = only([lot(5_000, 365)], UNEVEN)

    assert seen.over_at == AT + 5 * WEEK
    assert AT < seen.soonest_at < AT + 4 * WEEK
    assert AT + 6 * WEEK < seen.latest_at < AT + 20 * WEEK


@pytest.mark.parametrize(
    "pace",
    [
        Pace(sends=0, weeks=[]),
        Pace(sends=2, weeks=[won(100)] * 8),
        Pace(sends=5, weeks=[won(100)]),
        Pace(sends=5, weeks=[0] * 8),
    ],
)
def test_too_little_to_go_by_is_no_number(pace: Pace) -> None:
    assert not pace.is_known
    assert look_ahead([lot(1_000, 30)], pace, dice, AT) == []


def test_own_money_does_not_lapse_and_empty_grants_are_not_told() -> None:
    own = replace(lot(1_000, 30), is_own=True, expires_at=None)

    assert look_ahead([own, lot(0, 30, 2)], STEADY, dice, AT) == []


def test_who_sends_nothing_loses_all_that_ends_in_time() -> None:
    lots = [lot(1_000, 5, 1), lot(2_000, 20, 2), lot(4_000, 60, 3)]

    assert lost_by(lots, 0, AT, AT + timedelta(days=30)) == won(3_000)
    assert lost_by(lots, won(700), AT, AT + timedelta(days=1)) == 0


paces = st.builds(
    Pace,
    sends=st.integers(3, 50),
    weeks=st.lists(st.integers(0, 500_000), min_size=2, max_size=WEEKS_SEEN).filter(any),
)
purses = st.lists(
    st.tuples(st.integers(0, 3_000_000), st.integers(0, 90 * 86_400)), min_size=1, max_size=4
).map(
    lambda found: [
        Lot(
            account_id=AccountId(number),
            grant_id=GrantId(number),
            expires_at=AT + timedelta(seconds=seconds),
            left_jeon=Jeon(left),
        )
        for number, (left, seconds) in enumerate(found, 1)
    ]
)


@given(purses, paces)
def test_nothing_is_negative_and_the_range_holds_the_middle(lots: list[Lot], pace: Pace) -> None:
    for seen in look_ahead(lots, pace, dice, AT):
        assert AT <= seen.soonest_at <= seen.over_at <= seen.latest_at <= seen.ends_at
        assert 0 <= seen.least_jeon <= seen.lost_jeon <= seen.most_jeon <= seen.lot.left_jeon
        assert seen.lost_jeon == 0 or seen.over_at == seen.ends_at


@given(purses, paces, st.integers(0, 3), st.integers(0, 2_000_000))
def test_more_money_never_ends_sooner(
    lots: list[Lot], pace: Pace, index: int, more_jeon: int
) -> None:
    index %= len(lots)
    richer = [*lots]
    richer[index] = replace(lots[index], left_jeon=Jeon(lots[index].left_jeon + more_jeon))
    before = {seen.lot.account_id: seen for seen in look_ahead(lots, pace, dice, AT)}

    for after in look_ahead(richer, pace, dice, AT):
        if known := before.get(after.lot.account_id):
            assert known.over_at <= after.over_at
            assert known.soonest_at <= after.soonest_at
            assert known.latest_at <= after.latest_at
            assert known.lost_jeon <= after.lost_jeon


@given(purses, paces)
def test_every_jeon_is_spent_at_the_pace_or_lost(lots: list[Lot], pace: Pace) -> None:
    seen = look_ahead(lots, pace, dice, AT)
    total = sum(max(one.left_jeon, 0) for one in lots)
    lost = sum(one.lost_jeon for one in seen)
    weeks = max((one.over_at for one in seen), default=AT) - AT

    assert total - lost <= pace.weekly_jeon * (weeks / WEEK) + len(lots) + 1


@given(purses, paces)
def test_the_list_of_all_shops_says_what_the_shops_own_page_says(
    lots: list[Lot], pace: Pace
) -> None:
    shown = sum(one.lost_jeon for one in look_ahead(lots, pace, dice, AT))

    assert lost_by(lots, pace.weekly_jeon, AT, FAR) == shown


@given(purses, paces)
def test_the_same_facts_give_the_same_forecast(lots: list[Lot], pace: Pace) -> None:
    assert look_ahead(lots, pace, dice, AT) == look_ahead(list(reversed(lots)), pace, dice, AT)
