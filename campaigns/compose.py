"""Words: an owner's text with placeholders, checked, filled and marked.

Owners get no template language: Jinja2's sandboxed parser reads `#{고객명}` for us, and
anything but plain text and declared names is refused before it could run (style-guide 16d).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CommerceCard,
    ImageCard,
    ListCard,
)
from domain.campaigns import (
    BODY_MAX,
    PRODUCTS,
    BubbleKind,
    MessageKind,
    Product,
    SenderName,
    Shot,
)
from domain.checking import Frame, refuse_unsound
from domain.compliance import LINES_MAX, Drawn, Sign, advertise, inform
from domain.letters import unsendable_in, write_letter
from domain.parts import Part, letters_in, parts_of
from domain.people import DISPLAY_NAME_MAX
from domain.refusals import Invalid
from domain.ways import PictureShape
from storage.queries.chunks import RunFacts

CUSTOMER_NAME = "고객명"
SHOP_NAME = "매장명"
PLACEHOLDERS: Mapping[str, str] = {
    CUSTOMER_NAME: "가" * DISPLAY_NAME_MAX,
    SHOP_NAME: "",
}
"""Declared names with their longest value; a text must fit with all of them at once."""

NAMELESS = "단골"
"""What a person without a name is called: '단골님'."""

SHAPES: Mapping[BubbleKind, tuple[PictureShape, PictureShape]] = {
    BubbleKind.PICTURE: (PictureShape.PICTURE, PictureShape.PICTURE),
    BubbleKind.WIDE: (PictureShape.WIDE, PictureShape.WIDE),
    BubbleKind.ITEMS: (PictureShape.FIRST_ITEM, PictureShape.ITEM),
    BubbleKind.SLIDES: (PictureShape.SLIDE, PictureShape.SLIDE),
    BubbleKind.GOODS: (PictureShape.GOODS, PictureShape.GOODS),
}
"""How the picture of the message is cut, and those of its parts."""

TWO_BUTTONS = (BubbleKind.WIDE, BubbleKind.ITEMS, BubbleKind.SLIDES, BubbleKind.GOODS)
LINKS_ONLY = (BubbleKind.SLIDES, BubbleKind.GOODS)
"""providers.md D4."""

COUPON_BUTTON = Button(
    label="내 쿠폰", action=Action.SAY, target="내 쿠폰", extra={"do": "my_coupons"}
)
"""The bot shows a person's coupons when they say this."""

# Blocks and comments are switched off by delimiters that no checked text can contain.
READER = ImmutableSandboxedEnvironment(
    variable_start_string="#{",
    variable_end_string="}",
    block_start_string="\x01{",
    block_end_string="\x01}",
    comment_start_string="\x02{",
    comment_end_string="\x02}",
    undefined=StrictUndefined,
    autoescape=False,
)
READER.globals.clear()
READER.filters.clear()


@dataclass(frozen=True, slots=True)
class Words:
    """A checked text: pieces of plain text and, at odd places, placeholder names."""

    pieces: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        return "".join(
            values[piece] if index % 2 else piece for index, piece in enumerate(self.pieces)
        )


@lru_cache(maxsize=1_000)
def read_words(body: str, shop_name: str) -> Words:
    """A checked text, ready to be filled; raises Invalid(body) with a sentence for the owner."""
    problem = _shape_problem(body)
    if problem:
        raise Invalid({"body": problem})
    words = Words(tuple(_pieces(body)))
    longest = longest_words(words, shop_name)
    if len(longest) > BODY_MAX:
        over = len(longest) - BODY_MAX
        raise Invalid({"body": f"{BODY_MAX}자까지예요. {over}자만 줄여서 다시 적어 주세요."})
    return words


def longest_words(words: Words, shop_name: str) -> str:
    return words.fill({**PLACEHOLDERS, SHOP_NAME: shop_name})


def frame_of(shop_name: str, contact: str | None = None) -> Frame:
    """What a shop's words must fit, for the checker."""
    return Frame(
        longest={**PLACEHOLDERS, SHOP_NAME: shop_name}, letters_max=BODY_MAX, contact=contact
    )


def check_body(body: str, shop_name: str) -> None:
    """Raises Invalid(body): for what cannot be read, then for what must not be sent."""
    read_words(body, shop_name)
    refuse_unsound(body, frame_of(shop_name))


def _shape_problem(body: str) -> str | None:
    if not body.strip():
        return "보낼 말을 적어 주세요."
    if len(body) > 2 * BODY_MAX:
        return f"{BODY_MAX}자까지 보낼 수 있어요. 지금은 {len(body)}자예요."
    if any(ord(c) < ord(" ") and c != "\n" for c in body) or not _is_sound(body):
        return "보이지 않는 글자가 섞여 있어요. 지우고 다시 적어 주세요."
    if body.count("\n") >= LINES_MAX:
        return f"{LINES_MAX}줄까지 보낼 수 있어요."
    return None


def _is_sound(body: str) -> bool:
    try:
        body.encode()
    except UnicodeEncodeError:
        return False
    return "\x7f" not in body


