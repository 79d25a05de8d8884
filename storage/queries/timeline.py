"""What happened between one regular and one shop, each kind of it the newest first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.coupons import CouponAct
from domain.people import CouponId, CustomerId, ShopId, VisitId
from domain.visits import VisitWay
from storage.desk import Tx
from storage.models.coupons import Coupon, Redemption
from storage.models.visits import Visit
from storage.queries.coupons import WITH_OFFER, CouponView
from storage.statements import Statement, one_of
from storage.terms import COUPON_TERMS

EVENTS_MAX = 50


class PastVisit(NamedTuple):
    visit_id: VisitId
    way: VisitWay
    stamps: int
    visited_at: datetime
    recorded_at: datetime
    canceled_at: datetime | None


class CouponAt(NamedTuple):
    """Something done with a coupon."""

    coupon_id: CouponId
    act: CouponAct
    at: datetime


VISITS = Statement(
    select(
        *(col(getattr(Visit, "id" if name == "visit_id" else name)) for name in PastVisit._fields)
    )
    .where(
        col(Visit.shop_id) == bindparam("of_shop"),
        col(Visit.customer_id) == bindparam("of_customer"),
    )
    .order_by(col(Visit.visited_at).desc(), col(Visit.id).desc())
    .limit(EVENTS_MAX)
)
COUPONS = Statement(
    WITH_OFFER.where(
        col(Coupon.shop_id) == bindparam("of_shop"),
        col(Coupon.customer_id) == bindparam("of_customer"),
    )
    .order_by(col(Coupon.id).desc())
    .limit(EVENTS_MAX)
)
ACTS = Statement(
    select(col(Redemption.coupon_id), col(Redemption.act), col(Redemption.at))
    .join(Coupon, col(Coupon.id) == col(Redemption.coupon_id))
    .where(
        col(Coupon.shop_id) == bindparam("of_shop"),
        col(Coupon.customer_id) == bindparam("of_customer"),
        one_of(col(Redemption.act), CouponAct.USE, CouponAct.REVERSE),
    )
    .order_by(col(Redemption.id).desc())
    .limit(EVENTS_MAX)
)


def list_visits_of(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[PastVisit]:
    """Canceled ones with them."""
    rows = tx.all(VISITS, of_shop=shop_id, of_customer=customer_id)
    return [PastVisit._make(row) for row in rows]


def list_coupons_of_person(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[CouponView]:
    """Whatever became of them."""
    rows = tx.all(COUPONS, of_shop=shop_id, of_customer=customer_id)
    views = (CouponView._make(row) for row in rows)
    return [view._replace(terms=COUPON_TERMS.read(str(view.terms))) for view in views]


def list_acts_of(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[CouponAt]:
    """Uses and their undoing."""
    rows = tx.all(ACTS, of_shop=shop_id, of_customer=customer_id)
    return [CouponAt(CouponId(row[0]), CouponAct(row[1]), row[2]) for row in rows]
