"""From what arrived to what is drawn: one kind of card that every bubble becomes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from simulator.pressing import (
    Pressable,
    link_url,
    of_card_button,
    of_provider_button,
    of_row,
    quick_reply,
)
from simulator.reading import Content, brand_block, way_out
from simulator.wire import Json

FOLD_FROM = 500  # kakao-chatbot.md 2.2: the rest is behind "see all"
FILE_PATH = "/sim/files/"
NO_NUMBER = -1
WIDE_KINDS = ("WIDE", "WIDE_ITEM_LIST", "PREMIUM_VIDEO")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    index: int
    pressed: Pressable


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    title: str
    description: str = ""
    image: str = ""
    button: Button | None = None
    is_main: bool = False  # the first of a wide list: a picture with words on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    shown: int
    before: int | None = None
    rate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    shape: str  # "text", "image", "card"
    head: str = ""
    head_link: str = ""
    profile: str = ""
    profile_image: str = ""
    images: tuple[str, ...] = ()
    alt: str = ""  # what the picture shows, said
    link: str = ""  # of the picture
    is_square: bool = False
    title: str = ""
    description: str = ""
    folded: str = ""
    rows: tuple[Row, ...] = ()
    items: tuple[Row, ...] = ()
    items_right: bool = False
    summary: Row | None = None
    price: Price | None = None
    coupon: Row | None = None
    buttons: tuple[Button, ...] = ()
    is_side_by_side: bool = False
    is_forwardable: bool = False
    has_few_lines: bool = False
    foot: str = ""
    is_alimtalk: bool = False
    is_wide: bool = False
    is_natural: bool = False  # the picture in its own shape, as it was uploaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    cards: tuple[Card, ...]
    is_carousel: bool = False
    header: Row | None = None
    tail: Button | None = None


Numbers = Iterator[int]
Wrap = Callable[[Pressable], Button]


def bubbles(content: Content) -> list[Bubble]:
    """Indexes count as `pressing.pressables` does: over the whole entry, from the top."""
    numbers = count()
    body = content.body
    if content.kind == "skill":
        return [
            _output(kind, card, numbers)
            for output in body["outputs"]
            for kind, card in output.items()
        ]
    if content.kind == "brand":
        return [_brand(brand_block(body), str(body.get("text") or ""), numbers)]
    if content.kind == "alimtalk":
        return [_alimtalk(body, numbers)]
    return [Bubble(cards=(_text_card(_joined(body.get("subject"), body.get("text"))),))]


def chips(replies: list[Json]) -> list[Button]:
    return [Button(index=index, pressed=quick_reply(reply)) for index, reply in enumerate(replies)]


def _output(kind: str, card: Json, numbers: Numbers) -> Bubble:
    if kind != "carousel":
        return Bubble(cards=(_card(kind, card, numbers),))
    header = card.get("header")
    cards = tuple(_card(str(card["type"]), item, numbers) for item in card["items"])
    cards = tuple(_beside_others(str(card["type"]), one) for one in cards)
    return Bubble(cards=cards, is_carousel=True, header=_row(header) if header else None)


def _beside_others(kind: str, card: Card) -> Card:
    """2.4, 2.9: in a carousel a basic card has two lines of each, and cannot be forwarded."""
    return replace(card, has_few_lines=kind == "basicCard", is_forwardable=False)


def _card(kind: str, card: Json, numbers: Numbers) -> Card:
    def wrap(pressed: Pressable) -> Button:
        return Button(index=next(numbers), pressed=pressed)

    match kind:
        case "simpleText":
            return _text_card(str(card["text"]))
        case "simpleImage":
            alt = str(card.get("altText") or "")
            return Card(shape="image", images=(str(card["imageUrl"]),), alt=alt)
        case "listCard":
            return _list_card(card, wrap)
        case _:
            return _picture_card(kind, card, wrap)


def _text_card(text: str) -> Card:
    return Card(shape="text", description=text[:FOLD_FROM], folded=text[FOLD_FROM:])


def _list_card(card: Json, wrap: Wrap) -> Card:
    rows = tuple(
        _row(item, wrap(of_row(item)) if item.get("action") or item.get("link") else None)
        for item in card["items"]
    )
    return Card(
        shape="card",
        head=card["header"]["title"],
        head_link=link_url(card["header"].get("link")),
        rows=rows,
        **_buttons(card, wrap),
    )


def _picture_card(kind: str, card: Json, wrap: Wrap) -> Card:
    thumbnails = card.get("thumbnails") or [card.get("thumbnail") or {}]
    profile = card.get("profile") or {}
    image_title = card.get("imageTitle")
    summary = card.get("itemListSummary")
    # 2.7: a card with a share button loses its head and its list.
    is_shared = any(one.get("action") == "share" for one in card.get("buttons") or [])
    return Card(
        shape="card",
        head="" if is_shared else (card.get("head") or {}).get("title", ""),
        profile=profile.get("title") or profile.get("nickname") or "",
        profile_image=profile.get("imageUrl") or "",
        images=tuple(one["imageUrl"] for one in thumbnails if one.get("imageUrl")),
        alt=str(thumbnails[0].get("altText") or ""),
        link=link_url(thumbnails[0].get("link")),
        is_square=_is_square(kind, thumbnails[0]),
        title=card.get("title") or "",
        description=card.get("description") or "",
        rows=(_row(image_title),) if image_title else (),
        items=() if is_shared else tuple(_row(item) for item in card.get("itemList") or []),
        items_right=card.get("itemListAlignment") == "right",
        summary=_row(summary) if summary else None,
        price=_price(card) if kind == "commerceCard" else None,
        is_forwardable=bool(card.get("forwardable")) and not card.get("buttons"),
        **_buttons(card, wrap),
    )


def _is_square(kind: str, thumbnail: Json) -> bool:
    """2.9: fixedRatio is 1:1; 2.7: an item card without sizes is 1:1 too."""
    if kind == "itemCard":
        width, height = thumbnail.get("width"), thumbnail.get("height")
        return not (width and height and width > height)
    return bool(thumbnail.get("fixedRatio"))


def _price(card: Json) -> Price:
    price, rate = int(card["price"]), card.get("discountRate")
    shown = card.get("discountedPrice")
    if shown is None and card.get("discount"):
        shown = price - int(card["discount"])
    if shown is None:
        return Price(shown=price)
    return Price(shown=int(shown), before=price, rate=int(rate) if rate else None)


def _row(part: Json, button: Button | None = None) -> Row:
    thumbnail = part.get("thumbnail") or {}
    return Row(
        title=str(part.get("title") or ""),
        description=str(part.get("description") or ""),
        image=str(part.get("imageUrl") or thumbnail.get("imageUrl") or ""),
        button=button,
    )


def _buttons(card: Json, wrap: Wrap) -> Json:
    buttons = tuple(wrap(of_card_button(one)) for one in card.get("buttons") or [])
    is_square = bool((card.get("thumbnail") or {}).get("fixedRatio"))
    layout = card.get("buttonLayout") or ("horizontal" if is_square else "vertical")
    return {"buttons": buttons, "is_side_by_side": layout == "horizontal" and len(buttons) > 1}


def _alimtalk(message: Json, numbers: Numbers) -> Bubble:
    given = (message.get("kakaoOptions") or {}).get("buttons") or []
    buttons = tuple(Button(index=next(numbers), pressed=of_provider_button(one)) for one in given)
    text = str(message.get("text") or "")
    card = Card(
        shape="card", head="알림톡 도착", is_alimtalk=True, description=text, buttons=buttons
    )
    return Bubble(cards=(card,))


def _brand(bms: Json, text: str, numbers: Numbers) -> Bubble:
    carousel = bms.get("carousel")
    if carousel:
        cards = tuple(_brand_card(item, "", numbers) for item in carousel.get("list") or [])
        return Bubble(
            cards=(*cards[:-1], replace(cards[-1], foot=way_out(bms))),
            is_carousel=True,
            header=_carousel_head(carousel.get("head")),
            tail=_linked("더보기", carousel.get("tail")),
        )
    # providers.md D6: the way out is drawn by KakaoTalk, not by the sender.
    return Bubble(cards=(replace(_brand_card(bms, text, numbers), foot=way_out(bms)),))


def _carousel_head(head: Json | None) -> Row | None:
    if not head:
        return None
    title, description = str(head.get("header") or ""), str(head.get("content") or "")
    return Row(title=title, description=description, image=_picture(head))


def _linked(words: str, part: Json | None) -> Button | None:
    """A link that is no button of the message, so it takes no number."""
    url = str((part or {}).get("linkMobile") or "")
    if not url:
        return None
    return Button(index=NO_NUMBER, pressed=Pressable("CARD_BUTTON", words, "webLink", url=url))


def _brand_card(part: Json, text: str, numbers: Numbers) -> Card:
    commerce, coupon = part.get("commerce") or {}, part.get("coupon")
    wide = [part["mainWideItem"], *part["subWideItemList"]] if part.get("mainWideItem") else []
    given = part.get("buttons") or []
    buttons = tuple(Button(index=next(numbers), pressed=of_provider_button(one)) for one in given)
    kind = part.get("chatBubbleType")
    return Card(
        shape="card",
        head=str(part.get("header") or "") if wide else "",
        images=(_picture(part),) if _picture(part) else (),
        title=str(commerce.get("title") or ("" if wide else part.get("header")) or ""),
        description=_joined(part.get("content") or text, part.get("additionalContent")),
        rows=tuple(_wide_row(item, is_main=not place) for place, item in enumerate(wide)),
        price=_brand_price(commerce) if commerce else None,
        link=str(part.get("imageLink") or ""),
        coupon=_coupon(coupon) if coupon else None,
        is_wide=kind in WIDE_KINDS,
        is_natural=True,
        buttons=buttons,
        is_side_by_side=len(buttons) == 2 and kind != "TEXT",  # noqa: PLR2004 - a pair
    )


def _coupon(coupon: Json) -> Row:
    """Without a link it is drawn as one that leads nowhere."""
    title = str(coupon.get("title") or "")
    nowhere = Button(index=NO_NUMBER, pressed=Pressable("CARD_BUTTON", title, "webLink"))
    return _row(coupon, _linked(title, coupon) or nowhere)


def _wide_row(item: Json, *, is_main: bool) -> Row:
    title = str(item.get("title") or "")
    return Row(title=title, image=_picture(item), button=_linked(title, item), is_main=is_main)


def _picture(part: Json) -> str:
    """SOLAPI names a file it keeps, NHN an address."""
    kept = part.get("imageId")
    return FILE_PATH + str(kept) if kept else str(part.get("imageUrl") or "")


def _brand_price(commerce: Json) -> Price:
    regular = int(commerce.get("regularPrice") or 0)
    if commerce.get("discountPrice") is None:
        return Price(shown=regular)
    rate = commerce.get("discountRate")
    return Price(shown=int(commerce["discountPrice"]), before=regular, rate=rate)


def _joined(*parts: object) -> str:
    return "\n".join(str(part) for part in parts if part)
