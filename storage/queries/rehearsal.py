"""What a rehearsal holds against the handsets: every person of every run, and how each ended."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import col

from domain.campaigns import CampaignState, ChunkState, MessageKind, MessageState, SenderName
from domain.people import CampaignId, RunId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.customers import Customer
from storage.statements import Statement


class Entry(NamedTuple):
    """One person of a run as our books have them; the last two are their chunk's."""

    run_id: RunId
    shop_id: ShopId
    kind: MessageKind
    sender: SenderName
    bot_user_key: str
    state: MessageState
    is_charged: bool
    started_at: datetime | None
    chunk_state: ChunkState | None


class End(NamedTuple):
    """How a campaign ended, or where it stands."""

    campaign_id: CampaignId
    shop_id: ShopId
    kind: MessageKind
    state: CampaignState
    paused_for: str | None
    run_id: RunId | None


ENTRIES = Statement(
    select(
        col(Message.run_id),
        col(Message.shop_id),
        col(Campaign.kind),
        col(Campaign.sender),
        col(Customer.bot_user_key),
        col(Message.state),
        col(Message.is_charged),
        col(Chunk.started_at),
        col(Chunk.state),
    )
    .join(Run, col(Run.id) == col(Message.run_id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .join(Customer, col(Customer.id) == col(Message.customer_id))
    .outerjoin(Chunk, col(Chunk.id) == col(Message.chunk_id))
    .order_by(col(Message.id))
)
ENDS = Statement(
    select(
        col(Campaign.id),
        col(Campaign.shop_id),
        col(Campaign.kind),
        col(Campaign.state),
        col(Campaign.paused_for),
        col(Run.id),
    )
    .outerjoin(Run, col(Run.campaign_id) == col(Campaign.id))
    .order_by(col(Campaign.id))
)
NEXT_DUE = Statement(
    select(func.min(col(Campaign.due_at))).where(col(Campaign.state) == CampaignState.BOOKED)
)


def find_next_due(tx: Tx) -> datetime | None:
    """When the next booked campaign is to leave."""
    row = tx.one(NEXT_DUE)
    return row[0] if row else None


def list_entries(tx: Tx) -> list[Entry]:
    """Of the whole database: a rehearsal's is a small one."""
    return [Entry(*row) for row in tx.all(ENTRIES)]


def list_ends(tx: Tx) -> list[End]:
    return [End(*row) for row in tx.all(ENDS)]
