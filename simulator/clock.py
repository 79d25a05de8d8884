"""The one clock everything here asks, and the two ways it is written down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

Now = Callable[[], datetime]

KST = timezone(timedelta(hours=9), "KST")


def system_now() -> datetime:
    return datetime.now(UTC)


def kst_stamp(at: datetime) -> str:
    """The time part of a SOLAPI id, which is KST although its dates are UTC (providers.md A4)."""
    return at.astimezone(KST).strftime("%Y%m%d%H%M%S")


@lru_cache(maxsize=1024)
def iso_utc(at: datetime) -> str:
    """Remembered, because thousands of messages share one instant."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
