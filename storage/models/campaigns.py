"""Campaigns, runs, chunks and messages."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from domain.campaigns import (
    BubbleKind,
    CampaignState,
    ChunkState,
    MessageKind,
    MessageState,
    PauseReason,
    SenderName,
)
from domain.schedule import SeriesNote, SeriesState
from domain.subsidy import FairOrder
from storage.columns import BigId, choice, jeon, maybe_ref, primary, ref


class Campaign(SQLModel, table=True):
    """What an owner wants sent, and when; `offer_id` is the coupon that comes along.

    `form_key` makes a second press harmless. Information goes to the one `customer_id`.
    `promised_jeon`: the free cash that booking it counted on; `own_max_jeon`: how much of the
    shop's own money the owner agreed to; `fair_order`: who comes first if the money is not enough
    for all, None when it then does not leave. `segment` is JSON (domain/segments.py), frozen when
    it is booked, empty for every regular; `seed` draws the `holdout_percent` who are left out by
    lot. `parts` is JSON of what a bubble of several parts shows beside the words (domain/parts.py).
    `keeps_day`: leaves on its day though the shop is closed. `series_id`: one time of what
    repeats itself.
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
    parts: str = Field(default="", max_length=2000)
    body: str = Field(max_length=400)
    picture_id: str | None = Field(default=None, max_length=64, foreign_key="picture.id")
    offer_id: int | None = maybe_ref("coupon_offer.id")
    promised_jeon: int = jeon()
    own_max_jeon: int = jeon()
    fair_order: FairOrder | None = Field(default=None, sa_type=choice(FairOrder), nullable=True)
    segment: str = Field(default="", max_length=2000)
    holdout_percent: int = 0
    seed: int = Field(default=0, sa_type=BigInteger)
    keeps_day: bool = False
    button_label: str | None = Field(default=None, max_length=8)
    button_url: str | None = Field(default=None, max_length=300)
    series_id: int | None = maybe_ref("series.id", index=True)
    state: CampaignState = Field(sa_type=choice(CampaignState))
    paused_for: PauseReason | None = Field(default=None, sa_type=choice(PauseReason), nullable=True)
    pause_said_at: datetime | None = None
    due_at: datetime
    not_later_than: datetime
    staff_id: int | None = maybe_ref("staff.id")
    created_at: datetime


class Run(SQLModel, table=True):
    """One execution. `charged` counts what has been paid for, for exact rounding; `contact`
    is the one that its advertisements name (L7), whatever the shop says later. `gathered_to` is
    the last customer of the audience who has been looked at, None once it is frozen and paid for.
    """

    __table_args__ = (
        UniqueConstraint("shop_id", "campaign_id"),
        Index(
            "ix_run_gathering",
            "recipients",
            sqlite_where=text("gathered_to IS NOT NULL"),
            postgresql_where=text("gathered_to IS NOT NULL"),
        ),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    campaign_id: int = ref("campaign.id", index=True)
    price_id: int = ref("price.id")
    unit_jeon: int = jeon()
    rounds_to_jeon: int
    contact: str = Field(max_length=20)
    recipients: int
    charged: int = 0
    gathered_to: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    planned_at: datetime
    finished_at: datetime | None = Field(default=None, index=True)


class Chunk(SQLModel, table=True):
    """One provider request: the unit of lease, send key and bookkeeping.

    `failures`: errors that put it back. `doubted_at`: since when nobody can say whether it left;
    `calm_at`: from when no request that lets it go is under way. `delivered` and `failed` are
    counted once, when it is settled.
    """

    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        Index("ix_chunk_work", "state", "act_at"),
        Index(
            "ix_chunk_turn",
            "number",
            "act_at",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
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
    failures: int = 0
    send_key: str = Field(max_length=40, unique=True)
    provider_ref: str | None = Field(default=None, max_length=64, index=True)
    started_at: datetime | None = None
    doubted_at: datetime | None = None
    calm_at: datetime | None = None
    settled_at: datetime | None = None
    delivered: int = 0
    failed: int = 0


class Message(SQLModel, table=True):
    """One person in one run. Only surrogate ids, so that a person can be deleted.

    `pressed_at`: when they first pressed the owner's own button.
    """

    __table_args__ = (
        UniqueConstraint("run_id", "customer_id"),
        # Without the state: each message changes it once, and no index has to follow.
        Index("ix_message_chunk", "chunk_id"),
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
    pressed_at: datetime | None = None
    settled_at: datetime | None = None


class Series(SQLModel, table=True):
    """What repeats itself or follows something that happened: a message, to whom, and when.

    `draft` is JSON of the message as its owner wrote it, `repeat` of domain/schedule.py. Each
    time books a campaign of its own; `next_at` is the next one. `note` is why the one at
    `noted_at` booked nothing, None when it did.
    """

    __table_args__ = (
        UniqueConstraint("shop_id", "form_key"),
        Index("ix_series_due", "state", "next_at"),
    )

    id: int = primary()
    shop_id: int = ref("shop.id")
    form_key: str = Field(max_length=40)
    name: str = Field(max_length=40)
    draft: str = Field(max_length=4000)
    repeat: str = Field(max_length=400)
    state: SeriesState = Field(sa_type=choice(SeriesState))
    next_at: datetime
    note: SeriesNote | None = Field(default=None, sa_type=choice(SeriesNote), nullable=True)
    noted_at: datetime | None = None
    staff_id: int | None = maybe_ref("staff.id")
    created_at: datetime
    ended_at: datetime | None = None


class ReadyText(SQLModel, table=True):
    """A message that a shop keeps to send again; `draft` is JSON as in Series."""

    __tablename__ = "ready_text"

    id: int = primary()
    shop_id: int = ref("shop.id", index=True)
    form_key: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=40)
    draft: str = Field(max_length=4000)
    made_at: datetime
    retired_at: datetime | None = None


class OwnSegment(SQLModel, table=True):
    """Conditions that a shop keeps under a name of its own; `segment` is JSON."""

    __tablename__ = "own_segment"

    id: int = primary()
    shop_id: int = ref("shop.id", index=True)
    form_key: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=40)
    segment: str = Field(max_length=2000)
    made_at: datetime
    retired_at: datetime | None = None


class Halt(SQLModel, table=True):
    """The kill switch (L21): no advertising of one shop, one market or a whole program leaves
    until it is lifted.
    """

    id: int = primary()
    program_id: int = ref("program.id", index=True)
    market_id: int | None = maybe_ref("market.id", index=True)
    shop_id: int | None = maybe_ref("shop.id", index=True)
    reason: str = Field(max_length=200)
    actor: str = Field(max_length=40)
    since: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = Field(default=None, max_length=40)


class DayTouch(SQLModel, table=True):
    """How many advertisements of a market's channel a person was booked on a day.

    The person stands as a keyed hash, without a shop: the market's cap is kept, and nobody reads
    from it whose regular somebody is.
    """

    __tablename__ = "day_touch"

    channel_id: int = Field(
        sa_type=BigId, primary_key=True, foreign_key="channel.id", ondelete="RESTRICT"
    )
    on: date = Field(primary_key=True)
    person_hash: str = Field(primary_key=True, max_length=32)
    count: int
