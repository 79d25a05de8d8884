"""Shops: opened by a manager, described by their owner, with a picture."""

import hashlib
import io
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NewType

from PIL import Image, ImageOps, UnidentifiedImageError

from domain.audit import Act, program_book, shop_book
from domain.people import ChannelId, MarketId, ShopId
from domain.refusals import Invalid
from domain.visits import read_place
from domain.ways import PictureShape
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.pictures import (
    delete_unused_picture,
    insert_picture_once,
    save_shop_picture,
)
from storage.queries.places import (
    find_shop_by_slug,
    get_channel,
    get_program_of_market,
    get_shop,
    insert_shop,
    save_place,
    save_shop,
)

NAME_MAX = 20
LINE_MAX = 100
CONTACT = re.compile(r"0\d{1,3}-?\d{3,4}-?\d{4}|1\d{3}-?\d{4}")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")

PICTURE_BYTES_MAX = 8 * 1024 * 1024
PICTURE_PIXELS_MAX = 40_000_000
CARD_SIZE = (800, 400)
"""2:1, as a card under a picture is cut (kakao-chatbot.md 2.9); every bubble but a small item
takes it (providers.md B4)."""

SQUARE_SIZE = (600, 600)
"""1:1, as a small item is cut, and at least 500 wide (providers.md B4)."""

CARD_BYTES_MAX = 500 * 1024
"""As a provider's storage takes it (providers.md: ≤ 500 KB); KakaoTalk names no limit."""

JPEG_QUALITIES = (85, 70, 50, 30)
"""The first that is small enough; the last of them always is at card size."""

Card = NewType("Card", bytes)
"""A picture that has been cut and cleaned."""


class Focus(StrEnum):
    """Which part of a picture that is higher than a card stays on it."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


DOWN: Mapping[Focus, float] = {Focus.TOP: 0.0, Focus.MIDDLE: 0.5, Focus.BOTTOM: 1.0}


def open_shop(
    tx: Tx,
    *,
    market_id: MarketId,
    channel_id: ChannelId,
    name: str,
    trade: str,
    slug: str,
    contact: str | None,
    at: datetime,
    actor: str,
) -> ShopId:
    """Opens a shop in a market, speaking through a channel. Raises Invalid beside the field."""
    wrong = {}
    if not name.strip():
        wrong["name"] = "매장 이름을 적어 주세요."
    elif len(name.strip()) > NAME_MAX:
        wrong["name"] = f"매장 이름은 {NAME_MAX}자까지 적을 수 있어요."
    if not SLUG.fullmatch(slug):
        wrong["slug"] = "주소는 영문 소문자, 숫자, - 로 적어 주세요."
    elif find_shop_by_slug(tx, slug):
        wrong["slug"] = "이미 쓰는 주소예요. 다른 주소를 적어 주세요."
    if contact and not CONTACT.fullmatch(contact):
        wrong["contact"] = "전화번호 모양이 아니에요. 02-123-4567처럼 적어 주세요."
    if wrong:
        raise Invalid(wrong)
    get_channel(tx, channel_id)
    shop_id = insert_shop(
        tx,
        market_id=market_id,
        channel_id=channel_id,
        slug=slug,
        name=name.strip(),
        trade=trade,
        contact=contact,
        address=None,
        hours=None,
        welcome=None,
        picture_id=None,
        created_at=at,
    )
    act = Act(actor=actor, act="open_shop", subject=f"shop:{shop_id}", at=at)
    append_audit(tx, program_book(get_program_of_market(tx, market_id)), act)
    return shop_id


def change_shop(
    tx: Tx,
    shop_id: ShopId,
    *,
    contact: str,
    address: str,
    hours: str,
    welcome: str,
    actor: str,
    at: datetime,
) -> None:
    """Saves what the owner says of the shop; empty means not said. Raises Invalid."""
    wrong = {}
    if contact and not CONTACT.fullmatch(contact):
        wrong["contact"] = "전화번호 모양이 아니에요. 02-123-4567처럼 적어 주세요."
    for field, text in (("address", address), ("hours", hours), ("welcome", welcome)):
        if len(text) > LINE_MAX:
            wrong[field] = f"{LINE_MAX}자까지 적을 수 있어요."
    if wrong:
        raise Invalid(wrong)
    save_shop(
        tx,
        shop_id,
        contact=contact or None,
        address=address or None,
        hours=hours or None,
        welcome=welcome or None,
    )
    act = Act(actor=actor, act="change_shop", subject=f"shop:{shop_id}", at=at)
    append_audit(tx, shop_book(shop_id), act)


def place_shop(tx: Tx, shop_id: ShopId, words: str, *, actor: str, at: datetime) -> None:
    """Where the shop stands, as a map copies it; empty forgets it. Raises Invalid(place)."""
    place = read_place(words)
    if place is None and words.strip():
        raise Invalid({"place": "지도에서 복사한 위도, 경도를 적어 주세요. 예: 37.5561, 126.9061"})
    save_place(tx, shop_id, place)
    act = Act(actor=actor, act="place_shop", subject=f"shop:{shop_id}", at=at)
    append_audit(tx, shop_book(shop_id), act)


def add_picture(
    tx: Tx,
    shop_id: ShopId,
    card: Card,
    at: datetime,
    *,
    shape: PictureShape = PictureShape.PICTURE,
) -> str:
    """Keeps a picture for this shop; its id. The first one becomes the shop's own, unless it was
    cut for a part of a message.
    """
    picture_id = _picture_id(shop_id, card)
    insert_picture_once(
        tx, picture_id, shop_id=shop_id, content_type="image/jpeg", body=card, created_at=at
    )
    if shape is PictureShape.PICTURE and get_shop(tx, shop_id).picture_id is None:
        save_shop_picture(tx, shop_id, picture_id)
    return picture_id


def forget_crops(tx: Tx, shop_id: ShopId, crops: Collection[Card], *, but: Collection[str]) -> None:
    """Lets other crops of a photograph go where nothing shows them; `but` are chosen in a form."""
    for picture_id in {_picture_id(shop_id, one) for one in crops}.difference(but):
        delete_unused_picture(tx, shop_id, picture_id)


def _picture_id(shop_id: ShopId, card: Card) -> str:
    return hashlib.sha256(b"%d:%b" % (shop_id, card)).hexdigest()


def hang_picture(tx: Tx, shop_id: ShopId, card: Card, *, actor: str, at: datetime) -> None:
    """Makes a picture the shop's own: the one on its page, and first in the form."""
    save_shop_picture(tx, shop_id, add_picture(tx, shop_id, card, at))
    act = Act(actor=actor, act="hang_picture", subject=f"shop:{shop_id}", at=at)
    append_audit(tx, shop_book(shop_id), act)


