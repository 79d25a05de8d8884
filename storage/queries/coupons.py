"""Offers, coupons, and what was done with them."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Executable, and_, bindparam, func, or_, select, update
from sqlmodel import col

from domain.coupons import CouponAct, CouponSource, CouponState, CouponTerms, CouponWay
from domain.people import CouponId, CustomerId, OfferId, ShopId, TallyId
from storage.desk import Tx
from storage.models.coupons import Coupon, CouponOffer, Redemption
from storage.statements import Statement, insert_once, inserting, one_of
from storage.terms import COUPON_TERMS

COUPONS_MAX = 200
HOLDS_AT_ONCE_MAX = 500


class CouponView(NamedTuple):
    """A coupon with the terms of its offer."""

    coupon_id: CouponId
    shop_id: ShopId
    customer_id: CustomerId
    offer_id: OfferId
    state: CouponState
    tally_id: TallyId | None
    threshold: int | None
    issued_at: datetime
    expires_at: datetime
    held_until: datetime | None
    used_at: datetime | None
    owed_at: datetime | None
    source: CouponSource
    terms: CouponTerms
    cap: int | None

    def state_at(self, at: datetime) -> CouponState:
        """A hold ends by itself."""
        is_over = self.state is CouponState.HELD and self.held_until and self.held_until <= at
        return CouponState.READY if is_over else self.state


class NewCoupon(NamedTuple):
    """`key` is the reason it is given for, so that it is given once."""

    shop_id: ShopId
    customer_id: CustomerId
    offer_id: OfferId
    key: str
    tally_id: TallyId | None
    threshold: int | None
    issued_at: datetime
    expires_at: datetime


class RedemptionView(NamedTuple):
    coupon_id: CouponId
    offer_id: OfferId
    key: str
    act: CouponAct
    way: CouponWay
    spend_won: int | None
    discount_won: int | None
    actor: str
    at: datetime


COUPON = (
    col(Coupon.id),
    col(Coupon.shop_id),
    col(Coupon.customer_id),
    col(Coupon.offer_id),
    col(Coupon.state),
    col(Coupon.tally_id),
    col(Coupon.threshold),
    col(Coupon.issued_at),
    col(Coupon.expires_at),
    col(Coupon.held_until),
    col(Coupon.used_at),
    col(Coupon.owed_at),
    col(CouponOffer.source),
    col(CouponOffer.terms),
    col(CouponOffer.cap),
)
OF_OFFER = col(CouponOffer.id) == col(Coupon.offer_id)
WITH_OFFER = select(*COUPON).join(CouponOffer, OF_OFFER)
ACT = tuple(col(getattr(Redemption, name)) for name in RedemptionView._fields)


def _issue_once(dialect: str) -> Executable:
    values: dict[str, Any] = {name: bindparam(name) for name in NewCoupon._fields}
    return insert_once(dialect, Coupon, **values, state=CouponState.READY)


ISSUE_ONCE = Statement(_issue_once)
COUPON_BY_KEY = Statement(
    WITH_OFFER.where(
        col(Coupon.offer_id) == bindparam("of_offer"),
        col(Coupon.customer_id) == bindparam("of_customer"),
        col(Coupon.key) == bindparam("of_key"),
    )
)
FIND_COUPON = Statement(
    WITH_OFFER.where(
        col(Coupon.shop_id) == bindparam("of_shop"), col(Coupon.id) == bindparam("of_coupon")
    )
)
LOCK_COUPON = Statement(
    select(col(Coupon.id)).where(col(Coupon.id) == bindparam("of_coupon")).with_for_update()
)
OF_CUSTOMER = Statement(
    WITH_OFFER.where(col(Coupon.customer_id) == bindparam("of_customer"))
    .order_by(col(Coupon.expires_at), col(Coupon.id))
    .limit(COUPONS_MAX)
)
USABLE = Statement(
    WITH_OFFER.where(
        col(Coupon.customer_id) == bindparam("of_customer"),
        one_of(col(Coupon.state), CouponState.READY, CouponState.HELD),
        col(Coupon.expires_at) > bindparam("at"),
    )
    .order_by(col(Coupon.expires_at), col(Coupon.id))
    .limit(COUPONS_MAX)
)
ON_TALLY = Statement(
    WITH_OFFER.where(
        col(Coupon.tally_id) == bindparam("of_tally"),
        col(Coupon.threshold) > bindparam("low"),
        col(Coupon.threshold) <= bindparam("high"),
        col(Coupon.state) != CouponState.CANCELED,
    ).order_by(col(Coupon.threshold))
)
EARNED_BY = Statement(
    WITH_OFFER.where(
        col(Coupon.shop_id) == bindparam("of_shop"),
        col(Coupon.customer_id) == bindparam("of_customer"),
        col(Coupon.key).like(bindparam("of_reason")),
    )
    .order_by(col(Coupon.id))
    .limit(COUPONS_MAX)
)
SAME_SALE = Statement(
    WITH_OFFER.where(
        col(Coupon.shop_id) == bindparam("of_shop"),
        col(Coupon.customer_id) == bindparam("of_customer"),
        col(Coupon.id) != bindparam("but"),
        or_(
            and_(col(Coupon.state) == CouponState.USED, col(Coupon.used_at) > bindparam("since")),
            and_(col(Coupon.state) == CouponState.HELD, col(Coupon.held_until) > bindparam("at")),
        ),
    ).limit(COUPONS_MAX)
)
SAVE_COUPON = Statement(
    update(Coupon)
    .where(col(Coupon.id) == bindparam("of_coupon"))
    .values(
        state=bindparam("state"), held_until=bindparam("held_until"), used_at=bindparam("used_at")
    )
)
SET_OWED = Statement(
    update(Coupon)
    .where(col(Coupon.id) == bindparam("of_coupon"))
    .values(owed_at=bindparam("owed_at"))
)
ENDED_HOLDS = Statement(
    select(col(Coupon.shop_id), col(Coupon.id))
    .where(col(Coupon.state) == CouponState.HELD, col(Coupon.held_until) <= bindparam("at"))
    .limit(HOLDS_AT_ONCE_MAX)
)
ACT_BY_KEY = Statement(
    select(*ACT).where(
        col(Redemption.shop_id) == bindparam("of_shop"), col(Redemption.key) == bindparam("of_key")
    )
)
INSERT_ACT = Statement(inserting(Redemption, "shop_id", *RedemptionView._fields))
COUNT_READY = Statement(
    select(func.count())
    .select_from(Coupon)
    .join(CouponOffer, OF_OFFER)
    .where(
        col(Coupon.shop_id) == bindparam("of_shop"),
        one_of(col(Coupon.state), CouponState.READY, CouponState.HELD),
        col(Coupon.expires_at) > bindparam("at"),
        col(CouponOffer.source) == CouponSource.CARD,
    )
)


def issue_coupon_once(tx: Tx, new: NewCoupon) -> bool:
    return bool(tx.run(ISSUE_ONCE, **new._asdict()))


def find_coupon_by_key(
    tx: Tx, offer_id: OfferId, customer_id: CustomerId, key: str
) -> CouponView | None:
    row = tx.one(COUPON_BY_KEY, of_offer=offer_id, of_customer=customer_id, of_key=key)
    return coupon_of(row) if row else None


def find_coupon(tx: Tx, shop_id: ShopId, coupon_id: CouponId) -> CouponView | None:
    row = tx.one(FIND_COUPON, of_shop=shop_id, of_coupon=coupon_id)
    return coupon_of(row) if row else None


def lock_coupon(tx: Tx, shop_id: ShopId, coupon_id: CouponId) -> CouponView | None:
    tx.one(LOCK_COUPON, of_coupon=coupon_id)
    return find_coupon(tx, shop_id, coupon_id)


def list_coupons(tx: Tx, customer_id: CustomerId) -> list[CouponView]:
    """All of a person in one channel, whatever became of them."""
    return [coupon_of(row) for row in tx.all(OF_CUSTOMER, of_customer=customer_id)]


def list_usable(tx: Tx, customer_id: CustomerId, at: datetime) -> list[CouponView]:
    """Not used, not lapsed; what lapses first comes first."""
    return [coupon_of(row) for row in tx.all(USABLE, of_customer=customer_id, at=at)]


def list_on_tally(tx: Tx, tally_id: TallyId, low: int, high: int) -> list[CouponView]:
    """The coupons of places above `low` and up to `high` that have not been canceled."""
    return [coupon_of(row) for row in tx.all(ON_TALLY, of_tally=tally_id, low=low, high=high)]


def list_earned(tx: Tx, shop_id: ShopId, customer_id: CustomerId, reason: str) -> list[CouponView]:
    """The coupons whose keys begin with a reason such as `visit:7:`, whatever became of them."""
    like = f"{reason}%"
    rows = tx.all(EARNED_BY, of_shop=shop_id, of_customer=customer_id, of_reason=like)
    return [coupon_of(row) for row in rows]


def list_same_sale(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, but: CouponId, since: datetime, at: datetime
) -> list[CouponView]:
    """This person's other coupons here that were used since, or are held."""
    rows = tx.all(SAME_SALE, of_shop=shop_id, of_customer=customer_id, but=but, since=since, at=at)
    return [coupon_of(row) for row in rows]