def _pieces(body: str) -> Sequence[str]:
    """Plain text and names in turn; only these two kinds of syntax are let through."""
    try:
        tree = READER.parse(body)
    except TemplateSyntaxError as error:
        sentence = f"{error.lineno}번째 줄의 #{{ }} 모양을 확인해 주세요."
        raise Invalid({"body": sentence}) from error
    pieces = [""]
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            raise Invalid({"body": "쓸 수 없는 모양이 들어 있어요."})
        for node in output.nodes:
            match node:
                case nodes.TemplateData(data=text):
                    pieces[-1] += text
                case nodes.Name(name=name) if name in PLACEHOLDERS:
                    pieces += [name, ""]
                case _:
                    raise Invalid({"body": _unknown(node)})
    return pieces


def _unknown(node: nodes.Node) -> str:
    known = ", ".join(f"#{{{name}}}" for name in PLACEHOLDERS)
    name = f"#{{{node.name}}}" if isinstance(node, nodes.Name) else "#{ } 안의 말"
    return f"{name}은(는) 쓸 수 없어요. 쓸 수 있는 것: {known}"


def person_words(body: str, sign: Sign, name: str | None) -> str:
    """The owner's words, filled for one person."""
    values = {CUSTOMER_NAME: _shortened(name or NAMELESS), SHOP_NAME: sign.name}
    return read_words(body, sign.name).fill(values)


def names_people(body: str, shop_name: str) -> bool:
    """Whether the words are others for another name."""
    return CUSTOMER_NAME in read_words(body, shop_name).pieces[1::2]


def _shortened(name: str) -> str:
    name = name[:DISPLAY_NAME_MAX]
    while letters_in(name) > DISPLAY_NAME_MAX:
        name = name[:-1]
    return name


@dataclass(frozen=True, slots=True)
class Copy:
    """What an advertisement says and shows, and by which way it goes."""

    sender: SenderName
    bubble: BubbleKind
    body: str
    picture_id: str | None = None
    parts: tuple[Part, ...] = ()


def draw(
    copy: Copy, sign: Sign, *, name: str | None, public_url: str, why_url: str | None = None
) -> Bubble:
    """The advertisement for one person, marks and refusal included."""
    if PRODUCTS[copy.sender] is Product.LMS:
        spelled = name if name and not unsendable_in(name) else None
        text = person_words(copy.body, sign, spelled)
        return write_letter(sign.name, sign.contact, sign.opt_out, text)
    text = person_words(copy.body, sign, name)
    parts = [Drawn(one, picture_url(public_url, one.picture_id)) for one in copy.parts]
    picture = picture_url(public_url, copy.picture_id)
    return advertise(copy.bubble, sign, text, picture, why_url, parts)


def picture_url(public_url: str, picture_id: str | None) -> str:
    return f"{public_url}/media/{picture_id}"


def shots_of(copy: Copy, public_url: str) -> tuple[Shot, ...]:
    """The pictures that a brand message shows, each once for each shape; a chat takes them from
    our own address.
    """
    if PRODUCTS[copy.sender] is not Product.BRAND or copy.bubble is BubbleKind.TEXT:
        return ()
    first, others = SHAPES[copy.bubble]
    wanted = [(copy.picture_id, first), *((one.picture_id, others) for one in copy.parts)]
    if copy.bubble is BubbleKind.ITEMS:
        wanted.append((copy.picture_id, others))  # beside the contact
    return tuple(
        Shot(picture_url(public_url, picture_id), picture_id, shape)
        for picture_id, shape in dict.fromkeys(wanted)
        if picture_id is not None
    )


def own_button(label: str | None, url: str | None, *, has_coupon: bool) -> Button | None:
    """The owner's link, or else the way to the coupon that comes along."""
    if label is not None and url is not None:
        return Button(label=label, action=Action.LINK, target=url)
    return COUPON_BUTTON if has_coupon else None


def with_button(kind: BubbleKind, bubble: Bubble, button: Button | None) -> Bubble:
    """Before the two that an advertisement ends with; where only two have a place, instead of
    the first of them, and where no button speaks to the bot, only a link. A text's sender adds
    its buttons.
    """
    if button is None or (kind in LINKS_ONLY and button.action is not Action.LINK):
        return bubble
    match bubble:
        case Carousel(cards=(ImageCard() as first, *others)):
            led = replace(first, buttons=_led_by(button, kind, first.buttons))
            return Carousel((led, *(card for card in others if isinstance(card, ImageCard))))
        case ImageCard() | ListCard() | CommerceCard():
            return replace(bubble, buttons=_led_by(button, kind, bubble.buttons))
        case _:
            return bubble


def _led_by(button: Button, kind: BubbleKind, buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    return (button, *(buttons[-1:] if kind in TWO_BUTTONS else buttons))


def compose_message(
    facts: RunFacts,
    sign: Sign,
    *,
    name: str | None,
    public_url: str,
    why_url: str,
    button_url: str | None = None,
) -> Bubble:
    """One person's message of a run: an advertisement with its marks, or information."""
    if facts.kind is MessageKind.INFORMATION:
        return inform(sign, facts.body)
    bubble = draw(copy_of(facts), sign, name=name, public_url=public_url, why_url=why_url)
    button = own_button(facts.button_label, button_url, has_coupon=facts.has_coupon)
    return with_button(facts.bubble, bubble, button)


def copy_of(facts: RunFacts) -> Copy:
    return Copy(facts.sender, facts.bubble, facts.body, facts.picture_id, parts_of(facts.parts))
