"""What comes next: against the calendar of the standard library, day by day."""

from calendar import monthcalendar
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.schedule import (
    LOOK_AHEAD_DAYS,
    Every,
    Repeat,
    ShopDays,
    as_plain,
    next_time,
    of_plain,
)
from domain.time import in_kst, kst_instant

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
WEEKDAYS = st.integers(0, 6)
DAILY = st.builds(Repeat, every=st.just(Every.DAY), clock_time=CLOCKS)
WEEKLY = st.builds(Repeat, every=st.just(Every.WEEK), clock_time=CLOCKS, weekday=WEEKDAYS)
MONTHLY = st.builds(
    Repeat,
    every=st.just(Every.MONTH),
    clock_time=CLOCKS,
    weekday=WEEKDAYS,
    nth=st.sampled_from((1, 2, 3, 4, -1)),
)
REPEATS = st.one_of(DAILY, WEEKLY, MONTHLY)
SHOP_DAYS = st.builds(
    ShopDays,
    st.frozensets(WEEKDAYS, max_size=6),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=20),
    st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 3, 31))),
)


def of_month(year: int, month: int, weekday: int, nth: int) -> date:
    """Counted on a printed calendar: a column of weekdays, its empty places left out."""
    days = [week[weekday] for week in monthcalendar(year, month) if week[weekday]]
    return date(year, month, days[nth if nth < 0 else nth - 1])


@given(REPEATS, INSTANTS)
def test_the_next_time_is_behind_at_its_hour_and_on_its_day(
    repeat: Repeat, after: datetime
) -> None:
    found = next_time(repeat, after)

    assert found > after
    assert in_kst(found).time() == repeat.clock_time
    assert repeat.weekday is None or in_kst(found).weekday() == repeat.weekday


@given(REPEATS, INSTANTS)
def test_no_time_is_left_out(repeat: Repeat, after: datetime) -> None:
    found = next_time(repeat, after)

    first = in_kst(after).date()
    days = ((first + timedelta(days=count)) for count in range((found - after).days + 1))
    between = [day for day in days if after < kst_instant(day, repeat.clock_time) < found]
    assert not any(repeat.falls_on(day) for day in between)


@given(MONTHLY, INSTANTS)
def test_a_month_has_it_once_where_the_calendar_has_it(repeat: Repeat, after: datetime) -> None:
    found = in_kst(next_time(repeat, after)).date()

    assert repeat.weekday is not None
    assert repeat.nth is not None
    assert found == of_month(found.year, found.month, repeat.weekday, repeat.nth)


@pytest.mark.parametrize(
    ("repeat", "after", "wanted"),
    [
        # Every Thursday at three, asked on a Wednesday, a minute before, and at that minute.
        ((Every.WEEK, 3, None), (2026, 11, 25, 10, 0), (2026, 11, 26, 15, 0)),
        ((Every.WEEK, 3, None), (2026, 11, 26, 14, 59), (2026, 11, 26, 15, 0)),
        ((Every.WEEK, 3, None), (2026, 11, 26, 15, 0), (2026, 12, 3, 15, 0)),
        # The first Monday, and the last Friday of a month with five.
        ((Every.MONTH, 0, 1), (2026, 11, 25, 10, 0), (2026, 12, 7, 15, 0)),
        ((Every.MONTH, 4, -1), (2027, 1, 1, 10, 0), (2027, 1, 29, 15, 0)),
        ((Every.MONTH, 4, 4), (2027, 1, 1, 10, 0), (2027, 1, 22, 15, 0)),
        ((Every.DAY, None, None), (2026, 12, 31, 15, 30), (2027, 1, 1, 15, 0)),
    ],
)
def test_some_that_can_be_read(
    repeat: tuple[Every, int | None, int | None],
    after: tuple[int, int, int, int, int],
    wanted: tuple[int, int, int, int, int],
) -> None:
    every, weekday, nth = repeat
    found = next_time(
        Repeat(every=every, clock_time=time(15), weekday=weekday, nth=nth), korean(*after)
    )

    assert found == korean(*wanted)


def korean(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return kst_instant(date(year, month, day), time(hour, minute))


@given(REPEATS)
def test_it_comes_back_from_the_books_as_it_went(repeat: Repeat) -> None:
    assert of_plain(as_plain(repeat)) == repeat


@given(SHOP_DAYS, st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_the_next_open_day_is_open_and_the_first(days: ShopDays, at: datetime) -> None:
    found = days.next_open(at)

    assert found is not None
    assert days.is_open(found)
    assert in_kst(found).time() == in_kst(at).time()
    skipped = [at + timedelta(days=count) for count in range((found - at).days)]
    assert not any(days.is_open(one) for one in skipped)


def test_a_shop_that_never_opens_has_no_next_day() -> None:
    days = ShopDays(frozenset(range(7)))

    assert days.next_open(korean(2026, 11, 25, 10, 0)) is None
    assert LOOK_AHEAD_DAYS > 365


def test_sold_out_is_over_at_midnight() -> None:
    days = ShopDays(sold_out_on=date(2026, 11, 25))

    assert not days.is_open(korean(2026, 11, 25, 23, 59))
    assert days.is_open(korean(2026, 11, 26, 0, 0))
    assert days.is_open(korean(2026, 11, 24, 23, 59))
