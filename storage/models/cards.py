"""A shop's rules for its regulars, and how far each regular's cards are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import BigId, primary, ref


class ShopRules(SQLModel, table=True):
    """What a shop set for its regulars (domain/rules.py), as JSON; without a row the defaults."""

    __tablename__ = "shop_rules"

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="RESTRICT")
    rules: str = Field(max_length=4000)
    pin_hash: str | None = Field(default=None, max_length=64)
    changed_at: datetime


class CardRules(SQLModel, table=True):
    """The terms of one card, never changed: another version is another row."""

    __tablename__ = "card_rules"
    __table_args__ = (Index("ix_card_rules_shop", "shop_id", "retired_at", "position"),)

    id: int = primary()
    shop_id: int = ref("shop.id")
    position: int
    terms: str = Field(max_length=4000)
    made_at: datetime
    retired_at: datetime | None = None


class Tally(SQLModel, table=True):
    """A regular's stamps since their cards last lapsed.

    `stamps` is `given` (starter stamps, a paper card) plus those of the visits that stand.
    """

    __table_args__ = (
        Index(
            "uq_tally_open",
            "shop_id",
            "customer_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("stamps >= 0", name="not_negative"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE", index=True)
    stamps: int
    given: int
    card_number: int
    first_at: datetime
    last_at: datetime
    lapses_at: datetime | None = None
    closed_at: datetime | None = None


class HeldCard(SQLModel, table=True):
    """One card on a tally, under the terms it was begun with."""

    __tablename__ = "held_card"
    __table_args__ = (UniqueConstraint("tally_id", "starts_after"),)

    tally_id: int = Field(
        sa_type=BigId, primary_key=True, foreign_key="tally.id", ondelete="CASCADE"
    )
    number: int = Field(primary_key=True)
    rules_id: int = ref("card_rules.id")
    starts_after: int


class GivenStamps(SQLModel, table=True):
    """Stamps that rest on no visit: a paper card, a kindness; `key` makes giving twice harmless.

    `happened_at` is the last visit that the paper tells of.
    """

    __tablename__ = "given_stamps"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_given_stamps_person", "customer_id", "shop_id"),
        CheckConstraint("stamps > 0", name="positive"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE")
    key: str = Field(max_length=60)
    stamps: int
    actor: str = Field(max_length=40)
    happened_at: datetime
    recorded_at: datetime
