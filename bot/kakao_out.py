"""A `Reply` as Kakao's skill response 2.0 (kakao-chatbot.md section 2)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, assert_never

import orjson

from bot.replies.limits import broken_limits, broken_quick_replies
from bot.replies.shortening import shortened
from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Card,
    Carousel,
    CommerceCard,
    FactCard,
    Headline,
    Image,
    ImageCard,
    Letter,
    ListCard,
    Notice,
    Picture,
    Row,
    Text,
    TextCard,
)
from domain.people import ShopId

Json = dict[str, Any]
LOG = logging.getLogger(__name__)

TARGET_FIELDS: Mapping[Action, str] = {
    Action.SAY: "messageText",
    Action.BLOCK: "blockId",
    Action.LINK: "webLinkUrl",
    Action.CALL: "phoneNumber",
}
"""Sharing and asking for staff need nothing but their label."""

KINDS: Mapping[type[Card], str] = {
    ImageCard: "basicCard",
    CommerceCard: "commerceCard",
    ListCard: "listCard",
    FactCard: "itemCard",
    TextCard: "textCard",
}
WIDE, SQUARE = {"width": 800, "height": 400}, {"width": 800, "height": 800}
QUICK_REPLIES_KEPT_MAX = 4_096
WAITING = orjson.dumps({"version": "2.0", "useCallback": True})
NOTHING_TO_SHOW = orjson.dumps({"version": "2.0", "template": {"outputs": []}})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextValue:
    """A context of the block to open for so many turns; 0 closes it."""

    name: str
    life_span: int
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says in one turn: up to three bubbles, up to ten quick replies.

    `question` is what it leaves open, about `asked_shop_id`; a bare answer is understood so.
    Nothing is put before a reply that `stands_alone`; after one that `has_work` the worker is
    told to look.
    """

    bubbles: tuple[Bubble, ...]
    quick_replies: tuple[Button, ...] = ()
    question: str | None = None
    asked_shop_id: ShopId | None = None
    stands_alone: bool = False
    context: tuple[ContextValue, ...] = ()
    has_work: bool = False


class LimitBroken(Exception):
    """A reply of ours breaks a limit of section 2, so nothing of it would be shown."""


def text_reply(text: str, *quick_replies: Button) -> Reply:
    return Reply((Text(text),), quick_replies)


def encode(reply: Reply) -> bytes:
    """The response's body, shortened where it breaks a limit; our own log is told.

    Raises LimitBroken for what no shortening mends, such as a card without its picture: the
    turn is then undone and apologized for like any other bug.
    """
    try:
        return encode_strictly(reply)
    except LimitBroken as broken:
        LOG.warning("a reply was shortened: %s", broken)
    bubbles, quick_replies = shortened(reply.bubbles, reply.quick_replies)
    return encode_strictly(replace(reply, bubbles=bubbles, quick_replies=quick_replies))


def encode_strictly(reply: Reply) -> bytes:
    """For what may not be shortened, such as an advertisement (I8). Raises LimitBroken."""
    template: Json = {"outputs": [_output(bubble) for bubble in reply.bubbles]}
    payload: Json = {"version": "2.0", "template": template}
    if reply.context:
        payload["context"] = {"values": [_context(value) for value in reply.context]}
    broken = broken_limits(payload)
    if broken:
        raise LimitBroken("; ".join(broken))
    if reply.quick_replies:
        template["quickReplies"] = _quick_replies(reply.quick_replies)
    return _dumped(payload)


def _quick_replies(replies: tuple[Button, ...]) -> orjson.Fragment:
    """Raises LimitBroken. Only our own words are remembered: no one's question stays here."""
    is_ours = all(one.target == one.label for one in replies)
    return _remembered(replies) if is_ours else _encoded(replies)


def _encoded(replies: tuple[Button, ...]) -> orjson.Fragment:
    made = [_button(one) for one in replies]
    broken = broken_quick_replies(made)
    if broken:
        raise LimitBroken("; ".join(broken))
    return orjson.Fragment(_dumped(made))


_remembered = lru_cache(QUICK_REPLIES_KEPT_MAX)(_encoded)


def _dumped(made: object) -> bytes:
    try:
        return orjson.dumps(made)
    except orjson.JSONEncodeError as error:  # half an emoji
        raise LimitBroken("not a text") from error


def _context(value: ContextValue) -> Json:
    return {"name": value.name, "lifeSpan": value.life_span, "params": value.params}


