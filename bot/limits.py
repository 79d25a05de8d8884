"""The limits of a skill response (kakao-chatbot.md section 2): a broken one means silence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from domain.bubbles import CAROUSEL_CARDS_MAX, Action

Json = Mapping[str, Any]
Broken = Iterator[str]

OUTPUTS_MAX = 3
QUICK_REPLIES_MAX = 10
LABEL_MAX = 14
LABEL_SIDE_BY_SIDE_MAX = 8
BUTTONS_MAX = {"vertical": 3, "horizontal": 2}
ALT_MAX = 50
TEXT_MAX = 1_000
TEXT_CARD_MAX = {False: 400, True: 128}
"""Title and description together: alone, and in a carousel."""
LIST_ROWS_MAX = {False: 5, True: 4}
FACTS_MAX = {False: 10, True: 5}
FACT_TITLE_MAX = 6
FACT_CARD_MAX = {False: 200, True: 100}
FACT_CARD_LINES_MAX = 12
SUMMARY_MAX = 14
PROFILE_MAX = 15
CAROUSEL_MAX = {"listCard": 5}
CAROUSEL_KINDS = ("basicCard", "commerceCard", "listCard", "itemCard", "textCard")

TARGETS = {
    Action.LINK.value: "webLinkUrl",
    Action.SAY.value: "messageText",
    Action.CALL.value: "phoneNumber",
    Action.BLOCK.value: "blockId",
    "share": "label",
    "operator": "label",
}


def broken_limits(payload: Json) -> list[str]:
    """What KakaoTalk would refuse in this response; empty when it may leave."""
    template = payload["template"]
    outputs = template["outputs"]
    broken = [line for output in outputs for line in _output(output)]
    broken += _quick_replies(template.get("quickReplies", ()))
    if not 1 <= len(outputs) <= OUTPUTS_MAX:
        broken.append(f"{len(outputs)} outputs")
    if payload.get("version") != "2.0":
        broken.append("no version")  # read as the old v1 format
    return broken


def _output(output: Json) -> Broken:
    if len(output) != 1:
        yield f"{len(output)} components in one output"
    for kind, card in output.items():
        if kind == "carousel":
            yield from _carousel(card)
        elif kind in CARDS:
            yield from CARDS[kind](card, False)
        else:
            yield f"unknown component {kind}"


def _quick_replies(replies: Sequence[Json]) -> Broken:
    if len(replies) > QUICK_REPLIES_MAX:
        yield f"{len(replies)} quick replies"
    for reply in replies:
        if reply.get("action") not in ("message", "block"):
            yield f"quick reply {reply.get('action')}"
        yield from _pressable(reply, LABEL_MAX)


def _pressable(button: Json, label_max: int) -> Broken:
    if not 1 <= len(button.get("label") or "") <= label_max:
        yield f"label {button.get('label')!r}, at most {label_max}"
    target = TARGETS.get(str(button.get("action")))
    if target is None:
        yield f"unknown action {button.get('action')}"
    elif not button.get(target):
        yield f"{button.get('action')} without {target}"


def _buttons(card: Json) -> Broken:
    buttons = card.get("buttons") or ()
    is_square = bool((card.get("thumbnail") or {}).get("fixedRatio"))
    layout = card.get("buttonLayout") or ("horizontal" if is_square else "vertical")
    if layout not in BUTTONS_MAX:
        yield f"unknown layout {layout}"
    elif len(buttons) > BUTTONS_MAX[layout]:
        yield f"{len(buttons)} buttons {layout}"
    is_beside = layout == "horizontal" and len(buttons) > 1
    for button in buttons:
        yield from _pressable(button, LABEL_SIDE_BY_SIDE_MAX if is_beside else LABEL_MAX)


def _text(
    part: Json, name: str, length_max: int | None = None, *, required: bool = False
) -> Broken:
    words = part.get(name) or ""
    if required and not words:
        yield f"no {name}"
    if length_max is not None and len(words) > length_max:
        yield f"{name} has {len(words)}, at most {length_max}"


def _picture(part: Json | None) -> Broken:
    yield from _text(part or {}, "imageUrl", required=True)
    yield from _text(part or {}, "altText", ALT_MAX)


def _together(card: Json, length_max: int) -> Broken:
    length = len(card.get("title") or "") + len(card.get("description") or "")
    if length > length_max:
        yield f"title and description have {length}, at most {length_max}"


def _simple_text(card: Json, _in_carousel: bool) -> Broken:
    yield from _text(card, "text", TEXT_MAX, required=True)


def _simple_image(card: Json, _in_carousel: bool) -> Broken:
    yield from _picture(card)


def _text_card(card: Json, in_carousel: bool) -> Broken:
    if not card.get("title") and not card.get("description"):
        yield "neither title nor description"
    yield from _text(card, "title", 50)
    yield from _together(card, TEXT_CARD_MAX[in_carousel])
    yield from _buttons(card)


def _basic_card(card: Json, _in_carousel: bool) -> Broken:
    yield from _text(card, "title", 50)
    yield from _text(card, "description", 230)
    yield from _picture(card.get("thumbnail"))
    yield from _buttons(card)


def _commerce_card(card: Json, _in_carousel: bool) -> Broken:
    yield from _text(card, "title", 30)
    yield from _text(card, "description", 40)
    if type(card.get("price")) is not int or card.get("currency", "won") != "won":
        yield "no price in won"
    if "discountRate" in card and "discountedPrice" not in card:
        yield "discountRate without discountedPrice"
    pictures = card.get("thumbnails") or ()
    if len(pictures) != 1:
        yield f"{len(pictures)} thumbnails"
    for picture in pictures:
        yield from _picture(picture)
    yield from _buttons(card)


def _list_card(card: Json, in_carousel: bool) -> Broken:
    yield from _text(card.get("header") or {}, "title", required=True)
    rows = card.get("items") or ()
    if not 1 <= len(rows) <= LIST_ROWS_MAX[in_carousel]:
        yield f"{len(rows)} rows"
    for row in rows:
        yield from _text(row, "title", required=True)
        target = TARGETS.get(row.get("action", ""))
        if target is not None and not row.get(target):
            yield f"row without {target}"
    yield from _buttons(card)


def _item_card(card: Json, in_carousel: bool) -> Broken:
    if "thumbnail" in card:
        yield from _picture(card["thumbnail"])
    if "head" in card and "profile" in card:
        yield "head and profile"
    for name, length_max in (("head", None), ("profile", PROFILE_MAX), ("imageTitle", None)):
        if name in card:
            yield from _text(card[name], "title", length_max, required=True)
    yield from _facts(card, in_carousel)
    if card.get("description") and not card.get("title"):
        yield "description without title"
    yield from _together(card, FACT_CARD_MAX[in_carousel])
    if f"{card.get('title', '')}\n{card.get('description', '')}".count("\n") >= FACT_CARD_LINES_MAX:
        yield "too many lines"
    yield from _buttons(card)


def _facts(card: Json, in_carousel: bool) -> Broken:
    facts = card.get("itemList") or ()
    if not 1 <= len(facts) <= FACTS_MAX[in_carousel]:
        yield f"{len(facts)} facts"
    for fact in facts:
        yield from _text(fact, "title", FACT_TITLE_MAX, required=True)
        yield from _text(fact, "description", required=True)
    if "itemListSummary" in card:
        yield from _text(card["itemListSummary"], "title", FACT_TITLE_MAX, required=True)
        yield from _text(card["itemListSummary"], "description", SUMMARY_MAX, required=True)


def _carousel(carousel: Json) -> Broken:
    kind, cards = str(carousel.get("type")), carousel.get("items") or ()
    if kind not in CAROUSEL_KINDS:
        yield f"carousel of {kind}"
        return
    if not 1 <= len(cards) <= CAROUSEL_MAX.get(kind, CAROUSEL_CARDS_MAX):
        yield f"{len(cards)} cards"
    for card in cards:
        yield from CARDS[kind](card, True)
    if kind == "itemCard":
        for name in ("thumbnail", "head", "profile", "imageTitle"):
            if len({name in card for card in cards}) > 1:
                yield f"{name} on some cards only"
    ratios = {bool(card["thumbnail"].get("fixedRatio")) for card in cards if "thumbnail" in card}
    if len(ratios) > 1:
        yield "pictures of different shape"
    if "header" in carousel:
        yield from _carousel_header(kind, carousel["header"])


def _carousel_header(kind: str, header: Json) -> Broken:
    if kind in ("textCard", "listCard"):
        yield f"header over {kind}"
    yield from _text(header, "title", required=True)
    yield from _text(header, "description", required=True)
    yield from _picture(header.get("thumbnail"))


CARDS: Mapping[str, Callable[[Json, bool], Broken]] = {
    "simpleText": _simple_text,
    "simpleImage": _simple_image,
    "textCard": _text_card,
    "basicCard": _basic_card,
    "commerceCard": _commerce_card,
    "listCard": _list_card,
    "itemCard": _item_card,
}
