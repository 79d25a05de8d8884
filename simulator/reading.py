"""What a person reads on the screen, in order, of everything that can arrive."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from simulator.wire import Json

AD_MARK = "(광고)"
# K2, providers.md D6: KakaoTalk draws the mark before the name and the way out below.
BLOCK_ROUTE = "무료 수신거부: 채널 홈 > 채널 차단"


class Content(NamedTuple):
    """`kind` says how `body` is read: outputs of a skill, or a provider's message.

    A provider's message is kept as the bytes it came as and read when somebody looks:
    hundreds of thousands of nested objects would keep the garbage collector busy.
    """

    kind: str  # "skill", "brand", "alimtalk", "sms"
    sender: str
    source: Json | bytes

    @property
    def body(self) -> Json:
        if isinstance(self.source, bytes):
            return dict(orjson.loads(self.source))
        return self.source


def shown_text(content: Content) -> str:
    body = content.body
    if content.kind == "skill":
        lines = skill_lines(body.get("outputs", []))
    elif content.kind == "brand":
        lines = brand_lines(content.sender, body)
    else:
        lines = iter((str(body.get("subject") or ""), str(body.get("text") or "")))
    return "\n".join(line for line in lines if line)


def skill_lines(outputs: Iterable[Json]) -> Iterator[str]:
    for output in outputs:
        for kind, part in output.items():
            yield from _card_lines(kind, part)


def _card_lines(kind: str, card: Json) -> Iterator[str]:
    if kind == "simpleText":
        yield str(card.get("text", ""))
        return
    if kind == "simpleImage":
        yield str(card.get("altText") or "")
        return
    if kind == "carousel":
        yield from _titled(card.get("header") or {})
        for item in card.get("items", []):
            yield from _card_lines(str(card.get("type")), item)
        return
    yield from _head_lines(card)
    yield from _item_lines(card)
    yield from _titled(card)
    yield from _price_lines(card)
    yield from (str(button.get("label", "")) for button in card.get("buttons") or [])


def _head_lines(card: Json) -> Iterator[str]:
    profile = card.get("profile") or {}
    yield str(profile.get("title") or profile.get("nickname") or "")
    for part in ("head", "header", "imageTitle"):
        yield from _titled(card.get(part) or {})


def _item_lines(card: Json) -> Iterator[str]:
    for item in card.get("items") or []:
        yield from _titled(item)
    for item in card.get("itemList") or []:
        yield f"{item.get('title', '')} {item.get('description', '')}"
    summary = card.get("itemListSummary")
    if summary:
        yield f"{summary.get('title', '')} {summary.get('description', '')}"


def _titled(part: Json) -> Iterator[str]:
    yield str(part.get("title") or "")
    yield str(part.get("description") or "")


def _price_lines(card: Json) -> Iterator[str]:
    for name in ("discountedPrice", "price"):
        if card.get(name) is not None:
            yield f"{card[name]:,}원"
            return


def brand_lines(sender: str, message: Json) -> Iterator[str]:
    """A brand message with what KakaoTalk adds of itself, above and below."""
    bms = brand_block(message)
    yield f"{AD_MARK} {sender}"
    yield str(bms.get("header") or "")
    yield str(bms.get("content") or message.get("text") or "")
    yield from _wide_lines(bms)
    yield from _commerce_lines(bms)
    carousel = bms.get("carousel") or {}
    yield from _head_and_content(carousel.get("head") or {})
    for item in carousel.get("list") or []:
        yield from _head_and_content(item)
        yield from _commerce_lines(item)
        yield from _foot_lines(item)
    yield from _foot_lines(bms)
    yield way_out(bms)


def way_out(bms: Json) -> str:
    """Who is no friend cannot block, and is shown the 080 number instead (D4, D6)."""
    number = bms.get("unsubscribeNo")
    return f"무료 수신거부: {number}" if number else BLOCK_ROUTE


def brand_block(message: Json) -> Json:
    options = message.get("kakaoOptions") or {}
    bms = options.get("bms") if isinstance(options, dict) else None
    return bms if isinstance(bms, dict) else {}


def _head_and_content(part: Json) -> Iterator[str]:
    yield str(part.get("header") or "")
    yield str(part.get("content") or "")


def _wide_lines(bms: Json) -> Iterator[str]:
    for item in [bms.get("mainWideItem") or {}, *(bms.get("subWideItemList") or [])]:
        yield str(item.get("title") or "")


def _commerce_lines(part: Json) -> Iterator[str]:
    commerce = part.get("commerce") or {}
    yield str(commerce.get("title") or "")
    price = commerce.get("discountPrice", commerce.get("regularPrice"))
    if price is not None:
        yield f"{price:,}원"
    yield str(part.get("additionalContent") or "")


def _foot_lines(part: Json) -> Iterator[str]:
    coupon = part.get("coupon") or {}
    yield str(coupon.get("title") or "")
    yield str(coupon.get("description") or "")
    yield from (str(button.get("name", "")) for button in part.get("buttons") or [])