def _output(bubble: Bubble) -> Json:
    match bubble:
        case Text():
            return {"simpleText": {"text": bubble.text}}
        case Image():
            return {"simpleImage": {"imageUrl": bubble.url} | _given(altText=bubble.alt)}
        case Carousel():
            return {"carousel": _carousel(bubble)}
        case Notice() | Letter():
            raise AssertionError("no chat shows what goes to a number")
        case _:
            return {KINDS[type(bubble)]: _card(bubble)}


def _carousel(carousel: Carousel) -> Json:
    kinds = {KINDS[type(card)] for card in carousel.cards}
    if len(kinds) != 1:
        raise LimitBroken(f"carousel of {len(kinds)} kinds")
    made: Json = {"type": kinds.pop(), "items": [_card(card) for card in carousel.cards]}
    if header := carousel.header:
        picture = {"imageUrl": header.image_url}
        words = {"title": header.title, "description": header.description}
        made["header"] = words | {"thumbnail": picture}
    return made


def _card(card: Card) -> Json:
    made = _without_buttons(card)
    if card.buttons:
        made["buttons"] = [_button(one) for one in card.buttons]
        made["buttonLayout"] = "horizontal" if card.is_side_by_side else "vertical"
    return made


def _without_buttons(card: Card) -> Json:
    match card:
        case TextCard():
            return _titled(card)
        case ImageCard():
            return _titled(card) | _image_card(card)
        case CommerceCard():
            return _titled(card) | _commerce_card(card)
        case ListCard():
            header = {"title": card.header} | _link(card.header_link)
            return {"header": header, "items": [_row(row) for row in card.rows]}
        case FactCard():
            return _fact_card(card) | _titled(card)
        case _:
            assert_never(card)


def _image_card(card: ImageCard) -> Json:
    picture: Json = {"imageUrl": card.image_url, "altText": card.image_alt}
    picture |= _link(card.image_link) | _given(fixedRatio=card.is_square)
    return {"thumbnail": picture} | _given(forwardable=card.is_forwardable)


def _commerce_card(card: CommerceCard) -> Json:
    picture = _picture(card.picture) | _given(fixedRatio=card.picture.is_square)
    made: Json = {"price": card.price_won, "currency": "won", "thumbnails": [picture]}
    if card.discounted_won is not None:
        made["discountedPrice"] = card.discounted_won
    if card.discount_percent is not None:
        made["discountRate"] = card.discount_percent
    if seller := card.seller:
        made["profile"] = {"nickname": seller.name} | _given(imageUrl=seller.image_url)
    return made


def _fact_card(card: FactCard) -> Json:
    made: Json = {"itemList": [_fact(*fact) for fact in card.facts]}
    if card.head:
        made["head"] = {"title": card.head}
    if profile := card.profile:
        made["profile"] = {"title": profile.name} | _given(imageUrl=profile.image_url)
    if card.picture:
        made["thumbnail"] = _picture(card.picture) | (SQUARE if card.picture.is_square else WIDE)
    if card.headline:
        made["imageTitle"] = _headline(card.headline)
    if card.summary:
        made["itemListSummary"] = _fact(*card.summary)
    if card.is_right or card.summary:  # 2.7: a summary is for the right
        made["itemListAlignment"] = "right"
    return made


def _fact(name: str, value: str) -> Json:
    return {"title": name, "description": value}


def _headline(headline: Headline) -> Json:
    more = _given(description=headline.description, imageUrl=headline.image_url)
    return {"title": headline.title} | more


def _titled(card: TextCard | ImageCard | CommerceCard | FactCard) -> Json:
    return _given(title=card.title, description=card.description)


def _picture(picture: Picture) -> Json:
    return {"imageUrl": picture.url} | _given(altText=picture.alt) | _link(picture.link)


def _row(row: Row) -> Json:
    item: Json = {"title": row.title}
    item |= _given(description=row.description, imageUrl=row.image_url, extra=row.extra)
    if row.block_id:
        item |= {"action": "block", "blockId": row.block_id}
    elif row.say:
        item |= {"action": "message", "messageText": row.say}
    return item | _link(row.link)


def _link(url: str | None) -> Json:
    return {"link": {"web": url}} if url else {}


def _given(**fields: object) -> Json:
    """Kakao is told only what there is."""
    return {name: value for name, value in fields.items() if value}


def _button(button: Button) -> Json:
    made: Json = {"label": button.label, "action": button.action.value}
    if field_name := TARGET_FIELDS.get(button.action):
        made[field_name] = button.target
    if button.extra:
        made["extra"] = button.extra
    return made
