"""A `Reply` as Kakao's skill response 2.0 (kakao-chatbot.md section 2)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

import orjson

from bot.limits import broken_limits
from bot.words import say
from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    FactCard,
    ImageCard,
    ListCard,
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
WAITING = orjson.dumps({"version": "2.0", "useCallback": True})
NOTHING_TO_SHOW = orjson.dumps({"version": "2.0", "template": {"outputs": []}})


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says in one turn: up to three bubbles, up to ten quick replies.

    `question` is what it leaves open, about `asked_shop_id`; a bare answer is understood so.
    Nothing is put before a reply that `stands_alone`.
    """

    bubbles: tuple[Bubble, ...]
    quick_replies: tuple[Button, ...] = ()
    question: str | None = None
    asked_shop_id: ShopId | None = None
    stands_alone: bool = False


class LimitBroken(Exception):
    """A reply of ours breaks a limit of section 2, so nothing of it would be shown."""


def text_reply(text: str, *quick_replies: Button) -> Reply:
    return Reply((Text(text),), quick_replies)


def encode(reply: Reply) -> bytes:
    """The response's body. A reply that breaks a limit is our bug: logged, and said honestly."""
    try:
        return encode_strictly(reply)
    except LimitBroken:
        LOG.exception("a reply breaks a limit")
        return encode_strictly(text_reply(say("trouble", "bug")))


def encode_strictly(reply: Reply) -> bytes:
    """Raises LimitBroken."""
    template: Json = {"outputs": [_output(bubble) for bubble in reply.bubbles]}
    if reply.quick_replies:
        template["quickReplies"] = [_button(one) for one in reply.quick_replies]
    payload = {"version": "2.0", "template": template}
    broken = broken_limits(payload)
    if broken:
        raise LimitBroken("; ".join(broken))
    return orjson.dumps(payload)


def _output(bubble: Bubble) -> Json:
    match bubble:
        case Text():
            return {"simpleText": {"text": bubble.text}}
        case TextCard():
            return {"textCard": _with_buttons(_titled(bubble), bubble.buttons)}
        case ImageCard():
            picture = {"imageUrl": bubble.image_url, "altText": bubble.image_alt}
            card = _titled(bubble) | {"thumbnail": picture}
            return {"basicCard": _with_buttons(card, bubble.buttons)}
        case ListCard():
            rows = [_row(row) for row in bubble.rows]
            card = {"header": {"title": bubble.header}, "items": rows}
            return {"listCard": _with_buttons(card, bubble.buttons)}
        case FactCard():
            return {"itemCard": _with_buttons(_facts(bubble), bubble.buttons)}
        case Carousel():
            cards = [_with_buttons(_facts(card), card.buttons) for card in bubble.cards]
            return {"carousel": {"type": "itemCard", "items": cards}}
        case _:
            assert_never(bubble)


def _titled(bubble: TextCard | ImageCard | FactCard) -> Json:
    both = {"title": bubble.title, "description": bubble.description}
    return {name: words for name, words in both.items() if words}


def _facts(bubble: FactCard) -> Json:
    facts = [{"title": name, "description": value} for name, value in bubble.facts]
    return {"head": {"title": bubble.head}, "itemList": facts} | _titled(bubble)


def _row(row: Row) -> Json:
    item: Json = {"title": row.title}
    if row.description:
        item["description"] = row.description
    if row.image_url:
        item["imageUrl"] = row.image_url
    if row.say:
        item |= {"action": "message", "messageText": row.say}
    return item


def _with_buttons(card: Json, buttons: tuple[Button, ...]) -> Json:
    if buttons:
        card["buttons"] = [_button(one) for one in buttons]
        card["buttonLayout"] = "vertical"
    return card


def _button(button: Button) -> Json:
    made: Json = {
        "label": button.label,
        "action": button.action.value,
        TARGET_FIELDS[button.action]: button.target,
    }
    if button.extra:
        made["extra"] = button.extra
    return made
