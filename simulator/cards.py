"""The limits of each card: kakao-chatbot.md 2.2 to 2.9, one function per component."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from simulator.wire import Json

SIMPLE_TEXT_MAX = 1000
ALT_TEXT_MAX = 50
TEXT_CARD_TITLE_MAX = 50
TEXT_CARD_TOGETHER_MAX = 400
TEXT_CARD_CAROUSEL_MAX = 128
BASIC_TITLE_MAX = 50
BASIC_DESCRIPTION_MAX = 230
COMMERCE_TITLE_MAX = 30
COMMERCE_DESCRIPTION_MAX = 40
LIST_ITEMS_MAX = 5
LIST_ITEMS_CAROUSEL_MAX = 4
ITEM_PROFILE_MAX = 15
ITEM_LIST_MAX = 10
ITEM_LIST_CAROUSEL_MAX = 5
ITEM_TITLE_MAX = 6
ITEM_SUMMARY_MAX = 14
ITEM_TOGETHER_MAX = 200
ITEM_TOGETHER_CAROUSEL_MAX = 100
ITEM_LINES_MAX = 12
BUTTON_LABEL_MAX = 14
BUTTON_LABEL_SIDE_BY_SIDE_MAX = 8
BUTTONS_VERTICAL_MAX = 3
BUTTONS_HORIZONTAL_MAX = 2
BUTTON_ACTIONS = ("webLink", "message", "block", "phone", "share", "operator")

KnowsBlock = Callable[[str], bool]
Problems = Iterator[str]


class CardCheck(Protocol):
    def __call__(self, card: Json, knows: KnowsBlock, *, in_carousel: bool) -> Problems: ...


def is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def text_problems(
    part: Json, name: str, length_max: int | None, *, is_required: bool = False
) -> Problems:
    value = part.get(name)
    if value is None or value == "":
        if is_required:
            yield f"{name} 없음"
    elif not isinstance(value, str):
        yield f"{name}이 문자열이 아님"
    elif length_max is not None and len(value) > length_max:
        yield f"{name} {len(value)}자 (최대 {length_max})"


def button_problems(button: Json, knows: KnowsBlock, *, label_max: int | None) -> Problems:
    yield from text_problems(button, "label", label_max, is_required=True)
    match button.get("action"):
        case "webLink":
            yield from text_problems(button, "webLinkUrl", None, is_required=True)
        case "message":
            yield from text_problems(button, "messageText", None, is_required=True)
        case "phone":
            yield from text_problems(button, "phoneNumber", None, is_required=True)
        case "block":
            if not knows(str(button.get("blockId"))):
                yield f"없는 블록 {button.get('blockId')}"
        case other if other not in BUTTON_ACTIONS:
            yield f"모르는 버튼 action {other}"


def _buttons(card: Json, knows: KnowsBlock) -> Problems:
    buttons = card.get("buttons")
    if buttons is None:
        return
    if not isinstance(buttons, list) or not all(isinstance(one, dict) for one in buttons):
        yield "buttons가 배열이 아님"
        return
    is_horizontal = _is_horizontal(card)
    buttons_max = BUTTONS_HORIZONTAL_MAX if is_horizontal else BUTTONS_VERTICAL_MAX
    if len(buttons) > buttons_max:
        yield f"버튼 {len(buttons)}개 (최대 {buttons_max})"
    side_by_side = is_horizontal and len(buttons) > 1
    label_max = BUTTON_LABEL_SIDE_BY_SIDE_MAX if side_by_side else BUTTON_LABEL_MAX
    for button in buttons:
        yield from button_problems(button, knows, label_max=label_max)


def _is_horizontal(card: Json) -> bool:
    if card.get("buttonLayout") in ("horizontal", "vertical"):
        return bool(card["buttonLayout"] == "horizontal")
    thumbnail = card.get("thumbnail")
    return isinstance(thumbnail, dict) and bool(thumbnail.get("fixedRatio"))


def _image(part: object, name: str) -> Problems:
    if not isinstance(part, dict) or not is_text(part.get("imageUrl")):
        yield f"{name}.imageUrl 없음"
        return
    yield from text_problems(part, "altText", ALT_TEXT_MAX)


def _simple_text(card: Json, knows: KnowsBlock, *, in_carousel: bool) -> Problems:
    del knows, in_carousel
    yield from text_problems(card, "text", SIMPLE_TEXT_MAX, is_required=True)


def _simple_image(card: Json, knows: KnowsBlock, *, in_carousel: bool) -> Problems:
    del knows, in_carousel
    yield from _image(card, "simpleImage")


def _text_card(card: Json, knows: KnowsBlock, *, in_carousel: bool) -> Problems:
    if not card.get("title") and not card.get("description"):
        yield "textCard에 title도 description도 없음"
    yield from text_problems(card, "title", TEXT_CARD_TITLE_MAX)
    yield from text_problems(card, "description", None)
    length_max = TEXT_CARD_CAROUSEL_MAX if in_carousel else TEXT_CARD_TOGETHER_MAX
    if _together(card) > length_max:
        yield f"textCard {_together(card)}자 (최대 {length_max})"
    yield from _buttons(card, knows)


def _basic_card(card: Json, knows: KnowsBlock, *, in_carousel: bool) -> Problems:
    del in_carousel  # there only the number of lines shrinks, which the screen does
    yield from text_problems(card, "title", BASIC_TITLE_MAX)
    yield from text_problems(card, "description", BASIC_DESCRIPTION_MAX)
    yield from _image(card.get("thumbnail"), "thumbnail")
    yield from _buttons(card, knows)


def _commerce_card(card: Json, knows: KnowsBlock, *, in_carousel: bool) -> Problems:
    del in_carousel
    yield from text_problems(card, "title", COMMERCE_TITLE_MAX)
    yield from text_problems(card, "description", COMMERCE_DESCRIPTION_MAX)
    if not isinstance(card.get("price"), int):
        yield "price 없음"
    if card.get("currency", "won") != "won":
        yield "currency는 won만"
    if card.get("discountRate") is not None and card.get("discountedPrice") is None:
        yield "discountRate에는 discountedPrice가 필요"
    thumbnails = card.get("thumbnails")
    if not isinstance(thumbnails, list) or len(thumbnails) != 1:
        yield "thumbnails는 정확히 1개"
    else:
        yield from _image(thumbnails[0], "thumbnails[0]")
    yield from _buttons(card, knows)


def _list_card(card: Json, knows: KnowsBlock, *, in_carousel: bool) -> Problems:
    header, items = card.get("header"), card.get("items")
    if not isinstance(header, dict) or not is_text(header.get("title")):
        yield "listCard.header.title 없음"
    items_max = LIST_ITEMS_CAROUSEL_MAX if in_carousel else LIST_ITEMS_MAX
    if not isinstance(items, list) or not 1 <= len(items) <= items_max:
        yield f"listCard.items 1..{items_max}"
        return
    for item in items:
        yield from text_problems(item, "title", None, is_required=True)
        if item.get("action") == "block" and not knows(str(item.get("blockId"))):
            yield f"없는 블록 {item.get('blockId')}"
        if item.get("action") == "message" and not is_text(item.get("messageText")):
            yield "messageText 없음"
    yield from _buttons(card, knows)


def _item_card(card: Json, knows: KnowsBlock, *, in_carousel: bool) -> Problems:
    if card.get("thumbnail") is not None:
        yield from _image(card["thumbnail"], "thumbnail")
    if card.get("head") and card.get("profile"):
        yield "head와 profile은 함께 쓸 수 없음"
    for name, length_max in (("head", None), ("profile", ITEM_PROFILE_MAX), ("imageTitle", None)):
        if card.get(name) is not None:
            yield from text_problems(card[name], "title", length_max, is_required=True)
    yield from _item_list(card, in_carousel=in_carousel)
    if card.get("description") and not card.get("title"):
        yield "itemCard.description에는 title이 필요"
    length_max = ITEM_TOGETHER_CAROUSEL_MAX if in_carousel else ITEM_TOGETHER_MAX
    lines = str(card.get("title") or "").count("\n") + str(card.get("description")).count("\n")
    if _together(card) > length_max or lines >= ITEM_LINES_MAX:
        yield f"itemCard 제목+설명 최대 {length_max}자 {ITEM_LINES_MAX}줄"
    yield from _buttons(card, knows)


def _item_list(card: Json, *, in_carousel: bool) -> Problems:
    items = card.get("itemList")
    items_max = ITEM_LIST_CAROUSEL_MAX if in_carousel else ITEM_LIST_MAX
    if not isinstance(items, list) or not 1 <= len(items) <= items_max:
        yield f"itemList 1..{items_max}"
        return
    for item in items:
        yield from text_problems(item, "title", ITEM_TITLE_MAX, is_required=True)
        yield from text_problems(item, "description", None, is_required=True)
    summary = card.get("itemListSummary")
    if summary is not None:
        yield from text_problems(summary, "title", ITEM_TITLE_MAX, is_required=True)
        yield from text_problems(summary, "description", ITEM_SUMMARY_MAX, is_required=True)


def _together(card: Json) -> int:
    return len(str(card.get("title") or "")) + len(str(card.get("description") or ""))


CARD_CHECKS: Mapping[str, CardCheck] = {
    "simpleText": _simple_text,
    "simpleImage": _simple_image,
    "textCard": _text_card,
    "basicCard": _basic_card,
    "commerceCard": _commerce_card,
    "listCard": _list_card,
    "itemCard": _item_card,
}
