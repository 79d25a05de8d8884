"""How many coupons of each offer were given and used."""

from typing import NamedTuple

from sqlalchemy import bindparam, case, func, select
from sqlmodel import col

from domain.coupons import CouponState
from domain.people import OfferId, ShopId
from storage.desk import Tx
from storage.models.coupons import Coupon
from storage.statements import Statement


class OfferCounts(NamedTuple):
    given: int = 0
    used: int = 0


COUNTS = Statement(
    select(
        col(Coupon.offer_id),
        func.sum(case((col(Coupon.state) != CouponState.CANCELED, 1), else_=0)),
        func.sum(case((col(Coupon.state) == CouponState.USED, 1), else_=0)),
    )
    .where(col(Coupon.shop_id) == bindparam("of_shop"))
    .group_by(col(Coupon.offer_id))
)


def count_coupons(tx: Tx, shop_id: ShopId) -> dict[OfferId, OfferCounts]:
    """Offers of which none was given are left out."""
    rows = tx.all(COUNTS, of_shop=shop_id)
    return {OfferId(row[0]): OfferCounts(int(row[1]), int(row[2])) for row in rows}
