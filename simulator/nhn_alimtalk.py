"""Whether an AlimTalk fits its inspected template, and what it says then (B2, D2)."""

import re
from collections.abc import Mapping
from functools import lru_cache

from simulator.nhn_account import NhnTemplate
from simulator.nhn_book import Recipient
from simulator.nhn_sending import Order
from simulator.nhn_showing import alimtalk
from simulator.nhn_wire import NhnError
from simulator.wire import Json

CODE_MAX = 20
TEXT_MAX = 1_300
VALUE_MAX = 1_300
NEW_SENDER_EXTRA_MAX = 14
BUTTONS_MAX, QUICK_REPLIES_MAX = 5, 5
BUTTONS_MAX_WITH_QUICK_REPLIES = 2
BUTTON_NAME_MAX = 14
LINK_MAX = 500
LINK_NAMES = ("linkMo", "linkPc", "schemeIos", "schemeAndroid")
BUTTON_TYPES = ("WL", "AL", "DS", "BK", "MD", "BC", "BT", "AC", "BF", "P1", "P2", "P3", "TN")
QUICK_REPLY_TYPES = ("WL", "AL", "BK", "BC", "BT", "BF")
APPROVED = "TSC03"
AUTH_WORDS = ("auth", "password", "verif", "にんしょう", "認証", "비밀번호", "인증")
VARIABLE = re.compile(r"#\{([^}]+)\}")
# Of a finished text: what must equal the template, how long it may be, and the codes of both.
PARTS: Mapping[str, tuple[int, int, int]] = {
    "templateTitle": (50, -2032, -3010),
    "templateHeader": (16, -2035, -3042),
}
WHOLES: Mapping[str, int] = {
    "templateItem": -3043, "templateItemHighlight": -3043, "templateRepresentLink": -3046,
}  # fmt: skip


def find_template(order: Order) -> NhnTemplate:
    """Raises -3003 for an unknown one and -3005 before its approval."""
    code = order.body.get("templateCode")
    if not code:
        raise NhnError(-2001, "The 'templateCode' must not be blank.")
    if len(str(code)) > CODE_MAX:
        raise NhnError(-2000, f"The 'templateCode' must be at less than or equal to {CODE_MAX}.")
    template = order.sender.templates.get(str(code))
    if template is None:
        raise NhnError(-3003)
    if template.status != APPROVED:
        raise NhnError(-3005)
    return template


def substituted(order: Order, template: NhnTemplate, seq: int, given: Json) -> Recipient:
    """`messages`: the template's text with this person's values."""
    values = given.get("templateParameter") or {}
    if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        raise NhnError(-3004)
    if any(len(one) > VALUE_MAX for one in values.values()):
        raise NhnError(-3048)
    if order.sender.is_new and any(
        len(value) - len(f"#{{{name}}}") > NEW_SENDER_EXTRA_MAX for name, value in values.items()
    ):
        raise NhnError(-1028)
    body = filled(template.body, values)
    text = str(body.get("templateContent") or "")
    if len(text) > TEXT_MAX:
        raise NhnError(-2019)
    recipient = Recipient(seq, given["recipientNo"], text=text, packed=alimtalk(text, body))
    recipient.parameters = values
    return recipient


def finished(order: Order, template: NhnTemplate, seq: int, given: Json) -> Recipient:
    """`raw-messages`: the text is ours, and must be what the template becomes by some values."""
    del order
    text = given.get("content")
    if not isinstance(text, str) or not text.strip():
        raise NhnError(-2001, "The 'content' must not be blank.")
    if len(text) > TEXT_MAX:
        raise NhnError(-2019)
    if not fits(template.text, text):
        raise NhnError(-3010)
    for name, (length_max, too_long, mismatch) in PARTS.items():
        value, known = str(given.get(name) or ""), str(template.body.get(name) or "")
        if len(value) > length_max:
            raise NhnError(too_long)
        if not fits(known, value):
            raise NhnError(mismatch)
    for name, mismatch in WHOLES.items():
        if not _is_alike(template.body.get(name), given.get(name)):
            raise NhnError(mismatch)
    _check_buttons(template, given)
    more = {**template.body, **given}
    return Recipient(seq, given["recipientNo"], text=text, packed=alimtalk(text, more))


