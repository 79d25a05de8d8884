"""What an advertisement must say, and who says it: the marks of L6-L9.

Rule numbers are those of `programme-and-law.md`; whether a message may go is domain/gate.py's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.bubbles import Action, Bubble, Button, ImageCard, ListCard, Row, Text, TextCard
from domain.campaigns import BubbleKind, SenderName

AD_MARK = "(광고)"
"""L6: exactly this, nothing between, nothing before."""

REFUSE_LABEL = "무료 수신거부"
"""L8, L10, L11: free, one tap, no reason asked; the bot understands it as a clear stop."""


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
    if kind is BubbleKind.TEXT:
        return Text(mark_text(sign, body))
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
