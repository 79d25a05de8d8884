"""What an advertisement must say, and who says it: the marks of L6-L9.

Rule numbers are those of `programme-and-law.md`; whether a message may go is domain/gate.py's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CommerceCard,
    ImageCard,
    ListCard,
    Picture,
    Row,
    Text,
    TextCard,
)
from domain.campaigns import BODY_MAX, BubbleKind
from domain.parts import Part, letters_in

AD_MARK = "(광고)"
"""L6: exactly this, nothing between, nothing before."""

REFUSE_LABEL = "무료 수신거부"
"""L8, L10, L11: free, one tap, no reason asked; the bot understands it as a clear stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Who speaks: the shop's name and how to reach it (L7).

    `opt_out`: the number that refuses without cost, for what has no button (L8, D6).
    """

    name: str
    contact: str
    opt_out: str | None = None


def mark_title(sign: Sign) -> str:
    return f"{AD_MARK} {sign.name}"


def mark_text(sign: Sign, body: str) -> str:
    """Name, words and contact as one text that starts with the mark (L6, L7, L9)."""
    return f"{mark_title(sign)}\n{body}\n\n{contact_line(sign)}"


def contact_line(sign: Sign) -> str:
    return f"문의 {sign.contact} · 받지 않으려면 아래 '{REFUSE_LABEL}'를 눌러 주세요 (무료)"


def short_contact(sign: Sign) -> str:
    """Where a bubble has no room to say what its last button is for."""
    return f"문의 {sign.contact}"


REFUSE_BUTTON = Button(label=REFUSE_LABEL, action=Action.SAY, target=REFUSE_LABEL)

WHY_LABEL = "왜 받았나요?"
"""L11, L48: one tap to why this came, with a rest and a refusal beside each other, no log-in."""

WHY_PATH, STOP_PATH = "/w/", "/stop"
OPEN_LABEL: Final = "보러 가기"
JOINT: Final = " · "

LINES_MAX: Final = 8
WIDE_MAX: Final = 76
HEADER_MAX: Final = 20
FIRST_ROW_MAX: Final = 25
SLIDE_MAX, SLIDE_BREAKS = 180, 2
GOODS_TITLE_MAX: Final = 30
"""Not in our sheet of facts; another agent's guide names thirty (decision 0030)."""

GOODS_LINE_MAX: Final = 34
THING_LEAST: Final = 4
"""Shorter names of a thing than this would not be worth a bubble."""


class Drawn(NamedTuple):
    """A part as it is drawn: under the address of its picture."""

    part: Part
    picture_url: str


class Room(NamedTuple):
    """Letters and lines for the words (an emoji counts two), and letters for a thing's title."""

    letters: int
    lines: int
    thing_letters: int = 0


LOOK_LABEL = "보기"
LOOK_BUTTON = Button(label=LOOK_LABEL, action=Action.SAY, target=LOOK_LABEL, extra={"do": "news"})
"""What the news is, is said in the chat: no message carries it, so that it can be forgotten."""


def inform(sign: Sign, body: str) -> Bubble:
    """Information: who speaks and that there is something to look at, nothing that advertises."""
    return TextCard(title=sign.name, description=body, buttons=(LOOK_BUTTON,))


def advertise(
    kind: BubbleKind,
    sign: Sign,
    body: str,
    picture_url: str | None,
    why_url: str | None = None,
    parts: Sequence[Drawn] = (),
) -> Bubble:
    """The bubble that carries an advertisement with all that L6-L9 ask for.

    The last thing on the handset is the button to refuse; `why_url` stands before it where there
    is a place. A text has no buttons of its own: its sender adds both. Whether the words fit is
    `room_for`'s.
    """
    if kind is BubbleKind.TEXT:
        return Text(mark_text(sign, body))
    if kind is BubbleKind.LIST:
        lines = Row(title=body), Row(title=contact_line(sign))
        return ListCard(header=mark_title(sign), rows=lines, buttons=_ways_out(why_url))
    assert picture_url is not None, "a bubble with a picture is refused earlier without one"
    ways_out = _ways_out(why_url)
    match kind:
        case BubbleKind.PICTURE:
            return _card(sign, f"{body}\n\n{contact_line(sign)}", picture_url, ways_out)
        case BubbleKind.WIDE:
            words = f"{body}{JOINT}{short_contact(sign)}"
            return replace(_card(sign, words, picture_url, ways_out), is_wide=True)
        case BubbleKind.ITEMS:
            return _items(sign, (body, picture_url), parts, ways_out)
        case _:
            return _without_bot(kind, sign, (body, picture_url), parts, why_url)


