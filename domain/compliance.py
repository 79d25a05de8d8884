"""May this advertisement go to this person now, and does it say what it must?

Rule numbers are those of `programme-and-law.md`; a refusal carries its number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from domain.bubbles import Action, Bubble, Button, ImageCard, ListCard, Row, Text, TextCard
from domain.campaigns import HELD_OUT, BubbleKind, MessageKind, SenderName
from domain.people import Friend
from domain.time import KAKAO_DAY, LAW_DAY, Window

AD_MARK = "(광고)"
"""L6: exactly this, nothing between, nothing before."""

REFUSE_LABEL = "무료 수신거부"
"""L8, L10, L11: free, one tap, no reason asked; the bot understands it as a clear stop."""


RESTING = "RESTING"
"""No law's number: the person's own wish to hear nothing for a while."""


CAP_WEEK, CAP_DAY = "CAP_WEEK", "CAP_DAY"
"""No law's number: enough of one shop in a week (C16), enough of a channel in a day."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no by which rule."""

    rule: str | None = None

    @property
    def is_allowed(self) -> bool:
        return self.rule is None


ALLOWED = Verdict()

SENDER_DAY: Mapping[SenderName, Window] = {
    SenderName.KAKAO_EVENT: KAKAO_DAY.intersection(LAW_DAY),
    SenderName.SOLAPI: KAKAO_DAY.intersection(LAW_DAY),
}
"""I7: the law's hours and the sender's. Both senders end in KakaoTalk, so K1 holds for both."""


class Recipient(NamedTuple):
    """What the gate must know of one person, as it stands at this instant."""

    friend: Friend
    is_of_age: bool
    has_advertising_consent: bool
    has_withdrawn: bool
    is_resting: bool
    has_address: bool
    had_week: bool = False
    had_day: bool = False
    is_held_out: bool = False


@lru_cache(maxsize=16)
def may_leave(sender: SenderName, at: datetime) -> Verdict:
    """Whether any advertisement may leave through this sender at this instant (L5, K1)."""
    if not LAW_DAY.contains(at):
        return Verdict("L5")
    return ALLOWED if SENDER_DAY[sender].contains(at) else Verdict("K1")


def may_send(sender: SenderName, to: Recipient, at: datetime) -> Verdict:
    """Whether an advertisement may go to this person at this instant, or by which rule not.

    Asked when a run is planned and again when a chunk leaves. L3's exception is not used.
    """
    hours = may_leave(sender, at)
    if not hours.is_allowed:
        return hours
    reasons = (
        ("L4", to.has_withdrawn or to.friend is Friend.BLOCKED),
        ("L1", not to.has_advertising_consent),
        (RESTING, to.is_resting),
        ("L44", not to.is_of_age),
        ("K7", to.friend is not Friend.ADDED),
        ("L68", not to.has_address),
        (CAP_WEEK, to.had_week),
        (CAP_DAY, to.had_day),
        (HELD_OUT, to.is_held_out),
    )
    return next((Verdict(rule) for rule, applies in reasons if applies), ALLOWED)


def may_inform(to: Recipient, at: datetime) -> Verdict:
    """Whether information may be brought to this person at this instant: to a friend (K7), and
    by day although the law would allow any hour (3.2).
    """
    if not LAW_DAY.contains(at):
        return Verdict("L5")
    return ALLOWED if to.friend is Friend.ADDED else Verdict("K7")


def day_of(kind: MessageKind, sender: SenderName) -> Window:
    """The hours in which this kind of message leaves through this sender."""
    return SENDER_DAY[sender] if kind is MessageKind.ADVERTISEMENT else LAW_DAY


class Writer(StrEnum):
    """Who puts a required part into the message."""

    WE = "we"
    BOTH = "we, and the platform too"


class Confidence(StrEnum):
    DOCUMENTED = "documented"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Who writes which required part (I8), and how sure we are of the platform's share."""

    mark: Writer
    name_and_contact: Writer
    refusal: Writer
    confidence: Confidence


MARKINGS: Mapping[tuple[SenderName, BubbleKind], Marking] = {
    # Nothing says that KakaoTalk marks a bot's bubbles, so all of it is ours.
    (SenderName.KAKAO_EVENT, BubbleKind.PICTURE): Marking(
        mark=Writer.WE,
        name_and_contact=Writer.WE,
        refusal=Writer.WE,
        confidence=Confidence.DOCUMENTED,
    ),
    (SenderName.KAKAO_EVENT, BubbleKind.LIST): Marking(
        mark=Writer.WE,
        name_and_contact=Writer.WE,
        refusal=Writer.WE,
        confidence=Confidence.DOCUMENTED,
    ),
    # providers.md D6: the platform draws mark and block route on brand messages, which is
    # inferred from the former friend talk; so we write them as well.
    (SenderName.SOLAPI, BubbleKind.TEXT): Marking(
        mark=Writer.BOTH,
        name_and_contact=Writer.WE,
        refusal=Writer.BOTH,
        confidence=Confidence.INFERRED,
    ),
}
"""A sender and bubble that is not in this table has no room for the marks and is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Who speaks: the shop's name and how to reach it (L7)."""

    name: str
    contact: str


def mark_title(sign: Sign) -> str:
    return f"{AD_MARK} {sign.name}"


def mark_text(sign: Sign, body: str) -> str:
    """Name, words and contact as one text that starts with the mark (L6, L7, L9)."""
    return f"{mark_title(sign)}\n{body}\n\n{contact_line(sign)}"


def contact_line(sign: Sign) -> str:
    return f"문의 {sign.contact} · 받지 않으려면 아래 '{REFUSE_LABEL}'를 눌러 주세요 (무료)"


REFUSE_BUTTON = Button(label=REFUSE_LABEL, action=Action.SAY, target=REFUSE_LABEL)

WHY_LABEL = "왜 받았나요?"
"""L11, L48: one tap to why this came, with a rest and a refusal beside each other, no log-in."""


LOOK_LABEL = "보기"
LOOK_BUTTON = Button(label=LOOK_LABEL, action=Action.SAY, target=LOOK_LABEL, extra={"do": "news"})
"""What the news is, is said in the chat: no message carries it, so that it can be forgotten."""


def inform(sign: Sign, body: str) -> Bubble:
    """Information: who speaks and that there is something to look at, nothing that advertises."""
    return TextCard(title=sign.name, description=body, buttons=(LOOK_BUTTON,))


def advertise(
    kind: BubbleKind, sign: Sign, body: str, picture_url: str | None, why_url: str | None = None
) -> Bubble:
    """The bubble that carries an advertisement with all that L6-L9 ask for.

    The last thing on the handset is the button to refuse, in one tap; `why_url` stands before
    it. A text has no buttons of its own: its sender adds both.
    """
    why = Button(label=WHY_LABEL, action=Action.LINK, target=why_url) if why_url else None
    buttons = (why, REFUSE_BUTTON) if why else (REFUSE_BUTTON,)
    match kind:
        case BubbleKind.PICTURE:
            assert picture_url is not None, "a picture card is refused earlier without one"
            return ImageCard(
                image_url=picture_url,
                image_alt=sign.name,
                title=mark_title(sign),
                description=f"{body}\n\n{contact_line(sign)}",
                buttons=buttons,
            )
        case BubbleKind.LIST:
            lines = Row(title=body), Row(title=contact_line(sign))
            return ListCard(header=mark_title(sign), rows=lines, buttons=buttons)
        case BubbleKind.TEXT:
            return Text(mark_text(sign, body))
