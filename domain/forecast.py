"""How long free cash lasts at a shop's own pace, and what of it would lapse (F2, F3)."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from domain.money import Jeon
from domain.subsidy import Lot, burn_order

WEEKS_SEEN = 8
SENDS_MIN = 3
"""Fewer say nothing about the next one."""

WEEKS_MIN = 2
"""One busy week is no habit yet."""

FUTURES = 200
CUT = FUTURES // 10
"""Of all futures the tenth at either end is left out: the range holds in eight of ten."""

WEEKS_AHEAD_MAX = 520
"""Ten years: what ends later is taken to end then."""

Dice = Callable[[int], Callable[[], float]]
"""For each future its own source of numbers from 0 to below 1, the same ones every time."""

WEEK = timedelta(weeks=1)
WEEK_SECONDS = int(WEEK.total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a shop's sends cost in each of its last weeks, in jeon, at most `WEEKS_SEEN` of them,
    whichever money paid.
    """

    sends: int
    weeks: Sequence[int]

    @property
    def is_known(self) -> bool:
        return self.sends >= SENDS_MIN and len(self.weeks) >= WEEKS_MIN and sum(self.weeks) > 0

    @property
    def weekly_jeon(self) -> Jeon:
        return Jeon(sum(self.weeks) // len(self.weeks)) if self.weeks else Jeon(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What becomes of one lot: `over_at` is when it is used up, or its end with `lost_jeon` left.

    `soonest_at` to `latest_at` and `least_jeon` to `most_jeon` are the ranges around that.
    """

    lot: Lot
    ends_at: datetime
    over_at: datetime
    soonest_at: datetime
    latest_at: datetime
    lost_jeon: Jeon
    least_jeon: Jeon
    most_jeon: Jeon


class Burnt(NamedTuple):
    """`over` is in seconds from now."""

    over: int
    lost_jeon: int


def look_ahead(lots: Sequence[Lot], pace: Pace, dice: Dice, at: datetime) -> list[Outlook]:
    """Each lot of free cash in the order it burns; nothing while the pace is not known.

    The middle is the average week of the last eight, over and over. The range is a bootstrap
    (Efron 1979): futures of weeks drawn from the shop's own, with replacement; the 10 % and 90 %
    quantiles of these, widened to the middle where that lies outside. It knows how uneven the
    shop's own weeks were, and nothing of holidays.
    """
    burning = _burning(lots)
    if not pace.is_known or not burning:
        return []
    count = max(_weeks_until(lot, at) for lot in burning)
    middle = list(_burn(burning, [pace.weekly_jeon] * count, at))
    futures = [
        list(_burn(burning, _future(pace, dice(number), count), at)) for number in range(FUTURES)
    ]
    return [
        _outlook(lot, middle[index], [future[index] for future in futures], at)
        for index, lot in enumerate(burning)
    ]


def lost_by(lots: Sequence[Lot], weekly_jeon: int, at: datetime, until: datetime) -> Jeon:
    """What lapses by `until` of the shop's own grants: the same middle as `look_ahead`, without
    the range. A pot is only used before them where it ends sooner.
    """
    burning = [lot for lot in _burning(lots) if _end_of(lot) <= until]
    if not burning:
        return Jeon(0)
    weeks = [weekly_jeon] * max(_weeks_until(lot, at) for lot in burning)
    burnt = zip(burning, _burn(burning, weeks, at), strict=True)
    return Jeon(sum(one.lost_jeon for lot, one in burnt if not lot.is_pot))


def _burning(lots: Sequence[Lot]) -> list[Lot]:
    free = [lot for lot in lots if not lot.is_own and lot.expires_at and lot.left_jeon > 0]
    return burn_order(free)


def _burn(lots: Sequence[Lot], weeks: Sequence[int], at: datetime) -> Iterator[Burnt]:
    """One lot after the other, each from the end of the one before; a week's cost flows evenly.

    All in whole jeon and seconds, so that more money never ends sooner, not even by a rounding.
    """
    spent = [0, *accumulate(weeks)]
    begun = 0
    for lot in lots:
        goal = _spent_by(spent, begun) + lot.left_jeon
        ends = _seconds_until(lot, at)
        over = max(min(_reached(spent, goal, ends), ends), begun)
        yield Burnt(over, max(goal - _spent_by(spent, over), 0))
        begun = over


def _spent_by(spent: Sequence[int], seconds: int) -> int:
    week, rest = divmod(seconds, WEEK_SECONDS)
    if week >= len(spent) - 1:
        return spent[-1]
    return spent[week] + (spent[week + 1] - spent[week]) * rest // WEEK_SECONDS


def _reached(spent: Sequence[int], goal: int, never: int) -> int:
    """In how many seconds that much is spent."""
    week = bisect_left(spent, goal)
    if week == len(spent):
        return never
    if week == 0:
        return 0
    before, after = spent[week - 1], spent[week]
    return (week - 1) * WEEK_SECONDS - (before - goal) * WEEK_SECONDS // (after - before)


def _future(pace: Pace, roll: Callable[[], float], count: int) -> list[int]:
    return [pace.weeks[int(roll() * len(pace.weeks))] for _ in range(count)]


def _end_of(lot: Lot) -> datetime:
    assert lot.expires_at is not None, "free cash has an end"
    return lot.expires_at


def _seconds_until(lot: Lot, at: datetime) -> int:
    seconds = int((_end_of(lot) - at).total_seconds())
    return min(max(seconds, 0), WEEKS_AHEAD_MAX * WEEK_SECONDS)


def _weeks_until(lot: Lot, at: datetime) -> int:
    return -(-_seconds_until(lot, at) // WEEK_SECONDS)


def _outlook(lot: Lot, middle: Burnt, futures: Sequence[Burnt], at: datetime) -> Outlook:
    soonest, latest = _range(middle.over, [one.over for one in futures])
    least, most = _range(middle.lost_jeon, [one.lost_jeon for one in futures])
    return Outlook(
        lot=lot,
        ends_at=_end_of(lot),
        over_at=at + timedelta(seconds=middle.over),
        soonest_at=at + timedelta(seconds=soonest),
        latest_at=at + timedelta(seconds=latest),
        lost_jeon=Jeon(middle.lost_jeon),
        least_jeon=Jeon(least),
        most_jeon=Jeon(most),
    )


def _range(middle: int, futures: Sequence[int]) -> tuple[int, int]:
    ordered = sorted(futures)
    return min(ordered[CUT], middle), max(ordered[-1 - CUT], middle)
