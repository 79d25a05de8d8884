"""What a chat can show, as values; each door turns them into its own format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

CAROUSEL_CARDS_MAX = 10


class Action(StrEnum):
    """What pressing a button does."""

    SAY = "message"
    BLOCK = "block"
    LINK = "webLink"
    CALL = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """`target` is the words to say, the block's id, the address or the number."""

    label: str
    action: Action
    target: str
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCard:
    """A card under a picture (KakaoTalk's basicCard)."""

    image_url: str
    image_alt: str
    title: str
    description: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCard:
    title: str
    description: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    title: str
    description: str = ""
    image_url: str | None = None
    say: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCard:
    header: str
    rows: tuple[Row, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactCard:
    """A small table of facts (KakaoTalk's itemCard)."""

    head: str
    facts: tuple[tuple[str, str], ...]
    title: str = ""
    description: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Carousel:
    """Cards side by side, to be pushed along with a thumb; at most `CAROUSEL_CARDS_MAX`."""

    cards: tuple[FactCard, ...]


Bubble = Text | ImageCard | TextCard | ListCard | FactCard | Carousel
