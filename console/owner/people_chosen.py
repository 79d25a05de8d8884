"""The "to whom" of the sending page: its fields as text, and what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from campaigns.segments import Counted, count_people, list_choices
from console.forms import Form
from console.owner.reward import whole
from domain.campaigns import SenderName
from domain.people import ShopId
from domain.refusals import Invalid
from domain.regulars import Tier
from domain.segments import (
    CONDITIONS_MAX,
    EVENTS,
    Condition,
    Joined,
    Ready,
    Segment,
    What,
    check_segment,
    of_plain,
    regular_tier,
)
from storage.desk import Tx
from storage.queries.cards import get_rules
from storage.queries.own_segments import OwnSegment
from storage.queries.segments import segment_text

OWN_CHOICE = "own"
"""Conditions put together on the page; every other choice is a segment as JSON."""

HOLDOUTS = (0, 10, 20)
CHOICES = tuple(what for what in What if what not in EVENTS)
SLOTS = range(CONDITIONS_MAX)
SLOT_FIELDS = ("what", "number", "days", "not")
FIELDS = (
    "who",
    "joined",
    "holdout",
    *(f"s{slot}_{name}" for slot in SLOTS for name in SLOT_FIELDS),
)
"""What templates/pages/owner/send_people.html asks."""

BROKEN = "누구에게 보낼지 골라 주세요."


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """The fields as they were typed; `kept` is what hidden fields carry on."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, text) for name, text in self.texts.items() if text)


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A segment to choose; `value` is what its field says."""

    value: str
    segment: Segment
    ready: Ready | None
    own: OwnSegment | None


@dataclass(frozen=True, slots=True)
class PeopleSheet:
    """What the page shows beside what was typed; `trouble` is why nobody was counted.
    `is_about`: the lot falls anew for each message.
    """

    choices: Sequence[ShownChoice]
    regular: Tier
    counted: Counted | None
    trouble: str = ""
    is_about: bool = False


def read_people_sheet(
    tx: Tx, shop_id: ShopId, words: PeopleWords, sender: SenderName, at: datetime
) -> PeopleSheet:
    choices = [
        ShownChoice(segment_text(one.segment), one.segment, one.ready, one.own)
        for one in list_choices(tx, shop_id)
    ]
    regular = regular_tier(get_rules(tx, shop_id).tiers)
    try:
        segment, percent = people_of(words)
    except Invalid as refusal:
        return PeopleSheet(choices, regular, None, next(iter(refusal.fields.values())))
    counted = count_people(tx, shop_id, segment, at, sender=sender, holdout_percent=percent)
    return PeopleSheet(choices, regular, counted, is_about=percent > 0)


def people_words(form: Form) -> PeopleWords:
    return PeopleWords({name: form.text(name) for name in FIELDS})


def read_people(form: Form) -> tuple[Segment, int]:
    """The segment and the per cent held out. Raises Invalid(segment) or Invalid(holdout)."""
    return people_of(people_words(form))


def people_of(words: PeopleWords) -> tuple[Segment, int]:
    """As `read_people`."""
    who = words.text("who")
    segment = own_segment(words) if who == OWN_CHOICE else _segment_of(who)
    check_segment(segment)
    percent = whole(words.text("holdout") or "0")
    if percent not in HOLDOUTS:
        raise Invalid({"holdout": "0%, 10%, 20% 가운데 골라 주세요."})
    return segment, percent


def own_segment(words: PeopleWords) -> Segment:
    """Slots that ask for nothing are left out. Raises Invalid(segment)."""
    conditions = [_condition(words, slot) for slot in SLOTS]
    asked = tuple(one for one in conditions if one is not None)
    if not asked:
        raise Invalid({"segment": "조건을 하나 이상 골라 주세요."})
    segment = Segment(asked, Joined.ANY if words.text("joined") == Joined.ANY else Joined.ALL)
    check_segment(segment)
    return segment


def _condition(words: PeopleWords, slot: int) -> Condition | None:
    what = words.text(f"s{slot}_what")
    if not what:
        return None
    if what not in CHOICES:
        raise Invalid({"segment": BROKEN})
    return Condition(
        What(what),
        _number(words.text(f"s{slot}_number")),
        _number(words.text(f"s{slot}_days")),
        bool(words.text(f"s{slot}_not")),
    )


def _number(text: str) -> int:
    number = whole(text or "0")
    if number is None:
        raise Invalid({"segment": "숫자로 적어 주세요. 예: 30"})
    return number


def _segment_of(text: str) -> Segment:
    if not text:
        return Segment()
    try:
        segment = of_plain(orjson.loads(text))
    except (ValueError, KeyError, TypeError):
        raise Invalid({"segment": BROKEN}) from None
    numbers = [number for one in segment.conditions for number in (one.number, one.days)]
    if segment.event is not None or not all(isinstance(number, int) for number in numbers):
        raise Invalid({"segment": BROKEN})
    return segment
