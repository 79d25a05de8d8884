"""Whom a message is for: simple conditions on a shop's regulars, joined by and/or.

What a condition means for a set of people is in storage/queries/segments.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from domain.refusals import Invalid

CONDITIONS_MAX = 5
NUMBER_MAX = 3_650
PERCENT_MAX = 50
"""More people held out than reached would tell nothing more."""


class What(StrEnum):
    """What is asked of one regular. The last five are true on one day, for what repeats itself
    after something happened: whoever meets such a condition meets it once.
    """

    JOINED_WITHIN = "joined_within"
    VISITED_OFTEN = "visited_often"
    NOT_SEEN_FOR = "not_seen_for"
    GONE_QUIET = "gone_quiet"
    BIRTHDAY_WITHIN = "birthday_within"
    STAMPS_MISSING = "stamps_missing"
    HAS_COUPON = "has_coupon"
    JOINED_DAYS_AGO = "joined_days_ago"
    SEEN_DAYS_AGO = "seen_days_ago"
    CARD_FULL_DAYS_AGO = "card_full_days_ago"
    COUPON_LAPSES_IN = "coupon_lapses_in"
    BIRTHDAY_TODAY = "birthday_today"


class Joined(StrEnum):
    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Condition:
    """`number` is what the words count: days, visits, stamps; `days` is within how many days
    so many visits were made (VISITED_OFTEN). `is_not` turns it round.
    """

    what: What
    number: int = 0
    days: int = 0
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Without a condition it is every regular."""

    conditions: tuple[Condition, ...] = ()
    joined: Joined = Joined.ALL


EVERYBODY: Final = Segment()


def check_segment(segment: Segment) -> None:
    """Raises Invalid(segment)."""
    if len(segment.conditions) > CONDITIONS_MAX:
        raise Invalid({"segment": f"조건은 {CONDITIONS_MAX}개까지 고를 수 있어요."})
    for one in segment.conditions:
        if not (0 <= one.number <= NUMBER_MAX and 0 <= one.days <= NUMBER_MAX):
            raise Invalid({"segment": f"숫자는 0부터 {NUMBER_MAX:,}까지 적을 수 있어요."})
        if one.what is What.VISITED_OFTEN and not (one.number and one.days):
            raise Invalid({"segment": "며칠 동안 몇 번 오신 분인지 적어 주세요."})


def as_plain(segment: Segment) -> Mapping[str, Any]:
    """For JSON; `of_plain` reads it."""
    return {
        "joined": segment.joined.value,
        "conditions": [
            {"what": one.what.value, "number": one.number, "days": one.days, "is_not": one.is_not}
            for one in segment.conditions
        ],
    }


def of_plain(plain: Mapping[str, Any]) -> Segment:
    conditions = tuple(
        Condition(What(one["what"]), one["number"], one["days"], one["is_not"])
        for one in plain["conditions"]
    )
    return Segment(conditions, Joined(plain["joined"]))
