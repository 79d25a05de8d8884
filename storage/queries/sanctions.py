"""What keeps a whole channel's or shop's messages, or a person's for a day (L21, K6, K8)."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.campaigns import BRAND_SENDERS, MessageState
from domain.people import (
    ChannelId,
    ChunkId,
    CustomerId,
    MarketId,
    ProgramId,
    RunId,
    ShopId,
)
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.places import Channel, Market, Shop
from storage.queries.halts import is_halted_at
from storage.statements import Statement, one_of

PLANNED_WITHIN = timedelta(days=1)
"""A run of the evening before may leave in the morning."""

CHANNELS_MAX = 500
Own, Other, OtherShop = aliased(Message), aliased(Message), aliased(Shop)
BARRIERS = Statement(
    select(is_halted_at(col(Shop.id)), col(Channel.barred_until))
    .select_from(Shop)
    .join(Channel, col(Channel.id) == col(Shop.channel_id))
    .where(col(Shop.id) == bindparam("of_shop"))
)
SAVE_BARRED = Statement(
    update(Channel)
    .where(col(Channel.id) == bindparam("of_channel"))
    .values(barred_until=bindparam("until"))
)
MARKET = bindparam("of_market", type_=BigInteger())
CHANNELS = Statement(
    select(col(Channel.id), col(Channel.name), col(Channel.barred_until))
    .join(Market, col(Market.id) == col(Channel.market_id))
    .where(
        col(Market.program_id) == bindparam("of_program"),
        or_(MARKET.is_(None), col(Market.id) == MARKET),
    )
    .order_by(col(Channel.id))
    .limit(CHANNELS_MAX)
)
OTHER_RUNS = (
    select(col(Run.id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .join(OtherShop, col(OtherShop.id) == col(Run.shop_id))
    .join(Shop, col(Shop.channel_id) == col(OtherShop.channel_id))
    .where(
        col(Shop.id) == bindparam("of_shop"),
        col(Run.id) != bindparam("but_run"),
        col(Run.planned_at) >= bindparam("planned_since", type_=INSTANT),
        one_of(col(Campaign.sender), *BRAND_SENDERS),
    )
)
BRANDED = Statement(
    select(col(Own.customer_id))
    .join(Other, col(Other.customer_id) == col(Own.customer_id))
    .join(Chunk, col(Chunk.id) == col(Other.chunk_id))
    .where(
        col(Own.chunk_id) == bindparam("of_chunk"),
        col(Other.run_id).in_(OTHER_RUNS),
        one_of(
            col(Other.state), MessageState.WAITING, MessageState.UNKNOWN, MessageState.DELIVERED
        ),
        col(Chunk.started_at) >= bindparam("since", type_=INSTANT),
    )
)


class ChannelStanding(NamedTuple):
    channel_id: ChannelId
    name: str
    barred_until: datetime | None


def find_barriers(tx: Tx, shop_id: ShopId) -> tuple[bool, datetime | None]:
    """Whether its advertising is halted (L21), and until when its channel may send nothing (K8)."""
    row = tx.one(BARRIERS, of_shop=shop_id)
    return (bool(row[0]), row[1]) if row else (False, None)


def list_channels_of(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None
) -> list[ChannelStanding]:
    """The channels of a program, or of one market of it."""
    rows = tx.all(CHANNELS, of_program=program_id, of_market=market_id)
    return [ChannelStanding._make(row) for row in rows]


def save_barred(tx: Tx, channel_id: ChannelId, until: datetime | None) -> None:
    tx.run(SAVE_BARRED, of_channel=channel_id, until=until)


def list_branded(
    tx: Tx, shop_id: ShopId, run_id: RunId, chunk_id: ChunkId, since: datetime
) -> AbstractSet[CustomerId]:
    """Who of a chunk was sent a brand message of another run of the channel since then (K6)."""
    given = {"of_shop": shop_id, "but_run": run_id, "of_chunk": chunk_id}
    rows = tx.all(BRANDED, planned_since=since - PLANNED_WITHIN, since=since, **given)
    return {row[0] for row in rows}
