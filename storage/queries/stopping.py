"""What of a shop's advertising can still be stopped: booked campaigns, chunks that have not left."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.campaigns import CampaignState, ChunkState, MessageKind
from domain.people import CampaignId, ChunkId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Run
from storage.statements import Statement

BOOKED_MAX = 200
CHUNKS_MAX = 1_000


class BookedCampaign(NamedTuple):
    campaign_id: CampaignId
    body: str
    due_at: datetime


IS_ADVERTISING = col(Campaign.kind) == MessageKind.ADVERTISEMENT
BOOKED = Statement(
    select(col(Campaign.id), col(Campaign.body), col(Campaign.due_at))
    .where(
        col(Campaign.shop_id) == bindparam("of_shop"),
        col(Campaign.state) == CampaignState.BOOKED,
        IS_ADVERTISING,
    )
    .order_by(col(Campaign.due_at), col(Campaign.id))
    .limit(BOOKED_MAX)
)
NOT_LEFT = Statement(
    select(col(Chunk.id), col(Chunk.size))
    .join(Run, col(Run.id) == col(Chunk.run_id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(
        col(Chunk.shop_id) == bindparam("of_shop"),
        col(Chunk.state) == ChunkState.PLANNED,
        IS_ADVERTISING,
    )
    .order_by(col(Chunk.id))
    .limit(CHUNKS_MAX)
)


def list_booked(tx: Tx, shop_id: ShopId) -> list[BookedCampaign]:
    """What will leave, the next one first."""
    return [BookedCampaign._make(row) for row in tx.all(BOOKED, of_shop=shop_id)]


def list_not_left(tx: Tx, shop_id: ShopId) -> list[tuple[ChunkId, int]]:
    """Chunks of which nothing has left yet, and how many people each has."""
    return [(ChunkId(row[0]), row[1]) for row in tx.all(NOT_LEFT, of_shop=shop_id)]