def _ways_out(why_url: str | None) -> tuple[Button, ...]:
    return (_why(why_url), REFUSE_BUTTON) if why_url else (REFUSE_BUTTON,)


def _why(why_url: str) -> Button:
    return Button(label=WHY_LABEL, action=Action.LINK, target=why_url)


def refuse_link(why_url: str | None) -> Button:
    """Where no button may speak to the bot: to a page of one button, without log-in (L11)."""
    return Button(
        label=REFUSE_LABEL, action=Action.LINK, target=f"{why_url or WHY_PATH}{STOP_PATH}"
    )


def _card(sign: Sign, words: str, picture_url: str, buttons: tuple[Button, ...]) -> ImageCard:
    return ImageCard(
        image_url=picture_url,
        image_alt=sign.name,
        title=mark_title(sign),
        description=words,
        buttons=buttons,
    )


def _items(
    sign: Sign, first: tuple[str, str], parts: Sequence[Drawn], buttons: tuple[Button, ...]
) -> ListCard:
    """The contact is a row, too: there is no other text in it."""
    body, picture_url = first
    things = (
        Row(title=one.part.title, image_url=one.picture_url, link=one.part.link) for one in parts
    )
    last = Row(title=short_contact(sign), image_url=picture_url)
    return ListCard(
        header=mark_title(sign),
        rows=(Row(title=body, image_url=picture_url), *things, last),
        buttons=buttons,
    )


def _without_bot(
    kind: BubbleKind,
    sign: Sign,
    first: tuple[str, str],
    parts: Sequence[Drawn],
    why_url: str | None,
) -> Carousel | CommerceCard:
    """Bubbles whose buttons open pages only (providers.md D4)."""
    refuse = refuse_link(why_url)
    ways_out = (_why(why_url), refuse) if why_url else (refuse,)
    if kind is BubbleKind.GOODS:
        return _goods(sign, first, parts, ways_out)
    assert kind is BubbleKind.SLIDES, f"{kind} is no advertisement"
    body, picture_url = first
    cards = [_card(sign, f"{body}\n{contact_line(sign)}", picture_url, ways_out)]
    cards += [_slide(sign, one, refuse) for one in parts]
    return Carousel(tuple(cards))


def _slide(sign: Sign, one: Drawn, refuse: Button) -> ImageCard:
    """Each card is seen by itself, so each carries all marks."""
    part = one.part
    words = "\n".join(filter(None, (part.title, part.text, contact_line(sign))))
    opens = (Button(label=OPEN_LABEL, action=Action.LINK, target=part.link),) if part.link else ()
    return _card(sign, words, one.picture_url, (*opens, refuse))


def _goods(
    sign: Sign, first: tuple[str, str], parts: Sequence[Drawn], buttons: tuple[Button, ...]
) -> CommerceCard:
    body, picture_url = first
    thing = parts[0].part if parts else Part(price_won=0)
    assert thing.price_won is not None, "a thing without a price is refused earlier"
    return CommerceCard(
        picture=Picture(url=picture_url, alt=sign.name),
        title=f"{mark_title(sign)} {thing.title}".rstrip(),
        price_won=thing.price_won,
        discounted_won=thing.sale_won,
        description=f"{body}{JOINT}{short_contact(sign)}",
        buttons=buttons,
    )


def room_for(kind: BubbleKind, sign: Sign) -> Room | None:
    """What an owner's words may take beside this shop's marks; None when its name does not fit."""
    title, contact = letters_in(mark_title(sign)), letters_in(JOINT + short_contact(sign))
    match kind:
        case BubbleKind.WIDE:
            return Room(min(BODY_MAX, WIDE_MAX - title - 1 - contact), 1)
        case BubbleKind.ITEMS:
            return Room(FIRST_ROW_MAX, 1) if title <= HEADER_MAX else None
        case BubbleKind.SLIDES:
            left = SLIDE_MAX - 1 - letters_in(contact_line(sign))
            return Room(min(BODY_MAX, left), SLIDE_BREAKS) if title <= HEADER_MAX else None
        case BubbleKind.GOODS:
            thing = GOODS_TITLE_MAX - title - 1
            room = Room(GOODS_LINE_MAX - contact, 1, thing)
            return room if thing >= THING_LEAST and room.letters > 0 else None
        case _:
            return Room(BODY_MAX, LINES_MAX)
