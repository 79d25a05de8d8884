"""Campaigns, runs, chunks and messages."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from domain.campaigns import (
    BubbleKind,
    CampaignState,
    ChunkState,
    MessageKind,
    MessageState,
    SenderName,
)
from domain.subsidy import FairOrder
from storage.columns import BigId, choice, jeon, maybe_ref, primary, ref


class Campaign(SQLModel, table=True):
    """What an owner wants sent, and when; `offer_id` is the coupon that comes along.

    `form_key` makes a second press harmless. Information goes to the one `customer_id`.
    `promised_jeon`: the free cash that booking it counted on; `own_max_jeon`: how much of the shop's own money the owner agreed to; `fair_order`: who comes
    first if the money is not enough for all, None when it then does not leave.
    """

    __table_args__ = (
        UniqueConstraint("shop_id", "form_key"),
        Index("ix_campaign_due", "state", "due_at"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    form_key: str = Field(max_length=40)
    kind: MessageKind = Field(sa_type=choice(MessageKind))
    customer_id: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    sender: SenderName = Field(sa_type=choice(SenderName))
    bubble: BubbleKind = Field(sa_type=choice(BubbleKind))
    body: str = Field(max_length=400)
    picture_id: str | None = Field(default=None, max_length=64, foreign_key="picture.id")
    offer_id: int | None = maybe_ref("coupon_offer.id")
    promised_jeon: int = jeon()
    own_max_jeon: int = jeon()
    fair_order: FairOrder | None = Field(default=None, sa_type=choice(FairOrder), nullable=True)
    state: CampaignState = Field(sa_type=choice(CampaignState))
    due_at: datetime
    not_later_than: datetime
    staff_id: int | None = maybe_ref("staff.id")
    created_at: datetime


class Run(SQLModel, table=True):
    """One execution. `charged` counts what has been paid for, for exact rounding; `contact`
    is the one that its advertisements name (L7), whatever the shop says later.
    """

    __table_args__ = (UniqueConstraint("shop_id", "campaign_id"),)

    id: int = primary()
    shop_id: int = ref("shop.id")
    campaign_id: int = ref("campaign.id", index=True)
    price_id: int = ref("price.id")
    unit_jeon: int = jeon()
    rounds_to_jeon: int
    contact: str = Field(max_length=20)
    recipients: int
    charged: int = 0
    planned_at: datetime
    finished_at: datetime | None = Field(default=None, index=True)


class Chunk(SQLModel, table=True):
    """One provider request: the unit of lease, send key and bookkeeping.

    `delivered` and `failed` are counted once, when it is settled.
    """

    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        Index("ix_chunk_work", "state", "act_at"),
        Index("ix_chunk_shop", "shop_id", "run_id"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    run_id: int = ref("run.id")
    number: int
    sender: SenderName = Field(sa_type=choice(SenderName))
    size: int
    state: ChunkState = Field(sa_type=choice(ChunkState))
    act_at: datetime
    tries: int = 0
    send_key: str = Field(max_length=40, unique=True)
    provider_ref: str | None = Field(default=None, max_length=64, index=True)
    started_at: datetime | None = None
    settled_at: datetime | None = None
    delivered: int = 0
    failed: int = 0


class Message(SQLModel, table=True):
    """One person in one run. Only surrogate ids, so that a person can be deleted."""

    __table_args__ = (
        UniqueConstraint("run_id", "customer_id"),
        Index("ix_message_chunk", "chunk_id", "state"),
    )

    id: int = primary()
    shop_id: int = Field(sa_type=BigId)
    run_id: int = ref("run.id")
    chunk_id: int | None = maybe_ref("chunk.id")
    customer_id: int = Field(sa_type=BigInteger)
    state: MessageState = Field(sa_type=choice(MessageState))
    code: str | None = Field(default=None, max_length=24)
    is_charged: bool = False
    shown_at: datetime | None = None
    settled_at: datetime | None = None
