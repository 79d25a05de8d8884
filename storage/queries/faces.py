"""What many people hold, read for all of them at once."""

from collections.abc import Collection, Mapping
from datetime import datetime

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    FromClause,
    and_,
    bindparam,
    func,
    select,
)
from sqlmodel import col

from domain.cards import CardTerms, HeldCard
from domain.coupons import CouponState
from domain.people import CustomerId, OfferId, RulesId, ShopId, TallyId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.cards import CardRules as CardRow
from storage.models.cards import HeldCard as HeldRow
from storage.models.cards import Tally as TallyRow
from storage.models.coupons import Coupon, CouponOffer
from storage.queries.cards import CARD, CARD_OF, TALLY, Tally, held_of
from storage.queries.coupons import COUPON, COUPONS_MAX, OF_OFFER, CouponView, coupon_of
from storage.statements import Statement, json_rows, one_of
from storage.terms import CARD_TERMS, COUPON_TERMS

Pair = tuple[ShopId, CustomerId]
"""One person in one shop."""


def pairs(dialect: str) -> FromClause:
    return json_rows(dialect, "people", shop_id=BigInteger(), customer_id=BigInteger())


def _of_pair(row: type[TallyRow], people: FromClause) -> ColumnElement[bool]:
    return and_(col(row.shop_id) == people.c.shop_id, col(row.customer_id) == people.c.customer_id)


def _tallies(dialect: str) -> Executable:
    people = pairs(dialect)
    return (
        select(col(TallyRow.shop_id), col(TallyRow.customer_id), *TALLY, *CARD)
        .select_from(people)
        .join(TallyRow, and_(_of_pair(TallyRow, people), col(TallyRow.closed_at).is_(None)))
        .join(HeldRow, CARD_OF)
        .join(CardRow, col(CardRow.id) == col(HeldRow.rules_id))
    )


def _last_numbers(dialect: str) -> Executable:
    people = pairs(dialect)
    key = col(TallyRow.shop_id), col(TallyRow.customer_id)
    return (
        select(*key, func.max(col(TallyRow.card_number)))
        .select_from(people)
        .join(TallyRow, _of_pair(TallyRow, people))
        .group_by(*key)
    )


def _cards(dialect: str) -> Executable:
    shops = json_rows(dialect, "shops", shop_id=BigInteger())
    is_of_today = and_(col(CardRow.shop_id) == shops.c.shop_id, col(CardRow.retired_at).is_(None))
    return (
        select(col(CardRow.shop_id), col(CardRow.id), col(CardRow.terms))
        .select_from(shops)
        .join(CardRow, is_of_today)
        .order_by(col(CardRow.shop_id), col(CardRow.position))
    )


def _titles(dialect: str) -> Executable:
    offers = json_rows(dialect, "offers", shop_id=BigInteger(), offer_id=BigInteger())
    wanted = and_(
        col(CouponOffer.shop_id) == offers.c.shop_id, col(CouponOffer.id) == offers.c.offer_id
    )
    return (
        select(col(CouponOffer.id), col(CouponOffer.terms))
        .select_from(offers)
        .join(CouponOffer, wanted)
    )


def _owed(dialect: str) -> Executable:
    tallies = json_rows(dialect, "tallies", tally_id=BigInteger())
    is_owed = and_(
        col(Coupon.tally_id) == tallies.c.tally_id,
        col(Coupon.state) != CouponState.CANCELED,
        col(Coupon.owed_at).is_not(None),
        col(Coupon.threshold).is_not(None),
    )
    return (
        select(col(Coupon.tally_id), col(Coupon.threshold))
        .select_from(tallies)
        .join(Coupon, is_owed)
    )


def _usable(dialect: str) -> Executable:
    people = json_rows(dialect, "people", customer_id=BigInteger())
    can_be_used = and_(
        col(Coupon.customer_id) == people.c.customer_id,
        one_of(col(Coupon.state), CouponState.READY, CouponState.HELD),
        col(Coupon.expires_at) > bindparam("at", type_=INSTANT),
    )
    return (
        select(*COUPON)
        .select_from(people)
        .join(Coupon, can_be_used)
        .join(CouponOffer, OF_OFFER)
        .order_by(col(Coupon.customer_id), col(Coupon.expires_at), col(Coupon.id))
    )


TALLIES = Statement(_tallies)
LAST_NUMBERS = Statement(_last_numbers)
CARDS = Statement(_cards)
TITLES = Statement(_titles)
OWED = Statement(_owed)
USABLE = Statement(_usable)


def list_open_tallies(tx: Tx, people: Collection[Pair]) -> Mapping[Pair, tuple[Tally, HeldCard]]:
    """As `find_open_tally`, for who has one."""
    width = 2 + len(Tally._fields)
    return {
        (row[0], row[1]): (Tally._make(row[2:width]), held_of(row[width:]))
        for row in tx.all(TALLIES, people=written(people))
    }


def list_last_numbers(tx: Tx, people: Collection[Pair]) -> Mapping[Pair, int]:
    """As `find_last_number`, for who had a card."""
    return {(row[0], row[1]): row[2] for row in tx.all(LAST_NUMBERS, people=written(people))}


def list_cards_of(
    tx: Tx, shops: Collection[ShopId]
) -> Mapping[ShopId, list[tuple[RulesId, CardTerms]]]:
    """As `list_cards`, for shops that have some."""
    found: dict[ShopId, list[tuple[RulesId, CardTerms]]] = {}
    asked = orjson.dumps([{"shop_id": one} for one in shops]).decode()
    for shop_id, rules_id, terms in tx.all(CARDS, shops=asked):
        found.setdefault(shop_id, []).append((rules_id, CARD_TERMS.read(terms)))
    return found


def list_titles(tx: Tx, offers: Collection[tuple[ShopId, OfferId]]) -> Mapping[OfferId, str]:
    asked = orjson.dumps([{"shop_id": shop, "offer_id": offer} for shop, offer in offers]).decode()
    return {row[0]: COUPON_TERMS.read(row[1]).title for row in tx.all(TITLES, offers=asked)}


def list_owed(tx: Tx, tallies: Collection[TallyId]) -> Mapping[TallyId, list[int]]:
    """The places whose coupons were used before the sale was canceled, for tallies that have
    some.
    """
    found: dict[TallyId, list[int]] = {}
    asked = orjson.dumps([{"tally_id": one} for one in tallies]).decode()
    for tally_id, threshold in tx.all(OWED, tallies=asked):
        found.setdefault(tally_id, []).append(threshold)
    return found


def list_usable_of(
    tx: Tx, people: Collection[CustomerId], at: datetime
) -> Mapping[CustomerId, list[CouponView]]:
    """As `list_usable`, for who has some."""
    found: dict[CustomerId, list[CouponView]] = {}
    asked = orjson.dumps([{"customer_id": one} for one in people]).decode()
    for row in tx.all(USABLE, people=asked, at=at):
        coupon = coupon_of(row)
        found.setdefault(coupon.customer_id, []).append(coupon)
    return {one: coupons[:COUPONS_MAX] for one, coupons in found.items()}


def written(people: Collection[Pair]) -> str:
    return orjson.dumps(
        [{"shop_id": shop_id, "customer_id": customer_id} for shop_id, customer_id in people]
    ).decode()
