"""What happened in a shop since an instant, as three numbers."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from domain.coupons import CouponState
from domain.people import ShopId
from storage.desk import Tx
from storage.models.coupons import Coupon
from storage.models.customers import Membership
from storage.models.visits import Visit
from storage.statements import Statement


class DayCounts(NamedTuple):
    """Visits that stand, people who joined, coupons that were used."""

    visits: int
    joined: int
    used: int


VISITS = select(func.count()).where(
    col(Visit.shop_id) == bindparam("of_shop"),
    col(Visit.visited_at) >= bindparam("since"),
    col(Visit.canceled_at).is_(None),
)
JOINED = select(func.count()).where(
    col(Membership.shop_id) == bindparam("of_shop"),
    col(Membership.joined_at) >= bindparam("since"),
)
USED = select(func.count()).where(
    col(Coupon.shop_id) == bindparam("of_shop"),
    col(Coupon.state) == CouponState.USED,
    col(Coupon.used_at) >= bindparam("since"),
)
COUNT = Statement(
    select(VISITS.scalar_subquery(), JOINED.scalar_subquery(), USED.scalar_subquery())
)


def count_since(tx: Tx, shop_id: ShopId, since: datetime) -> DayCounts:
    row = tx.one(COUNT, of_shop=shop_id, since=since)
    assert row is not None, "counts are always there"
    return DayCounts._make(row)
