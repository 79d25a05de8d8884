"""Coupons at a till: looked at, held while someone pays, used, released, reversed.

A redemption begins with a code (held or used at once) and goes on by its own number, because
a code lives three minutes and a payment may take longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.coupons import CouponAct, CouponState, CouponWay
from domain.people import ShopId
from domain.refusals import Conflict, NotFound
from loyalty.codes import use_code
from loyalty.coupons import (
    Showing,
    hold_coupon,
    read_coupon_code,
    release_coupon,
    reverse_coupon,
    use_by_code,
    use_coupon,
)
from loyalty.tills import Asked, Till, keep_request, take_request
from storage.desk import Tx
from storage.queries.coupons import CouponView, find_coupon
from storage.queries.redemptions import ActView, find_act, find_act_of_key, list_acts_after
from storage.queries.visits import lock_member


class RedemptionState(StrEnum):
    """`lapsed`: held, and nobody came back before the hold ended."""

    HELD = "held"
    USED = "used"
    RELEASED = "released"
    REVERSED = "reversed"
    LAPSED = "lapsed"


STATE_AFTER: Mapping[CouponAct, RedemptionState] = {
    CouponAct.HOLD: RedemptionState.HELD,
    CouponAct.USE: RedemptionState.USED,
    CouponAct.RELEASE: RedemptionState.RELEASED,
    CouponAct.REVERSE: RedemptionState.REVERSED,
}
BEGINS = frozenset({CouponAct.HOLD, CouponAct.USE})
ACTS: Final = {
    CouponAct.USE: use_coupon,
    CouponAct.RELEASE: release_coupon,
    CouponAct.REVERSE: reverse_coupon,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What a coupon is shown for; `is_open` while the money has not been taken."""

    code: str
    spend_won: int | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeeming:
    """A redemption as it stands; `number` is the till's name for it."""

    number: int
    state: RedemptionState
    coupon: CouponView
    spend_won: int | None
    discount_won: int | None
    began_at: datetime


def look_at_coupon(tx: Tx, shop_id: ShopId, digits: str, at: datetime) -> CouponView:
    """The coupon behind a customer's code; nothing is used. Raises as `read_coupon_code`."""
    _, coupon = read_coupon_code(tx, shop_id, digits, at)
    return coupon


def redeem_at_till(
    tx: Tx, till: Till, asked: Asked, payment: Payment, at: datetime
) -> tuple[Redeeming, bool]:
    """Begins a redemption, and whether this request has been answered before.

    Raises as `take_request`, `read_coupon_code` and `use_coupon`.
    """
    key = take_request(tx, till, asked)
    known = find_act_of_key(tx, till.shop_id, key)
    if known is not None:
        return _standing(tx, till.shop_id, known, at), True
    begun = _begin(tx, till, key, payment, at)
    keep_request(tx, till, asked, begun.customer_id, at)
    act = find_act_of_key(tx, till.shop_id, key)
    assert act is not None, "it was written down above"
    return _standing(tx, till.shop_id, act, at), False


def follow_at_till(
    tx: Tx, till: Till, number: int, act: CouponAct, spend_won: int | None, at: datetime
) -> tuple[Redeeming, bool]:
    """Uses, releases or reverses what was begun; each once, whoever of the shop asks.

    Raises NotFound(`redemption`), Conflict(`redemption_over`) when the coupon has since gone
    another way, and as `use_coupon` does.
    """
    begun = _get_act(tx, till.shop_id, number)
    coupon = _coupon_of(tx, till.shop_id, begun)
    lock_member(tx, till.shop_id, coupon.customer_id)
    key = f"redemption:{number}:{act}"
    is_repeated = find_act_of_key(tx, till.shop_id, key) is not None
    if not is_repeated:
        _check_open(tx, till.shop_id, begun)
        showing = Showing(key=key, way=CouponWay.TILL, actor=till.actor, spend_won=spend_won)
        ACTS[act](tx, till.shop_id, begun.coupon_id, showing, at)
    return _standing(tx, till.shop_id, begun, at), is_repeated


def read_redemption(tx: Tx, shop_id: ShopId, number: int, at: datetime) -> Redeeming:
    """Raises NotFound(`redemption`)."""
    return _standing(tx, shop_id, _get_act(tx, shop_id, number), at)


def _begin(tx: Tx, till: Till, key: str, payment: Payment, at: datetime) -> CouponView:
    showing = Showing(key=key, way=CouponWay.TILL, actor=till.actor, spend_won=payment.spend_won)
    if not payment.is_open:
        return use_by_code(tx, till.shop_id, payment.code, showing, at).coupon
    code, coupon = read_coupon_code(tx, till.shop_id, payment.code, at)
    held = hold_coupon(tx, till.shop_id, coupon.coupon_id, showing, at)
    use_code(tx, code, at)
    return held.coupon


def _get_act(tx: Tx, shop_id: ShopId, number: int) -> ActView:
    """The act that began a redemption: how it went on has no number of its own."""
    act = find_act(tx, shop_id, number)
    if act is None or act.act not in BEGINS or act.key.startswith("redemption:"):
        raise NotFound("redemption")
    return act


def _coupon_of(tx: Tx, shop_id: ShopId, act: ActView) -> CouponView:
    coupon = find_coupon(tx, shop_id, act.coupon_id)
    if coupon is None:  # it went with its person
        raise NotFound("redemption")
    return coupon


def _check_open(tx: Tx, shop_id: ShopId, begun: ActView) -> None:
    """Raises Conflict(`redemption_over`): to begin anew takes a new code."""
    acts, is_over = _acts_of(tx, shop_id, begun)
    if is_over or acts[-1].act not in BEGINS:
        raise Conflict("redemption_over")


def _acts_of(tx: Tx, shop_id: ShopId, begun: ActView) -> tuple[list[ActView], bool]:
    """The acts of one redemption in order, and whether another has begun with the coupon.

    The shop's own pages may take a use back; that belongs to it. Who begins anew does not.
    """
    acts = [begun]
    for act in list_acts_after(tx, shop_id, begun):
        if act.act in BEGINS and not act.key.startswith(f"redemption:{begun.act_id}:"):
            return acts, True
        acts.append(act)
    return acts, False


def _standing(tx: Tx, shop_id: ShopId, begun: ActView, at: datetime) -> Redeeming:
    coupon = _coupon_of(tx, shop_id, begun)
    acts, is_over = _acts_of(tx, shop_id, begun)
    state = STATE_AFTER[acts[-1].act]
    is_held = coupon.state_at(at) is CouponState.HELD and not is_over
    if state is RedemptionState.HELD and not is_held:
        state = RedemptionState.LAPSED
    told = [act for act in acts if act.act in BEGINS][-1]
    return Redeeming(
        number=begun.act_id,
        state=state,
        coupon=coupon,
        spend_won=told.spend_won,
        discount_won=told.discount_won,
        began_at=begun.at,
    )
