"""Two tallies put on top of each other: their coupons, visits and cards (loyalty/merging.py)."""

from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import col

from domain.coupons import CouponState
from domain.people import CouponId, TallyId
from storage.desk import Tx
from storage.models.cards import HeldCard, Tally
from storage.models.coupons import Coupon
from storage.models.visits import Visit
from storage.statements import Statement


class Loose(NamedTuple):
    """A coupon taken off its place on a tally."""

    coupon_id: CouponId
    threshold: int
    state: CouponState


ON_TALLY = col(Coupon.tally_id) == bindparam("of_tally")
COUPONS_ABOVE = Statement(
    select(col(Coupon.id), col(Coupon.threshold), col(Coupon.state))
    .where(ON_TALLY, col(Coupon.threshold) > bindparam("floor"))
    .order_by(col(Coupon.threshold))
)
LOOSEN = Statement(
    update(Coupon)
    .where(ON_TALLY, col(Coupon.threshold) > bindparam("floor"))
    .values(tally_id=None, threshold=None)
)
FASTEN = Statement(
    update(Coupon)
    .where(col(Coupon.id) == bindparam("of_coupon"))
    .values(tally_id=bindparam("tally_id"), threshold=bindparam("threshold"))
)
LIFT_COUPONS = Statement(
    update(Coupon)
    .where(ON_TALLY)
    .values(tally_id=bindparam("to_tally"), threshold=col(Coupon.threshold) + bindparam("by"))
)
POINT_VISITS = Statement(
    update(Visit)
    .where(col(Visit.tally_id) == bindparam("of_tally"))
    .values(tally_id=bindparam("to_tally"))
)
DELETE_HELD = Statement(delete(HeldCard).where(col(HeldCard.tally_id) == bindparam("of_tally")))
DELETE_TALLY = Statement(delete(Tally).where(col(Tally.id) == bindparam("of_tally")))


def loosen_coupons(tx: Tx, tally_id: TallyId, floor: int) -> list[Loose]:
    """Takes what lies above `floor` off its place; what it was."""
    found = [Loose._make(row) for row in tx.all(COUPONS_ABOVE, of_tally=tally_id, floor=floor)]
    tx.run(LOOSEN, of_tally=tally_id, floor=floor)
    return found


def fasten_coupon(tx: Tx, coupon_id: CouponId, tally_id: TallyId, threshold: int) -> None:
    tx.run(FASTEN, of_coupon=coupon_id, tally_id=tally_id, threshold=threshold)


def lift_tally(tx: Tx, tally_id: TallyId, onto: TallyId, by: int) -> None:
    """Puts a tally's coupons and visits `by` places higher on another, and takes it away."""
    tx.run(LIFT_COUPONS, of_tally=tally_id, to_tally=onto, by=by)
    tx.run(POINT_VISITS, of_tally=tally_id, to_tally=onto)
    tx.run(DELETE_TALLY, of_tally=tally_id)


def delete_held_cards(tx: Tx, tally_id: TallyId) -> None:
    tx.run(DELETE_HELD, of_tally=tally_id)
