"""What a shop writes about its regulars, what they are told, and what the law makes us keep."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from domain.consent import Choice
from domain.notices import NoticeKind, NoticeState
from domain.people import TokenRight
from domain.statutory import StatutoryKind, StatutoryState
from storage.columns import BigId, choice, maybe_ref, primary, ref


class Note(SQLModel, table=True):
    """A line an owner wrote about a regular, sealed; checked against L58 before."""

    __table_args__ = (Index("ix_note_person", "customer_id", "shop_id"),)

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE")
    body: bytes = Field(sa_type=LargeBinary)
    actor: str = Field(max_length=40)
    written_at: datetime


class Notice(SQLModel, table=True):
    """Something a regular may be told that is no advertisement; `facts` is JSON for its words."""

    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        Index("ix_notice_person", "customer_id", "state"),
        Index("ix_notice_work", "state", "drop_at"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE")
    key: str = Field(max_length=60)
    kind: NoticeKind = Field(sa_type=choice(NoticeKind))
    facts: str = Field(max_length=1000)
    state: NoticeState = Field(sa_type=choice(NoticeState))
    made_at: datetime
    drop_at: datetime
    settled_at: datetime | None = None


class StatutoryNotice(SQLModel, table=True):
    """What the law wants a person told about a choice of theirs (L13, L14), and its proof.

    Said in a turn from `say_from` on; at `act_at` the worker looks at it, None when all is done.
    `number` counts the confirmations of one consent, 0 is the notice of a result.
    """

    __tablename__ = "statutory_notice"
    __table_args__ = (
        UniqueConstraint("shop_id", "customer_id", "kind", "about", "chosen_at", "number"),
        Index("ix_statutory_notice_person", "customer_id", "state"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    customer_id: int = ref("customer.id", ondelete="CASCADE")
    kind: StatutoryKind = Field(sa_type=choice(StatutoryKind))
    about: Choice = Field(sa_type=choice(Choice))
    chosen_at: datetime
    number: int = 0
    say_from: datetime
    due_at: datetime
    act_at: datetime | None = Field(default=None, index=True)
    state: StatutoryState = Field(sa_type=choice(StatutoryState))
    text_version: str | None = Field(default=None, max_length=20)
    campaign_id: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    code: str | None = Field(default=None, max_length=24)
    settled_at: datetime | None = None


class KeptRecord(SQLModel, table=True):
    """What a law makes us keep of a person who was deleted, apart from everything else (L46).

    Surrogate ids only; `ground` is the law, `until` when this goes, too.
    """

    __tablename__ = "kept_record"

    id: int = primary()
    shop_id: int = ref("shop.id")
    subject: str = Field(max_length=40, index=True)
    what: str = Field(max_length=40)
    ground: str = Field(max_length=60)
    facts: str = Field(max_length=2000)
    kept_at: datetime
    until: datetime = Field(index=True)


class ApiToken(SQLModel, table=True):
    """A program's key to one shop, and to what it may do there; only its hash is kept."""

    __tablename__ = "api_token"

    id: int = primary()
    shop_id: int = ref("shop.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=40)
    may: TokenRight = Field(sa_type=choice(TokenRight))
    made_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class TillRequest(SQLModel, table=True):
    """What a till asked under one of its keys: the same key never means something else.

    Kept for some days, and gone with the person it was about, if it was about one.
    """

    __tablename__ = "till_request"

    token_id: int = Field(
        sa_type=BigId, primary_key=True, foreign_key="api_token.id", ondelete="CASCADE"
    )
    key: str = Field(primary_key=True, max_length=60)
    digest: str = Field(max_length=64)
    customer_id: int | None = maybe_ref("customer.id", ondelete="CASCADE", index=True)
    asked_at: datetime = Field(index=True)
