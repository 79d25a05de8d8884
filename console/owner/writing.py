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
from console.owner.people_chosen import PeopleSheet, PeopleWords, read_people_sheet
from console.owner.when_chosen import WhenSheet, read_when_sheet
from console.owner.words import WAYS, Words, draft_of
from domain.bubbles import Bubble, Button
from domain.campaigns import MessageKind, SenderName
from domain.checking import Finding, check_words, filled
from domain.classifying import classify
from domain.compliance import Sign
from domain.coupons import CouponSource
from domain.money import Jeon, Tariff
from domain.occasions import Occasion, is_near, season_of
from domain.people import ShopId
from domain.refusals import Invalid
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.offers import OfferView, list_open_offers
from storage.queries.places import ShopView, get_shop, list_pictures
from storage.queries.prices import find_price
from storage.queries.ready_texts import TextView, list_texts

LINES_MAX: Final = 2
"""For one occasion: the page is under 60 KB for a bad line (style-guide 16e)."""

LOOK_AHEAD: Final = timedelta(days=14)
NO_CONTACT: Final = "전화번호를 적어 주세요"
"""Stands where the contact will: nothing leaves without one (L7)."""

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
    """What the form offers: the shop, its pictures, its coupons and what each way costs."""

    shop: ShopView
    pictures: list[str]
    coupons: list[OfferView]
    prices: Mapping[str, Jeon | None]
    senders: Collection[SenderName]
    shelves: Sequence[Shelf]
    texts: Sequence[TextView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The words as they stand: what is wrong with them, what they are by law and why, and how a
    customer will see them; no `bubble` while there is none to show. `letters` counts them with the
    longest name there may be.
    """

    shop_name: str
    letters: int
    findings: Sequence[Finding]
    why: str
    bubble: Bubble | None
    button: Button | None


class Sheets(NamedTuple):
    """The whole form: what to write with, how it looks, to whom, and when."""

    desk: Desk
    look: Look
    whom: PeopleSheet
    times: WhenSheet


def read_sheets(
    tx: Tx, shop_id: ShopId, words: Words, offered: Collection[SenderName], at: datetime
) -> Sheets:
    sender = WAYS[words.way][0] if words.way in WAYS else SenderName.KAKAO_EVENT
    return Sheets(
        desk=read_desk(tx, shop_id, offered, at),
        look=look_at(tx, shop_id, words, offered),
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
        pictures=list_pictures(tx, shop_id),
        coupons=list_open_offers(tx, shop_id, CouponSource.CAMPAIGN),
        prices={name: price.unit_jeon if price else None for name, price in prices.items()},
        senders=offered,
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


def look_at(tx: Tx, shop_id: ShopId, words: Words, offered: Collection[SenderName]) -> Look:
    """Nothing here refuses: what is wrong is shown, and the rest as far as it goes."""
    shop = get_shop(tx, shop_id)
    sign = sign_of(tx, shop) or Sign(name=shop.name, contact=NO_CONTACT)
    frame = frame_of(shop.name, sign.contact)
    findings = check_words(words.body, frame) if words.body else []
    shown = _shown(words, sign, offered) if words.body else None
    return Look(
        shop_name=shop.name,
        letters=len(filled(words.body, frame)),
        findings=findings,
        why=classify(words.body).why if shown else "",
        bubble=shown[0] if shown else None,
        button=shown[1] if shown else None,
    )


def _shown(
    words: Words, sign: Sign, offered: Collection[SenderName]
) -> tuple[Bubble, Button | None] | None:
    """None while the words cannot be read. A card without its picture yet is shown without one,
    a button that is half written not at all.
    """
    alone = replace(words, people=PeopleWords())
    if alone.way == "picture" and not alone.picture_id:
        alone = replace(alone, way="list")
    for tried in (alone, replace(alone, label="", link="")):
        try:
            draft = draft_of(tried, offered)
            return preview_of(draft, sign, ""), button_of(draft)
        except Invalid:
            continue
    return None
