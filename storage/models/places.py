"""Programs, markets, channels, shops and their pictures."""

from datetime import date, datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from storage.columns import BigId, maybe_ref, primary, ref


class Program(SQLModel, table=True):
    id: int = primary()
    name: str = Field(max_length=60, unique=True)
    starts_on: date
    ends_on: date
    closed_at: datetime | None = None
    created_at: datetime


class Market(SQLModel, table=True):
    id: int = primary()
    program_id: int = ref("program.id", index=True)
    name: str = Field(max_length=60)
    region: str = Field(max_length=40)


class Channel(SQLModel, table=True):
    """A KakaoTalk channel with its bot. `secrets` is sealed JSON, see subsidy/channels.py.

    `blocks`: JSON of block id → what pressing it does, as our own buttons say it. Until
    `barred_until` the platform lets its bot send nothing (K8).
    """

    id: int = primary()
    market_id: int = ref("market.id", index=True)
    name: str = Field(max_length=40)
    bot_id: str = Field(max_length=40, unique=True)
    public_id: str = Field(max_length=40, unique=True)
    search_id: str = Field(max_length=40)
    event_name: str = Field(max_length=60)
    event_block_id: str = Field(max_length=40)
    pf_id: str | None = Field(default=None, max_length=40)
    nhn_sender_key: str | None = Field(default=None, max_length=40)
    service_number: str | None = Field(default=None, max_length=20)
    opt_out_number: str | None = Field(default=None, max_length=20)
    blocks: str | None = Field(default=None, max_length=4000)
    secrets: bytes = Field(sa_type=LargeBinary)
    barred_until: datetime | None = None
    created_at: datetime


class Shop(SQLModel, table=True):
    """`reply_hours`: within how many hours a question is answered. The weekly idea comes on
    `idea_day` (0 is Monday; None: never) at `idea_hour` KST; `is_idea_sent`: by a message that
    costs, else it is said in the owner's next turn. `idea_asked_at`: whether they want it has
    been asked in the chat, or decided. `closed_weekdays`: their numbers, Monday 0, like "06"; on
    `sold_out_on` nothing is left to come for (KST). `may_text`: the owner lets news go as a text
    message to whom KakaoTalk does not reach (L18).
    """

    id: int = primary()
    market_id: int = ref("market.id", index=True)
    channel_id: int = ref("channel.id", index=True)
    slug: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=40)
    trade: str = Field(max_length=20)
    contact: str | None = Field(default=None, max_length=20)
    address: str | None = Field(default=None, max_length=100)
    hours: str | None = Field(default=None, max_length=100)
    welcome: str | None = Field(default=None, max_length=100)
    picture_id: str | None = Field(default=None, max_length=64)
    latitude: float | None = None
    longitude: float | None = None
    menu: str | None = Field(default=None, max_length=400)
    parking: str | None = Field(default=None, max_length=100)
    reply_hours: int = 24
    idea_day: int | None = None
    idea_hour: int = 10
    is_idea_sent: bool = False
    idea_asked_at: datetime | None = None
    closed_weekdays: str = Field(default="", max_length=7)
    sold_out_on: date | None = None
    may_text: bool = False
    created_at: datetime


class ClosedDay(SQLModel, table=True):
    """A single day on which a shop is closed (KST)."""

    __tablename__ = "closed_day"

    shop_id: int = Field(
        sa_type=BigId, primary_key=True, foreign_key="shop.id", ondelete="RESTRICT"
    )
    on: date = Field(primary_key=True)


class Picture(SQLModel, table=True):
    """A picture as it is served under /media/; `id` is the hash of its bytes."""

    id: str = Field(primary_key=True, max_length=64)
    shop_id: int | None = maybe_ref("shop.id", index=True)
    content_type: str = Field(max_length=20)
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime
