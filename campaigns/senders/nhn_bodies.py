"""A person's bubble as NHN draws brand messages (providers.md B4, D4)."""

from collections.abc import Mapping, Sequence

from domain.bubbles import (
    Action,
    Bubble,
    Button,
    Carousel,
    CommerceCard,
    ImageCard,
    ListCard,
    Row,
    Text,
)
from domain.campaigns import Batch, CouponPart, Outgoing
from domain.compliance import REFUSE_BUTTON, WHY_LABEL
from domain.refusals import Rejected
from domain.ways import PictureShape

Content = Mapping[str, object]

DISCOUNT_FIXED_MAX = 999_999
"""More than this off is said as a percentage."""


def content_of(one: Outgoing, batch: Batch) -> Content:
    """What NHN wants to be the same for all people of a request; raises Rejected."""
    content = {**_bubble(one, batch), "adult": False}
    if batch.coupon is not None and "carousel" not in content:
        content["coupon"] = _coupon(batch.coupon)
    return content


def _bubble(one: Outgoing, batch: Batch) -> dict[str, object]:
    match one.bubble:
        case Text(text):
            return {"chatBubbleType": "TEXT", "content": text, "buttons": _below_text(one)}
        case ImageCard() as card:
            return _picture(card, batch)
        case ListCard() as card:
            return _items(card, batch, one.why_url)
        case CommerceCard() as card:
            return _goods(card, batch)
        case Carousel(cards):
            slides = [_slide(card, batch) for card in cards]
            if batch.coupon is not None:
                slides[0]["coupon"] = _coupon(batch.coupon)
            return {"chatBubbleType": "CAROUSEL_FEED", "carousel": {"list": slides}}
        case bubble:
            raise _no_room(bubble)


def _no_room(bubble: Bubble) -> Rejected:
    return Rejected("BUBBLE", type(bubble).__name__)


def _below_text(one: Outgoing) -> list[dict[str, str]]:
    """A text brings no buttons; the last thing on the handset is the refusal (L8)."""
    why = Button(label=WHY_LABEL, action=Action.LINK, target=one.why_url) if one.why_url else None
    return _buttons([button for button in (one.button, why, REFUSE_BUTTON) if button])


def _picture(card: ImageCard, batch: Batch) -> dict[str, object]:
    shape = PictureShape.WIDE if card.is_wide else PictureShape.PICTURE
    image = {"imageUrl": _picture_at(batch, card.image_url, shape)}
    if card.image_link:
        image["imageLink"] = card.image_link
    return {
        "chatBubbleType": "WIDE" if card.is_wide else "IMAGE",
        "content": f"{card.title}\n{card.description}",
        "image": image,
        "buttons": _buttons(card.buttons),
    }


def _items(card: ListCard, batch: Batch, why_url: str | None) -> dict[str, object]:
    """Every row must lead somewhere here, so one without a link leads to why it was sent."""
    shapes = (PictureShape.FIRST_ITEM, *(PictureShape.ITEM for _ in card.rows[1:]))
    rows = [_item(row, batch, shape, why_url) for row, shape in zip(card.rows, shapes, strict=True)]
    return {
        "chatBubbleType": "WIDE_ITEM_LIST",
        "header": card.header,
        "item": {"list": rows},
        "buttons": _buttons(card.buttons),
    }


def _item(row: Row, batch: Batch, shape: PictureShape, why_url: str | None) -> dict[str, str]:
    link = row.link or why_url
    if link is None:
        raise Rejected("ROW_LINK", "a row leads nowhere")
    picture = _picture_at(batch, row.image_url or "", shape)
    return {"title": row.title, "imageUrl": picture, "linkMo": link, "linkPc": link}


def _goods(card: CommerceCard, batch: Batch) -> dict[str, object]:
    return {
        "chatBubbleType": "COMMERCE",
        "additionalContent": card.description,
        "image": {"imageUrl": _picture_at(batch, card.picture.url, PictureShape.GOODS)},
        "commerce": {"title": card.title, **_price(card.price_won, card.discounted_won)},
        "buttons": _buttons(card.buttons),
    }


def _price(price_won: int, sale_won: int | None) -> dict[str, int]:
    if sale_won is None:
        return {"regularPrice": price_won}
    off = price_won - sale_won
    if off <= DISCOUNT_FIXED_MAX:
        how = {"discountFixed": off}
    else:
        how = {"discountRate": off * 100 // price_won}
    return {"regularPrice": price_won, "discountPrice": sale_won, **how}


def _slide(card: object, batch: Batch) -> dict[str, object]:
    if not isinstance(card, ImageCard):
        raise Rejected("BUBBLE", f"a slide of {type(card).__name__}")
    return {
        "header": card.title,
        "message": card.description,
        "imageUrl": _picture_at(batch, card.image_url, PictureShape.SLIDE),
        "buttons": _buttons(card.buttons),
    }


def _picture_at(batch: Batch, url: str, shape: PictureShape) -> str:
    """NHN shows only pictures that it keeps itself."""
    try:
        return batch.pictures[url, shape]
    except KeyError:
        raise Rejected("PICTURE", shape) from None


def _buttons(buttons: Sequence[Button]) -> list[dict[str, str]]:
    return [_button(one) for one in buttons]


def _button(button: Button) -> dict[str, str]:
    """A BK button says its name to the bot when pressed."""
    if button.action is not Action.LINK:
        return {"name": button.label, "type": "BK"}
    target = button.target
    return {"name": button.label, "type": "WL", "linkMo": target, "linkPc": target}


def _coupon(coupon: CouponPart) -> dict[str, str]:
    return {
        "title": coupon.title,
        "description": coupon.description,
        "linkMo": coupon.link,
        "linkPc": coupon.link,
    }
