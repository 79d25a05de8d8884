"""What a shop may have a reason to write about: days of the calendar, seasons, its regulars."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple


class Occasion(StrEnum):
    """The ready messages are sorted by these. Days stand in the order of their weight; the last two
    are for one person on one day, so no weekly idea is about them.
    """

    SEOLLAL = "seollal"
    CHUSEOK = "chuseok"
    BOK = "bok"
    DONGJI = "dongji"
    EXAM = "exam"
    PARENTS = "parents"
    DAEBOREUM = "daeboreum"
    VALENTINE = "valentine"
    WHITE_DAY = "white_day"
    CHILDREN = "children"
    TEACHERS = "teachers"
    PEPERO = "pepero"
    DANO = "dano"
    CHRISTMAS = "christmas"
    NEW_YEAR = "new_year"
    HOLIDAY = "holiday"
    PAYDAY = "payday"
    COUPONS = "coupons"
    CARDS = "cards"
    QUIET = "quiet"
    BIRTHDAY = "birthday"
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"
    THANKS = "thanks"
    NEW = "new"
    TODAY = "today"
    CLOSING = "closing"
    FIRST = "first"
    BIRTHDAY_TODAY = "birthday_today"


class Day(NamedTuple):
    """A day that comes, as people call it: 초복, 설, 개천절 대체 휴일."""

    occasion: Occasion
    on: date
    name: str


class Lead(NamedTuple):
    """How many days before a day its message may be proposed."""

    least: int
    most: int


WEEK: Final = timedelta(days=7)
LEAD_USUAL: Final = Lead(1, 12)
LEADS: Final[Mapping[Occasion, Lead]] = {
    # People order for these two weeks ahead; the last days belong to those who ordered.
    Occasion.SEOLLAL: Lead(5, 14),
    Occasion.CHUSEOK: Lead(5, 14),
    # Just before it, and once each: a week wide, so that whichever day is chosen meets it.
    Occasion.BOK: Lead(1, 7),
    Occasion.DONGJI: Lead(1, 7),
    Occasion.EXAM: Lead(1, 7),
    Occasion.HOLIDAY: Lead(1, 7),
    Occasion.PAYDAY: Lead(0, 3),
}
SEASONS: Final = (Occasion.WINTER, Occasion.SPRING, Occasion.SUMMER, Occasion.AUTUMN)
BLANK: Final = re.compile("○○|○(?=[월일](?!요일)|시(?!루)|요일)")
"""Stands where the owner alone knows the word; such a text is never sent as it is. A single
circle may begin a line of a list: ○월요일 휴무, ○시루떡, ○요거트.
"""


def is_near(day: Day, today: date) -> bool:
    """Whether now is the time to write about a day that comes."""
    lead = LEADS.get(day.occasion, LEAD_USUAL)
    return lead.least <= (day.on - today).days <= lead.most


def season_of(day: date) -> Occasion:
    """March to May is spring."""
    return SEASONS[day.month % 12 // 3]


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def has_blank(text: str) -> bool:
    return BLANK.search(text) is not None
