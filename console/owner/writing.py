"""What the sending page offers to write with: ready lines by occasion, own texts, pictures,
coupons; and how the words look and what is wrong with them while they are typed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from campaigns.booking import button_of, preview_of, sign_of
from campaigns.calendar import days_between
from campaigns.catalog import Line, lines_for
from campaigns.compose import frame_of
from campaigns.ways import rank_ways
from console.owner.parts_typed import NAMES, Rows, shown_rows
from console.owner.people_chosen import PeopleSheet, PeopleWords, read_people_sheet
from console.owner.shapes import (
    ALONE,
    Carrier,
    carrier_of,
    limits_of,
    offered_shapes,
    room_of,
)
from console.owner.when_chosen import WhenSheet, read_when_sheet
from console.owner.words import Words, draft_of
from domain.bubbles import Bubble, Button
from domain.campaigns import BRAND_SENDERS, BubbleKind, MessageKind, SenderName
from domain.checking import Finding, Frame, check_words, filled
from domain.classifying import classify
from domain.compliance import Room, Sign
from domain.coupons import CouponSource
from domain.money import Jeon, Tariff
from domain.occasions import Occasion, is_near, season_of
from domain.parts import LINK, PICTURE, PRICE, SALE, TEXT, Part, PartLimits
from domain.people import ShopId
from domain.refusals import Invalid
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.offers import OfferView, list_open_offers
from storage.queries.pictures import list_pictures
from storage.queries.places import ShopView, get_shop
from storage.queries.prices import find_price
from storage.queries.ready_texts import TextView, list_texts

LINES_MAX: Final = 2
"""For one occasion: the page is under 60 KB for a bad line (style-guide 16e)."""

LOOK_AHEAD: Final = timedelta(days=14)
NO_CONTACT: Final = "전화번호를 적어 주세요"
"""Stands where the contact will: nothing leaves without one (L7)."""

NO_PICTURE: Final = "none"
"""Stands for a picture that is not chosen yet; parts/bubble.html draws an empty frame for it."""

OFTEN: Final = (
    Occasion.NEW,
    Occasion.TODAY,
    Occasion.CLOSING,
    Occasion.THANKS,
    Occasion.FIRST,
    Occasion.QUIET,
    Occasion.COUPONS,
    Occasion.CARDS,
    Occasion.BIRTHDAY_TODAY,
)


class Shelf(NamedTuple):
    """The ready lines for one occasion."""

    occasion: Occasion
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the form offers: the shop, the shapes and the ways that carry each, its pictures, its
    coupons and what each way costs.
    """

    shop: ShopView
    shapes: Mapping[BubbleKind, list[Carrier]]
    pictures: list[str]
    coupons: list[OfferView]
    prices: Mapping[str, Jeon | None]
    shelves: Sequence[Shelf]
    texts: Sequence[TextView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The words as they stand: what is wrong with them, what they are by law and why, and how a
    customer will see them; no `bubble` while there is none to show. `letters` counts them with the
    longest name there may be; `room` is what the shape has for them, None while none is chosen.
    `is_brand`: a business message, on which KakaoTalk writes marks of its own.
    """

    shop_name: str
    letters: int
    room: Room | None
    is_brand: bool
    findings: Sequence[Finding]
    why: str
    bubble: Bubble | None
    button: Button | None


class PartsSheet(NamedTuple):
    """The parts as the form shows them; `hidden` is kept for a shape that has more. `title_max`
    letters are left beside the shop's name.
    """

    limits: PartLimits | None
    title_max: int
    shown: Rows
    hidden: Rows
    pictures: Sequence[str]
    names: Sequence[str] = NAMES

    @property
    def unasked(self) -> Sequence[str]:
        """The fields of a part that this shape has no place for."""
        asks = self.limits
        if asks is None:
            return NAMES
        has = {
            PRICE: asks.has_price,
            SALE: asks.has_price,
            TEXT: asks.text_max > 0,
            PICTURE: asks.has_picture,
            LINK: asks.has_link,
        }
        return [name for name in NAMES if not has.get(name, True)]


class Sheets(NamedTuple):
    """The whole form: what to write with, how it looks, to whom, and when."""

    desk: Desk
    parts: PartsSheet
    look: Look
    whom: PeopleSheet
    times: WhenSheet


def read_sheets(
    tx: Tx, shop_id: ShopId, words: Words, offered: Collection[SenderName], at: datetime
) -> Sheets:
    ranked = rank_ways(tx, shop_id, offered, at)
    carrier = carrier_of(words.way, words.sender, ranked)
    sender = carrier.sender if carrier else SenderName.KAKAO_EVENT
    return Sheets(
        desk=read_desk(tx, shop_id, ranked, at),
        parts=read_parts_sheet(tx, shop_id, words),
        look=look_at(tx, shop_id, words, ranked),
        whom=read_people_sheet(tx, shop_id, words.people, sender, at),
        times=read_when_sheet(tx, shop_id, words.when, sender, at),
    )


def read_desk(tx: Tx, shop_id: ShopId, offered: Collection[SenderName], at: datetime) -> Desk:
    prices = {
        name: find_price(tx, Tariff(name), MessageKind.ADVERTISEMENT, at) for name in SenderName
    }
    shop = get_shop(tx, shop_id)
    return Desk(
        shop=shop,
        shapes=offered_shapes(offered, _sign_of(tx, shop)),
        pictures=list_pictures(tx, shop_id),
        coupons=list_open_offers(tx, shop_id, CouponSource.CAMPAIGN),
        prices={name: price.unit_jeon if price else None for name, price in prices.items()},
        shelves=shelves_of(shop.trade, at),
        texts=list_texts(tx, shop_id),
    )


def shelves_of(trade: str, at: datetime) -> list[Shelf]:
    """Days that come soon first, then what always fits, then the season."""
    today = in_kst(at).date()
    coming = days_between(today, today + LOOK_AHEAD)
    near = [day.occasion for day in coming if is_near(day, today)]
    occasions = dict.fromkeys([*near, *OFTEN, season_of(today)])
    shelves = (Shelf(one, lines_for(trade, one)[:LINES_MAX]) for one in occasions)
    return [shelf for shelf in shelves if shelf.lines]


def read_parts_sheet(tx: Tx, shop_id: ShopId, words: Words) -> PartsSheet:
    limits = limits_of(words.way)
    shown = shown_rows(words.rows, limits) if limits else ()
    room = room_of(words.way, _sign_of(tx, get_shop(tx, shop_id)))
    title_max = limits.title_max if limits else 0
    if room and room.thing_letters:
        title_max = min(title_max, room.thing_letters)
    hidden = words.rows[len(shown) :]
    return PartsSheet(limits, title_max, shown, hidden, list_pictures(tx, shop_id))


def read_frame(tx: Tx, shop_id: ShopId, words: Words) -> Frame:
    """What these words must fit in the shape they are for."""
    shop = get_shop(tx, shop_id)
    return _frame(_sign_of(tx, shop), words)


def read_look(
    tx: Tx, shop_id: ShopId, words: Words, offered: Collection[SenderName], at: datetime
) -> Look:
    return look_at(tx, shop_id, words, rank_ways(tx, shop_id, offered, at))


def look_at(tx: Tx, shop_id: ShopId, words: Words, offered: Collection[SenderName]) -> Look:
    """Nothing here refuses: what is wrong is shown, and the rest as far as it goes."""
    shop = get_shop(tx, shop_id)
    sign = _sign_of(tx, shop)
    frame = _frame(sign, words)
    shown = _shown(words, sign, offered) if words.body else None
    carrier = carrier_of(words.way, words.sender, offered)
    return Look(
        shop_name=shop.name,
        letters=len(filled(words.body, frame)),
        room=room_of(words.way, sign),
        is_brand=carrier is not None and carrier.sender in BRAND_SENDERS,
        findings=check_words(words.body, frame) if words.body else [],
        why=classify(words.body).why if shown else "",
        bubble=shown[0] if shown else None,
        button=shown[1] if shown else None,
    )


def _sign_of(tx: Tx, shop: ShopView) -> Sign:
    return sign_of(tx, shop) or Sign(name=shop.name, contact=NO_CONTACT)


def _frame(sign: Sign, words: Words) -> Frame:
    frame, room = frame_of(sign.name, sign.contact), room_of(words.way, sign)
    return replace(frame, letters_max=min(frame.letters_max, room.letters)) if room else frame


def _shown(
    words: Words, sign: Sign, offered: Collection[SenderName]
) -> tuple[Bubble, Button | None] | None:
    """None while the words cannot be read. A card without its picture yet is shown without one,
    other shapes with an empty frame; a button that is half written is not shown at all.
    """
    alone = replace(words, people=PeopleWords())
    if alone.way == BubbleKind.PICTURE and not alone.picture_id:
        alone = replace(alone, way=ALONE)
    for tried in (alone, replace(alone, label="", link="")):
        try:
            draft = draft_of(tried, offered)
            parts = tuple(_filled(part) for part in draft.parts)
            draft = replace(draft, picture_id=draft.picture_id or NO_PICTURE, parts=parts)
            return preview_of(draft, sign, ""), button_of(draft)
        except Invalid:
            continue
    return None


def _filled(part: Part) -> Part:
    """As far as it is written, so that the rest can be seen."""
    return replace(part, picture_id=part.picture_id or NO_PICTURE, price_won=part.price_won or 0)
