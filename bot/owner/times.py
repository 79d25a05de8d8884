"""When: an owner's words as an instant, instants as words, and the times worth a button.

Rules of our own instead of a library: see docs/decisions/0018 for what dateparser makes of them.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from domain.campaigns import SenderName
from domain.compliance import SENDER_DAY
from domain.time import in_kst, kst_instant

WEEKDAYS = "월화수목금토일"
NOON = 12
MONTHS = 12
CHOICES_MAX = 6
SOON = timedelta(minutes=30)
"""A time nearer than this is not offered: looking at it takes a moment, too."""

NATIVE = {
    name: number
    for number, name in enumerate(
        ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두"), 1
    )
}
DAYS = {"오늘": 0, "내일": 1, "낼": 1, "모레": 2, "내일모레": 2, "글피": 3}
PARTS = {"아침": time(9), "점심": time(12), "낮": time(14), "오후": time(14), "저녁": time(18)}
NAMES = "|".join(sorted(NATIVE, key=len, reverse=True))
HALF = r"(?P<half>오전|아침|새벽|오후|낮|점심|저녁|밤)?"
CLOCK = re.compile(
    rf"{HALF}(?P<hour>\d{{1,2}}|{NAMES})시(?:(?P<thirty>반)|(?P<minute>\d{{1,2}})분?)?"
    rf"|{HALF.replace('half', 'half2')}(?P<hour2>\d{{1,2}}):(?P<minute2>\d{{2}})"
)
AFTER = re.compile(r"(?P<count>\d{1,3})(?P<unit>분|시간|일)(?:뒤|후|있다가|이따가)")
DATE = re.compile(r"(?:(?P<month>\d{1,2})월)?(?P<day>\d{1,2})일")
WEEKDAY = re.compile(r"(?P<next>다음주|담주|다음)?(?P<weekday>[월화수목금토일])요일")
NAMED_DAY = re.compile("|".join(sorted(DAYS, key=len, reverse=True)))
PART = re.compile("|".join(PARTS))
NOW = re.compile(r"(?:지금|바로|당장|즉시)(?:바로)?(?:보내\S*|요|이요)?")
AROUND = re.compile(
    r"(?:예약|보내(?:줘|주세요|기|요)?|보낼(?:게|래)|그럼|으로|로|에|쯤|이요|요|해(?:줘|주세요)|할게|[.!~?,])+"
)
"""What may stand around a time."""

MORNING, EVENING = ("오전", "아침", "새벽"), ("오후", "낮", "점심", "저녁", "밤")
OPENS_AT = 8
"""A bare hour before it is meant in the afternoon: no news leaves earlier."""

CHOICES = (time(10), time(15), time(18))


def time_in(words: str, now: datetime) -> datetime | None:
    """The instant that these words name; None where they name none, or only a day.

    A time that is over today and names no day is tomorrow's.
    """
    bare = re.sub(r"\s+", "", words)
    if NOW.fullmatch(bare):
        return now
    if after := AFTER.search(bare):
        return now + _span(int(after["count"]), after["unit"])
    clock = _clock_in(bare)
    if clock is None:
        return None
    try:
        day = _day_in(bare, in_kst(now).date())
    except ValueError:  # such as the 31st of June
        return None
    if day is not None:
        return kst_instant(day, clock)
    today = in_kst(now).date()
    at = kst_instant(today, clock)
    return at if at > now else kst_instant(today + timedelta(days=1), clock)


def is_only_time(words: str, now: datetime) -> bool:
    """Whether these words say when, and nothing of what."""
    bare = re.sub(r"\s+", "", words)
    if NOW.fullmatch(bare):
        return True
    for part in (AFTER, CLOCK, DATE, WEEKDAY, NAMED_DAY, PART):
        bare = part.sub("", bare)
    return not AROUND.sub("", bare) and time_in(words, now) is not None


def spoken(at: datetime, now: datetime) -> str:
    """`오늘 오후 3시`, `내일 오전 10시 30분`, `11월 27일 (금) 오후 3시`."""
    local = in_kst(at)
    ahead = (local.date() - in_kst(now).date()).days
    near = {0: "오늘", 1: "내일", 2: "모레"}.get(ahead)
    day = near or f"{local.month}월 {local.day}일 ({WEEKDAYS[local.weekday()]})"
    half = "오전" if local.hour < NOON else "오후"
    minute = f" {local.minute}분" if local.minute else ""
    return f"{day} {half} {(local.hour - 1) % NOON + 1}시{minute}"


def choices(now: datetime) -> list[datetime]:
    """The next good times of day, all of them lawful."""
    return list(_upcoming(now))[:CHOICES_MAX]


def _upcoming(now: datetime) -> Iterator[datetime]:
    window = SENDER_DAY[SenderName.KAKAO_EVENT]
    today = in_kst(now).date()
    for ahead in range(3):
        for clock in CHOICES:
            at = kst_instant(today + timedelta(days=ahead), clock)
            if at >= now + SOON and window.contains(at):
                yield at


def _span(count: int, unit: str) -> timedelta:
    match unit:
        case "분":
            return timedelta(minutes=count)
        case "시간":
            return timedelta(hours=count)
        case _:
            return timedelta(days=count)


def _clock_in(bare: str) -> time | None:
    found = CLOCK.search(bare)
    if found is None:
        part = PART.search(bare)
        return PARTS[part.group()] if part else None
    hour_word = found["hour"] or found["hour2"]
    hour = NATIVE.get(hour_word) or int(hour_word)
    minute = 30 if found["thirty"] else int(found["minute"] or found["minute2"] or 0)
    hour = _whole_hour(hour, found["half"] or found["half2"])
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004 - a day, an hour


def _whole_hour(hour: int, half: str | None) -> int:
    if half in MORNING:
        return hour % NOON if hour <= NOON else hour
    is_afternoon = half in EVENING or (half is None and hour < OPENS_AT)
    return hour + NOON if is_afternoon and hour < NOON else hour


def _day_in(bare: str, today: date) -> date | None:
    if found := NAMED_DAY.search(bare):
        return today + timedelta(days=DAYS[found.group()])
    if found := WEEKDAY.search(bare):
        wanted = WEEKDAYS.index(found["weekday"])
        if found["next"]:
            return today + timedelta(days=7 - today.weekday() + wanted)
        return today + timedelta(days=(wanted - today.weekday()) % 7)
    if found := DATE.search(bare):
        return _date(found["month"], int(found["day"]), today)
    return None


def _date(month_word: str | None, day: int, today: date) -> date:
    """The next such date; raises ValueError where there is none."""
    month = int(month_word) if month_word else today.month
    found = date(today.year, month, day)
    if found >= today:
        return found
    if month_word:
        return date(today.year + 1, month, day)
    return date(today.year + month // MONTHS, month % MONTHS + 1, day)
