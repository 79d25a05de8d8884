"""The limits of brand messages, bubble by bubble (providers.md D4)."""

import re
from collections.abc import Container
from typing import NamedTuple

from simulator.wire import Json

# Codes of the 2022 table (A10); what newer failures are called was not found.
OK = ""
MISSING = "1010"
BAD_FORMAT = "1011"
UNKNOWN_TYPE = "1025"
TOO_LONG = "1031"
BAD_IMAGE_ID = "1034"
BUTTON_INCOMPLETE = "1046"
BUTTON_NOT_ALLOWED = "1047"
BUTTON_NAME_TOO_LONG = "1049"
TOO_MANY_BUTTONS = "1050"
IMAGE_MISSING = "1051"

LINK_TYPES = ("WL", "AL", "AC", "BK", "MD", "BC", "BT", "BF")
COMMERCE_LINK_TYPES = ("WL", "AL")
HEADER_MAX = 20
ADDITIONAL_MAX = 34
MAIN_ITEM_TITLE_MAX = 25
SUB_ITEM_TITLE_MAX = 30
SUB_ITEMS_MIN, SUB_ITEMS_MAX = 3, 4
FEED_ITEMS_MIN, FEED_ITEMS_MAX = 2, 6
FEED_CONTENT_MAX, FEED_BREAKS_MAX = 180, 2
PRICE_MAX = 99_999_999
RATE_MAX = 100
COUPON_TEXT_MAX, COUPON_TEXT_WIDE_MAX = 12, 18
COUPON_TITLE = re.compile(
    r"(?:(?P<won>\d{1,8})원 할인 쿠폰|(?P<rate>\d{1,3})% 할인 쿠폰|배송비 할인 쿠폰"
    r"|\S{1,7} 무료 쿠폰|\S{1,7} UP 쿠폰)"
)


class Bubble(NamedTuple):
    content_max: int
    breaks_max: int
    buttons_min: int
    buttons_max: int
    buttons_max_with_coupon: int
    button_name_max: int
    needs_content: bool = True
    needs_image: bool = False
    link_types: Container[str] = LINK_TYPES


BUBBLES = {
    "TEXT": Bubble(1300, 99, 0, 5, 4, 14),
    "IMAGE": Bubble(1300, 99, 0, 5, 4, 14, needs_image=True),
    # One line break is the SOLAPI SDK's limit; NHN allows five.
    "WIDE": Bubble(76, 1, 0, 2, 2, 8, needs_image=True),
    "WIDE_ITEM_LIST": Bubble(0, 0, 0, 2, 2, 8, needs_content=False),
    "COMMERCE": Bubble(
        0, 0, 1, 2, 2, 8, needs_content=False, needs_image=True, link_types=COMMERCE_LINK_TYPES
    ),
    "CAROUSEL_FEED": Bubble(0, 0, 0, 0, 0, 8, needs_content=False),
}
FEED_ITEM = Bubble(
    FEED_CONTENT_MAX, FEED_BREAKS_MAX, 1, 2, 2, 8, needs_image=True, link_types=COMMERCE_LINK_TYPES
)


def brand_code(bms: Json, text: str, files: Container[str]) -> str:
    """The registration code of a free-form brand message; empty when it may go."""
    kind = bms.get("chatBubbleType")
    bubble = BUBBLES.get(kind) if isinstance(kind, str) else None
    if bubble is None:
        return UNKNOWN_TYPE
    content = bms.get("content") or text
    code = _body_code(bubble, bms, content, files)
    if code or kind == "TEXT":
        return code
    if kind == "WIDE_ITEM_LIST":
        return _wide_items_code(bms, files)
    if kind == "COMMERCE":
        return _commerce_code(bms)
    if kind == "CAROUSEL_FEED":
        return _feed_code(bms, files)
    return OK


def _body_code(bubble: Bubble, part: Json, content: object, files: Container[str]) -> str:
    if bubble.needs_content:
        if not isinstance(content, str) or not content:
            return MISSING
        if len(content) > bubble.content_max or content.count("\n") > bubble.breaks_max:
            return TOO_LONG
    if bubble.needs_image and not part.get("imageId"):
        return IMAGE_MISSING
    if part.get("imageId") and part["imageId"] not in files:
        return BAD_IMAGE_ID
    coupon = part.get("coupon")
    if coupon is not None:
        code = _coupon_code(
            coupon, is_wide=bubble.button_name_max == BUBBLES["WIDE"].button_name_max
        )
        if code:
            return code
    return _buttons_code(bubble, part.get("buttons"), has_coupon=coupon is not None)


