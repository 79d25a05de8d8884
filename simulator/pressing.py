"""What can be pressed on a bubble, in the order a finger meets it from top to bottom."""

from collections.abc import Iterator
from typing import NamedTuple

from simulator.reading import Content, brand_block
from simulator.wire import Json


class Pressable(NamedTuple):
    """`origin` is the first half of flow.trigger.type (kakao-chatbot.md 1.6)."""

    origin: str  # "CARD_BUTTON", "LIST_ITEM", "QUICKREPLY_BUTTON"
    label: str
    action: str
    text: str = ""  # the words it sends
    block_id: str = ""
    url: str = ""
    phone: str = ""
    extra: Json | None = None


def pressables(content: Content | None) -> list[Pressable]:
    if content is None:
        return []
    if content.kind == "skill":
        return [one for output in content.body["outputs"] for one in _of_output(output)]
    if content.kind in ("brand", "alimtalk"):
        return list(_of_message(content.body))
    return []


def quick_reply(reply: Json) -> Pressable:
    return _of_button(reply, "QUICKREPLY_BUTTON")


def _of_output(output: Json) -> Iterator[Pressable]:
    for kind, card in output.items():
        if kind == "carousel":
            for item in card.get("items", []):
                yield from of_card(item)
        else:
            yield from of_card(card)


def of_card(card: Json) -> Iterator[Pressable]:
    """Rows of a list that do something, then the buttons."""
    for item in card.get("items") or []:
        if item.get("action") or item.get("link"):
            yield of_row(item)
    for button in card.get("buttons") or []:
        yield of_card_button(button)


def of_row(item: Json) -> Pressable:
    """2.6: for a block the row's title becomes the utterance."""
    action = item.get("action") or "webLink"
    title = str(item.get("title", ""))
    return Pressable(
        "LIST_ITEM",
        title,
        action,
        text=title if action == "block" else str(item.get("messageText") or title),
        block_id=str(item.get("blockId") or ""),
        url=link_url(item.get("link")),
        extra=item.get("extra"),
    )


def of_card_button(button: Json) -> Pressable:
    return _of_button(button, "CARD_BUTTON")


def _of_button(button: Json, origin: str) -> Pressable:
    label = str(button.get("label", ""))
    return Pressable(
        origin,
        label,
        str(button.get("action")),
        text=str(button.get("messageText") or label),
        block_id=str(button.get("blockId") or ""),
        url=str(button.get("webLinkUrl") or ""),
        phone=str(button.get("phoneNumber") or ""),
        extra=button.get("extra"),
    )


def link_url(link: object) -> str:
    if not isinstance(link, dict):
        return ""
    return str(link.get("web") or link.get("mobile") or link.get("pc") or "")


def _of_message(message: Json) -> Iterator[Pressable]:
    """Buttons of a brand message or AlimTalk; the names differ (providers.md A3)."""
    bms = brand_block(message)
    options = message.get("kakaoOptions") or {}
    groups = [item.get("buttons") for item in (bms.get("carousel") or {}).get("list") or []]
    groups += [bms.get("buttons"), options.get("buttons")]
    for buttons in groups:
        for button in buttons or []:
            yield of_provider_button(button)


PROVIDER_ACTIONS = {"WL": "webLink", "AL": "webLink", "BK": "message", "AC": "addChannel"}


def of_provider_button(button: Json) -> Pressable:
    name = str(button.get("name") or button.get("buttonName") or "")
    kind = str(button.get("linkType") or button.get("buttonType") or "")
    return Pressable(
        "CARD_BUTTON",
        name,
        PROVIDER_ACTIONS.get(kind, kind),
        text=name,  # BK sends its name as an utterance (kakao-chatbot.md 6)
        url=str(button.get("linkMobile") or button.get("linkMo") or ""),
    )
