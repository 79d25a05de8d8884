"""What a shop's coupons share, and how many of them may be used."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from domain.coupons import CouponSource, CouponTerms
from domain.people import OfferId, ShopId
from storage.desk import Tx
from storage.models.coupons import CouponOffer
from storage.statements import Statement, inserting
from storage.terms import COUPON_TERMS

OFFERS_MAX = 200


class OfferView(NamedTuple):
    """`taken` counts only for an offer with a cap."""

    offer_id: OfferId
    source: CouponSource
    terms: CouponTerms
    cap: int | None
    taken: int
    made_at: datetime
    closed_at: datetime | None


OFFER = tuple(
    col(getattr(CouponOffer, "id" if name == "offer_id" else name)) for name in OfferView._fields
)
INSERT_OFFER = Statement(
    inserting(CouponOffer, "shop_id", "source", "terms", "cap", "taken", "made_at").returning(
        col(CouponOffer.id)
    )
)
FIND_OFFER = Statement(
    select(*OFFER).where(
        col(CouponOffer.shop_id) == bindparam("of_shop"),
        col(CouponOffer.id) == bindparam("of_offer"),
    )
)
LIST_OFFERS = Statement(
    select(*OFFER)
    .where(col(CouponOffer.shop_id) == bindparam("of_shop"))
    .order_by(col(CouponOffer.id).desc())
    .limit(OFFERS_MAX)
)
OPEN_OFFERS = Statement(
    select(*OFFER)
    .where(
        col(CouponOffer.shop_id) == bindparam("of_shop"),
        col(CouponOffer.source) == bindparam("of_source"),
        col(CouponOffer.closed_at).is_(None),
    )
    .order_by(col(CouponOffer.id))
    .limit(OFFERS_MAX)
)
CLOSE_OFFER = Statement(
    update(CouponOffer)
    .where(
        col(CouponOffer.shop_id) == bindparam("of_shop"),
        col(CouponOffer.id) == bindparam("of_offer"),
        col(CouponOffer.closed_at).is_(None),
    )
    .values(closed_at=bindparam("at"))
)
TAKE_PLACE = Statement(
    update(CouponOffer)
    .where(
        col(CouponOffer.id) == bindparam("of_offer"),
        col(CouponOffer.taken) < col(CouponOffer.cap),
    )
    .values(taken=col(CouponOffer.taken) + 1)
)
GIVE_PLACE_BACK = Statement(
    update(CouponOffer)
    .where(col(CouponOffer.id) == bindparam("of_offer"), col(CouponOffer.cap).is_not(None))
    .values(taken=col(CouponOffer.taken) - 1)
)


def insert_offer(
    tx: Tx,
    shop_id: ShopId,
    source: CouponSource,
    terms: CouponTerms,
    cap: int | None,
    at: datetime,
) -> OfferId:
    text = COUPON_TERMS.write(terms)
    row = tx.one(
        INSERT_OFFER, shop_id=shop_id, source=source, terms=text, cap=cap, taken=0, made_at=at
    )
    assert row is not None, "an insert returns its row"
    return OfferId(row[0])


def find_offer(tx: Tx, shop_id: ShopId, offer_id: OfferId) -> OfferView | None:
    row = tx.one(FIND_OFFER, of_shop=shop_id, of_offer=offer_id)
    return _offer(row) if row else None


def list_offers(tx: Tx, shop_id: ShopId) -> list[OfferView]:
    """Newest first, closed ones with them."""
    return [_offer(row) for row in tx.all(LIST_OFFERS, of_shop=shop_id)]


def list_open_offers(tx: Tx, shop_id: ShopId, source: CouponSource) -> list[OfferView]:
    return [_offer(row) for row in tx.all(OPEN_OFFERS, of_shop=shop_id, of_source=source)]


def close_offer_once(tx: Tx, shop_id: ShopId, offer_id: OfferId, at: datetime) -> bool:
    return bool(tx.run(CLOSE_OFFER, of_shop=shop_id, of_offer=offer_id, at=at))


def take_place(tx: Tx, offer_id: OfferId) -> bool:
    """One of a capped offer's places; False when there is none left, whoever asks at once."""
    return bool(tx.run(TAKE_PLACE, of_offer=offer_id))


def give_place_back(tx: Tx, offer_id: OfferId) -> None:
    """Harmless for an offer without a cap."""
    tx.run(GIVE_PLACE_BACK, of_offer=offer_id)


def _offer(row: tuple[object, ...]) -> OfferView:
    view = OfferView._make(row)
    return view._replace(terms=COUPON_TERMS.read(view.terms))
