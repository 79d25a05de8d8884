"""Visits that a till writes down, undoes and looks at; each answer is the visit as it stands."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.people import CouponId, ShopId, VisitId
from domain.refusals import NotFound
from domain.visits import Purchase
from loyalty.paper import stamp_by_phone
from loyalty.sales import Sale
from loyalty.tallies import CardStanding, find_standing
from loyalty.tills import Asked, Till, keep_request, take_request
from loyalty.visits import Stamped, cancel_visit, stamp_by_code
from storage.desk import Tx
from storage.queries.coupons import CouponView, list_earned
from storage.queries.visits import (
    VisitView,
    count_visits_between,
    find_visit,
    find_visit_by_key,
)

EVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """Who was at the till, by code or by phone number, and what was bought."""

    code: str | None = None
    phone: str | None = None
    purchase: Purchase = field(default_factory=Purchase)
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A visit as it stands now: `visits` of this person so far, `earned` by this one."""

    visit: VisitView
    visits: int
    card: CardStanding | None
    earned: tuple[CouponView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What went with a visit is known only to who undid it first."""

    receipt: Receipt
    canceled: tuple[CouponId, ...]
    owed: tuple[CouponId, ...]
    is_repeated: bool


def stamp_at_till(
    tx: Tx, till: Till, asked: Asked, sold: Sold, at: datetime
) -> tuple[Receipt, bool]:
    """The visit, and whether this request has been answered before.

    Raises as `take_request`, and as `stamp_by_code` or `stamp_by_phone`.
    """
    key = take_request(tx, till, asked)
    known = find_visit_by_key(tx, till.shop_id, key)
    if known is not None:
        return read_receipt(tx, till.shop_id, known.visit_id, at), True
    stamped = _stamp(tx, till, key, sold, at)
    keep_request(tx, till, asked, stamped.customer_id, at)
    return read_receipt(tx, till.shop_id, stamped.visit_id, at), False


def undo_at_till(tx: Tx, till: Till, visit_id: VisitId, at: datetime) -> Undone:
    """Raises as `cancel_visit` does."""
    gone = cancel_visit(tx, till.shop_id, visit_id, actor=till.actor, at=at)
    return Undone(
        receipt=read_receipt(tx, till.shop_id, visit_id, at),
        canceled=gone.canceled,
        owed=gone.owed,
        is_repeated=gone.is_repeated,
    )


def read_receipt(tx: Tx, shop_id: ShopId, visit_id: VisitId, at: datetime) -> Receipt:
    """Raises NotFound(`visit`)."""
    visit = find_visit(tx, shop_id, visit_id)
    if visit is None:
        raise NotFound("visit")
    person = shop_id, visit.customer_id
    return Receipt(
        visit=visit,
        visits=count_visits_between(tx, *person, *EVER),
        card=find_standing(tx, *person, at),
        earned=tuple(list_earned(tx, *person, f"visit:{visit_id}:")),
    )


def _stamp(tx: Tx, till: Till, key: str, sold: Sold, at: datetime) -> Stamped:
    sale = Sale(key=key, actor=till.actor, purchase=sold.purchase, happened_at=sold.happened_at)
    if sold.code is not None:
        return stamp_by_code(tx, till.shop_id, sold.code, sale, at)
    assert sold.phone is not None, "a till names a code or a number"
    return stamp_by_phone(tx, till.shop_id, sold.phone, sale, at)
