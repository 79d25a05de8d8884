"""Coupons: offered, given, held, used, taken back; never more often than allowed (I11)."""

from dataclasses import dataclass
from datetime import datetime

from domain.audit import Act, shop_book
from domain.coupons import (
    CAP_MAX,
    HOLD_LIFE,
    SAME_SALE,
    TAKES,
    CouponAct,
    CouponSource,
    CouponState,
    CouponTerms,
    CouponWay,
    check_coupon_terms,
    check_use,
    next_coupon_state,
)
from domain.people import CouponId, CustomerId, OfferId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from loyalty.codes import read_code, use_code
from loyalty.issuing import Given, give_coupon
from storage.desk import Tx
from storage.queries.codes import Code
from storage.queries.coupons import (
    CouponView,
    RedemptionView,
    find_act_by_key,
    find_coupon,
    insert_act,
    list_ended_holds,
    list_same_sale,
    lock_coupon,
    save_coupon,
    set_owed,
)
from storage.queries.journal import append_audit
from storage.queries.notices import drop_notice
from storage.queries.offers import (
    close_offer_once,
    find_offer,
    give_place_back,
    insert_offer,
    take_place,
)
from storage.queries.visits import lock_member


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffer:
    """`cap` is how many of its coupons may be used in all; None is no limit."""

    source: CouponSource
    terms: CouponTerms
    cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """A coupon at the counter: `key` is the counter's own, `spend_won` what was bought for."""

    key: str
    way: CouponWay
    actor: str
    spend_won: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """`discount_won` is None where only the counter knows what it is worth."""

    coupon: CouponView
    act: CouponAct
    discount_won: int | None
    is_repeated: bool = False


def make_offer(tx: Tx, shop_id: ShopId, new: NewOffer, *, actor: str, at: datetime) -> OfferId:
    """Terms that coupons will share. Raises Invalid."""
    check_coupon_terms(new.terms)
    if new.cap is not None and not 1 <= new.cap <= CAP_MAX:
        raise Invalid({"cap": f"쓸 수 있는 장수는 1장에서 {CAP_MAX:,}장 사이로 정해 주세요."})
    offer_id = insert_offer(tx, shop_id, new.source, new.terms, new.cap, at)
    _audit(tx, shop_id, "make_offer", f"offer:{offer_id}", actor, at)
    return offer_id


def close_offer(tx: Tx, shop_id: ShopId, offer_id: OfferId, *, actor: str, at: datetime) -> bool:
    """Gives no more of it; what has been given stays good. False when it was closed before."""
    if not close_offer_once(tx, shop_id, offer_id, at):
        return False
    _audit(tx, shop_id, "close_offer", f"offer:{offer_id}", actor, at)
    return True


def give(
    tx: Tx,
    person: tuple[ShopId, CustomerId],
    offer_id: OfferId,
    *,
    key: str,
    actor: str,
    at: datetime,
) -> Given | None:
    """A coupon for one regular; None when it was given before for the same `key`.

    Raises NotFound(`offer`, `customer`) and Conflict(`offer_closed`).
    """
    shop_id, customer_id = person
    if lock_member(tx, shop_id, customer_id) is None:
        raise NotFound("customer")
    offer = find_offer(tx, shop_id, offer_id)
    if offer is not None and offer.closed_at is not None:
        raise Conflict("offer_closed")
    given = give_coupon(tx, person, offer_id, key, at)
    if given:
        _audit(tx, shop_id, "give_coupon", f"coupon:{given.coupon_id}", actor, at)
    return given


def hold_coupon(
    tx: Tx, shop_id: ShopId, coupon_id: CouponId, showing: Showing, at: datetime
) -> Redeemed:
    """Keeps a coupon for a payment in progress; it comes free by itself after `HOLD_LIFE`.

    Raises as `use_coupon` does.
    """
    return _act(tx, shop_id, coupon_id, CouponAct.HOLD, showing, at)


def use_coupon(
    tx: Tx, shop_id: ShopId, coupon_id: CouponId, showing: Showing, at: datetime
) -> Redeemed:
    """Uses a coupon, once; the same `key` again gets the same answer.

    Raises NotFound(`coupon`) and Conflict: `coupon_used`, `coupon_canceled`, `coupon_lapsed`,
    `coupon_weekday`, `coupon_hours`, `coupon_min_spend`, `no_stacking`, `cap_reached`.
    """
    return _act(tx, shop_id, coupon_id, CouponAct.USE, showing, at)


def release_coupon(
    tx: Tx, shop_id: ShopId, coupon_id: CouponId, showing: Showing, at: datetime
) -> Redeemed:
    """Lets go of a held coupon: the payment came to nothing. Raises NotFound, Conflict."""
    return _act(tx, shop_id, coupon_id, CouponAct.RELEASE, showing, at)


def reverse_coupon(
    tx: Tx, shop_id: ShopId, coupon_id: CouponId, showing: Showing, at: datetime
) -> Redeemed:
    """Undoes a use: the coupon is good again until it lapses. Raises NotFound, Conflict."""
    return _act(tx, shop_id, coupon_id, CouponAct.REVERSE, showing, at)


def read_coupon_code(tx: Tx, shop_id: ShopId, digits: str, at: datetime) -> tuple[Code, CouponView]:
    """The coupon that a customer's four digits stand for.

    Raises NotFound(`code`), Conflict(`code_used`, `code_lapsed`, `code_of_visit`).
    """
    code = read_code(tx, shop_id, digits, at, at)
    if code.coupon_id is None:
        raise Conflict("code_of_visit")
    coupon = find_coupon(tx, shop_id, code.coupon_id)
    if coupon is None:
        raise NotFound("code")
    return code, coupon


