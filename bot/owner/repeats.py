"""When news leaves again and again, or at a good moment, in an owner's words and in ours."""

import re
from dataclasses import dataclass
from datetime import datetime, time

from bot.owner.times import (
    AROUND,
    CLOCK,
    PART,
    TIME_WORDS_MAX,
    WEEKDAYS,
    clock_in,
    is_only_time,
    spoken_hour,
    time_in,
)
from domain.schedule import Every, Repeat

USUAL_TIME = time(10)
LAST = -1
NTHS = {"첫": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "마지막": LAST}
NTH_WORDS = {1: "첫째", 2: "둘째", 3: "셋째", 4: "넷째", LAST: "마지막"}
REPEAT = re.compile(
    rf"(?:앞으로|이제|그럼|네)?(?:"
    rf"(?:매달|매월|달마다|한달에한번)(?P<nth>첫|둘|두|셋|세|넷|네|마지막)(?:째|번째)?(?:주)?(?P<of_month>[{WEEKDAYS}])요일(?:마다|에)?"
    rf"|(?:매주|주마다|일주일에한번)(?P<of_week>[{WEEKDAYS}])요일(?:마다|에)?|(?P<each>[{WEEKDAYS}])요일마다"
    r"|(?P<daily>매일|날마다|하루에한번))"
)
GOOD = re.compile(
    r"(?:네|그럼|제일|가장|알아서)?(?:좋은|좋을|적당한|알맞은|괜찮은|잘볼)(?:때|시간|시각|시간대|타이밍)"
    r"(?:에|으로|로)?(?:알아서)?"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One of the three, or none of them for now."""

    due_at: datetime | None = None
    repeat: Repeat | None = None
    is_good_moment: bool = False


def repeat_in(words: str) -> Repeat | None:
    """`매주 목요일 3시에`, `매달 첫째 월요일`; without a time of day it is ten in the morning."""
    bare = "".join(words.split())
    found = REPEAT.match(bare)
    if found is None:
        return None
    rest = bare[found.end() :]
    clock = clock_in(rest) if CLOCK.search(rest) or PART.search(rest) else USUAL_TIME
    if clock is None or AROUND.sub("", PART.sub("", CLOCK.sub("", rest))):
        return None
    if found["daily"]:
        return Repeat(every=Every.DAY, clock_time=clock)
    weekday = WEEKDAYS.index(found["of_month"] or found["of_week"] or found["each"])
    if not found["nth"]:
        return Repeat(every=Every.WEEK, clock_time=clock, weekday=weekday)
    return Repeat(every=Every.MONTH, clock_time=clock, weekday=weekday, nth=NTHS[found["nth"]])


def says_good_moment(words: str) -> bool:
    bare = "".join(words.split())
    found = GOOD.match(bare)
    return found is not None and not AROUND.sub("", bare[found.end() :])


def planned_in(words: str, now: datetime) -> Planned | None:
    """What these words say of when, and of nothing else; None where that is not known."""
    if repeat := repeat_in(words):
        return Planned(repeat=repeat)
    if says_good_moment(words):
        return Planned(is_good_moment=True)
    due_at = time_in(words, now)
    return Planned(due_at=due_at) if due_at else None


def is_plan(words: str) -> bool:
    """Whether they are of a repetition or a good moment alone."""
    return repeat_in(words) is not None or says_good_moment(words)


def begins_with_plan(words: str, now: datetime) -> tuple[Planned, str] | None:
    """The time, the repetition or the good moment that these words begin with, and the rest."""
    parts = words.split()
    for end in range(min(len(parts) - 1, TIME_WORDS_MAX), 0, -1):
        head = " ".join(parts[:end])
        is_when = is_plan(head) or is_only_time(head, now)
        if is_when and (planned := planned_in(head, now)):
            return planned, " ".join(parts[end:])
    return None


def spoken_repeat(repeat: Repeat) -> str:
    """`매주 목요일 오후 3시`, `매달 첫째 월요일 오전 10시`."""
    clock = spoken_hour(repeat.clock_time.hour)
    minute = f" {repeat.clock_time.minute}분" if repeat.clock_time.minute else ""
    if repeat.weekday is None:
        return f"매일 {clock}{minute}"
    day = f"{WEEKDAYS[repeat.weekday]}요일"
    head = f"매달 {NTH_WORDS[repeat.nth]}" if repeat.nth is not None else "매주"
    return f"{head} {day} {clock}{minute}"
