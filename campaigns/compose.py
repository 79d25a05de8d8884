"""Words: an owner's text with placeholders, checked, filled and marked.

Owners get no template language: Jinja2's sandboxed parser reads `#{고객명}` for us, and
anything but plain text and declared names is refused before it could run (style-guide 16d).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.bubbles import Action, Bubble, Button, ImageCard, ListCard
from domain.campaigns import BODY_MAX, BUBBLES, BubbleKind, MessageKind, SenderName
from domain.checking import Frame, refuse_unsound
from domain.compliance import MARKINGS, Sign, advertise, inform
from domain.people import DISPLAY_NAME_MAX
from domain.refusals import Invalid, Unlawful
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

LINES_MAX = 8

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
    longest = words.fill({**PLACEHOLDERS, SHOP_NAME: shop_name})
    if len(longest) > BODY_MAX:
        over = len(longest) - BODY_MAX
        raise Invalid({"body": f"{BODY_MAX}자까지예요. {over}자만 줄여서 다시 적어 주세요."})
    return words


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


def check_draft(
    sender: SenderName, bubble: BubbleKind, sign: Sign | None, *, has_picture: bool
) -> Sign:
    """What must be there before anyone can be asked to pay for it (L7, K2).

    Raises Invalid beside the field that lacks something.
    """
    if bubble not in BUBBLES[sender]:
        raise Invalid({"bubble": "이 방법으로는 그 모양을 보낼 수 없어요."})
    if (sender, bubble) not in MARKINGS:
        raise Unlawful("L6")
    if sign is None:
        raise Invalid(
            {"contact": "광고에는 연락처가 꼭 있어야 해요. 매장 전화번호를 먼저 적어 주세요."}
        )
    if bubble is BubbleKind.PICTURE and not has_picture:
        raise Invalid(
            {"picture": "사진 카드에는 사진이 필요해요. 사진을 고르거나 글 카드로 바꿔 주세요."}
        )
    return sign


def compose(
    kind: BubbleKind,
    sign: Sign,
    body: str,
    *,
    name: str | None,
    picture_url: str | None,
    why_url: str | None = None,
) -> Bubble:
    """The advertisement for one person, marks and refusal included."""
    values = {CUSTOMER_NAME: (name or NAMELESS)[:DISPLAY_NAME_MAX], SHOP_NAME: sign.name}
    text = read_words(body, sign.name).fill(values)
    return advertise(kind, sign, text, picture_url, why_url)


def own_button(label: str | None, url: str | None, *, has_coupon: bool) -> Button | None:
    """The owner's link, or else the way to the coupon that comes along."""
    if label is not None and url is not None:
        return Button(label=label, action=Action.LINK, target=url)
    return COUPON_BUTTON if has_coupon else None


def with_button(bubble: Bubble, button: Button | None) -> Bubble:
    """Before the two that every advertisement ends with; a text's sender adds its buttons."""
    match bubble:
        case ImageCard() | ListCard() if button is not None:
            return replace(bubble, buttons=(button, *bubble.buttons))
        case _:
            return bubble


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
    bubble = compose(
        facts.bubble,
        sign,
        facts.body,
        name=name,
        picture_url=f"{public_url}/media/{facts.picture_id}",
        why_url=why_url,
    )
    button = own_button(facts.button_label, button_url, has_coupon=facts.has_coupon)
    return with_button(bubble, button)
