"""Hours in which advertisements may leave (L5, K1, I7)."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.time import KAKAO_DAY, KST, LAW_DAY, Window, day_end, in_kst, kst_instant

WINDOWS = (
    st.tuples(st.times(), st.times())
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: Window(min(pair), max(pair)))
)
INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.sampled_from([UTC, KST, timezone(timedelta(hours=-8))]),
)
DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("clock_time", "in_law", "in_kakao"),
    [
        (time(7, 59, 59), False, False),
        (time(8), True, True),
        (time(20, 49, 59), True, True),
        (time(20, 50), True, False),
        (time(20, 59, 59), True, False),
        (time(21), False, False),
    ],
)
def test_the_edges_of_both_days(clock_time: time, *, in_law: bool, in_kakao: bool) -> None:
    at = kst_instant(DAY, clock_time)

    assert (LAW_DAY.contains(at), KAKAO_DAY.contains(at)) == (in_law, in_kakao)


@given(WINDOWS, INSTANTS)
def test_the_next_opening_is_inside_and_not_before(window: Window, at: datetime) -> None:
    opens_at = window.next_open(at)

    assert window.contains(opens_at)
    assert opens_at >= at


@given(WINDOWS, INSTANTS)
def test_the_next_opening_is_less_than_a_day_away(window: Window, at: datetime) -> None:
    assert window.next_open(at) - at < timedelta(days=1)


@given(WINDOWS, INSTANTS)
def test_inside_a_window_it_is_open_now(window: Window, at: datetime) -> None:
    assert (window.next_open(at) == at) == window.contains(at)


@given(WINDOWS, INSTANTS)
def test_just_before_the_next_opening_it_is_closed(window: Window, at: datetime) -> None:
    opens_at = window.next_open(at)
    if opens_at > at and window.opens > time(0):
        assert not window.contains(opens_at - timedelta(microseconds=1))


@given(WINDOWS, WINDOWS, INSTANTS)
def test_an_intersection_holds_what_both_hold(one: Window, other: Window, at: datetime) -> None:
    if max(one.opens, other.opens) < min(one.closes, other.closes):
        both = one.intersection(other)
        assert both.contains(at) == (one.contains(at) and other.contains(at))


def test_windows_that_do_not_meet_have_no_intersection() -> None:
    with pytest.raises(AssertionError):
        Window(time(8), time(9)).intersection(Window(time(10), time(11)))


def test_a_korean_instant_is_nine_hours_earlier_in_utc() -> None:
    assert kst_instant(DAY, time(8)) == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert in_kst(datetime(2026, 11, 24, 23, tzinfo=UTC)).time() == time(8)


def test_a_time_without_a_zone_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        LAW_DAY.contains(datetime(2026, 11, 25, 12))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("hour", [0, 14, 15, 23])
def test_a_korean_day_ends_at_its_midnight(hour: int) -> None:
    at = datetime(2026, 11, 30, hour, 59, tzinfo=UTC)

    end = day_end(at, 30)

    assert in_kst(end - timedelta(microseconds=1)).date() == in_kst(at).date() + timedelta(days=30)
    assert in_kst(end).time() == time()
