"""Does a message, as it is shown, say what it must and nothing that it must not (L6-L12, K3)?

Looked at from outside, whoever made it: domain/compliance.py writes the marks, this reads them.
"""

import re
from typing import Final, NamedTuple

from domain.bubbles import Action, Bubble, Button, ImageCard, ListCard, Text, TextCard
from domain.campaigns import MessageKind
from domain.compliance import AD_MARK, REFUSE_BUTTON, REFUSE_LABEL, Sign

REFUSAL: Final = re.compile(r"수신\s*거부")
FREE: Final = "무료"
TRICK: Final = re.compile(
    r"(?:당첨|미납|연체|압류|계정\s?정지|본인\s?확인|환급).{0,30}(?:답장|답신|회신|답해|대답|눌러)"
)
"""L12: what makes people answer out of fear, or for a prize that they have not won."""


class Shown(NamedTuple):
    """What a person can read, from top to bottom, what only a picture's words say, buttons last."""

    text: str
    in_picture: str
    buttons: tuple[Button, ...]


def flaw_of(kind: MessageKind, bubble: Bubble, sign: Sign) -> str | None:
    """The first rule that a message breaks as it is shown; None for a sound one."""
    shown = shown_of(bubble)
    if shown is None:
        return "L6"
    if kind is MessageKind.INFORMATION:
        # Under the mark it would say of itself that it advertises.
        return "K3" if AD_MARK in shown.text else None
    return _flaw_of_words(shown, sign) or _flaw_of_refusal(shown.buttons)


def shown_of(bubble: Bubble) -> Shown | None:
    """None for a bubble that no message is drawn as."""
    match bubble:
        case ImageCard():
            words = f"{bubble.title}\n{bubble.description}"
            return Shown(words, bubble.image_alt, bubble.buttons)
        case ListCard():
            lines = [bubble.header]
            for row in bubble.rows:
                lines += [row.title, row.description]
            return Shown("\n".join(lines), "", bubble.buttons)
        case TextCard():
            return Shown(f"{bubble.title}\n{bubble.description}", "", bubble.buttons)
        case Text():
            # Its sender draws the button under it (campaigns/senders/solapi_bodies.py).
            return Shown(bubble.text, "", (REFUSE_BUTTON,))
        case _:
            return None


def _flaw_of_words(shown: Shown, sign: Sign) -> str | None:
    """L6, L7, L9, L12 in the text."""
    if not shown.text.startswith(f"{AD_MARK} "):
        return "L9" if AD_MARK in shown.in_picture else "L6"
    for part in (sign.name, sign.contact):
        if not part.strip():
            return "L7"
        if part not in shown.text:
            return "L9" if part in shown.in_picture else "L7"
    return "L12" if TRICK.search(shown.text) else None


def _flaw_of_refusal(buttons: tuple[Button, ...]) -> str | None:
    """The last button refuses, free, in one tap and for good; no other pretends to (L8-L12)."""
    if not buttons or not REFUSAL.search(buttons[-1].label):
        return "L8"
    refusal = buttons[-1]
    if FREE not in refusal.label or refusal.action is Action.CALL:
        return "L10"
    if refusal.action is not Action.SAY or refusal.target != REFUSE_LABEL:
        return "L11"
    return "L12" if any(REFUSAL.search(one.label) for one in buttons[:-1]) else None
