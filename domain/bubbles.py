"""What a chat can show, as values; each door turns them into its own format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

CAROUSEL_CARDS_MAX = 10


class Action(StrEnum):
    """What pressing a button does; `STAFF` hands the chat over to a person."""

    SAY = "message"
    BLOCK = "block"
    LINK = "webLink"
    CALL = "phone"
    SHARE = "share"
    STAFF = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """`target` is the words to say, the block's id, the address or the number."""

    label: str
    action: Action
    target: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """By hand and once, because the mapping has none; nobody changes it afterwards."""
        made = hash((self.label, self.action, self.target, frozenset(self.extra.items())))
        object.__setattr__(self, "_hash", made)

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The picture of a card: twice as wide as high unless it is square."""

    url: str
    alt: str = ""
    link: str = ""
    is_square: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who speaks, in small above a card."""

    name: str
    image_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCard:
    """A card under a picture (KakaoTalk's basicCard).

    `is_wide`: the picture fills it from side to side, over a line or two (brand messages only).
    """

    image_url: str
    image_alt: str
    image_link: str = ""
    is_square: bool = False
    is_wide: bool = False
    title: str
    description: str
    buttons: tuple[Button, ...] = ()
    is_side_by_side: bool = False
    is_forwardable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCard:
    title: str
    description: str
    buttons: tuple[Button, ...] = ()
    is_side_by_side: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommerceCard:
    """Something with a price; `discounted_won` is the price shown when there is one."""

    picture: Picture
    price_won: int
    discounted_won: int | None = None
    discount_percent: int | None = None
    title: str = ""
    description: str = ""
    seller: Profile | None = None
    buttons: tuple[Button, ...] = ()
    is_side_by_side: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a list; pressed, it says words, runs a block or opens a link."""

    title: str
    description: str = ""
    image_url: str | None = None
    say: str | None = None
    block_id: str | None = None
    link: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        """By hand, as for a button."""
        extra = frozenset(self.extra.items())
        return hash((self.title, self.description, self.say, self.block_id, self.link, extra))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCard:
    header: str
    header_link: str = ""
    rows: tuple[Row, ...]
    buttons: tuple[Button, ...] = ()
    is_side_by_side: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A title with a small picture at its right, above the facts of a card."""

    title: str
    description: str = ""
    image_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactCard:
    """A small table of facts (KakaoTalk's itemCard); `head` or `profile`, not both.

    `summary` is a last fact that adds up the others: digits, commas and a currency.
    """

    head: str = ""
    profile: Profile | None = None
    picture: Picture | None = None
    headline: Headline | None = None
    facts: tuple[tuple[str, str], ...]
    summary: tuple[str, str] | None = None
    is_right: bool = False
    title: str = ""
    description: str = ""
    buttons: tuple[Button, ...] = ()
    is_side_by_side: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CarouselHeader:
    title: str
    description: str
    image_url: str


@dataclass(frozen=True, slots=True)
class Carousel:
    """Cards of one kind side by side, to be pushed along with a thumb."""

    cards: (
        tuple[ImageCard, ...]
        | tuple[CommerceCard, ...]
        | tuple[ListCard, ...]
        | tuple[FactCard, ...]
        | tuple[TextCard, ...]
    )
    header: CarouselHeader | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An inspected template, filled (AlimTalk).

    `code` is the template's at the provider that sends it; `values` stand in the order of their
    first use under their names without `#{}`; `text` is the inspected text with them in it.
    """

    code: str
    values: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A text message (LMS), whole as it goes to the network, its marks in it."""

    subject: str
    text: str


Card = ImageCard | CommerceCard | ListCard | FactCard | TextCard
Bubble = Text | Image | Card | Carousel | Notice | Letter
