"""Links, buttons, coupons, prices and pictures of a brand message at NHN (providers.md B4, D4)."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from simulator.nhn_account import NhnAccount
from simulator.nhn_wire import NhnError
from simulator.wire import Json

LINK_NAMES = ("linkMo", "linkPc", "schemeAndroid", "schemeIos")
WEB_LINKS = ("linkMo", "linkPc")
LINK_MAX, TEMPLATE_LINK_MAX = 1_000, 500
TYPES = ("WL", "AL", "BK", "MD", "AC", "BT", "BF")
CHANNEL_COUPON = "alimtalk=coupon://"
ADD_CHANNEL_NAME = "채널 추가"
FORM_NAMES = ("톡에서 예약하기", "톡에서 설문하기", "톡에서 응모하기")
VERTICAL = ("TEXT", "IMAGE")  # their buttons stand one below the other
WIDE_COUPONS = ("WIDE", "WIDE_ITEM_LIST", "PREMIUM_VIDEO")
COUPON_TEXT_MAX, COUPON_TEXT_WIDE_MAX = 12, 18
COUPON_TITLE = re.compile(
    r"(?P<won>\d{1,8})원 할인 쿠폰|(?P<rate>\d{1,3})% 할인 쿠폰|배송비 할인 쿠폰"
    r"|.{1,7} 무료 쿠폰|.{1,7} UP 쿠폰"
)
PRICE_MAX, RATE_MAX, FIXED_MAX = 99_999_999, 100, 999_999
GOODS_TITLE_MAX = 30
REDUCTIONS = ((), ("discountPrice", "discountRate"), ("discountPrice", "discountFixed"))
# What a template's prices are called until a message fills them (B4, templates).
PRICE_VARIABLES = {
    "regularPrice": "#{정상가격}", "discountPrice": "#{할인가격}",
    "discountRate": "#{할인율}", "discountFixed": "#{정액할인가격}",
}  # fmt: skip
COUPON_VARIABLES = {"#{할인금액}": "1", "#{할인율}": "1", "#{상품명}": "가"}
VARIABLE = "#{"


class Frame(NamedTuple):
    """Whose message it is, of which bubble, and whether it is only a template yet."""

    account: NhnAccount
    bubble: str
    is_template: bool = False

    @property
    def name_max(self) -> int:
        return 14 if self.bubble in VERTICAL else 8

    def is_open(self, value: object) -> bool:
        """A template's text with a variable is judged when it is filled."""
        return self.is_template and isinstance(value, str) and VARIABLE in value


def need(part: Json, names: Sequence[str], code: int) -> None:
    for name in names:
        if part.get(name) in (None, "", [], {}):
            raise NhnError(code, f"{name} is empty.")


def check_text(part: Json, name: str, length_max: int, breaks_max: int = 0) -> None:
    value = part.get(name)
    if value is None:
        return
    if not isinstance(value, str):
        raise NhnError(-9994)
    if len(value) > length_max or value.count("\n") > breaks_max:
        raise NhnError(-3304, f"The '{name}' must be between 1 and {length_max}.")


def check_links(frame: Frame, part: Json, names: Sequence[str] = LINK_NAMES) -> None:
    for name in names:
        value = part.get(name)
        if not value:
            continue
        check_text(part, name, TEMPLATE_LINK_MAX if frame.is_template else LINK_MAX)
        if name in WEB_LINKS and not _is_web(frame, value):
            raise NhnError(-3310, "The linkMo/linkPc must include http:// or https://")


def _is_web(frame: Frame, value: object) -> bool:
    return frame.is_open(value) or str(value).startswith(("http://", "https://"))


def check_buttons(frame: Frame, buttons: object, count_max: int, count_min: int = 0) -> None:
    if buttons is None:
        buttons = []
    if not isinstance(buttons, list) or not all(isinstance(one, dict) for one in buttons):
        raise NhnError(-9994)
    if not count_min <= len(buttons) <= count_max:
        raise NhnError(-3304, f"The 'buttons' must be between {count_min} and {count_max}.")
    for button in buttons:
        _check_button(frame, button)
    _check_places(frame, [str(one["type"]) for one in buttons])


