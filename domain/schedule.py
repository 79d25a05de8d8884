"""When what repeats itself comes next, and on which days a shop can be visited at all (KST)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from domain.time import in_kst, kst_instant

LOOK_AHEAD_DAYS = 400
"""Further ahead nothing is looked for: a shop that is closed for a year has no next time."""


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class SeriesState(StrEnum):
    ON = "on"
    PAUSED = "paused"
    ENDED = "ended"


class SeriesNote(StrEnum):
    """Why one time of a series booked nothing. `MONEY` and `BROKEN` have paused it."""

    NOBODY = "nobody"
    LATE = "late"
    CLOSED = "closed"
    MONEY = "money"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """`weekday` counts from Monday = 0; `nth` is which of that weekday in a month, 1 to 4, or
    -1 for the last. A day needs neither, a week no `nth`.
    """

    every: Every
    clock_time: time
    weekday: int | None = None
    nth: int | None = None

    def falls_on(self, day: date) -> bool:
        if self.every is Every.DAY:
            return True
        if day.weekday() != self.weekday:
            return False
        if self.every is Every.WEEK:
            return True
        is_last = (day + timedelta(days=7)).month != day.month
        return is_last if self.nth == -1 else (day.day - 1) // 7 + 1 == self.nth


def next_time(repeat: Repeat, after: datetime) -> datetime:
    """The first instant behind `after` (UTC)."""
    first = in_kst(after).date()
    days = (first + timedelta(days=count) for count in range(LOOK_AHEAD_DAYS))
    instants = (kst_instant(day, repeat.clock_time) for day in days if repeat.falls_on(day))
    return next(instant for instant in instants if instant > after)


@dataclass(frozen=True, slots=True)
class ShopDays:
    """When a shop cannot be visited: closed weekdays (Monday = 0), closed days, and the day on
    which it pressed "sold out".
    """

    closed_weekdays: frozenset[int] = frozenset()
    closed_days: frozenset[date] = frozenset()
    sold_out_on: date | None = None

    def is_open(self, at: datetime) -> bool:
        day = in_kst(at).date()
        is_closed = day.weekday() in self.closed_weekdays or day in self.closed_days
        return not is_closed and day != self.sold_out_on

    def next_open(self, at: datetime) -> datetime | None:
        """The same hour of the first day on which it is open; None within a year and more."""
        days = (at + timedelta(days=count) for count in range(LOOK_AHEAD_DAYS))
        return next((day for day in days if self.is_open(day)), None)


def as_plain(repeat: Repeat) -> Mapping[str, Any]:
    """For JSON; `of_plain` reads it."""
    return {
        "every": repeat.every.value,
        "clock_time": repeat.clock_time.isoformat("minutes"),
        "weekday": repeat.weekday,
        "nth": repeat.nth,
    }


def of_plain(plain: Mapping[str, Any]) -> Repeat:
    return Repeat(
        every=Every(plain["every"]),
        clock_time=time.fromisoformat(plain["clock_time"]),
        weekday=plain["weekday"],
        nth=plain["nth"],
    )