def save_coupon(
    tx: Tx,
    coupon_id: CouponId,
    state: CouponState,
    *,
    held_until: datetime | None = None,
    used_at: datetime | None = None,
) -> None:
    tx.run(SAVE_COUPON, of_coupon=coupon_id, state=state, held_until=held_until, used_at=used_at)


def set_owed(tx: Tx, coupon_id: CouponId, owed_at: datetime | None) -> None:
    tx.run(SET_OWED, of_coupon=coupon_id, owed_at=owed_at)


def list_ended_holds(tx: Tx, at: datetime) -> list[tuple[ShopId, CouponId]]:
    return [(ShopId(row[0]), CouponId(row[1])) for row in tx.all(ENDED_HOLDS, at=at)]


def find_act_by_key(tx: Tx, shop_id: ShopId, key: str) -> RedemptionView | None:
    row = tx.one(ACT_BY_KEY, of_shop=shop_id, of_key=key)
    return RedemptionView._make(row) if row else None


def insert_act(tx: Tx, shop_id: ShopId, act: RedemptionView) -> None:
    tx.run(INSERT_ACT, shop_id=shop_id, **act._asdict())


def count_ready(tx: Tx, shop_id: ShopId, at: datetime) -> int:
    """Coupons earned by cards that wait to be used."""
    row = tx.one(COUNT_READY, of_shop=shop_id, at=at)
    assert row is not None, "a count always answers"
    return int(row[0])


def coupon_of(row: tuple[object, ...]) -> CouponView:
    view = CouponView._make(row)
    return view._replace(terms=COUPON_TERMS.read(view.terms))
