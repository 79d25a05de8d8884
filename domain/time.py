"""Instants, the Korean day, and the hours in which advertisements may leave."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")

Now = Callable[[], datetime]
"""The one clock that is passed to everything: an aware instant in UTC."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When what only a person can move on is due."""


def system_now() -> datetime:
    return datetime.now(UTC)


def in_kst(at: datetime) -> datetime:
    assert at.utcoffset() is not None, "instants are aware"
    return at.astimezone(KST)


def kst_instant(day: date, clock_time: time) -> datetime:
    return datetime.combine(day, clock_time, KST).astimezone(UTC)


def day_end(at: datetime, days: int) -> datetime:
    """The midnight after the Korean day in so many days: what ends then still works on it."""
    return kst_instant(in_kst(at).date() + timedelta(days=days + 1), time())


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of a Korean day: `opens` included, `closes` excluded, both KST."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        assert self.opens < self.closes, "a window does not span midnight"

    def contains(self, at: datetime) -> bool:
        return self.opens <= in_kst(at).time() < self.closes

    def next_open(self, at: datetime) -> datetime:
        """The earliest instant not before `at` that lies inside."""
        if self.contains(at):
            return at
        local = in_kst(at)
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return kst_instant(day, self.opens)

    def intersection(self, other: "Window") -> "Window":
        return Window(max(self.opens, other.opens), min(self.closes, other.closes))


LAW_DAY = Window(time(8), time(21))
"""L5: outside it an advertisement needs a separate night consent."""

KAKAO_DAY = Window(time(8), time(20, 50))
"""K1: KakaoTalk carries no advertisement outside it, night consent or not."""
