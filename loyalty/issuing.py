"""Giving a coupon to one regular, once for each reason."""

from dataclasses import dataclass
from datetime import datetime

from domain.coupons import CouponSource
from domain.people import CouponId, CustomerId, OfferId, ShopId, TallyId
from domain.refusals import NotFound
from storage.desk import Tx
from storage.queries.coupons import NewCoupon, find_coupon_by_key, issue_coupon_once
from storage.queries.offers import find_offer


@dataclass(frozen=True, slots=True)
class Given:
    """A coupon that has just been given."""

    coupon_id: CouponId
    title: str
    source: CouponSource
    expires_at: datetime


def give_coupon(
    tx: Tx,
    person: tuple[ShopId, CustomerId],
    offer_id: OfferId,
    key: str,
    at: datetime,
    *,
    place: tuple[TallyId, int] | None = None,
) -> Given | None:
    """None when this person was given it before for the same `key`.

    `place` is the reward's place on a tally. Raises NotFound(`offer`) for another shop's.
    """
    shop_id, customer_id = person
    offer = find_offer(tx, shop_id, offer_id)
    if offer is None:
        raise NotFound("offer")
    tally_id, threshold = place or (None, None)
    new = NewCoupon(
        shop_id=shop_id,
        customer_id=customer_id,
        offer_id=offer_id,
        key=key,
        tally_id=tally_id,
        threshold=threshold,
        issued_at=at,
        expires_at=offer.terms.expires_at(at),
    )
    if not issue_coupon_once(tx, new):
        return None
    coupon = find_coupon_by_key(tx, offer_id, customer_id, key)
    assert coupon is not None, "it was issued in the line above"
    return Given(coupon.coupon_id, offer.terms.title, offer.source, coupon.expires_at)
