"""The table of limits of a skill response, written from kakao-chatbot.md section 2 alone.

It knows nothing of bot/replies/limits.py, so that a mistake there is found here. Texts are counted the
way that gives the larger number: an emoji is two.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Json = dict[str, Any]
ANY = 1_000_000


class Field(NamedTuple):
    """`least` and `most` are characters of a text, things of a list; `nested` stands in a carousel.

    `of` names the table of what is inside; without it the field is a text.
    """

    most: int = ANY
    least: int = 0
    of: str = ""
    is_required: bool = False
    nested: int | None = None
    lines: int | None = None
    nested_lines: int | None = None
    one_of: tuple[object, ...] = ()


URL = Field(least=1, is_required=True)
NEEDED = Field(least=1, is_required=True)
SHORT = Field(6, 1, is_required=True)
SIZED = {"width": Field(of="int"), "height": Field(of="int")}
PRESSED = {
    "buttons": Field(3, of="[button]"),
    "buttonLayout": Field(one_of=("vertical", "horizontal")),
}

TABLE: Mapping[str, Mapping[str, Field]] = {
    "envelope": {
        "version": Field(one_of=("2.0",), is_required=True),
        "template": Field(of="template", is_required=True),
        "context": Field(of="context"),
    },
    "template": {
        "outputs": Field(3, 1, of="[output]", is_required=True),
        "quickReplies": Field(10, of="[quickReply]"),
    },
    "context": {"values": Field(of="[contextValue]", is_required=True)},
    "contextValue": {
        "name": NEEDED,
        "lifeSpan": Field(of="int", is_required=True),
        "params": Field(of="texts"),
        "ttl": Field(of="int"),
    },
    "output": {
        kind: Field(of=kind)
        for kind in (
            "simpleText", "simpleImage", "textCard", "basicCard", "commerceCard", "listCard",
            "itemCard", "carousel",
        )
    },
    "simpleText": {"text": Field(1000, 1, is_required=True)},
    "simpleImage": {"imageUrl": URL, "altText": Field(50)},
    "textCard": {"title": Field(50), "description": Field(400, nested=128), **PRESSED},
    "basicCard": {
        "title": Field(50, nested_lines=2),
        "description": Field(230, nested_lines=2),
        "thumbnail": Field(of="thumbnail", is_required=True),
        **PRESSED,
        "forwardable": Field(of="bool"),
    },
    "commerceCard": {
        "title": Field(30),
        "description": Field(40),
        "price": Field(of="int", is_required=True),
        "currency": Field(one_of=("won",)),
        "discount": Field(of="int"),
        "discountRate": Field(of="int"),
        "discountedPrice": Field(of="int"),
        "thumbnails": Field(1, 1, of="[thumbnail]", is_required=True),
        "profile": Field(of="seller"),
        **PRESSED,
    },
    "seller": {"nickname": NEEDED, "imageUrl": Field()},
    "listCard": {
        "header": Field(of="listHeader", is_required=True),
        "items": Field(5, 1, of="[row]", is_required=True, nested=4),
        **PRESSED,
    },
    "listHeader": {"title": NEEDED, "link": Field(of="link")},
    "row": {
        "title": NEEDED,
        "description": Field(),
        "imageUrl": Field(),
        "link": Field(of="link"),
        "action": Field(one_of=("message", "block")),
        "blockId": Field(),
        "messageText": Field(),
        "extra": Field(of="texts"),
    },
    "itemCard": {
        "thumbnail": Field(of="itemThumbnail"),
        "head": Field(of="head"),
        "profile": Field(of="profile"),
        "imageTitle": Field(of="imageTitle"),
        "itemList": Field(10, 1, of="[fact]", is_required=True, nested=5),
        "itemListAlignment": Field(one_of=("left", "right")),
        "itemListSummary": Field(of="summary"),
        "title": Field(200, nested=100),
        "description": Field(200, nested=100),
        **PRESSED,
    },
    "itemThumbnail": {
        "imageUrl": URL,
        "altText": Field(50),
        **SIZED,
        "link": Field(of="link"),
    },
    "head": {"title": Field(least=1, is_required=True, lines=1)},
    "profile": {
        "title": Field(15, 1, is_required=True, lines=1),
        "imageUrl": Field(),
        **SIZED,
    },
    "imageTitle": {
        "title": Field(least=1, is_required=True, lines=2),
        "description": Field(lines=1),
        "imageUrl": Field(),
    },
    "fact": {"title": SHORT, "description": Field(least=1, is_required=True, lines=2)},
    "summary": {"title": SHORT, "description": Field(14, 1, is_required=True)},
    "carousel": {
        "type": Field(
            one_of=("basicCard", "commerceCard", "listCard", "itemCard", "textCard"),
            is_required=True,
        ),
        "items": Field(10, 1, of="[card]", is_required=True),
        "header": Field(of="carouselHeader"),
    },
    "carouselHeader": {
        "title": Field(least=1, is_required=True, lines=2),
        "description": Field(least=1, is_required=True, lines=3),
        "thumbnail": Field(of="headerThumbnail", is_required=True),
    },
    "headerThumbnail": {"imageUrl": URL},
    "thumbnail": {
        "imageUrl": URL,
        "altText": Field(50),
        "link": Field(of="link"),
        "fixedRatio": Field(of="bool"),
    },
    "link": {"web": Field(), "pc": Field(), "mobile": Field()},
    "button": {
        "label": Field(14, 1, is_required=True),
        "action": Field(
            one_of=("webLink", "message", "block", "phone", "share", "operator"), is_required=True
        ),
        "webLinkUrl": Field(),
        "messageText": Field(),
        "phoneNumber": Field(),
        "blockId": Field(),
        "extra": Field(of="texts"),
    },
    "quickReply": {
        "label": Field(14, 1, is_required=True),
        "action": Field(one_of=("message", "block"), is_required=True),
        "messageText": Field(),
        "blockId": Field(),
        "extra": Field(of="texts"),
    },
}  # fmt: skip
"""What stands in each object; a field that is not listed is not Kakao's."""