def _buttons_code(bubble: Bubble, buttons: object, *, has_coupon: bool) -> str:
    if not isinstance(buttons, list | None):
        return BAD_FORMAT
    given = buttons or []
    if len(given) > (bubble.buttons_max_with_coupon if has_coupon else bubble.buttons_max):
        return TOO_MANY_BUTTONS
    if len(given) < bubble.buttons_min:
        return BUTTON_INCOMPLETE
    return next((code for one in given if (code := _button_code(bubble, one))), OK)


def _button_code(bubble: Bubble, button: Json) -> str:
    name, kind = button.get("name"), button.get("linkType")
    if kind not in bubble.link_types:
        return BUTTON_NOT_ALLOWED
    if (kind == "WL" and not button.get("linkMobile")) or (kind != "AC" and not name):
        return BUTTON_INCOMPLETE
    return BUTTON_NAME_TOO_LONG if name and len(name) > bubble.button_name_max else OK


def _coupon_code(coupon: Json, *, is_wide: bool) -> str:
    matched = COUPON_TITLE.fullmatch(str(coupon.get("title") or ""))
    if matched is None or not _is_coupon_value(matched):
        return BAD_FORMAT
    description = str(coupon.get("description") or "")
    text_max = COUPON_TEXT_WIDE_MAX if is_wide else COUPON_TEXT_MAX
    if "\n" in description or len(description) > text_max:
        return TOO_LONG
    return OK


def _is_coupon_value(matched: re.Match[str]) -> bool:
    won, rate = matched["won"], matched["rate"]
    if won:
        return 1 <= int(won) <= PRICE_MAX
    return not rate or 1 <= int(rate) <= RATE_MAX


def _wide_items_code(bms: Json, files: Container[str]) -> str:
    header, main, subs = bms.get("header"), bms.get("mainWideItem"), bms.get("subWideItemList")
    if not header or not isinstance(main, dict) or not isinstance(subs, list):
        return MISSING
    if not SUB_ITEMS_MIN <= len(subs) <= SUB_ITEMS_MAX:
        return BAD_FORMAT
    # The first row may stand without a title; the others may not (D4, SDK constraints).
    titles = [str(item.get("title") or "") for item in subs]
    # Both need a picture and a place to lead to (the Node SDK's schema; NHN's guide says so, too).
    if not all(titles) or not all(item.get("linkMobile") for item in (main, *subs)):
        return MISSING
    first = str(main.get("title") or "")
    if len(header) > HEADER_MAX or len(first) > MAIN_ITEM_TITLE_MAX:
        return TOO_LONG
    if max(map(len, titles)) > SUB_ITEM_TITLE_MAX:
        return TOO_LONG
    return OK if all(item.get("imageId") in files for item in (main, *subs)) else BAD_IMAGE_ID


def _commerce_code(bms: Json) -> str:
    commerce = bms.get("commerce")
    if not isinstance(commerce, dict) or not commerce.get("title"):
        return MISSING
    if len(str(bms.get("additionalContent") or "")) > ADDITIONAL_MAX:
        return TOO_LONG
    prices = [commerce.get("regularPrice"), commerce.get("discountPrice", 0)]
    if not all(isinstance(price, int) and 0 <= price <= PRICE_MAX for price in prices):
        return BAD_FORMAT
    reductions = [
        name for name in ("discountRate", "discountFixed") if commerce.get(name) is not None
    ]
    if len(reductions) != (1 if "discountPrice" in commerce else 0):
        return BAD_FORMAT
    return OK


def _feed_code(bms: Json, files: Container[str]) -> str:
    carousel = bms.get("carousel")
    items = carousel.get("list") if isinstance(carousel, dict) else None
    if not isinstance(items, list) or not FEED_ITEMS_MIN <= len(items) <= FEED_ITEMS_MAX:
        return BAD_FORMAT
    for item in items:
        if len(str(item.get("header") or "")) > HEADER_MAX:
            return TOO_LONG
        code = _body_code(FEED_ITEM, item, item.get("content"), files)
        if code:
            return code
    return OK
