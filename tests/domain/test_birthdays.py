"""Birthdays as people write them: month and day, nothing else (L65)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.birthdays import A_LEAP_YEAR, Birthday, birthday_of, celebrated_on, read_birthday

DAYS = st.dates(date(A_LEAP_YEAR, 1, 1), date(A_LEAP_YEAR, 12, 31))
WAYS = (
    "{m}월 {d}일",
    "{m}월{d}일",
    "{m:02}월 {d:02}",
    "{m:02}{d:02}",
    "{m}/{d}",
    "{m}.{d}",
    "{m}. {d}.",
    "{m}-{d}",
    " {m} / {d} ",
    "1990년 {m}월 {d}일",
    "1990-{m:02}-{d:02}",
    "2001. {m}. {d}.",
    "1990{m:02}{d:02}",
)


@given(DAYS, st.sampled_from(WAYS))
def test_every_day_is_read_in_every_way_it_is_written(day: date, way: str) -> None:
    assert read_birthday(way.format(m=day.month, d=day.day)) == (day.month, day.day)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "0230",
        "2월 30일",
        "13월 1일",
        "0/5",
        "3월",
        "35",
        "305",
        "900305",
        "03055",
        "삼월 오일",
        "음력 3월 5일",
        "010-1234-5678",
        "3월 5일과 4월 6일",
        "٣/٥",
        "3" * 4_000,
    ],
)
def test_what_is_no_single_day_is_not_guessed(words: str) -> None:
    assert read_birthday(words) is None


@given(DAYS)
def test_a_birthday_is_written_down_and_read_back(day: date) -> None:
    birthday = Birthday(day.month, day.day)

    assert str(birthday) == f"{day:%m-%d}"
    assert birthday_of(str(birthday)) == birthday


@given(DAYS, st.integers(2000, 2100))
def test_every_birthday_is_celebrated_once_a_year(day: date, year: int) -> None:
    first, birthday = date(year, 1, 1), Birthday(day.month, day.day)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]

    found = [one for one in days if birthday in celebrated_on(one)]

    assert len(found) == 1
    assert found[0] == (date(year, 2, 28) if birthday == (2, 29) and year % 4 else found[0])


def test_the_29th_of_february_is_celebrated_on_the_28th_in_other_years() -> None:
    assert celebrated_on(date(2027, 2, 28)) == ((2, 28), (2, 29))
    assert celebrated_on(date(2028, 2, 28)) == ((2, 28),)
    assert celebrated_on(date(2028, 2, 29)) == ((2, 29),)
