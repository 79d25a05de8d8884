"""Does a message, as it is shown, say what it must and nothing that it must not (L6-L12, K3)?

Looked at from outside, whoever made it: domain/compliance.py writes the marks, this reads them.
"""

import re
from typing import Final, NamedTuple

from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CommerceCard,
    ImageCard,
    Letter,
    ListCard,
    Notice,
    Text,
    TextCard,
)
from domain.campaigns import MessageKind
from domain.compliance import AD_MARK, REFUSE_BUTTON, REFUSE_LABEL, STOP_PATH, WHY_PATH, Sign
from domain.letters import flaw_of_letter

REFUSAL: Final = re.compile(r"수신\s*거부")
FREE: Final = "무료"
TRICK: Final = re.compile(
    r"(?:당첨|미납|연체|압류|계정\s?정지|본인\s?확인|환급).{0,30}(?:답장|답신|회신|답해|대답|눌러)"
)
"""L12: what makes people answer out of fear, or for a prize that they have not won."""


STOP_PAGE: Final = re.compile(rf"{re.escape(WHY_PATH)}[\w-]*{re.escape(STOP_PATH)}$")
"""Ours, with one button and no log-in."""


class Shown(NamedTuple):
    """What a person can read, from top to bottom, what only a picture's words say, buttons last.

    `speaks`: a button of it can say something to the bot.
    """

    text: str
    in_picture: str
    buttons: tuple[Button, ...]
    speaks: bool = True


def flaw_of(kind: MessageKind, bubble: Bubble, sign: Sign) -> str | None:
    """The first rule that a message breaks as it is shown; None for a sound one."""
    if isinstance(bubble, Carousel):
        # Each card is seen by itself.
        flaws = (_flaw_of_one(kind, shown_of(card, speaks=False), sign) for card in bubble.cards)
        return next((flaw for flaw in flaws if flaw), None) if bubble.cards else "L6"
    if isinstance(bubble, Letter) and kind is MessageKind.ADVERTISEMENT:
        flaw = flaw_of_letter(bubble, sign.name, sign.contact)
        return flaw or ("L12" if TRICK.search(bubble.text) else None)
    return _flaw_of_one(kind, shown_of(bubble), sign)


def _flaw_of_one(kind: MessageKind, shown: Shown | None, sign: Sign) -> str | None:
    if shown is None:
        return "L6"
    if kind is MessageKind.INFORMATION:
        # Under the mark it would say of itself that it advertises.
        return "K3" if AD_MARK in shown.text else None
    return _flaw_of_words(shown, sign) or _flaw_of_refusal(shown)


def shown_of(bubble: Bubble, *, speaks: bool = True) -> Shown | None:
    """None for a bubble that no message is drawn as."""
    match bubble:
        case ImageCard():
            words = f"{bubble.title}\n{bubble.description}"
            return Shown(words, bubble.image_alt, bubble.buttons, speaks)
        case ListCard():
            lines = [bubble.header]
            for row in bubble.rows:
                lines += [row.title, row.description]
            return Shown("\n".join(lines), "", bubble.buttons)
        case CommerceCard():
            words = f"{bubble.title}\n{bubble.description}"
            return Shown(words, bubble.picture.alt, bubble.buttons, speaks=False)
        case TextCard():
            return Shown(f"{bubble.title}\n{bubble.description}", "", bubble.buttons)
        case Text() | Notice() | Letter():
            # Under a text its sender draws the button (campaigns/senders/solapi_bodies.py).
            buttons = (REFUSE_BUTTON,) if isinstance(bubble, Text) else ()
            return Shown(bubble.text, "", buttons)
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


def _flaw_of_refusal(shown: Shown) -> str | None:
    """The last button refuses, free, in one tap and for good; no other pretends to (L8-L12).

    Where none can speak to the bot it opens our page for that, where one press refuses.
    """
    buttons = shown.buttons
    if not buttons or not REFUSAL.search(buttons[-1].label):
        return "L8"
    refusal = buttons[-1]
    if FREE not in refusal.label or refusal.action is Action.CALL:
        return "L10"
    if shown.speaks:
        is_one_tap = refusal.action is Action.SAY and refusal.target == REFUSE_LABEL
    else:
        is_one_tap = refusal.action is Action.LINK and STOP_PAGE.search(refusal.target) is not None
    if not is_one_tap:
        return "L11"
    return "L12" if any(REFUSAL.search(one.label) for one in buttons[:-1]) else None
