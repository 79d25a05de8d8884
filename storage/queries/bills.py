"""Our side of a provider's bill: the chunks of a month, and those that a bill names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Executable, String, bindparam, select
from sqlmodel import col

from domain.campaigns import ChunkState, SenderName
from domain.people import ChunkId, MessageId, ProgramId
from domain.subsidy import Phase
from storage.desk import Tx
from storage.models.campaigns import Chunk, Message, Run
from storage.models.ledger import Price, Transfer
from storage.models.places import Market, Shop
from storage.statements import Statement, json_rows, total

CHUNKS_MAX = 200_000


@dataclass(frozen=True, slots=True)
class BilledChunk:
    """A chunk that left, with what its messages were posted for."""

    chunk_id: ChunkId
    shop_name: str
    provider_ref: str | None
    started_at: datetime
    state: ChunkState
    delivered: int
    unit_jeon: int
    rounds_to_jeon: int
    net_jeon: int
    vat_percent: int
    posted_jeon: int


POSTED = (
    select(total(col(Transfer.amount_jeon)))
    .where(col(Transfer.chunk_id) == col(Chunk.id), col(Transfer.phase) == Phase.POST)
    .correlate(Chunk)
    .scalar_subquery()
)
IN_PROGRAM = col(Market.program_id) == bindparam("of_program")
OF_SENDER = col(Chunk.sender) == bindparam("of_sender")
CHUNKS = (
    select(
        col(Chunk.id),
        col(Shop.name),
        col(Chunk.provider_ref),
        col(Chunk.started_at),
        col(Chunk.state),
        col(Chunk.delivered),
        col(Run.unit_jeon),
        col(Run.rounds_to_jeon),
        col(Price.net_jeon),
        col(Price.vat_percent),
        POSTED.label("posted_jeon"),
    )
    .join(Run, col(Run.id) == col(Chunk.run_id))
    .join(Price, col(Price.id) == col(Run.price_id))
    .join(Shop, col(Shop.id) == col(Chunk.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(IN_PROGRAM, OF_SENDER, col(Chunk.started_at).is_not(None))
    .order_by(col(Chunk.id))
    .limit(CHUNKS_MAX)
)
OF_MONTH = Statement(
    CHUNKS.where(
        col(Chunk.started_at) >= bindparam("since"), col(Chunk.started_at) < bindparam("until")
    )
)


def _of_refs(dialect: str) -> Executable:
    refs = json_rows(dialect, "refs", ref=String())
    return CHUNKS.where(col(Chunk.provider_ref).in_(select(refs.c.ref)))


def _elsewhere(dialect: str) -> Executable:
    refs = json_rows(dialect, "refs", ref=String())
    return (
        select(col(Chunk.provider_ref))
        .join(Shop, col(Shop.id) == col(Chunk.shop_id))
        .join(Market, col(Market.id) == col(Shop.market_id))
        .where(col(Chunk.provider_ref).in_(select(refs.c.ref)), OF_SENDER, ~IN_PROGRAM)
    )


def _of_messages(dialect: str) -> Executable:
    ids = json_rows(dialect, "ids", id=BigInteger())
    return (
        select(col(Message.id), col(Message.chunk_id))
        .join(Chunk, col(Chunk.id) == col(Message.chunk_id))
        .join(Shop, col(Shop.id) == col(Chunk.shop_id))
        .join(Market, col(Market.id) == col(Shop.market_id))
        .where(col(Message.id).in_(select(ids.c.id)), IN_PROGRAM, OF_SENDER)
    )


def _of_ids(dialect: str) -> Executable:
    ids = json_rows(dialect, "ids", id=BigInteger())
    return CHUNKS.where(col(Chunk.id).in_(select(ids.c.id)))


OF_REFS = Statement(_of_refs)
OF_IDS = Statement(_of_ids)
ELSEWHERE = Statement(_elsewhere)
OF_MESSAGES = Statement(_of_messages)


def list_sent_chunks(
    tx: Tx, program_id: ProgramId, sender: SenderName, since: datetime, until: datetime
) -> list[BilledChunk]:
    """Those that left in that time, by id; at most 200,000."""
    return _chunks(
        tx.all(OF_MONTH, of_program=program_id, of_sender=sender, since=since, until=until)
    )


def list_chunks_of_refs(
    tx: Tx, program_id: ProgramId, sender: SenderName, refs: Collection[str]
) -> list[BilledChunk]:
    """Those that a provider calls by these names, whenever they left."""
    named = orjson.dumps([{"ref": ref} for ref in refs]).decode()
    return _chunks(tx.all(OF_REFS, of_program=program_id, of_sender=sender, refs=named))


def list_chunks_of_ids(
    tx: Tx, program_id: ProgramId, sender: SenderName, ids: Collection[ChunkId]
) -> list[BilledChunk]:
    return _chunks(tx.all(OF_IDS, of_program=program_id, of_sender=sender, ids=_listed(ids)))


def list_refs_elsewhere(
    tx: Tx, program_id: ProgramId, sender: SenderName, refs: Collection[str]
) -> frozenset[str]:
    """Which of these belong to another program of this installation; no more is told of them."""
    named = orjson.dumps([{"ref": ref} for ref in refs]).decode()
    rows = tx.all(ELSEWHERE, of_program=program_id, of_sender=sender, refs=named)
    return frozenset(row[0] for row in rows)


def find_chunks_of_messages(
    tx: Tx, program_id: ProgramId, sender: SenderName, ids: Collection[MessageId]
) -> dict[MessageId, ChunkId]:
    rows = tx.all(OF_MESSAGES, of_program=program_id, of_sender=sender, ids=_listed(ids))
    return {MessageId(row[0]): ChunkId(row[1]) for row in rows}


def _listed(ids: Collection[int]) -> str:
    return orjson.dumps([{"id": one} for one in ids]).decode()


def _chunks(rows: list[tuple[Any, ...]]) -> list[BilledChunk]:
    return [BilledChunk(*row) for row in rows]
