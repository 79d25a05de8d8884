"""The one clock everything here asks, and the two ways it is written down."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Protocol

Now = Callable[[], datetime]

KST = timezone(timedelta(hours=9), "KST")

LOOK_SECONDS = 0.2
"""How long somebody who waits may not notice that the clock was pushed."""


MORNING = time(10)
# What the buttons of the time machine say, in their order.
LEAPS = {"ten_minutes": "+10분", "hour": "+1시간", "tomorrow": "내일 10시", "week": "다음 주"}
SPANS = {
    "ten_minutes": timedelta(minutes=10),
    "hour": timedelta(hours=1),
    "week": timedelta(days=7),
}


class Pushable(Protocol):
    """A clock that runs on by itself and can be pushed forward, never back."""

    def now(self) -> datetime: ...

    def push_to(self, at: datetime) -> None: ...


class OwnClock:
    """The world's own, where nobody else has one: today's time until it is pushed."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return system_now() + self._ahead

    def push_to(self, at: datetime) -> None:
        self._ahead += max(timedelta(), at - self.now())


async def pause(now: Now, seconds: float) -> None:
    """Waits so many seconds, fewer when the world's clock is pushed past their end.

    A test's clock may stand still, so real seconds count as well.
    """
    loop = asyncio.get_running_loop()
    end, until = loop.time() + seconds, now() + timedelta(seconds=seconds)
    left = seconds
    await asyncio.sleep(0)
    while left > 0:
        await asyncio.sleep(min(left, LOOK_SECONDS))
        left = min(end - loop.time(), (until - now()).total_seconds())


def landing(leap: str, now: datetime) -> datetime:
    """Where a button of the time machine leads."""
    if leap in SPANS:
        return now + SPANS[leap]
    tomorrow = now.astimezone(KST).date() + timedelta(days=1)
    return datetime.combine(tomorrow, MORNING, KST)


def system_now() -> datetime:
    return datetime.now(UTC)


def kst_stamp(at: datetime) -> str:
    """The time part of a SOLAPI id, which is KST although its dates are UTC (providers.md A4)."""
    return at.astimezone(KST).strftime("%Y%m%d%H%M%S")


@lru_cache(maxsize=1024)
def iso_utc(at: datetime) -> str:
    """Remembered, because thousands of messages share one instant."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
