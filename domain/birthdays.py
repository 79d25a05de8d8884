"""Birthdays: month and day are all that a birthday coupon needs (L65)."""

import re
from calendar import isleap
from datetime import date
from typing import NamedTuple

A_LEAP_YEAR = 2000
"""29 February is somebody's birthday."""

NOT_A_BIRTHDAY = "월과 일을 3월 5일처럼 적어 주세요."
YEAR = r"(?:(?:19|20)\d{2}(?:\s*년\s*|\s*[./-]\s*)?)?"
"""Whoever says the year, too, is heard; it is not kept."""

WORDS = re.compile(
    YEAR + r"(?:(\d{1,2})\s*월\s*(\d{1,2})\s*일?|(\d{1,2})\s*[./-]\s*(\d{1,2})\.?|(\d{2})(\d{2}))",
    re.ASCII,
)


class Birthday(NamedTuple):
    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


def read_birthday(words: str) -> Birthday | None:
    """`3월 5일`, `0305`, `3/5`, `3.5`, `3-5`; None for what is no day of any year."""
    found = WORDS.fullmatch(words.strip())
    if found is None:
        return None
    month, day = (int(one) for one in found.groups() if one is not None)
    try:
        date(A_LEAP_YEAR, month, day)
    except ValueError:
        return None
    return Birthday(month, day)


def birthday_of(text: str) -> Birthday:
    """What `str()` of a birthday said."""
    month, _, day = text.partition("-")
    return Birthday(int(month), int(day))


def celebrated_on(day: date) -> tuple[Birthday, ...]:
    """Whose birthday is celebrated on a day: that of 29 February on the 28th in other years."""
    today = Birthday(day.month, day.day)
    if today == (2, 28) and not isleap(day.year):
        return today, Birthday(2, 29)
    return (today,)
