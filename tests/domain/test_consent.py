"""A rest from advertisements is counted in whole Korean days."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.consent import is_resting, rest_until
from domain.time import KST

NOON = datetime(2026, 11, 22, 12, tzinfo=KST)


@pytest.mark.parametrize("at", [NOON, NOON.replace(hour=0), NOON.replace(hour=23, minute=59)])
def test_a_rest_ends_with_the_thirtieth_day(at: datetime) -> None:
    until = rest_until(at.astimezone(UTC))

    assert until == datetime(2026, 12, 23, tzinfo=KST)
    assert is_resting(at, until, until - timedelta(microseconds=1))
    assert not is_resting(at, until, until)


def test_a_doubtful_stop_lasts_and_no_pause_is_none() -> None:
    assert is_resting(NOON, None, NOON + timedelta(days=9_999))
    assert not is_resting(None, None, NOON)
