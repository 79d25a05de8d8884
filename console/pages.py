"""HTML from templates: files only, everything escaped, numbers and instants through filters."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaigns.compose import NAMELESS
from domain.bubbles import (
    Bubble,
    Carousel,
    CommerceCard,
    FactCard,
    Image,
    ImageCard,
    Letter,
    ListCard,
    Notice,
    Text,
    TextCard,
)
from domain.money import format_won
from domain.time import in_kst

TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC = TEMPLATES / "static"
WEEKDAYS = "월화수목금토일"
NOON = 12
SECONDS_PER_HOUR, SECONDS_PER_MINUTE = 3600, 60
DAYS_AS_AGO_MAX = 30
NEAR = timedelta(days=300)
AREA_CODE_SEOUL = "02"
TENTHS_BELOW = 10


def render(name: str, /, **context: object) -> str:
    return pages.get_template(name).render(context)


def on_day(at: datetime) -> str:
    """`11월 24일 (월)`."""
    day = in_kst(at)
    return f"{day.month}월 {day.day}일 ({WEEKDAYS[day.weekday()]})"


def full_day(at: datetime) -> str:
    """`2026년 11월 24일`, as a notice of the law says a date."""
    day = in_kst(at)
    return f"{day.year}년 {day.month}월 {day.day}일"


def until_day(at: datetime) -> str:
    """The last day before an instant: what ends at midnight still works on the day before."""
    return on_day(at - timedelta(microseconds=1))


def by_day(at: datetime, now: datetime) -> str:
    """`12월 20일`, the last day before an instant; with its year when that is not near."""
    day = in_kst(at - timedelta(microseconds=1))
    is_near = at - now < NEAR
    return f"{day.month}월 {day.day}일" if is_near else f"{day.year}년 {day.month}월 {day.day}일"


def at_time(at: datetime) -> str:
    """`오후 3:00`."""
    return clock(in_kst(at).time())


def clock(at: time) -> str:
    """An hour of every day, as `at_time` says it."""
    half = "오전" if at.hour < NOON else "오후"
    return f"{half} {(at.hour - 1) % NOON + 1}:{at.minute:02d}"


def hour(number: int) -> str:
    """`오후 6시`."""
    half = "오전" if number < NOON else "오후"
    return f"{half} {(number - 1) % NOON + 1}시"


def weekdays(days: Collection[int]) -> str:
    """`월·수요일`."""
    return "·".join(WEEKDAYS[day] for day in sorted(days)) + "요일"


def moment(at: datetime) -> str:
    return f"{on_day(at)} {at_time(at)}"


def local(at: datetime) -> str:
    """As a datetime-local field wants it, in Korean time."""
    return in_kst(at).strftime("%Y-%m-%dT%H:%M")


def ago(at: datetime, now: datetime) -> str:
    """`방금`, `3시간 전`, `어제`, `12일 전`, then the day itself."""
    days = (in_kst(now).date() - in_kst(at).date()).days
    seconds = int((now - at).total_seconds())
    if days > DAYS_AS_AGO_MAX:
        return on_day(at)
    if days > 1:
        return f"{days}일 전"
    if days == 1:
        return "어제"
    if seconds >= SECONDS_PER_HOUR:
        return f"{seconds // SECONDS_PER_HOUR}시간 전"
    return f"{seconds // SECONDS_PER_MINUTE}분 전" if seconds >= SECONDS_PER_MINUTE else "방금"


def spoken(body: str) -> str:
    """A text as an owner reads it later, as the preview has shown it: ○○ is a blank to fill in."""
    return body.replace("#{고객명}", NAMELESS)


def phone(text: str) -> str:
    """A shop's public number with hyphens, as it is spoken."""
    digits = text.replace("-", "").replace(" ", "")
    if not digits.isdigit() or not digits.startswith("0"):
        return text
    head = len(AREA_CODE_SEOUL) if digits.startswith(AREA_CODE_SEOUL) else 3
    return f"{digits[:head]}-{digits[head:-4]}-{digits[-4:]}"


def of_hundred(rate: float) -> str:
    """So many of a hundred people: `27`, and `7.7` where a tenth of a person is a good part."""
    people = rate * 100
    return f"{people:.1f}" if people < TENTHS_BELOW else f"{people:.0f}"


MACROS: Mapping[type[Bubble], str] = {
    Text: "text",
    Image: "image",
    ImageCard: "card",
    TextCard: "card",
    CommerceCard: "goods",
    ListCard: "list",
    FactCard: "facts",
    Carousel: "carousel",
    Notice: "notice",
    Letter: "letter",
}


def bubble_kind(bubble: Bubble) -> str:
    """Which macro of parts/bubble.html draws it."""
    return MACROS[type(bubble)]


@cache
def asset(name: str) -> str:
    """The address of a static file, changing with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


pages = Environment(
    loader=FileSystemLoader(TEMPLATES / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
pages.filters.update(
    won=format_won,
    on_day=on_day,
    full_day=full_day,
    until_day=until_day,
    by_day=by_day,
    at_time=at_time,
    moment=moment,
    local=local,
    clock=clock,
    hour=hour,
    weekdays=weekdays,
    ago=ago,
    phone=phone,
    spoken=spoken,
    of_hundred=of_hundred,
    bubble_kind=bubble_kind,
)
pages.globals["asset"] = asset
