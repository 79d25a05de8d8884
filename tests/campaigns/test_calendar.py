"""The Korean year against the almanac of 2024 to 2027."""

from datetime import date

import pytest

from campaigns.calendar import EXAM_DAYS, days_between, days_of, term_of_sun
from domain.occasions import Day, Occasion

ALMANAC = [
    (2024, "설", "2024-02-10"),
    (2024, "정월대보름", "2024-02-24"),
    (2024, "단오", "2024-06-10"),
    (2024, "초복", "2024-07-15"),
    (2024, "중복", "2024-07-25"),
    (2024, "말복", "2024-08-14"),
    (2024, "추석", "2024-09-17"),
    (2024, "수능", "2024-11-14"),
    (2024, "동지", "2024-12-21"),
    (2025, "설", "2025-01-29"),
    (2025, "정월대보름", "2025-02-12"),
    (2025, "단오", "2025-05-31"),
    (2025, "초복", "2025-07-20"),
    (2025, "중복", "2025-07-30"),
    (2025, "말복", "2025-08-09"),
    (2025, "추석", "2025-10-06"),
    (2025, "수능", "2025-11-13"),
    (2025, "동지", "2025-12-22"),
    (2026, "설", "2026-02-17"),
    (2026, "정월대보름", "2026-03-03"),
    (2026, "단오", "2026-06-19"),
    (2026, "초복", "2026-07-15"),
    (2026, "중복", "2026-07-25"),
    (2026, "말복", "2026-08-14"),
    (2026, "추석", "2026-09-25"),
    (2026, "수능", "2026-11-19"),
    (2026, "동지", "2026-12-22"),
    (2027, "설", "2027-02-07"),
    (2027, "정월대보름", "2027-02-21"),
    (2027, "단오", "2027-06-09"),
    (2027, "초복", "2027-07-20"),
    (2027, "중복", "2027-07-30"),
    (2027, "말복", "2027-08-09"),
    (2027, "추석", "2027-09-15"),
    (2027, "수능", "2027-11-18"),
    (2027, "동지", "2027-12-22"),
]


def on(year: int, name: str) -> list[str]:
    return [day.on.isoformat() for day in days_of(year) if day.name == name]


@pytest.mark.parametrize(("year", "name", "day"), ALMANAC)
def test_a_day_falls_where_the_almanac_has_it(year: int, name: str, day: str) -> None:
    assert on(year, name) == [day]


@pytest.mark.parametrize(
    ("year", "degrees", "day"),
    [
        (2023, 90, "2023-06-21"),  # 23:58
        (2024, 90, "2024-06-21"),
        (2025, 135, "2025-08-07"),
        (2026, 135, "2026-08-07"),
        (2027, 135, "2027-08-08"),
        (2025, 270, "2025-12-22"),  # 00:03
    ],
)
def test_a_term_of_the_sun_near_midnight_is_on_its_day(year: int, degrees: int, day: str) -> None:
    assert term_of_sun(year, degrees).isoformat() == day


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2024-05-06", "어린이날 대체 휴일"),
        ("2025-03-03", "삼일절 대체 휴일"),
        ("2026-07-17", "제헌절"),
        ("2026-10-05", "개천절 대체 휴일"),
    ],
)
def test_a_public_holiday_is_known_with_its_name(day: str, name: str) -> None:
    known = date.fromisoformat(day)

    assert days_between(known, known) == [Day(Occasion.HOLIDAY, known, name)]


def test_the_days_beside_the_great_holidays_belong_to_them() -> None:
    beside = [day.on.isoformat() for day in days_of(2026) if day.occasion is Occasion.HOLIDAY]

    assert not {"2026-02-16", "2026-02-18", "2026-09-24", "2026-09-26"} & set(beside)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(2026, 1, 23), (2026, 9, 23), (2026, 12, 24), (2024, 2, 23), (2025, 11, 25)],
)
def test_payday_is_the_25th_or_the_last_working_day_before(year: int, month: int, day: int) -> None:
    paydays = [one.on for one in days_of(year) if one.occasion is Occasion.PAYDAY]

    assert len(paydays) == 12
    assert date(year, month, day) in paydays


def test_an_exam_that_is_not_announced_is_not_guessed() -> None:
    assert on(max(EXAM_DAYS) + 1, "수능") == []


def test_days_between_goes_over_the_end_of_the_year() -> None:
    names = [day.name for day in days_between(date(2026, 12, 22), date(2027, 1, 1))]

    assert names == ["동지", "월급날", "크리스마스", "새해 첫날"]
