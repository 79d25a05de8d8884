"""Brand messages at NHN: the free form and the one from a template (providers.md B4)."""

import re
from collections.abc import Iterator, Mapping

from simulator.nhn_account import BrandTemplate
from simulator.nhn_book import Recipient
from simulator.nhn_brand_parts import PRICE_VARIABLES
from simulator.nhn_brand_rules import FIELDS, check_content
from simulator.nhn_sending import Order
from simulator.nhn_showing import brand
from simulator.nhn_wire import NhnError
from simulator.wire import Json

REFUSE_NO = re.compile(r"080-?\d{3,4}-?\d{4}")
AUTH_NO = re.compile(r"\d{1,9}")
TARGETINGS = ("M", "N", "I")
KEY_MAX = VALUE_MAX = 1_300
VARIABLE = re.compile(r"#\{([^}]+)\}")
PATH = re.compile(r"[^@]+@\$\.carousel\.list\[\d+\]")
USABLE = "A"


def check_free_form(order: Order) -> None:
    """What holds for all recipients at once."""
    check_way_to_refuse(order.body)
    check_content(order.body, order.account)


def free_recipient(order: Order, seq: int, given: Json) -> Recipient:
    targeting = given.get("targeting")
    if targeting is None and order.settings.nhn_targeting_missing == "I":
        targeting = "I"
    return _recipient(order, seq, given, targeting)


def _recipient(order: Order, seq: int, given: Json, targeting: object) -> Recipient:
    if targeting not in TARGETINGS:
        raise NhnError(-3298)
    if targeting != "I" and not order.sender.has_marketing_agreement:
        raise NhnError(-4029)
    check_way_to_refuse(given)
    if given["recipientNo"] in order.account.opt_outs:
        raise NhnError(-3301)
    one = Recipient(seq, given["recipientNo"])
    one.targeting = str(targeting)
    # The common number beats the recipient's own; neither: the profile's.
    places = (order.body, given)
    one.refuse_no = next((str(p["unsubscribeNo"]) for p in places if p.get("unsubscribeNo")), "")
    return one


def check_way_to_refuse(part: Json) -> None:
    number, auth = part.get("unsubscribeNo"), part.get("unsubscribeAuthNo")
    if (auth and not number) or (number and not REFUSE_NO.fullmatch(str(number))):
        raise NhnError(-3340)
    if auth and not AUTH_NO.fullmatch(str(auth)):
        raise NhnError(-3341)


def find_template(order: Order) -> BrandTemplate:
    """Not inspected, but it must exist and not be blocked."""
    check_way_to_refuse(order.body)
    code = order.body.get("templateCode")
    if not code:
        raise NhnError(-2001, "The 'templateCode' must not be blank.")
    template = order.sender.brand_templates.get(str(code))
    if template is None:
        raise NhnError(-3003)
    if template.status != USABLE:
        raise NhnError(-3005)
    return template


def with_template(order: Order, template: BrandTemplate) -> Order:
    """The lists show the template's parts as the message's own."""
    names = ("chatBubbleType", "adult", *FIELDS)
    shown = {name: template.body[name] for name in names if template.body.get(name) is not None}
    return order._replace(body={**shown, **order.body})


def basic_recipient(order: Order, template: BrandTemplate, seq: int, given: Json) -> Recipient:
    """The template with this person's values and pictures, judged as a whole."""
    one = _recipient(order, seq, given, given.get("targeting"))
    values = given.get("templateParameter") or {}
    _check_values(values)
    body = _with_pictures(_filled(template.body, values), given.get("imageParameters"))
    if given.get("videoParameter"):
        body["video"] = {**(body.get("video") or {}), **given["videoParameter"]}
    check_content(body, order.account)
    one.parameters, one.packed = values or None, brand(body)
    one.text = str(body.get("content") or "")
    return one


def _check_values(values: object) -> None:
    if not isinstance(values, dict):
        raise NhnError(-3324, "The template parameter is invalid.")
    for key, value in values.items():
        if "@" in key and not PATH.fullmatch(key):
            raise NhnError(-3347, f"Template parameter key cannot contain '@'. Invalid key: {key}")
        if not isinstance(value, str):
            raise NhnError(-3324, "The template parameter is invalid.")
        if len(key) > KEY_MAX or len(value) > VALUE_MAX:
            raise NhnError(-3048)


def _filled(body: Json, values: Mapping[str, str]) -> Json:
    """A card's own value, `key@$.carousel.list[i]`, beats the plain one; an introduction counts as
    card 0. The tail takes no variables. Raises -3324 for a variable without a value.
    """
    filled: Json = {
        name: _fill(part, values, "") if name != "carousel" else part for name, part in body.items()
    }
    carousel = body.get("carousel")
    if carousel:
        head = carousel.get("head")
        parts = [*([head] if head else []), *(carousel.get("list") or [])]
        done = [_fill(part, values, f"@$.carousel.list[{n}]") for n, part in enumerate(parts)]
        filled["carousel"] = {**carousel, "list": done[1:] if head else done}
        if head:
            filled["carousel"]["head"] = done[0]
    return filled


def _fill(part: object, values: Mapping[str, str], path: str) -> object:
    if isinstance(part, dict):
        return {name: _fill_field(name, one, values, path) for name, one in part.items()}
    if isinstance(part, list):
        return [_fill(one, values, path) for one in part]
    if not isinstance(part, str):
        return part

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found[1] + path, values.get(found[1]))
        if value is None:
            raise NhnError(-3324, f"The template parameter is invalid: {found[1]}")
        return value

    return VARIABLE.sub(value_of, part)


def _fill_field(name: str, part: object, values: Mapping[str, str], path: str) -> object:
    """A price whose variable has no value is left out: not all of them go together (-3299)."""
    if name not in PRICE_VARIABLES or part != PRICE_VARIABLES[name]:
        return _fill(part, values, path)
    key = PRICE_VARIABLES[name][2:-1]
    value = values.get(key + path, values.get(key))
    if value is None:
        return None
    if not value.isdecimal():
        raise NhnError(-3299, "The commerce variable must be a number.")
    return int(value)


def _with_pictures(body: Json, pictures: object) -> Json:
    """`{}` keeps the template's own; there must be as many as it has pictures (-3344)."""
    if pictures is None:
        return body
    places = list(_picture_places(body))
    if not isinstance(pictures, list) or len(pictures) != len(places):
        raise NhnError(-3344)
    for place, picture in zip(places, pictures, strict=True):
        place.update(picture)
    return body


def _picture_places(body: Json) -> Iterator[Json]:
    if body.get("image"):
        yield body["image"]
    yield from (body.get("item") or {}).get("list") or []
    carousel = body.get("carousel") or {}
    if carousel.get("head"):
        yield carousel["head"]
    yield from carousel.get("list") or []
