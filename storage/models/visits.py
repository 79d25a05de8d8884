"""Visits, the codes that prove them, and tries that are counted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from domain.visits import Doubt, VisitWay
from storage.columns import NEVER_AGAIN, choice, maybe_ref, primary, ref


class Visit(SQLModel, table=True):
    """One sale to one regular. `key` makes a repeated request harmless; `code` works once (I11).

    `visited_at` is when it happened; a till without a network writes it down later.
    """

    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_visit_shop", "shop_id", "visited_at"),
        Index("ix_visit_person", "customer_id", "shop_id", "visited_at"),
        CheckConstraint("stamps >= 0", name="not_negative"),
        NEVER_AGAIN,
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE")
    key: str = Field(max_length=80)
    way: VisitWay = Field(sa_type=choice(VisitWay))
    code: str | None = Field(default=None, max_length=40, unique=True)
    items: int
    spend_won: int | None = None
    stamps: int
    tally_id: int | None = maybe_ref("tally.id", index=True)
    doubt: Doubt | None = Field(default=None, sa_type=choice(Doubt), nullable=True)
    actor: str = Field(max_length=40)
    visited_at: datetime
    recorded_at: datetime
    canceled_at: datetime | None = None


class CounterCode(SQLModel, table=True):
    """A place for one short code in one channel; its last `issue` stays until it is taken anew.

    A customer's code has a customer, a shop's has a shop, a coupon's has both.
    """

    __tablename__ = "counter_code"

    channel_id: int = Field(primary_key=True, foreign_key="channel.id", ondelete="RESTRICT")
    digits: str = Field(primary_key=True, max_length=6)
    issue: str = Field(max_length=40, unique=True)
    way: VisitWay = Field(sa_type=choice(VisitWay))
    shop_id: int | None = maybe_ref("shop.id")
    customer_id: int | None = maybe_ref("customer.id", ondelete="CASCADE", index=True)
    coupon_id: int | None = maybe_ref("coupon.id", ondelete="CASCADE", index=True)
    issued_at: datetime
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None


class Tries(SQLModel, table=True):
    """How often something was tried since: wrong codes by a person, wrong PINs at a shop."""

    key: str = Field(primary_key=True, max_length=60)
    since: datetime
    count: int
