"""Customers, their memberships and their choices."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from domain.consent import Choice, Purpose
from domain.people import Friend
from storage.columns import NEVER_AGAIN, choice, maybe_ref, primary, ref


class Customer(SQLModel, table=True):
    """One person in one channel. Phone number and birthday (month and day) are sealed;
    keyed hashes find them. `asking`: what is open to be answered, since `asked_at`. `is_staff`:
    this chat is paired with somebody's work in a shop.
    """

    __table_args__ = (UniqueConstraint("channel_id", "bot_user_key"), NEVER_AGAIN)

    id: int = primary()
    channel_id: int = ref("channel.id")
    bot_user_key: str = Field(max_length=70)
    plusfriend_user_key: str | None = Field(default=None, max_length=40)
    app_user_id: str | None = Field(default=None, max_length=20, index=True)
    phone: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_hash: str | None = Field(default=None, max_length=64, index=True)
    birthday: bytes | None = Field(default=None, sa_type=LargeBinary)
    birthday_hash: str | None = Field(default=None, max_length=64, index=True)
    friend: Friend = Field(sa_type=choice(Friend))
    friend_at: datetime
    of_age_at: datetime | None = None
    asking: str | None = Field(default=None, max_length=20)
    asking_shop_id: int | None = maybe_ref("shop.id")
    asked_at: datetime | None = None
    is_staff: bool = False
    created_at: datetime
    last_seen_at: datetime


class Membership(SQLModel, table=True):
    """A regular: one customer in one shop, and how they stand now.

    The visits that stand, the (Korean) days among them, the first and the last make the
    person's rhythm. `name` is what this shop calls them; with `phone_granted_at` the person has
    left their number for this shop, too (L68). `texts_since`: what they agreed to names text messages,
    too (domain/consent.py). `is_told`: wants information messages;
    `has_news`: one waits to be said. While paused no advertisement goes to them; a pause
    without `paused_until` was a doubtful stop, and lasts until they decide.
    """

    __table_args__ = (
        Index(
            "ix_membership_audience",
            "shop_id",
            "customer_id",
            sqlite_where=text("advertising_since IS NOT NULL"),
            postgresql_where=text("advertising_since IS NOT NULL"),
        ),
    )

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="RESTRICT")
    customer_id: int = Field(
        primary_key=True, foreign_key="customer.id", ondelete="CASCADE", index=True
    )
    joined_at: datetime
    name: str | None = Field(default=None, max_length=20)
    phone_granted_at: datetime | None = None
    advertising_since: datetime | None = None
    texts_since: datetime | None = None
    withdrawn_at: datetime | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    visits: int = 0
    visit_days: int = 0
    first_visit_at: datetime | None = None
    last_visit_at: datetime | None = None
    is_told: bool = True
    has_news: bool = False


class ConsentChoice(SQLModel, table=True):
    """Every choice ever made, never changed: the proof that L2, L13 and L43 ask for.

    A refusal counts from when the books had it: what had just left could not know (I9).
    """

    __tablename__ = "consent_choice"
    __table_args__ = (Index("ix_consent_choice_person", "shop_id", "customer_id", "id"),)

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE", index=True)
    purpose: Purpose = Field(sa_type=choice(Purpose))
    choice: Choice = Field(sa_type=choice(Choice))
    text_version: str = Field(max_length=20)
    pressed: str = Field(max_length=60)
    chosen_at: datetime
    counts_from: datetime
    notice_at: datetime | None = None


class JoinCode(SQLModel, table=True):
    """Five digits of a shop's page that say in the chat which shop is meant; each works once.

    A place for one code in one channel: taken anew when its time is over.
    """

    __tablename__ = "join_code"
    __table_args__ = (Index("ix_join_code_shop", "shop_id", "expires_at"),)

    channel_id: int = Field(primary_key=True, foreign_key="channel.id", ondelete="RESTRICT")
    digits: str = Field(primary_key=True, max_length=5)
    shop_id: int = ref("shop.id")
    issued_at: datetime
    expires_at: datetime = Field(index=True)
    used_by: int | None = maybe_ref("customer.id", ondelete="SET NULL", index=True)
    used_at: datetime | None = None
