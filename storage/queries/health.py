"""How much work is left, for those who watch the server."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from domain.campaigns import CampaignState
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message
from storage.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLeft:
    chunks: Mapping[str, int]
    messages: Mapping[str, int]
    booked: int


CHUNKS = Statement(select(col(Chunk.state), func.count()).group_by(col(Chunk.state)))
MESSAGES = Statement(select(col(Message.state), func.count()).group_by(col(Message.state)))
BOOKED = Statement(
    select(func.count()).select_from(Campaign).where(col(Campaign.state) == CampaignState.BOOKED)
)


def read_work_left(tx: Tx) -> WorkLeft:
    booked = tx.one(BOOKED)
    assert booked is not None
    return WorkLeft(
        chunks={str(row[0]): row[1] for row in tx.all(CHUNKS)},
        messages={str(row[0]): row[1] for row in tx.all(MESSAGES)},
        booked=booked[0],
    )
