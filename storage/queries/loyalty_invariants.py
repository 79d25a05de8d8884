"""What must never be found in what regulars earned and used (I11)."""

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import col

from domain.coupons import CouponAct, CouponState
from storage.desk import Tx
from storage.models.cards import HeldCard, Tally
from storage.models.coupons import Coupon, CouponOffer, Redemption
from storage.models.customers import Membership
from storage.models.visits import Visit
from storage.statements import Statement

VIOLATIONS_MAX = 100
STANDS = col(Visit.canceled_at).is_(None)


def _net(act: CouponAct, undone: CouponAct) -> ColumnElement[int]:
    """How often something was done and not undone."""
    return func.sum(
        case(
            (col(Redemption.act) == act, 1),
            (col(Redemption.act) == undone, -1),
            else_=0,
        )
    )


USES = _net(CouponAct.USE, CouponAct.REVERSE)
USED_TWICE = Statement(
    select(col(Redemption.coupon_id))
    .group_by(col(Redemption.coupon_id))
    .having(or_(USES > 1, USES < 0))
    .limit(VIOLATIONS_MAX)
)
OVER_CAP = Statement(
    select(col(CouponOffer.id))
    .join(Redemption, col(Redemption.offer_id) == col(CouponOffer.id))
    .where(col(CouponOffer.cap).is_not(None))
    .group_by(col(CouponOffer.id), col(CouponOffer.cap))
    .having(col(CouponOffer.cap) < USES)
    .limit(VIOLATIONS_MAX)
)
USES_OF_COUPON = (
    select(col(Redemption.coupon_id).label("coupon_id"), USES.label("uses"))
    .group_by(col(Redemption.coupon_id))
    .subquery()
)
STATE_DIFFERS = Statement(
    select(col(Coupon.id))
    .outerjoin(USES_OF_COUPON, USES_OF_COUPON.c.coupon_id == col(Coupon.id))
    .where(
        (col(Coupon.state) == CouponState.USED) != (func.coalesce(USES_OF_COUPON.c.uses, 0) == 1)
    )
    .limit(VIOLATIONS_MAX)
)
CODE_TWICE = Statement(
    select(col(Visit.code))
    .where(col(Visit.code).is_not(None))
    .group_by(col(Visit.code))
    .having(func.count() > 1)
    .limit(VIOLATIONS_MAX)
)


def _standing_stamps() -> Select[*tuple[int, int]]:
    return (
        select(col(Visit.tally_id).label("tally_id"), func.sum(col(Visit.stamps)).label("stamps"))
        .where(STANDS, col(Visit.tally_id).is_not(None))
        .group_by(col(Visit.tally_id))
    )


STAMPED = _standing_stamps().subquery()
TALLY_DIFFERS = Statement(
    select(col(Tally.id))
    .outerjoin(STAMPED, STAMPED.c.tally_id == col(Tally.id))
    .where(col(Tally.stamps) != col(Tally.given) + func.coalesce(STAMPED.c.stamps, 0))
    .limit(VIOLATIONS_MAX)
)
WITHOUT_CARD = Statement(
    select(col(Tally.id))
    .outerjoin(
        HeldCard,
        and_(
            col(HeldCard.tally_id) == col(Tally.id),
            col(HeldCard.number) == col(Tally.card_number),
            col(HeldCard.starts_after) <= col(Tally.stamps),
        ),
    )
    .where(col(HeldCard.number).is_(None))
    .limit(VIOLATIONS_MAX)
)
VISITED = (
    select(
        col(Visit.shop_id).label("shop_id"),
        col(Visit.customer_id).label("customer_id"),
        func.count().label("visits"),
    )
    .where(STANDS)
    .group_by(col(Visit.shop_id), col(Visit.customer_id))
    .subquery()
)
COUNT_DIFFERS = Statement(
    select(col(Membership.shop_id), col(Membership.customer_id))
    .outerjoin(
        VISITED,
        and_(
            VISITED.c.shop_id == col(Membership.shop_id),
            VISITED.c.customer_id == col(Membership.customer_id),
        ),
    )
    .where(col(Membership.visits) != func.coalesce(VISITED.c.visits, 0))
    .limit(VIOLATIONS_MAX)
)
EARNED_TOO_MUCH = Statement(
    select(col(Coupon.id))
    .join(Tally, col(Tally.id) == col(Coupon.tally_id))
    .where(
        col(Coupon.state) != CouponState.CANCELED,
        col(Coupon.owed_at).is_(None),
        col(Coupon.threshold) > col(Tally.stamps),
    )
    .limit(VIOLATIONS_MAX)
)


def list_used_twice(tx: Tx) -> list[int]:
    """Coupons used more often than taken back and once more; from lines that are never changed."""
    return [row[0] for row in tx.all(USED_TWICE)]


def list_over_cap(tx: Tx) -> list[int]:
    return [row[0] for row in tx.all(OVER_CAP)]


def list_state_differs(tx: Tx) -> list[int]:
    """Coupons whose state is not what was done with them."""
    return [row[0] for row in tx.all(STATE_DIFFERS)]


def list_codes_twice(tx: Tx) -> list[str]:
    return [row[0] for row in tx.all(CODE_TWICE)]


def list_tallies_off(tx: Tx) -> list[int]:
    """Tallies that are not what was given plus the stamps of the visits that stand."""
    return [row[0] for row in tx.all(TALLY_DIFFERS)]


def list_tallies_without_card(tx: Tx) -> list[int]:
    return [row[0] for row in tx.all(WITHOUT_CARD)]


def list_counts_off(tx: Tx) -> list[tuple[int, int]]:
    """Memberships (shop, customer) whose count of visits is wrong."""
    return [(row[0], row[1]) for row in tx.all(COUNT_DIFFERS)]


def list_earned_too_much(tx: Tx) -> list[int]:
    """Coupons of places that are not reached, and that are not known to be owed."""
    return [row[0] for row in tx.all(EARNED_TOO_MUCH)]
