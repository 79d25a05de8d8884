"""The Korean year: public holidays, days by the moon, days by the sun, days by agreement.

The moon's days come from the tables of the Korea Astronomy and Space Science Institute, public
holidays with their substitutes from the decrees, and the sun's terms are computed (0017).
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

import ephem
from holidays import country_holidays
from korean_lunar_calendar import KoreanLunarCalendar

from domain.occasions import Day, Occasion
from domain.time import in_kst

YEARS_KEPT = 16
FULL_TURN = 360
DAYS_PER_DEGREE = 365.2422 / FULL_TURN
TRIES = 8
"""Each brings the instant nearer by a factor of fifty: far below a second."""

MIDSUMMER, FIRST_OF_AUTUMN, MIDWINTER = 90, 135, 270
"""하지, 입추, 동지: the sun's longitude in degrees, from the vernal equinox."""

STEM_OF_BOK = "경"
PAYDAY_ON = 25
SATURDAY = 5

EXAM_DAYS: Final[Mapping[int, date]] = {
    2024: date(2024, 11, 14),
    2025: date(2025, 11, 13),
    2026: date(2026, 11, 19),
    2027: date(2027, 11, 18),
}
"""대학수학능력시험 as the Ministry of Education announced it. No weekday rule holds: in 2024 and
2025 it was the second Thursday. A year that is not announced has none."""

BY_AGREEMENT: Final = (
    (Occasion.VALENTINE, 2, 14, "밸런타인데이"),
    (Occasion.WHITE_DAY, 3, 14, "화이트데이"),
    (Occasion.CHILDREN, 5, 5, "어린이날"),
    (Occasion.PARENTS, 5, 8, "어버이날"),
    (Occasion.TEACHERS, 5, 15, "스승의날"),
    (Occasion.PEPERO, 11, 11, "빼빼로데이"),
    (Occasion.CHRISTMAS, 12, 25, "크리스마스"),
    (Occasion.NEW_YEAR, 1, 1, "새해 첫날"),
)
BY_MOON: Final = (
    (Occasion.SEOLLAL, 1, 1, "설"),
    (Occasion.DAEBOREUM, 1, 15, "정월대보름"),
    (Occasion.DANO, 5, 5, "단오"),
    (Occasion.CHUSEOK, 8, 15, "추석"),
)


def days_between(first: date, last: date) -> list[Day]:
    """Both included, in their order."""
    years = range(first.year, last.year + 1)
    return [day for year in years for day in days_of(year) if first <= day.on <= last]


@lru_cache(YEARS_KEPT)
def days_of(year: int) -> tuple[Day, ...]:
    days = [
        *(Day(what, date(year, month, on), name) for what, month, on, name in BY_AGREEMENT),
        *(Day(what, by_moon(year, month, on), name) for what, month, on, name in BY_MOON),
        *_dog_days(year),
        Day(Occasion.DONGJI, term_of_sun(year, MIDWINTER), "동지"),
        *(Day(Occasion.PAYDAY, _payday(year, month), "월급날") for month in range(1, 13)),
    ]
    if year in EXAM_DAYS:
        days.append(Day(Occasion.EXAM, EXAM_DAYS[year], "수능"))
    days += _other_holidays(year, {day.on for day in days if day.occasion is not Occasion.PAYDAY})
    return tuple(sorted(days, key=lambda day: day.on))


def by_moon(year: int, month: int, day: int) -> date:
    """A day of the Korean lunar year, in no leap month."""
    moon = KoreanLunarCalendar()
    assert moon.setLunarDate(year, month, day, False), "the tables reach to 2050"
    return date.fromisoformat(moon.SolarIsoFormat())


def term_of_sun(year: int, degrees: int) -> date:
    """The Korean day on which the sun reaches a longitude, counted from spring to spring."""
    instant = ephem.Date((year, 3, 20)) + degrees * DAYS_PER_DEGREE
    for _ in range(TRIES):
        short = (degrees - _longitude(instant) + FULL_TURN / 2) % FULL_TURN - FULL_TURN / 2
        instant += short * DAYS_PER_DEGREE
    at: datetime = ephem.Date(instant).datetime()
    return in_kst(at.replace(tzinfo=UTC)).date()


def _longitude(instant: float) -> float:
    """Where the sun is seen, light's way and the earth's included: minutes decide a date."""
    sun = ephem.Sun(instant)
    seen = ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=instant)
    return math.degrees(ephem.Ecliptic(seen).lon)


def _dog_days(year: int) -> Iterator[Day]:
    """The third and fourth 경 day from 하지 on, and the first from 입추 on."""
    first = _first_gyeong(term_of_sun(year, MIDSUMMER)) + timedelta(days=20)
    yield Day(Occasion.BOK, first, "초복")
    yield Day(Occasion.BOK, first + timedelta(days=10), "중복")
    yield Day(Occasion.BOK, _first_gyeong(term_of_sun(year, FIRST_OF_AUTUMN)), "말복")


def _first_gyeong(start: date) -> date:
    """The stems of the days go round in ten."""
    days = (start + timedelta(days=count) for count in range(10))
    return next(day for day in days if _stem(day) == STEM_OF_BOK)


def _stem(day: date) -> str:
    moon = KoreanLunarCalendar()
    assert moon.setSolarDate(day.year, day.month, day.day), "the tables reach to 2050"
    return str(moon.getGapJaString()).split()[2][0]


def _payday(year: int, month: int) -> date:
    """The 25th, or the last working day before."""
    day = date(year, month, PAYDAY_ON)
    free = country_holidays("KR", years=year)
    while day.weekday() >= SATURDAY or day in free:
        day -= timedelta(days=1)
    return day


def _other_holidays(year: int, known: set[date]) -> Iterator[Day]:
    """Those that are no occasion of their own; the days beside 설 and 추석 belong to these."""
    for day, name in sorted(country_holidays("KR", years=year, language="ko").items()):
        if day not in known and not name.endswith((" 전날", " 다음날")):
            yield Day(Occasion.HOLIDAY, day, name.partition("; ")[0])
