"""Our messages as SOLAPI takes them: free-form brand messages (providers.md A3, D4)."""

from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from campaigns.senders.solapi_reports import MESSAGE_FIELD
from domain.bubbles import (
    Action,
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

PARCEL_BYTES_MAX = 14_000_000
"""SOLAPI takes 15 MB in one request."""
PARCEL_PEOPLE_MAX = 10_000
FIXED_MAX = 999_999
"""More won off are told in percent: NHN's guide has this limit for the same bubble."""

HEAD, JOINT, TAIL = b'{"messages":[', b",", b"]}"


def encode_group(batch: Batch) -> bytes:
    return orjson.dumps({"allowDuplicates": False, "customFields": {"batch": batch.send_key}})


def encode_message(one: Outgoing, batch: Batch, sender_number: str | None) -> bytes:
    message: dict[str, object] = {
        "to": one.address,
        "type": "BMS_FREE",
        "kakaoOptions": _options(batch, one),
        "customFields": custom_fields(one, batch),
    }
    if isinstance(one.bubble, Text):
        message["text"] = one.bubble.text
    if sender_number:
        message["from"] = sender_number
    return orjson.dumps(message)


def custom_fields(one: Outgoing, batch: Batch) -> dict[str, str]:
    """Ours, which SOLAPI says back to us with everything it tells of the message."""
    return {
        "run": str(batch.run_id),
        "chunk": str(batch.chunk_id),
        MESSAGE_FIELD: str(one.message_id),
    }


def _options(batch: Batch, one: Outgoing) -> dict[str, object]:
    bms = {"targeting": "I", "adult": False, **_drawn(one, batch)}
    # An SMS instead would cost more and lack the 080 number (providers.md trap 3).
    return {"pfId": batch.account.pf_id, "disableSms": True, "bms": bms}


def _drawn(one: Outgoing, batch: Batch) -> dict[str, object]:
    match one.bubble:
        case Text():
            return {"chatBubbleType": "TEXT", "buttons": _under_text(one)}
        case ImageCard() as card:
            return _image(card, batch)
        case ListCard() as card:
            return _item_list(card, batch, one.why_url)
        case Carousel() as carousel:
            return _feed(carousel, batch)
        case CommerceCard() as card:
            return _commerce(card, batch)
        case _:
            raise Rejected("BUBBLE", type(one.bubble).__name__)


def _under_text(one: Outgoing) -> list[dict[str, str]]:
    buttons = [_button(one.button)] if one.button else []
    if one.why_url:
        buttons.append(_link(WHY_LABEL, one.why_url))
    buttons.append(REFUSE)  # the last thing on the handset (L8)
    return buttons


def _image(card: ImageCard, batch: Batch) -> dict[str, object]:
    shape = PictureShape.WIDE if card.is_wide else PictureShape.PICTURE
    return {
        "chatBubbleType": "WIDE" if card.is_wide else "IMAGE",
        "content": f"{card.title}\n{card.description}",
        "imageId": _kept(batch, card.image_url, shape),
        "buttons": _buttons(card.buttons),
    }


def _item_list(card: ListCard, batch: Batch, why_url: str | None) -> dict[str, object]:
    """Every row must lead somewhere (NODE), so one without a link leads to why it was sent."""
    first, *others = card.rows
    return {
        "chatBubbleType": "WIDE_ITEM_LIST",
        "header": card.header,
        "mainWideItem": _item(first, batch, PictureShape.FIRST_ITEM, why_url),
        "subWideItemList": [_item(row, batch, PictureShape.ITEM, why_url) for row in others],
        "buttons": _buttons(card.buttons),
    }


def _item(row: Row, batch: Batch, shape: PictureShape, why_url: str | None) -> dict[str, str]:
    link = row.link or why_url
    if link is None:
        raise Rejected("ROW_LINK", "a row leads nowhere")
    picture = _kept(batch, row.image_url, shape)
    return {"title": row.title, "imageId": picture, "linkMobile": link, "linkPc": link}


def _feed(carousel: Carousel, batch: Batch) -> dict[str, object]:
    """The coupon stands in the first card, for there is one in a message."""
    cards = [_slide(card, batch) for card in carousel.cards if isinstance(card, ImageCard)]
    if cards and batch.coupon:
        cards[0]["coupon"] = _coupon(batch.coupon)
    return {"chatBubbleType": "CAROUSEL_FEED", "carousel": {"list": cards}}


def _slide(card: ImageCard, batch: Batch) -> dict[str, object]:
    return {
        "header": card.title,
        "content": card.description,
        "imageId": _kept(batch, card.image_url, PictureShape.SLIDE),
        "buttons": _buttons(card.buttons),
    }


def _commerce(card: CommerceCard, batch: Batch) -> dict[str, object]:
    commerce: dict[str, object] = {"title": card.title, "regularPrice": card.price_won}
    if card.discounted_won is not None:
        off = card.price_won - card.discounted_won
        commerce["discountPrice"] = card.discounted_won
        if off <= FIXED_MAX:
            commerce["discountFixed"] = off
        else:
            commerce["discountRate"] = off * 100 // card.price_won
    drawn: dict[str, object] = {
        "chatBubbleType": "COMMERCE",
        "imageId": _kept(batch, card.picture.url, PictureShape.GOODS),
        "commerce": commerce,
        "additionalContent": card.description,
        "buttons": _buttons(card.buttons),
    }
    if batch.coupon:
        drawn["coupon"] = _coupon(batch.coupon)
    return drawn


def _kept(batch: Batch, url: str | None, shape: PictureShape) -> str:
    """What SOLAPI calls the picture. Rejected without one: nobody gets a bubble with a hole."""
    ref = batch.pictures.get((url or "", shape))
    if ref is None:
        raise Rejected("NO_PICTURE", shape)
    return ref


def _coupon(coupon: CouponPart) -> dict[str, str]:
    return {
        "title": coupon.title,
        "description": coupon.description,
        "linkMobile": coupon.link,
        "linkPc": coupon.link,
    }


def _buttons(buttons: Iterable[Button]) -> list[dict[str, str]]:
    return [_button(one) for one in buttons]


def _button(button: Button) -> dict[str, str]:
    """A BK button says its name to the bot when pressed."""
    if button.action is not Action.LINK:
        return {"name": button.label, "linkType": "BK"}
    return _link(button.label, button.target)


def _link(label: str, address: str) -> dict[str, str]:
    return {"name": label, "linkType": "WL", "linkMobile": address, "linkPc": address}


REFUSE: Final = _button(REFUSE_BUTTON)


def parcels(messages: Iterable[bytes]) -> Iterator[bytes]:
    """The bodies of as many requests as the provider's limits need."""
    held: list[bytes] = []
    size = 0
    for message in messages:
        if held and (size + len(message) >= PARCEL_BYTES_MAX or len(held) == PARCEL_PEOPLE_MAX):
            yield HEAD + JOINT.join(held) + TAIL
            held, size = [], 0
        held.append(message)
        size += len(message) + len(JOINT)
    if held:
        yield HEAD + JOINT.join(held) + TAIL
