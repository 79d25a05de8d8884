"""When a choice must be told and confirmed again (L13, L14)."""

from datetime import UTC, date, datetime, time

import pytest

from domain.consent import NOTICE_DUE, Standing, reconfirm_by
from domain.refusals import Invalid, Refusal, Unlawful
from domain.time import kst_instant


@pytest.mark.parametrize(
    ("granted_on", "confirm_on"),
    [
        (date(2026, 11, 25), date(2028, 11, 25)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2026, 2, 28), date(2028, 2, 28)),
        (date(2026, 12, 31), date(2028, 12, 31)),
    ],
)
@pytest.mark.parametrize("clock_time", [time(0), time(8, 59), time(9), time(23, 59, 59)])
def test_consent_is_confirmed_before_the_same_korean_day_of_the_second_year(
    granted_on: date, confirm_on: date, clock_time: time
) -> None:
    """L14."""
    assert reconfirm_by(kst_instant(granted_on, clock_time)) == kst_instant(confirm_on, time(0))


def test_a_choice_is_told_within_fourteen_days() -> None:
    """L13."""
    assert NOTICE_DUE.days == 14


def test_consent_stands_from_its_first_date() -> None:
    assert Standing(advertising_since=datetime(2026, 1, 1, tzinfo=UTC)).has_advertising_consent
    assert not Standing().has_advertising_consent


def test_a_refusal_carries_facts_for_a_template() -> None:
    assert Refusal("used", at=3).facts == {"at": 3}
    assert Unlawful("L5").rule == "L5"
    assert Invalid({"body": "보낼 말을 적어 주세요."}).fields == {"body": "보낼 말을 적어 주세요."}
