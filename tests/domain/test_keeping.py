"""What stays of a deleted person, and how long (L46, L47)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.consent import Choice, ConsentRecord, Purpose
from domain.keeping import What, kept_until, months_after, proves_advertising
from domain.time import KST, in_kst

A_LONG_TIME = (datetime(2020, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
INSTANTS = st.datetimes(*A_LONG_TIME, timezones=st.just(KST))


def chose(purpose: Purpose, choice: Choice) -> ConsentRecord:
    return ConsentRecord(
        purpose=purpose,
        choice=choice,
        text_version="v",
        pressed="",
        chosen_at=datetime(2026, 1, 1, tzinfo=KST),
        notice_at=None,
    )


@pytest.mark.parametrize(
    ("choices", "is_kept"),
    [
        ([], False),
        ([(Purpose.SERVICE, Choice.GRANTED), (Purpose.PHONE, Choice.WITHDRAWN)], False),
        ([(Purpose.ADVERTISING, Choice.DECLINED)], False),
        ([(Purpose.ADVERTISING, Choice.GRANTED)], True),
        ([(Purpose.ADVERTISING, Choice.WITHDRAWN)], True),
        ([(Purpose.ADVERTISING, Choice.DECLINED), (Purpose.ADVERTISING, Choice.GRANTED)], True),
    ],
)
def test_only_what_may_have_to_be_proven_is_kept(
    choices: list[tuple[Purpose, Choice]], *, is_kept: bool
) -> None:
    assert proves_advertising(chose(*one) for one in choices) is is_kept


@pytest.mark.parametrize(
    ("day", "later"),
    [("2026-11-25", "2027-05-25"), ("2026-08-31", "2027-02-28"), ("2027-08-31", "2028-02-29")],
)
def test_half_a_year_ends_on_the_same_day_or_the_months_last(day: str, later: str) -> None:
    at = datetime.fromisoformat(f"{day}T23:30:00+09:00")

    until = kept_until(What.ADVERTISING_PROOF, at)

    assert until == datetime.fromisoformat(f"{later}T23:30:00+09:00")


@given(INSTANTS, st.integers(1, 60))
def test_months_are_calendar_months(at: datetime, months: int) -> None:
    before, after = in_kst(at), in_kst(months_after(at, months))

    assert (after.year - before.year) * 12 + after.month - before.month == months
    assert after.time() == before.time()
    assert after.day == before.day or (after + timedelta(days=1)).day == 1
