"""A brand message of NHN's names as the phones draw one: the names of SOLAPI's (A3, B4)."""

from collections.abc import Iterable, Mapping

import orjson

from simulator.wire import Json

LINKS: Mapping[str, str] = {
    "linkMo": "linkMobile", "linkPc": "linkPc",
    "schemeAndroid": "linkAndroid", "schemeIos": "linkIos",
}  # fmt: skip
SAME = ("content", "header", "additionalContent", "adult", "commerce", "video")


def brand(body: Json) -> bytes:
    """Without the names of pictures' files, which the phones load by `imageUrl`."""
    bms = {"chatBubbleType": body.get("chatBubbleType"), **_part(body)}
    rows = (body.get("item") or {}).get("list") or []
    if rows:
        first, *others = [_linked(row) for row in rows]
        bms |= {"mainWideItem": first, "subWideItemList": others}
    carousel = body.get("carousel")
    if carousel:
        head, tail = carousel.get("head"), carousel.get("tail")
        bms["carousel"] = {
            "head": _linked(head) if head else None,
            "list": [_part(item) for item in carousel.get("list") or []],
            "tail": _linked(tail) if tail else None,
        }
    return orjson.dumps({"kakaoOptions": {"bms": bms}})


def with_number(shown: bytes, number: str) -> bytes:
    """For who is no friend: KakaoTalk draws the 080 number instead of the way to block (D4)."""
    message: Json = orjson.loads(shown)
    message["kakaoOptions"]["bms"]["unsubscribeNo"] = number
    return orjson.dumps(message)


def alimtalk(text: str, more: Json | None = None) -> bytes:
    """`more`: the template's title, header and buttons with this person's values."""
    known = more or {}
    shown = [str(known.get(name) or "") for name in ("templateHeader", "templateTitle")]
    lines = [*shown, text, str(known.get("templateExtra") or "")]
    buttons = [_alimtalk_button(one) for one in known.get("buttons") or []]
    body: Json = {"text": "\n".join(line for line in lines if line)}
    if buttons:
        body["kakaoOptions"] = {"buttons": buttons}
    return orjson.dumps(body)


def _part(body: Json) -> Json:
    shown = {name: body[name] for name in SAME if body.get(name) is not None}
    if body.get("message") is not None:  # a card of CAROUSEL_FEED calls its text so
        shown["content"] = body["message"]
    image = body.get("image") or body
    shown |= {name: image[name] for name in ("imageUrl", "imageLink") if image.get(name)}
    if body.get("buttons"):
        shown["buttons"] = _linked_all(body["buttons"], {"type": "linkType"})
    if body.get("coupon"):
        shown["coupon"] = _linked(body["coupon"])
    return shown


def _linked_all(parts: Iterable[Json], more: Mapping[str, str]) -> list[Json]:
    return [_linked(part, more) for part in parts]


def _linked(part: Json, more: Mapping[str, str] | None = None) -> Json:
    names = {**LINKS, **(more or {})}
    return {names.get(name, name): value for name, value in part.items()}


def _alimtalk_button(button: Json) -> Json:
    names = {"name": "buttonName", "type": "buttonType", "schemeAndroid": "linkAnd"}
    return {names.get(name, name): value for name, value in button.items()}
