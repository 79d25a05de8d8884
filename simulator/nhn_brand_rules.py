"""What each bubble of a brand message may hold at NHN (providers.md B4, B7, D4)."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from simulator.nhn_account import NhnAccount
from simulator.nhn_brand_parts import (
    VERTICAL,
    Frame,
    check_buttons,
    check_commerce,
    check_coupon,
    check_image,
    check_links,
    check_text,
    need,
)
from simulator.nhn_wire import NhnError
from simulator.wire import Json

HEADER_MAX, ADDITIONAL_MAX, ADDITIONAL_BREAKS_MAX = 20, 34, 1
ITEMS_MIN, ITEMS_MAX = 3, 4
FIRST_TITLE_MAX, TITLE_MAX, TITLE_BREAKS_MAX = 25, 30, 1
CARDS_MAX = 6
FEED_TEXT_MAX, FEED_BREAKS_MAX = 180, 2
HEAD_TEXT_MAX = 50
CARD_BUTTONS_MIN, CARD_BUTTONS_MAX = 1, 2
VIDEO_HOST = "https://tv.kakao.com/"
FIELDS = (
    "content", "image", "item", "header", "additionalContent", "commerce", "video", "carousel",
    "buttons", "coupon",
)  # fmt: skip


class Bubble(NamedTuple):
    needed: tuple[str, ...]
    allowed: tuple[str, ...]
    buttons_max: int
    content_max: int = 0
    breaks_max: int = 0
    image_kind: str = ""


BUBBLES: Mapping[str, Bubble] = {
    "TEXT": Bubble(("content",), ("buttons", "coupon"), 5, 1_300, 99),
    "IMAGE": Bubble(("content", "image"), ("buttons", "coupon"), 5, 1_300, 99, "IMAGE"),
    "WIDE": Bubble(("content", "image"), ("buttons", "coupon"), 2, 76, 5, "WIDE_IMAGE"),
    "WIDE_ITEM_LIST": Bubble(("header", "item"), ("buttons", "coupon"), 2),
    "COMMERCE": Bubble(
        ("image", "commerce"), ("additionalContent", "buttons", "coupon"), 2, image_kind="IMAGE"
    ),
    "PREMIUM_VIDEO": Bubble(("video",), ("header", "content", "buttons", "coupon"), 1, 76, 5),
    "CAROUSEL_FEED": Bubble(("carousel",), (), 0),
    "CAROUSEL_COMMERCE": Bubble(("carousel",), (), 0),
}
CARD_KINDS = {
    "CAROUSEL_FEED": "CAROUSEL_FEED_IMAGE",
    "CAROUSEL_COMMERCE": "CAROUSEL_COMMERCE_IMAGE",
}


def check_content(body: Json, account: NhnAccount, *, is_template: bool = False) -> None:
    """Raises NhnError with the code of the first rule that is broken; their order is our choice."""
    kind = body.get("chatBubbleType")
    bubble = BUBBLES.get(kind) if isinstance(kind, str) else None
    if bubble is None:
        raise NhnError(-3303 if kind is None else -3304, "chatBubbleType")
    frame = Frame(account, str(kind), is_template)
    _check(frame, bubble, body)


def _check(frame: Frame, bubble: Bubble, body: Json) -> None:
    for name in FIELDS:
        is_given = body.get(name) not in (None, [], {})
        if is_given and name not in bubble.needed + bubble.allowed:
            raise NhnError(-3305, f"The chatBubbleType {frame.bubble} is not allowed {name} field.")
    need(body, bubble.needed, -3303)
    if not isinstance(body.get("adult", False) or False, bool):
        raise NhnError(-9994)
    check_text(body, "content", bubble.content_max, bubble.breaks_max)
    check_text(body, "header", HEADER_MAX)
    check_text(body, "additionalContent", ADDITIONAL_MAX, ADDITIONAL_BREAKS_MAX)
    if body.get("image") is not None:
        check_image(frame, body["image"], bubble.image_kind)
    more = MORE.get(frame.bubble)
    if more is not None:
        more(frame, body)
    # A coupon takes the place of a button where five may stand (D4).
    is_shorter = frame.bubble in VERTICAL and bool(body.get("coupon"))
    buttons_max = bubble.buttons_max - (1 if is_shorter else 0)
    check_buttons(frame, body.get("buttons"), buttons_max)
    check_coupon(frame, body.get("coupon"))


def _goods(frame: Frame, body: Json) -> None:
    check_commerce(frame, body["commerce"])
    need(body, ("buttons",), -3306)


def _items(frame: Frame, body: Json) -> None:
    rows = body["item"].get("list")
    need(body["item"], ("list",), -3325)
    if not ITEMS_MIN <= len(rows) <= ITEMS_MAX:
        raise NhnError(-3304, f"The 'list' must be between {ITEMS_MIN} and {ITEMS_MAX}.")
    for place, row in enumerate(rows):
        # The first may stand without a title; all of them lead somewhere.
        need(row, ("linkMo",) if place == 0 else ("title", "linkMo"), -3325)
        title_max = TITLE_MAX if place else FIRST_TITLE_MAX
        check_text(row, "title", title_max, TITLE_BREAKS_MAX)
        kind = "NORMAL_WIDE_ITEMLIST_IMAGE" if place else "MAIN_WIDE_ITEMLIST_IMAGE"
        check_image(frame, row, kind, -3325)
        check_links(frame, row)


def _video(frame: Frame, body: Json) -> None:
    need(body["video"], ("videoUrl",), -3317)
    if not str(body["video"]["videoUrl"]).startswith(VIDEO_HOST):
        raise NhnError(-3318, "The videoUrl is not valid video url")
    thumbnail = body["video"].get("thumbnailUrl")
    if thumbnail:
        check_image(frame, {"imageUrl": thumbnail}, "IMAGE")


def _carousel(frame: Frame, body: Json) -> None:
    carousel = body["carousel"]
    head, cards, tail = carousel.get("head"), carousel.get("list"), carousel.get("tail")
    if head is not None:
        _check_head(frame, head)
    # An introduction takes the place of one card.
    least, most = (1, CARDS_MAX - 1) if head else (2, CARDS_MAX)
    if not isinstance(cards, list) or not least <= len(cards) <= most:
        raise NhnError(-3320, f"The carousel list size must be between {least} and {most}")
    for card in cards:
        _check_card(frame, card)
    adds = [one for card in cards for one in card["buttons"] if one["type"] == "AC"]
    if len(adds) > 1:
        raise NhnError(-3349, "AC button can only be used once across all carousel items.")
    if tail is not None:
        need(tail, ("linkMo",), -3323)
        check_links(frame, tail)


def _check_head(frame: Frame, head: Json) -> None:
    if frame.bubble != "CAROUSEL_COMMERCE":
        raise NhnError(-3305, f"The chatBubbleType {frame.bubble} is not allowed head field.")
    need(head, ("header", "content", "imageUrl"), -3322)
    check_text(head, "header", HEADER_MAX)
    check_text(head, "content", HEAD_TEXT_MAX)
    check_image(frame, head, CARD_KINDS[frame.bubble], -3322)
    links = [head.get(name) for name in ("linkPc", "schemeAndroid", "schemeIos")]
    if any(links) and not head.get("linkMo"):
        raise NhnError(-3321, "If at least one link is entered, linkMo cannot be empty.")
    check_links(frame, head)


def _check_card(frame: Frame, card: Json) -> None:
    is_feed = frame.bubble == "CAROUSEL_FEED"
    needed = ("header", "message") if is_feed else ("commerce",)
    barred = ("additionalContent", "commerce") if is_feed else ("header", "message")
    need(card, ("imageUrl", "buttons", *needed), -3334 if is_feed else -3332)
    for name in barred:
        if card.get(name):
            raise NhnError(-3335 if is_feed else -3333, f"not allowed {name}")
    check_text(card, "header", HEADER_MAX)
    check_text(card, "message", FEED_TEXT_MAX, FEED_BREAKS_MAX)
    check_text(card, "additionalContent", ADDITIONAL_MAX)
    check_image(frame, card, CARD_KINDS[frame.bubble])
    if not is_feed:
        check_commerce(frame, card["commerce"])
    check_buttons(frame, card["buttons"], CARD_BUTTONS_MAX, CARD_BUTTONS_MIN)
    check_coupon(frame, card.get("coupon"))


MORE: Mapping[str, Callable[[Frame, Json], None]] = {
    "COMMERCE": _goods,
    "WIDE_ITEM_LIST": _items,
    "PREMIUM_VIDEO": _video,
    "CAROUSEL_FEED": _carousel,
    "CAROUSEL_COMMERCE": _carousel,
}