def use_by_code(tx: Tx, shop_id: ShopId, digits: str, showing: Showing, at: datetime) -> Redeemed:
    """Uses the coupon behind a code, and the code. Raises as the two of them do."""
    if known := _repeated(tx, shop_id, showing.key):
        return known
    try:
        code, coupon = read_coupon_code(tx, shop_id, digits, at)
    except Conflict:
        # The same request may have been answered since.
        if known := _repeated(tx, shop_id, showing.key):
            return known
        raise
    redeemed = use_coupon(tx, shop_id, coupon.coupon_id, showing, at)
    if not redeemed.is_repeated:
        use_code(tx, code, at)
    return redeemed


def release_ended_holds(tx: Tx, at: datetime) -> int:
    """Gives back the places of holds that have run out; how many."""
    ended = list_ended_holds(tx, at)
    for shop_id, coupon_id in ended:
        coupon = lock_coupon(tx, shop_id, coupon_id)
        if coupon and coupon.state is CouponState.HELD and coupon.state_at(at) is not coupon.state:
            save_coupon(tx, coupon_id, CouponState.READY)
            give_place_back(tx, coupon.offer_id)
    return len(ended)


def _act(
    tx: Tx, shop_id: ShopId, coupon_id: CouponId, act: CouponAct, showing: Showing, at: datetime
) -> Redeemed:
    found = find_coupon(tx, shop_id, coupon_id)
    if found is None:
        raise NotFound("coupon")
    lock_member(tx, shop_id, found.customer_id)
    if known := _repeated(tx, shop_id, showing.key):
        return known
    coupon = lock_coupon(tx, shop_id, coupon_id)
    if coupon is None:
        raise NotFound("coupon")
    before = coupon.state_at(at)
    after = next_coupon_state(before, act)
    if act is CouponAct.REVERSE and coupon.owed_at:
        after = CouponState.CANCELED  # the sale that earned it is undone already
        set_owed(tx, coupon_id, None)
    if act in (CouponAct.HOLD, CouponAct.USE):
        _check_use(coupon, showing, at)
        _check_stacking(tx, coupon, at)
    _move_place(tx, coupon, after, at)
    save_coupon(
        tx,
        coupon_id,
        after,
        held_until=at + HOLD_LIFE if after is CouponState.HELD else None,
        used_at=at if after is CouponState.USED else None,
    )
    if after is CouponState.USED:
        drop_notice(tx, shop_id, f"lapsing:{coupon_id}", at)
    return _write_down(tx, coupon, act, showing, at)


def _repeated(tx: Tx, shop_id: ShopId, key: str) -> Redeemed | None:
    known = find_act_by_key(tx, shop_id, key)
    coupon = find_coupon(tx, shop_id, known.coupon_id) if known else None
    if known is None or coupon is None:
        return None
    return Redeemed(coupon=coupon, act=known.act, discount_won=known.discount_won, is_repeated=True)


def _check_use(coupon: CouponView, showing: Showing, at: datetime) -> None:
    """What was good when the payment began is good until it is done. Raises as `check_use`."""
    is_held = coupon.state_at(at) is CouponState.HELD
    begun_at = coupon.held_until - HOLD_LIFE if is_held and coupon.held_until else at
    spend_won = showing.spend_won
    check_use(coupon.terms, expires_at=coupon.expires_at, at=begun_at, spend_won=spend_won)


def _check_stacking(tx: Tx, coupon: CouponView, at: datetime) -> None:
    """Raises Conflict(`no_stacking`) beside another coupon of the same sale."""
    person = coupon.shop_id, coupon.customer_id
    others = list_same_sale(tx, *person, coupon.coupon_id, at - SAME_SALE, at)
    if not all(one.terms.can_stack for one in (coupon, *others)) and others:
        raise Conflict("no_stacking", title=others[0].terms.title)


def _move_place(tx: Tx, coupon: CouponView, after: CouponState, at: datetime) -> None:
    """Takes one of a capped offer's places, or gives it back. Raises Conflict(`cap_reached`).

    A hold that has run out still has its place until someone gives it back.
    """
    if coupon.cap is None:
        return
    if after not in TAKES:
        give_place_back(tx, coupon.offer_id)
    elif coupon.state not in TAKES and not take_place(tx, coupon.offer_id):
        release_ended_holds(tx, at)
        if not take_place(tx, coupon.offer_id):
            raise Conflict("cap_reached", cap=coupon.cap)


def _write_down(
    tx: Tx, coupon: CouponView, act: CouponAct, showing: Showing, at: datetime
) -> Redeemed:
    is_given_away = act in (CouponAct.HOLD, CouponAct.USE)
    discount_won = coupon.terms.discount_won(showing.spend_won) if is_given_away else None
    line = RedemptionView(
        coupon_id=coupon.coupon_id,
        offer_id=coupon.offer_id,
        key=showing.key,
        act=act,
        way=showing.way,
        spend_won=showing.spend_won,
        discount_won=discount_won,
        actor=showing.actor,
        at=at,
    )
    insert_act(tx, coupon.shop_id, line)
    _audit(tx, coupon.shop_id, f"{act}_coupon", f"coupon:{coupon.coupon_id}", showing.actor, at)
    after = find_coupon(tx, coupon.shop_id, coupon.coupon_id)
    assert after is not None, "it was saved above"
    return Redeemed(coupon=after, act=act, discount_won=discount_won)


def _audit(tx: Tx, shop_id: ShopId, act: str, subject: str, actor: str, at: datetime) -> None:
    append_audit(tx, shop_book(shop_id), Act(actor=actor, act=act, subject=subject, at=at))
