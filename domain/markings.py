"""The table of I8: who writes which required part of an advertisement, and where it stands.

docs/marks.md shows it (`python -m tests.domain.marks_page`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from domain.campaigns import BRAND_SENDERS, BubbleKind, SenderName


class Writer(StrEnum):
    """Who puts a required part into the message."""

    WE = "we"
    BOTH = "we, and the platform too"


class Confidence(StrEnum):
    """How sure we are of the platform's share, and of the order in which it draws ours."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    UNSURE = "unsure"


class Place(NamedTuple):
    """Where a required part stands on the handset, and who writes it there."""

    where: str
    writer: Writer = Writer.WE


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Where each required part stands and who writes it (I8), and how sure that is."""

    mark: Place
    name: Place
    contact: Place
    refusal: Place
    confidence: Confidence


CARD_MARKING = Marking(
    mark=Place("first in the title"),
    name=Place("in the title, behind the mark"),
    contact=Place("last line of the words"),
    refusal=Place("last button, says it to the bot"),
    confidence=Confidence.DOCUMENTED,
)
"""Nothing says that KakaoTalk marks a bot's bubbles, so all of it is ours."""

LIST_MARKING = replace(
    CARD_MARKING,
    mark=Place("first in the header"),
    name=Place("in the header, behind the mark"),
    contact=Place("title of the last row"),
)


def _brand(base: Marking, **changed: Place) -> Marking:
    """providers.md D6: the platform draws mark and block route on brand messages, which is
    inferred from the former friend talk; so we write them as well.
    """
    return Marking(
        mark=changed.get("mark", base.mark)._replace(writer=Writer.BOTH),
        name=changed.get("name", base.name),
        contact=changed.get("contact", base.contact),
        refusal=changed.get("refusal", base.refusal)._replace(writer=Writer.BOTH),
        confidence=Confidence.INFERRED,
    )


FIRST_LINE = {"mark": Place("first in the words"), "name": Place("in the first line")}
LINK_OUT = Place("last button, opens a page with one button")
BRAND_MARKINGS: Mapping[BubbleKind, Marking] = {
    BubbleKind.TEXT: _brand(CARD_MARKING, **FIRST_LINE),
    BubbleKind.PICTURE: _brand(CARD_MARKING, **FIRST_LINE),
    BubbleKind.WIDE: _brand(CARD_MARKING, **FIRST_LINE, contact=Place("end of the second line")),
    BubbleKind.ITEMS: _brand(LIST_MARKING),
    BubbleKind.SLIDES: _brand(
        LIST_MARKING,
        mark=Place("first in the header of every card"),
        name=Place("in the header of every card"),
        contact=Place("last line of every card"),
        refusal=Place("last button of every card, opens a page with one button"),
    ),
    # Whether the price stands above or under the title was not found.
    BubbleKind.GOODS: replace(
        _brand(CARD_MARKING, contact=Place("end of the line under the price"), refusal=LINK_OUT),
        confidence=Confidence.UNSURE,
    ),
}
LETTER_MARKING = Marking(
    mark=Place("first in the subject and in the words"),
    name=Place("in the first line"),
    contact=Place("last line but one"),
    refusal=Place("last line, an 080 number"),
    confidence=Confidence.DOCUMENTED,
)
MARKINGS: Mapping[tuple[SenderName, BubbleKind], Marking] = {
    (SenderName.KAKAO_EVENT, BubbleKind.PICTURE): CARD_MARKING,
    (SenderName.KAKAO_EVENT, BubbleKind.LIST): LIST_MARKING,
    (SenderName.SOLAPI_LMS, BubbleKind.TEXT): LETTER_MARKING,
    **{(one, kind): told for one in BRAND_SENDERS for kind, told in BRAND_MARKINGS.items()},
}
"""A sender and bubble that is not in this table has no room for the marks and is refused."""
