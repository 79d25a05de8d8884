"""What an owner's counter shows: today's visits and coupons, and who they are."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlmodel import col

from domain.coupons import CouponAct, CouponState, CouponTerms, CouponWay
from domain.people import CouponId, CustomerId, ShopId, VisitId, masked_phone
from domain.visits import VisitWay
from storage.desk import Tx
from storage.models.coupons import Coupon, CouponOffer, Redemption
from storage.models.customers import Customer, Membership
from storage.models.visits import Visit
from storage.queries.customers import PHONE
from storage.queries.paper import SHOWN_PHONE
from storage.statements import Statement
from storage.terms import COUPON_TERMS

TODAY_MAX = 20
UNLOCKED_MAX = 60


class VisitLine(NamedTuple):
    """One visit of today; `who` is this shop's name for them or a masked number."""

    visit_id: VisitId
    way: VisitWay
    stamps: int
    visited_at: datetime
    canceled_at: datetime | None
    who: str | None


class UseLine(NamedTuple):
    """One coupon used today."""

    coupon_id: CouponId
    used_at: datetime
    terms: CouponTerms
    who: str | None


class Use(NamedTuple):
    """The last time a coupon was used."""

    at: datetime
    way: CouponWay
    discount_won: int | None


class Unlocked(NamedTuple):
    """A coupon that a visit earned, as it stands now."""

    coupon_id: CouponId
    state: CouponState
    expires_at: datetime
    owed_at: datetime | None
    terms: CouponTerms


WHO = (col(Membership.name), SHOWN_PHONE)


def _regular_of(table: type[Visit] | type[Coupon]) -> ColumnElement[bool]:
    return and_(
        col(Membership.shop_id) == col(table.shop_id),
        col(Membership.customer_id) == col(table.customer_id),
    )


TODAY = Statement(
    select(
        col(Visit.id),
        col(Visit.way),
        col(Visit.stamps),
        col(Visit.visited_at),
        col(Visit.canceled_at),
        *WHO,
    )
    .join(Customer, col(Customer.id) == col(Visit.customer_id))
    .outerjoin(Membership, _regular_of(Visit))
    .where(col(Visit.shop_id) == bindparam("of_shop"), col(Visit.visited_at) >= bindparam("since"))
    .order_by(col(Visit.visited_at).desc(), col(Visit.id).desc())
    .limit(TODAY_MAX)
)
USED = Statement(
    select(col(Coupon.id), col(Coupon.used_at), col(CouponOffer.terms), *WHO)
    .join(CouponOffer, col(CouponOffer.id) == col(Coupon.offer_id))
    .join(Customer, col(Customer.id) == col(Coupon.customer_id))
    .outerjoin(Membership, _regular_of(Coupon))
    .where(
        col(Coupon.shop_id) == bindparam("of_shop"),
        col(Coupon.state) == CouponState.USED,
        col(Coupon.used_at) >= bindparam("since"),
    )
    .order_by(col(Coupon.used_at).desc(), col(Coupon.id).desc())
    .limit(TODAY_MAX)
)
FIND_WHO = Statement(
    select(*WHO)
    .join(Membership, col(Membership.customer_id) == col(Customer.id))
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Customer.id) == bindparam("of_customer"),
    )
)
LAST_USE = Statement(
    select(col(Redemption.at), col(Redemption.way), col(Redemption.discount_won))
    .where(
        col(Redemption.shop_id) == bindparam("of_shop"),
        col(Redemption.coupon_id) == bindparam("of_coupon"),
        col(Redemption.act) == CouponAct.USE,
    )
    .order_by(col(Redemption.id).desc())
    .limit(1)
)
# Earned by the visit, or used before it was canceled and owed since that moment.
UNLOCKED = Statement(
    select(
        col(Coupon.id),
        col(Coupon.state),
        col(Coupon.expires_at),
        col(Coupon.owed_at),
        col(CouponOffer.terms),
    )
    .join(CouponOffer, col(CouponOffer.id) == col(Coupon.offer_id))
    .join(
        Visit,
        and_(
            col(Visit.shop_id) == col(Coupon.shop_id),
            col(Visit.customer_id) == col(Coupon.customer_id),
        ),
    )
    .where(
        col(Visit.id) == bindparam("of_visit"),
        col(Coupon.shop_id) == bindparam("of_shop"),
        or_(
            col(Coupon.key).like(bindparam("of_key")),
            col(Coupon.owed_at) == col(Visit.canceled_at),
        ),
    )
    .order_by(col(Coupon.id))
    .limit(UNLOCKED_MAX)
)


def list_today(tx: Tx, shop_id: ShopId, since: datetime) -> list[VisitLine]:
    """The last visits since the day began, canceled ones with them."""
    return [
        VisitLine._make((*row[:5], _who(tx, row)))
        for row in tx.all(TODAY, of_shop=shop_id, since=since)
    ]


def list_used(tx: Tx, shop_id: ShopId, since: datetime) -> list[UseLine]:
    """The coupons used since, newest first; those that were taken back are not among them."""
    return [
        UseLine(row[0], row[1], COUPON_TERMS.read(row[2]), _who(tx, row))
        for row in tx.all(USED, of_shop=shop_id, since=since)
    ]


def list_unlocked(tx: Tx, shop_id: ShopId, visit_id: VisitId) -> list[Unlocked]:
    """The coupons of one visit, whatever became of them."""
    key = f"visit:{visit_id}:%"
    return [
        Unlocked._make((*row[:4], COUPON_TERMS.read(row[4])))
        for row in tx.all(UNLOCKED, of_shop=shop_id, of_visit=visit_id, of_key=key)
    ]


def find_last_use(tx: Tx, shop_id: ShopId, coupon_id: CouponId) -> Use | None:
    row = tx.one(LAST_USE, of_shop=shop_id, of_coupon=coupon_id)
    return Use._make(row) if row else None


def find_who(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> str | None:
    """How a regular of this shop is called on its counter."""
    row = tx.one(FIND_WHO, of_shop=shop_id, of_customer=customer_id)
    return _who(tx, row) if row else None


def _who(tx: Tx, row: tuple[Any, ...]) -> str | None:
    """From a row that ends with name and sealed number."""
    *_, name, sealed = row
    if name or not sealed:
        return str(name) if name else None
    return masked_phone(tx.vault.unseal(sealed, purpose=PHONE))