NEEDS = {
    "webLink": "webLinkUrl", "message": "messageText", "phone": "phoneNumber", "block": "blockId"
}  # fmt: skip
ALL_OR_NONE = ("thumbnail", "head", "profile", "imageTitle")


def faults(body: object) -> list[str]:
    """What is wrong with a response, by the table; empty when KakaoTalk would show it."""
    found: list[str] = []
    _walk("envelope", body, "", False, found)
    return found


def _walk(kind: str, value: object, path: str, in_carousel: bool, found: list[str]) -> None:
    if type(value) is not dict:
        found.append(f"{path} is no {kind}")
        return
    fields = TABLE[kind]
    found += [f"{path}.{name} is not known" for name in value if name not in fields]
    for name, field in fields.items():
        if name in value:
            _field(field, value, name, f"{path}.{name}", in_carousel, found)
        elif field.is_required:
            found.append(f"{path}.{name} is missing")
    for rule in RULES.get(kind, ()):
        found += [f"{path}: {wrong}" for wrong in rule(value, in_carousel)]


def _field(
    field: Field, parent: Json, name: str, path: str, in_carousel: bool, found: list[str]
) -> None:
    value = parent[name]
    most = field.nested if in_carousel and field.nested is not None else field.most
    if field.one_of:
        if value not in field.one_of:
            found.append(f"{path} is {value!r}")
    elif field.of.startswith("["):
        if type(value) is not list or not field.least <= len(value) <= most:
            found.append(f"{path} has not {field.least} to {most} things")
            return
        kind = field.of[1:-1] if field.of != "[card]" else str(parent["type"])
        for at, one in enumerate(value):
            _walk(kind, one, f"{path}[{at}]", in_carousel or field.of == "[card]", found)
    elif field.of in PLAIN:
        if not PLAIN[field.of](value):
            found.append(f"{path} is no {field.of}")
    elif field.of:
        _walk(field.of, value, path, in_carousel, found)
    else:
        lines = field.nested_lines if in_carousel and field.nested_lines else field.lines
        found += [f"{path}: {wrong}" for wrong in _text(value, field.least, most, lines)]


