"""When: an owner's words as an instant, instants as words, and the times worth a button.

Rules of our own instead of a library: see docs/decisions/0018 for what dateparser makes of them.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from domain.campaigns import SenderName
from domain.gate import SENDER_DAY
from domain.time import in_kst, kst_instant

WEEKDAYS = "월화수목금토일"
NOON = 12
MONTHS = 12
CHOICES_MAX = 6
TIME_WORDS_MAX = 6
SOON = timedelta(minutes=30)
"""A time nearer than this is not offered: looking at it takes a moment, too."""

NATIVE = {
    name: number
    for number, name in enumerate(
        ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두"), 1
    )
}
SINO = {name: number for number, name in enumerate("일이삼사오육칠팔구", 1)}
NAMES = "|".join(sorted(NATIVE, key=len, reverse=True))
COUNT = rf"(?<![\d한두세네섯곱덟홉열물른흔온십백])(?:\d{{1,3}}|{NAMES}|[이삼사오]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])"
"""`30`, `한`, `삼십`, and not the end of a larger number."""

DAYS = {"오늘": 0, "내일": 1, "낼": 1, "모레": 2, "내일모레": 2, "글피": 3}
SPANS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "열흘": 10}
WEEKS = {"이번주": 0, "다음주": 1, "담주": 1, "다음": 1, "다다음주": 2, "담담주": 2}
PARTS = {"아침": time(9), "점심": time(12), "낮": time(14), "오후": time(14), "저녁": time(18)}
HOURS: Mapping[str | None, range] = {
    "오전": range(1, 12),
    "새벽": range(1, 7),
    "아침": range(5, 12),
    "점심": range(11, 16),
    "낮": range(10, 19),
    "오후": range(12, 24),
    "저녁": range(17, 24),
    "밤": range(18, 24),
    None: range(8, 24),
}
"""What an hour may mean: `밤 12시` names another day, and is asked about. A bare hour before
eight is meant in the afternoon: no news leaves earlier.
"""
HALF = rf"(?P<half>{'|'.join(half for half in HOURS if half)})?"
CLOCK = re.compile(
    rf"{HALF}(?<![\d스물열])(?P<hour>\d{{1,2}}|{NAMES})시(?!간)(?:(?P<thirty>반)(?![값판마])|(?P<minute>\d{{1,2}})분?)?"
    rf"|{HALF.replace('half', 'half2')}(?<!\d)(?P<hour2>\d{{1,2}}):(?P<minute2>\d{{2}})"
)
LATER = r"(?:이?후|뒤|있다가?|이따가?)(?:에)?"
AFTER = re.compile(
    rf"(?:(?P<hours>{COUNT})시간(?P<half>반)?)?(?:(?P<minutes>{COUNT})분)?(?<=[간반분]){LATER}"
)
DAYS_AFTER = re.compile(
    rf"(?:(?P<span>{'|'.join(SPANS)})|(?P<count>{COUNT})(?P<unit>일|주일?)){LATER}"
)
DATE = re.compile(r"(?<!\d)(?:(?P<month>\d{1,2})월)?(?P<day>\d{1,2})일")
WEEKDAY = re.compile(
    rf"(?P<week>{'|'.join(sorted(WEEKS, key=len, reverse=True))})?(?P<weekday>[월화수목금토일])요일"
)
NAMED_DAY = re.compile("|".join(sorted(DAYS, key=len, reverse=True)))
PART = re.compile("|".join(PARTS))
NOW = re.compile(r"(?:지금|바로|당장|즉시)(?:바로)?(?:보내\S*|요|이요)?")
FAR = re.compile(r"어제|그제|지난|(?:다음|담|이번)달|(?:달|개월|년)(?:뒤|후)|내년|작년")
VAGUE = re.compile(r"(?:시|분|반)이?전|까지|부터|사이|말고|아니")
"""Both are times that we do not reckon: better asked about than wrong."""

AROUND = re.compile(
    r"(?:예약|이따가?|보내(?:줘|주세요|기|요)?|보낼(?:게|래)|그럼|으로|로|에|쯤|이요|요|해(?:줘|주세요)|할게|[.!~?,])+"
)
"""What may stand around a time."""

CHOICES = (time(10), time(15), time(18))


def time_in(words: str, now: datetime) -> datetime | None:
    """The instant that these words name; None where they name none, several, or only a day.

    A time that is over today and names no day is tomorrow's.
    """
    bare = re.sub(r"\s+", "", words)
    if NOW.fullmatch(bare):
        return now
    if FAR.search(bare) or VAGUE.search(bare):
        return None
    clocks = list(CLOCK.finditer(bare))
    if after := AFTER.search(bare):
        is_sure = (after["hours"] or after["minutes"]) and not clocks
        return now + _span(after) if is_sure and not DAYS_AFTER.search(bare) else None
    clock = clock_in(bare)
    return _on_its_day(bare, clock, now) if clock else None


def clock_in(bare: str) -> time | None:
    """The one time of day that words without blanks name."""
    clocks = list(CLOCK.finditer(bare))
    if len(clocks) > 1:
        return None
    return _clock(clocks[0]) if clocks else _part_in(bare)


def _on_its_day(bare: str, clock: time, now: datetime) -> datetime | None:
    today = in_kst(now).date()
    try:
        days = _days_in(bare, today)
    except ValueError:  # such as the 31st of June
        return None
    if days:
        return kst_instant(days.pop(), clock) if len(days) == 1 else None
    at = kst_instant(today, clock)
    return at if at > now else kst_instant(today + timedelta(days=1), clock)


def is_only_time(words: str, now: datetime) -> bool:
    """Whether these words say when, and nothing of what."""
    return is_only_when(words) and time_in(words, now) is not None


def is_only_when(words: str) -> bool:
    """Whether they are of days and hours alone, understood or not."""
    bare = re.sub(r"\s+", "", words)
    if NOW.fullmatch(bare):
        return True
    named = rest = VAGUE.sub("", bare)
    for part in (AFTER, DAYS_AFTER, CLOCK, WEEKDAY, DATE, NAMED_DAY, PART, FAR):
        rest = part.sub("", rest)
    return rest != named and not AROUND.sub("", rest)


def begins_with_time(words: str, now: datetime) -> tuple[datetime, str] | None:
    """The time that these words begin with, and the words behind it."""
    parts = words.split()
    for end in range(min(len(parts) - 1, TIME_WORDS_MAX), 0, -1):
        head = " ".join(parts[:end])
        if is_only_time(head, now) and (at := time_in(head, now)):
            return at, " ".join(parts[end:])
    return None


def spoken(at: datetime, now: datetime) -> str:
    """`오늘 오후 3시`, `내일 오전 10시 30분`, `11월 27일 (금) 오후 3시`."""
    local = in_kst(at)
    ahead = (local.date() - in_kst(now).date()).days
    near = {0: "오늘", 1: "내일", 2: "모레"}.get(ahead)
    day = near or f"{local.month}월 {local.day}일 ({WEEKDAYS[local.weekday()]})"
    minute = f" {local.minute}분" if local.minute else ""
    return f"{day} {spoken_hour(local.hour)}{minute}"


def spoken_hour(hour: int) -> str:
    half = "오전" if hour < NOON else "오후"
    return f"{half} {(hour - 1) % NOON + 1}시"


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


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word in NATIVE:
        return NATIVE[word]
    tens, ten, ones = word.rpartition("십")
    return (SINO.get(tens, 1) * 10 if ten else 0) + SINO.get(ones, 0)


def _span(after: re.Match[str]) -> timedelta:
    hours, minutes = (_number(after[name] or "") for name in ("hours", "minutes"))
    return timedelta(hours=hours, minutes=minutes + (30 if after["half"] else 0))


def _part_in(bare: str) -> time | None:
    part = PART.search(bare)
    return PARTS[part.group()] if part else None


def _clock(found: re.Match[str]) -> time | None:
    hour = _number(found["hour"] or found["hour2"])
    minute = 30 if found["thirty"] else int(found["minute"] or found["minute2"] or 0)
    meant = HOURS[found["half"] or found["half2"]]
    whole = next((one for one in (hour, hour + NOON) if hour and one in meant), None)
    return time(whole, minute) if whole is not None and minute < 60 else None  # noqa: PLR2004 - an hour


def _days_in(bare: str, today: date) -> set[date]:
    """Every day that is named; raises ValueError for one that there is not."""
    days = set()
    for found in DAYS_AFTER.finditer(bare):
        count = SPANS.get(found["span"]) or _number(found["count"])
        days.add(today + timedelta(days=count * (7 if (found["unit"] or "")[:1] == "주" else 1)))
    rest = DAYS_AFTER.sub(" ", bare)
    days |= {today + timedelta(days=DAYS[one]) for one in NAMED_DAY.findall(rest)}
    days |= {_weekday(found, today) for found in WEEKDAY.finditer(rest)}
    dates = DATE.finditer(WEEKDAY.sub(" ", rest))
    return days | {_date(one["month"], int(one["day"]), today) for one in dates}


def _weekday(found: re.Match[str], today: date) -> date:
    wanted = WEEKDAYS.index(found["weekday"])
    if found["week"]:
        return today + timedelta(days=7 * WEEKS[found["week"]] - today.weekday() + wanted)
    return today + timedelta(days=(wanted - today.weekday()) % 7)


def _date(month_word: str | None, day: int, today: date) -> date:
    """The next such date; raises ValueError where there is none."""
    month = int(month_word) if month_word else today.month
    found = date(today.year, month, day)
    if found >= today:
        return found
    if month_word:
        return date(today.year + 1, month, day)
    return date(today.year + month // MONTHS, month % MONTHS + 1, day)
