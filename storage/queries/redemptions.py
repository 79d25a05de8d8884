"""Acts with coupons, by number: what a till calls a redemption is the act that began it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.coupons import CouponAct
from domain.people import CouponId, ShopId
from storage.desk import Tx
from storage.models.coupons import Redemption
from storage.statements import Statement

ACTS_AFTER_MAX = 20


class ActView(NamedTuple):
    """One act of the shop's book."""

    act_id: int
    coupon_id: CouponId
    key: str
    act: CouponAct
    spend_won: int | None
    discount_won: int | None
    at: datetime


ACT = tuple(
    col(getattr(Redemption, "id" if name == "act_id" else name)) for name in ActView._fields
)
OF_SHOP = col(Redemption.shop_id) == bindparam("of_shop")
FIND_ACT = Statement(select(*ACT).where(OF_SHOP, col(Redemption.id) == bindparam("of_act")))
ACT_BY_KEY = Statement(select(*ACT).where(OF_SHOP, col(Redemption.key) == bindparam("of_key")))
ACTS_AFTER = Statement(
    select(*ACT)
    .where(
        OF_SHOP,
        col(Redemption.coupon_id) == bindparam("of_coupon"),
        col(Redemption.id) > bindparam("of_act"),
    )
    .order_by(col(Redemption.id))
    .limit(ACTS_AFTER_MAX)
)


def find_act(tx: Tx, shop_id: ShopId, act_id: int) -> ActView | None:
    row = tx.one(FIND_ACT, of_shop=shop_id, of_act=act_id)
    return ActView._make(row) if row else None


def find_act_of_key(tx: Tx, shop_id: ShopId, key: str) -> ActView | None:
    row = tx.one(ACT_BY_KEY, of_shop=shop_id, of_key=key)
    return ActView._make(row) if row else None


def list_acts_after(tx: Tx, shop_id: ShopId, act: ActView) -> list[ActView]:
    """What was done with the same coupon since, in order."""
    rows = tx.all(ACTS_AFTER, of_shop=shop_id, of_coupon=act.coupon_id, of_act=act.act_id)
    return [ActView._make(row) for row in rows]