def check_auth(text: str) -> None:
    if not any(word in text.lower() for word in AUTH_WORDS):
        raise NhnError(-8006)


def fits(template: str, text: str) -> bool:
    """Whether some values make this text of the template. Each literal between two variables is
    looked for where it first stands, which finds a fit where there is one and never tries again.
    """
    first, *others = _literals(template)
    if not others:
        return text == first
    last = others.pop()
    if not text.startswith(first) or len(text) < len(first) + len(last):
        return False
    place, end = len(first), len(text) - len(last)
    for literal in others:
        place = text.find(literal, place, end)
        if place < 0:
            return False
        place += len(literal)
    return text.endswith(last)


@lru_cache(maxsize=256)
def _literals(template: str) -> tuple[str, ...]:
    return tuple(re.split(r"#\{[^}]+\}", template))


def filled(part: Json, values: Mapping[str, str]) -> Json:
    """Every text of the template with the values in; -3004 for a variable without one."""
    return {name: _filled_value(value, values) for name, value in part.items()}


def _filled_value(value: object, values: Mapping[str, str]) -> object:
    if isinstance(value, dict):
        return filled(value, values)
    if isinstance(value, list):
        return [_filled_value(one, values) for one in value]
    if not isinstance(value, str):
        return value
    if any(name not in values for name in VARIABLE.findall(value)):
        raise NhnError(-3004)
    return VARIABLE.sub(lambda found: values[found[1]], value)


def _is_alike(known: object, given: object) -> bool:
    """The same shape, and each text what the template's becomes by some values."""
    if isinstance(known, dict) and isinstance(given, dict):
        names = {*known, *given}
        return all(_is_alike(known.get(name), given.get(name)) for name in names)
    if isinstance(known, list) and isinstance(given, list):
        pairs = zip(known, given, strict=False)
        return len(known) == len(given) and all(_is_alike(*pair) for pair in pairs)
    if isinstance(known, str) and isinstance(given, str):
        return fits(known, given)
    return (known or None) == (given or None)


def _check_buttons(template: NhnTemplate, given: Json) -> None:
    buttons, replies = given.get("buttons") or [], given.get("quickReplies") or []
    if not isinstance(buttons, list) or not isinstance(replies, list):
        raise NhnError(-2018)
    count_max = BUTTONS_MAX_WITH_QUICK_REPLIES if replies else BUTTONS_MAX
    if len(buttons) > count_max or len(replies) > QUICK_REPLIES_MAX:
        raise NhnError(-2018)
    for types, ones, name in (
        (BUTTON_TYPES, buttons, "buttons"),
        (QUICK_REPLY_TYPES, replies, "quickReplies"),
    ):
        for one in ones:
            check_button(one, types)
        _check_same(template.body.get(name) or [], ones)


def check_button(button: Json, types: tuple[str, ...] = BUTTON_TYPES) -> None:
    name, kind = str(button.get("name") or ""), button.get("type")
    links = {one: str(button.get(one) or "") for one in LINK_NAMES}
    has_enough = {
        "WL": bool(links["linkMo"]),
        "AL": sum(map(bool, (links["linkMo"], links["schemeIos"], links["schemeAndroid"]))) > 1,
    }
    is_fine = (
        kind in types
        and 0 < len(name) <= BUTTON_NAME_MAX
        and all(len(link) <= LINK_MAX for link in links.values())
        and has_enough.get(str(kind), True)
    )
    if not is_fine:
        raise NhnError(-2018)


def _check_same(known: list[Json], given: list[Json]) -> None:
    """Order and content must equal the template (D2)."""
    if given and not known:
        raise NhnError(-3033)
    if len(known) != len(given):
        raise NhnError(-3011)
    for template, button in zip(known, given, strict=True):
        is_same = (button.get("type"), button.get("name")) == (
            template.get("type"),
            template.get("name"),
        )
        links = all(
            fits(str(template.get(one) or ""), str(button.get(one) or "")) for one in LINK_NAMES
        )
        if not is_same or not links:
            raise NhnError(-3011)
