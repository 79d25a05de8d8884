"""The limits of a skill response (kakao-chatbot.md section 2): a broken one means silence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.replies.cutting import length
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
TITLE_MAX = 50
TEXT_CARD_MAX = {False: 400, True: 128}
"""Title and description together: alone, and in a carousel."""
IMAGE_CARD_DESCRIPTION_MAX = 230
IMAGE_CARD_LINES_MAX = 2
"""Of a title and of a description, in a carousel."""
COMMERCE_TITLE_MAX = 30
COMMERCE_DESCRIPTION_MAX = 40
LIST_ROWS_MAX = {False: 5, True: 4}
FACTS_MAX = {False: 10, True: 5}
FACT_TITLE_MAX = 6
FACT_LINES_MAX = 2
FACT_CARD_MAX = {False: 200, True: 100}
FACT_CARD_LINES_MAX = 12
FACT_CARD_TITLE_LINES_MAX = 2
"""Ours: so that its description keeps the other ten."""
SUMMARY_MAX = 14
PROFILE_MAX = 15
HEADLINE_LINES_MAX = 2
CAROUSEL_MAX = {False: CAROUSEL_CARDS_MAX, True: 5}
"""Cards side by side: of any kind, and lists."""
CAROUSEL_KINDS = ("basicCard", "commerceCard", "listCard", "itemCard", "textCard")
HEADER_TITLE_LINES_MAX = 2
HEADER_LINES_MAX = 3

TARGETS = {
    Action.LINK.value: "webLinkUrl",
    Action.SAY.value: "messageText",
    Action.CALL.value: "phoneNumber",
    Action.BLOCK.value: "blockId",
    Action.SHARE.value: "label",
    Action.STAFF.value: "label",
}


def broken_limits(payload: Json) -> list[str]:
    """What KakaoTalk would refuse in this response; empty when it may leave."""
    template = payload["template"]
    outputs = template["outputs"]
    broken = [line for output in outputs for line in _output(output)]
    broken += broken_quick_replies(template.get("quickReplies", ()))
    if not 1 <= len(outputs) <= OUTPUTS_MAX:
        broken.append(f"{len(outputs)} outputs")
    if payload.get("version") != "2.0":
        broken.append("no version")  # read as the old v1 format
    if "context" in payload:
        broken += _context(payload["context"]["values"])
    return broken


def broken_quick_replies(replies: Sequence[Json]) -> list[str]:
    """`broken_limits` of the quick replies alone: most are the same again and again."""
    return list(_quick_replies(replies))


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


def _context(values: Sequence[Json]) -> Broken:
    for value in values:
        yield from _text(value, "name", required=True)
        if type(value.get("lifeSpan")) is not int or value["lifeSpan"] < 0:
            yield f"lifeSpan {value.get('lifeSpan')}"
        if not all(type(one) is str for one in value.get("params", {}).values()):
            yield "a context's params are not all texts"


def _pressable(button: Json, label_max: int) -> Broken:
    yield from _text(button, "label", label_max, required=True)
    target = TARGETS.get(str(button.get("action")))
    if target is None:
        yield f"unknown action {button.get('action')}"
    elif target != "label" and not button.get(target):
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
) -> Sequence[str]:
    words = part.get(name) or ""
    if required and (not words or words.isspace()):
        return (f"no {name}",)
    # Only a text of more than half the room can be too long for its emoji.
    if length_max is not None and len(words) * 2 > length_max and length(words) > length_max:
        return (f"{name} has {length(words)}, at most {length_max}",)
    return ()


def _lines(part: Json, name: str, lines_max: int) -> Broken:
    lines = (part.get(name) or "").count("\n") + 1
    if lines > lines_max:
        yield f"{name} has {lines} lines, at most {lines_max}"


def _picture(part: Json | None) -> Broken:
    yield from _text(part or {}, "imageUrl", required=True)
    yield from _text(part or {}, "altText", ALT_MAX)


def _together(card: Json, length_max: int) -> Broken:
    words = (card.get("title") or "") + (card.get("description") or "")
    if length(words) > length_max:
        yield f"title and description have {length(words)}, at most {length_max}"


def _simple_text(card: Json, _in_carousel: bool) -> Broken:
    yield from _text(card, "text", TEXT_MAX, required=True)


def _simple_image(card: Json, _in_carousel: bool) -> Broken:
    yield from _picture(card)


def _text_card(card: Json, in_carousel: bool) -> Broken:
    if not card.get("title") and not card.get("description"):
        yield "neither title nor description"
    yield from _text(card, "title", TITLE_MAX)
    yield from _together(card, TEXT_CARD_MAX[in_carousel])
    yield from _buttons(card)


def _basic_card(card: Json, in_carousel: bool) -> Broken:
    yield from _text(card, "title", TITLE_MAX)
    yield from _text(card, "description", IMAGE_CARD_DESCRIPTION_MAX)
    if in_carousel:
        yield from _lines(card, "title", IMAGE_CARD_LINES_MAX)
        yield from _lines(card, "description", IMAGE_CARD_LINES_MAX)
    yield from _picture(card.get("thumbnail"))
    yield from _buttons(card)


def _commerce_card(card: Json, _in_carousel: bool) -> Broken:
    yield from _text(card, "title", COMMERCE_TITLE_MAX)
    yield from _text(card, "description", COMMERCE_DESCRIPTION_MAX)
    if type(card.get("price")) is not int or card.get("currency", "won") != "won":
        yield "no price in won"
    if "discountRate" in card and "discountedPrice" not in card:
        yield "discountRate without discountedPrice"
    if "profile" in card:
        yield from _text(card["profile"], "nickname", required=True)
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
            yield from _lines(card[name], "title", HEADLINE_LINES_MAX if "image" in name else 1)
    yield from _facts(card, in_carousel)
    if card.get("description") and not card.get("title"):
        yield "description without title"
    yield from _together(card, FACT_CARD_MAX[in_carousel])
    words = [card[name] for name in ("title", "description") if card.get(name)]
    if "\n".join(words).count("\n") >= FACT_CARD_LINES_MAX:
        yield "too many lines"
    if any(button.get("action") == "share" for button in card.get("buttons", ())):
        yield "share would take head and facts away"
    yield from _buttons(card)


def _facts(card: Json, in_carousel: bool) -> Broken:
    facts = card.get("itemList") or ()
    if not 1 <= len(facts) <= FACTS_MAX[in_carousel]:
        yield f"{len(facts)} facts"
    for fact in facts:
        yield from _text(fact, "title", FACT_TITLE_MAX, required=True)
        yield from _text(fact, "description", required=True)
        yield from _lines(fact, "description", FACT_LINES_MAX)
    if "itemListSummary" in card:
        yield from _text(card["itemListSummary"], "title", FACT_TITLE_MAX, required=True)
        yield from _text(card["itemListSummary"], "description", SUMMARY_MAX, required=True)


def _carousel(carousel: Json) -> Broken:
    kind, cards = str(carousel.get("type")), carousel.get("items") or ()
    if kind not in CAROUSEL_KINDS:
        yield f"carousel of {kind}"
        return
    if not 1 <= len(cards) <= CAROUSEL_MAX[kind == "listCard"]:
        yield f"{len(cards)} cards"
    for card in cards:
        yield from CARDS[kind](card, True)
    if kind == "itemCard":
        for name in ("thumbnail", "head", "profile", "imageTitle"):
            if len({name in card for card in cards}) > 1:
                yield f"{name} on some cards only"
    if len({_shape(kind, card) for card in cards}) > 1:
        yield "pictures of different shape"
    if "header" in carousel:
        yield from _carousel_header(kind, carousel["header"])


def _shape(kind: str, card: Json) -> bool:
    """Whether its picture is square, by what each kind says of it."""
    picture: Json = card.get("thumbnail") or next(iter(card.get("thumbnails") or ()), {})
    if kind == "itemCard":
        return bool(picture.get("width") == picture.get("height"))
    return bool(picture.get("fixedRatio"))


def _carousel_header(kind: str, header: Json) -> Broken:
    if kind in ("textCard", "listCard"):
        yield f"header over {kind}"
    yield from _text(header, "title", required=True)
    yield from _text(header, "description", required=True)
    yield from _lines(header, "title", HEADER_TITLE_LINES_MAX)
    yield from _lines(header, "description", HEADER_LINES_MAX)
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