def card_picture(
    body: bytes, focus: Focus = Focus.MIDDLE, shape: PictureShape = PictureShape.PICTURE
) -> Card:
    """A JPEG of the shape's size, stripped of its metadata, from any picture people take.

    Takes a while: not for the storage thread. Raises Invalid(picture).
    """
    if len(body) > PICTURE_BYTES_MAX:
        raise Invalid({"picture": "사진이 너무 커요. 8MB까지 올릴 수 있어요."})
    try:
        picture = Image.open(io.BytesIO(body))
        if picture.width * picture.height > PICTURE_PIXELS_MAX:
            raise Invalid({"picture": "사진이 너무 커요. 조금 작은 사진을 골라 주세요."})
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid(
            {"picture": "사진을 읽을 수 없어요. JPG나 PNG 사진을 올려 주세요."}
        ) from error
    return _cut(upright, _size_of(shape), DOWN[focus])


def shaped_picture(card: bytes, shape: PictureShape) -> Card:
    """A kept picture as a bubble of this shape needs it, cut round its middle as pages show it.

    The same bytes where it has the shape already. Takes a while: not for the storage thread.
    """
    picture = Image.open(io.BytesIO(card))
    size = _size_of(shape)
    if picture.size == size:
        return Card(card)
    return _cut(picture.convert("RGB"), size, DOWN[Focus.MIDDLE])


def _size_of(shape: PictureShape) -> tuple[int, int]:
    return SQUARE_SIZE if shape is PictureShape.ITEM else CARD_SIZE


def _cut(picture: Image.Image, size: tuple[int, int], down: float) -> Card:
    fitted = ImageOps.fit(picture, size, centering=(0.5, down))
    tried = (_jpeg(fitted, quality) for quality in JPEG_QUALITIES)
    return Card(next(body for body in tried if len(body) <= CARD_BYTES_MAX))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