def _text(value: object, least: int, most: int, lines: int | None) -> list[str]:
    if type(value) is not str:
        return ["no text"]
    wrong = []
    if least and not value.strip():
        wrong.append("blank")
    if units(value) > most:
        wrong.append(f"{units(value)} characters, at most {most}")
    if lines is not None and len(value.split("\n")) > lines:
        wrong.append(f"more than {lines} lines")
    return wrong


def units(text: str) -> int:
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def _is_texts(value: object) -> bool:
    return type(value) is dict and all(type(one) is str for one in value.values())


PLAIN: Mapping[str, Callable[[object], bool]] = {
    "int": lambda value: type(value) is int,
    "bool": lambda value: type(value) is bool,
    "texts": _is_texts,
}


def _one_component(output: Json, _: bool) -> list[str]:
    return [] if len(output) == 1 else [f"{len(output)} components"]


def _together(card: Json) -> str:
    return str(card.get("title", "")) + str(card.get("description", ""))


def _text_card(card: Json, in_carousel: bool) -> list[str]:
    most = 128 if in_carousel else 400
    return [] if 1 <= units(_together(card)) <= most else [f"{units(_together(card))} together"]


def _item_card(card: Json, in_carousel: bool) -> list[str]:
    wrong = []
    if units(_together(card)) > (100 if in_carousel else 200):
        wrong.append("title and description too long")
    words = [card[name] for name in ("title", "description") if card.get(name)]
    if sum(len(one.split("\n")) for one in words) > 12:
        wrong.append("more than 12 lines")
    if card.get("description") and not card.get("title"):
        wrong.append("description without title")
    if "head" in card and "profile" in card:
        wrong.append("head and profile")
    if any(button["action"] == "share" for button in card.get("buttons", [])):
        wrong.append("share drops head and facts")
    picture = card.get("thumbnail")
    if picture and in_carousel and picture.get("width") != 2 * (picture.get("height") or 0):
        wrong.append("not 2:1")
    return wrong


def _commerce_card(card: Json, _: bool) -> list[str]:
    is_whole = "discountRate" not in card or "discountedPrice" in card
    return [] if is_whole else ["discountRate alone"]


def _laid_out(card: Json, _: bool) -> list[str]:
    """2.9: the layout decides how many buttons, and how long their labels may be."""
    buttons = card.get("buttons", [])
    is_square = bool(card.get("thumbnail", {}).get("fixedRatio"))
    layout = card.get("buttonLayout", "horizontal" if is_square else "vertical")
    if layout == "vertical":
        return []
    is_long = len(buttons) == 2 and any(units(one["label"]) > 8 for one in buttons)
    return ["buttons side by side"] if len(buttons) > 2 or is_long else []


def _button(button: Json, _: bool) -> list[str]:
    needed = NEEDS.get(str(button.get("action")))
    return [f"no {needed}"] if needed and not button.get(needed) else []


def _linked(link: Json, _: bool) -> list[str]:
    return [] if any(link.values()) else ["no address"]


def _carousel(carousel: Json, _: bool) -> list[str]:
    kind, cards = carousel["type"], carousel["items"]
    wrong = []
    if kind == "listCard" and len(cards) > 5:
        wrong.append(f"{len(cards)} lists")
    if kind in ("textCard", "listCard") and "header" in carousel:
        wrong.append(f"header over {kind}")
    if kind == "itemCard":
        wrong += [
            f"{name} on some" for name in ALL_OR_NONE if 0 < _having(cards, name) < len(cards)
        ]
    pictures = [card.get("thumbnail") or card.get("thumbnails", [{}])[0] for card in cards]
    if len({bool(picture.get("fixedRatio")) for picture in pictures}) > 1:
        wrong.append("different ratios")
    return wrong


def _having(cards: Sequence[Json], name: str) -> int:
    return sum(name in card for card in cards)


RULES: Mapping[str, Sequence[Callable[[Json, bool], list[str]]]] = {
    "output": [_one_component],
    "textCard": [_text_card, _laid_out],
    "basicCard": [_laid_out],
    "commerceCard": [_commerce_card, _laid_out],
    "listCard": [_laid_out],
    "itemCard": [_item_card, _laid_out],
    "carousel": [_carousel],
    "button": [_button],
    "quickReply": [_button],
    "row": [_button],
    "link": [_linked],
}
"""What holds between fields."""
