"""Coupons: what a shop offers, what a regular holds, and each time one was used."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from domain.coupons import CouponAct, CouponSource, CouponState, CouponWay
from storage.columns import NEVER_AGAIN, BigId, choice, maybe_ref, primary, ref


class CouponOffer(SQLModel, table=True):
    """The terms that its coupons share, never changed; `taken` never exceeds `cap`."""

    __tablename__ = "coupon_offer"
    __table_args__ = (
        Index("ix_coupon_offer_shop", "shop_id", "source", "closed_at"),
        CheckConstraint("taken >= 0 AND (cap IS NULL OR taken <= cap)", name="within_cap"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    source: CouponSource = Field(sa_type=choice(CouponSource))
    terms: str = Field(max_length=2000)
    cap: int | None = None
    taken: int = 0
    made_at: datetime
    closed_at: datetime | None = None


class Coupon(SQLModel, table=True):
    """One regular's coupon, given once for each `key`.

    `owed_at`: it was used, and then the sale that had earned it was canceled.
    """

    __table_args__ = (
        UniqueConstraint("offer_id", "customer_id", "key"),
        Index("ix_coupon_person", "customer_id", "shop_id", "state"),
        Index("ix_coupon_shop", "shop_id", "state", "expires_at"),
        Index(
            "uq_coupon_threshold",
            "tally_id",
            "threshold",
            unique=True,
            sqlite_where=text("state <> 'canceled'"),
            postgresql_where=text("state <> 'canceled'"),
        ),
        Index(
            "ix_coupon_held",
            "held_until",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index(
            "ix_coupon_lapsing",
            "expires_at",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        NEVER_AGAIN,
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE")
    offer_id: int = ref("coupon_offer.id")
    key: str = Field(max_length=60)
    state: CouponState = Field(sa_type=choice(CouponState))
    tally_id: int | None = maybe_ref("tally.id", ondelete="CASCADE")
    threshold: int | None = None
    issued_at: datetime
    expires_at: datetime
    held_until: datetime | None = None
    used_at: datetime | None = None
    owed_at: datetime | None = None


class Redemption(SQLModel, table=True):
    """One act with a coupon, never changed. It outlives the person: only surrogate ids."""

    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_redemption_coupon", "coupon_id"),
        Index("ix_redemption_shop", "shop_id", "at"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    offer_id: int = ref("coupon_offer.id", index=True)
    coupon_id: int = Field(sa_type=BigId)
    key: str = Field(max_length=80)
    act: CouponAct = Field(sa_type=choice(CouponAct))
    way: CouponWay = Field(sa_type=choice(CouponWay))
    spend_won: int | None = None
    discount_won: int | None = None
    actor: str = Field(max_length=40)
    at: datetime