def _check_button(frame: Frame, button: Json) -> None:
    kind = button.get("type")
    # BT is not for messages from templates (B4).
    if kind not in TYPES or (kind == "BT" and frame.is_template):
        raise NhnError(-3328, f"The button type {kind} is not allowed.")
    need(button, ("name",), -3303)
    if frame.is_open(button["name"]):
        raise NhnError(-3008, "The button name can't include the replacement parameter.")
    check_text(button, "name", frame.name_max)
    if kind == "AC" and button["name"] != ADD_CHANNEL_NAME:
        raise NhnError(-3348, f"AC type button name must be '{ADD_CHANNEL_NAME}'.")
    if kind == "BF":
        if button["name"] not in FORM_NAMES:
            raise NhnError(-3331, f"The button is not allowed to have {button['name']}.")
        need(button, ("bizFormKey",), -3307)
    if kind == "WL":
        need(button, ("linkMo",), -3307)
    if kind == "AL" and sum(bool(button.get(one)) for one in LINK_NAMES if one != "linkPc") <= 1:
        raise NhnError(-3309, "At least two of schemeAndroid, schemeIos, linkMo must be entered.")
    check_links(frame, button)


def _check_places(frame: Frame, kinds: list[str]) -> None:
    is_vertical, has_ac = frame.bubble in VERTICAL, "AC" in kinds
    if has_ac and kinds.index("AC") != (0 if is_vertical else len(kinds) - 1):
        raise NhnError(-3311 if is_vertical else -3312, "AC button stands in the wrong place.")
    if "BF" not in kinds or len(kinds) == 1:
        return
    wanted, code = {
        (True, False): (0, -3330), (True, True): (1, -3336),
        (False, False): (1, -3337), (False, True): (0, -3338),
    }[is_vertical, has_ac]  # fmt: skip
    if kinds.index("BF") != wanted:
        raise NhnError(code, "BF button stands in the wrong place.")


def check_coupon(frame: Frame, coupon: object) -> None:
    if coupon is None:
        return
    if not isinstance(coupon, dict):
        raise NhnError(-9994)
    need(coupon, ("title", "description"), -3314)
    if not _is_coupon_title(frame, str(coupon["title"])):
        raise NhnError(-3315, "The title is not valid coupon title")
    text_max = COUPON_TEXT_WIDE_MAX if frame.bubble in WIDE_COUPONS else COUPON_TEXT_MAX
    check_text(coupon, "description", text_max)
    schemes = [str(coupon.get(name) or "") for name in ("schemeAndroid", "schemeIos")]
    if not coupon.get("linkMo") and not any(one.startswith(CHANNEL_COUPON) for one in schemes):
        raise NhnError(-3313, "The linkMo field is required.")
    check_links(frame, coupon)


def _is_coupon_title(frame: Frame, title: str) -> bool:
    for variable, sample in COUPON_VARIABLES.items() if frame.is_template else ():
        title = title.replace(variable, sample)
    found = COUPON_TITLE.fullmatch(title)
    if found is None:
        return False
    if found["won"]:
        return 1 <= int(found["won"]) <= PRICE_MAX
    return not found["rate"] or 1 <= int(found["rate"]) <= RATE_MAX


def check_commerce(frame: Frame, commerce: object) -> None:
    if not isinstance(commerce, dict):
        raise NhnError(-9994)
    need(commerce, ("title",), -3316)
    if commerce.get("regularPrice") is None:
        raise NhnError(-3316, "commerce field require regularPrice")
    if not frame.is_open(commerce["title"]):
        check_text(commerce, "title", GOODS_TITLE_MAX)
    given = tuple(name for name in PRICE_VARIABLES if commerce.get(name) is not None)
    is_whole_template = frame.is_template and given == tuple(PRICE_VARIABLES)
    if given[1:] not in REDUCTIONS and not is_whole_template:
        raise NhnError(-3299, "The commerce variable must be used in the given combinations.")
    for name in given:
        _check_price(frame, commerce, name)


def _check_price(frame: Frame, commerce: Json, name: str) -> None:
    value = commerce[name]
    if frame.is_template and value == PRICE_VARIABLES[name]:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise NhnError(-9994)
    value_max = {"discountRate": RATE_MAX, "discountFixed": FIXED_MAX}.get(name, PRICE_MAX)
    if not 0 <= value <= value_max:
        raise NhnError(-3304, f"The '{name}' must be between 0 and {value_max}.")


def check_image(frame: Frame, image: Json, kind: str, missing: int = -3319) -> None:
    """`imageUrl` must be one uploaded as this kind of picture (B4), `imageLink` a web address."""
    need(image, ("imageUrl",), missing)
    url = image["imageUrl"]
    if not str(url).startswith(("http://", "https://")):
        raise NhnError(-3326, "The imageUrl must include http:// or https://")
    known = frame.account.image(url)
    if known is None or known.kind != kind:
        raise NhnError(-8002)
    link = image.get("imageLink")
    if link and not _is_web(frame, link):
        raise NhnError(-3327, "The imageLink must include http:// or https://")
    check_text(image, "imageLink", LINK_MAX)
