"""The weekly idea: one ready message for a shop, and the reason for it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from domain.refusals import Invalid
from domain.time import Window, in_kst

MONEY: Final = "money"
PACED_MONEY: Final = "money_paced"
"""The reasons that are no occasions of the catalog: free cash that lapses, of a shop that hardly
sends yet, and of one whose pace tells what will be left.
"""

GOOD_FOR: Final = timedelta(days=7)
NEVER_AGAIN_FOR: Final = timedelta(weeks=8)
"""No text comes twice within this time, and no reason of the regulars' twice within half of it."""

IDEA_HOURS: Final = Window(time(9), time(20))
"""When an owner may be told: nobody wants an idea at night."""

DAY_PROPOSED, HOUR_PROPOSED = 1, 10
"""Tuesday at ten: what an owner is asked first."""

WEEKDAYS: Final = range(7)


class IdeaState(StrEnum):
    """`TAKEN` became a campaign; `SKIPPED`: not this week; `LAPSED`: the week went by."""

    WAITING = "waiting"
    SAID = "said"
    TAKEN = "taken"
    SKIPPED = "skipped"
    LAPSED = "lapsed"


LIVE: Final = (IdeaState.WAITING, IdeaState.SAID)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaTime:
    """When a shop's idea comes: `day` counts from Monday = 0, None is never."""

    day: int | None
    hour: int = HOUR_PROPOSED
    is_sent: bool = False


def check_time(time_of: IdeaTime) -> None:
    """Raises Invalid(day, hour)."""
    wrong = {}
    if time_of.day is not None and time_of.day not in WEEKDAYS:
        wrong["day"] = "요일을 골라 주세요."
    if not IDEA_HOURS.opens.hour <= time_of.hour < IDEA_HOURS.closes.hour:
        wrong["hour"] = "오전 9시부터 오후 7시 사이에서 골라 주세요."
    if wrong:
        raise Invalid(wrong)


def is_over(made_at: datetime, until: date, at: datetime) -> bool:
    """A week has gone by, or the day it is about is here."""
    return at - made_at >= GOOD_FOR or in_kst(at).date() > until
