"""Whom a message is for: simple conditions on a shop's regulars, joined by and/or.

What a condition means for a set of people is in storage/queries/segments.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from domain.people import CampaignId
from domain.refusals import Invalid
from domain.regulars import TIERS_DEFAULT, Tier

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


EVENTS: Final = frozenset(
    {
        What.JOINED_DAYS_AGO,
        What.SEEN_DAYS_AGO,
        What.CARD_FULL_DAYS_AGO,
        What.COUPON_LAPSES_IN,
        What.BIRTHDAY_TODAY,
    }
)
"""True of a person on one Korean day for each time that it happens."""


class Joined(StrEnum):
    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Condition:
    """`number` is what the words count: days, visits, stamps; `days` is within how many days
    so many visits were made (VISITED_OFTEN). Birthdays within 1 are those of today; a card that
    is full lacks no stamp and is not meant by STAMPS_MISSING. `is_not` turns it round.
    """

    what: What
    number: int = 0
    days: int = 0
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Without a condition it is every regular.

    `event` (one of `EVENTS`) must be true besides, however the others are joined: what happened
    to them on the day when the message leaves. Nor is anybody meant who has one of the campaigns
    `but`, may still get it, or was held out of it by lot.
    """

    conditions: tuple[Condition, ...] = ()
    joined: Joined = Joined.ALL
    event: Condition | None = None
    but: tuple[CampaignId, ...] = ()

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The event last."""
        return (*self.conditions, self.event) if self.event else self.conditions


EVERYBODY: Final = Segment()


COUNTED: Final = frozenset({What.JOINED_WITHIN, What.BIRTHDAY_WITHIN, What.STAMPS_MISSING})
"""What would mean nobody with a zero."""


class Ready(StrEnum):
    """Segments that every shop has."""

    EVERYBODY = "everybody"
    NEW = "new"
    REGULAR = "regular"
    NEARLY_REGULAR = "nearly_regular"
    QUIET = "quiet"
    BIRTHDAY = "birthday"
    NEARLY_FULL = "nearly_full"
    HAS_COUPON = "has_coupon"


READY: Final[Sequence[Ready]] = tuple(Ready)
NEW_DAYS = 30
BIRTHDAY_DAYS = 7
NEARLY_FULL_MISSING = 2


def regular_tier(tiers: Sequence[Tier]) -> Tier:
    """From which of the shop's tiers on somebody is a regular of theirs (C7): the first that asks
    for visits.
    """
    asking = sorted((tier for tier in tiers if tier.visits), key=lambda tier: tier.visits)
    return asking[0] if asking else TIERS_DEFAULT[1]


def ready_segment(which: Ready, tiers: Sequence[Tier] = TIERS_DEFAULT) -> Segment:
    """What a ready segment means in a shop with these tiers."""
    tier = regular_tier(tiers)
    often = Condition(What.VISITED_OFTEN, tier.visits, tier.days)
    meanings: Mapping[Ready, tuple[Condition, ...]] = {
        Ready.EVERYBODY: (),
        Ready.NEW: (Condition(What.JOINED_WITHIN, NEW_DAYS),),
        Ready.REGULAR: (often,),
        Ready.NEARLY_REGULAR: _one_visit_short(often),
        Ready.QUIET: (Condition(What.GONE_QUIET),),
        Ready.BIRTHDAY: (Condition(What.BIRTHDAY_WITHIN, BIRTHDAY_DAYS),),
        Ready.NEARLY_FULL: (Condition(What.STAMPS_MISSING, NEARLY_FULL_MISSING),),
        Ready.HAS_COUPON: (Condition(What.HAS_COUPON),),
    }
    return Segment(meanings[which])


def _one_visit_short(often: Condition) -> tuple[Condition, ...]:
    not_yet = replace(often, is_not=True)
    if often.number == 1:
        return (not_yet,)
    return replace(often, number=often.number - 1), not_yet


def check_segment(segment: Segment) -> None:
    """Raises Invalid(segment)."""
    if len(segment.conditions) > CONDITIONS_MAX:
        raise Invalid({"segment": f"조건은 {CONDITIONS_MAX}개까지 고를 수 있어요."})
    for one in segment.parts:
        if not (0 <= one.number <= NUMBER_MAX and 0 <= one.days <= NUMBER_MAX):
            raise Invalid({"segment": f"숫자는 0부터 {NUMBER_MAX:,}까지 적을 수 있어요."})
        if one.what is What.VISITED_OFTEN and not (one.number and one.days):
            raise Invalid({"segment": "며칠 동안 몇 번 오신 분인지 적어 주세요."})
        if one.what in COUNTED and not one.number:
            raise Invalid({"segment": "숫자는 1부터 적어 주세요."})


def as_plain(segment: Segment) -> Mapping[str, Any]:
    """For JSON; `of_plain` reads it."""
    return {
        "joined": segment.joined.value,
        "conditions": [_plain(one) for one in segment.conditions],
        **({"event": _plain(segment.event)} if segment.event else {}),
        **({"but": list(segment.but)} if segment.but else {}),
    }


def of_plain(plain: Mapping[str, Any]) -> Segment:
    conditions = tuple(_condition(one) for one in plain["conditions"])
    event = _condition(plain["event"]) if "event" in plain else None
    but = tuple(CampaignId(one) for one in plain.get("but", ()))
    return Segment(conditions, Joined(plain["joined"]), event, but)


def _plain(one: Condition) -> Mapping[str, Any]:
    return {"what": one.what.value, "number": one.number, "days": one.days, "is_not": one.is_not}


def _condition(plain: Mapping[str, Any]) -> Condition:
    return Condition(What(plain["what"]), plain["number"], plain["days"], plain["is_not"])
