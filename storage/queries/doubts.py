"""Chunks of which nobody can say what became of some people, and what a person decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    Executable,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlmodel import col

from domain.campaigns import CampaignState, ChunkState, MessageState, SenderName
from domain.people import CampaignId, ChunkId, MarketId, MessageId, ProgramId, RunId, ShopId
from domain.time import NEVER
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.places import Market, Shop
from storage.queries.messages import OPEN_STATES
from storage.statements import Statement, json_rows, one_of

UNDECIDED_MAX = 200


class Doubt(NamedTuple):
    """Where a chunk stands, and whether it is a person's to decide."""

    shop_id: ShopId
    state: ChunkState
    is_undecided: bool


class Undecided(NamedTuple):
    """A chunk in doubt. `people`: whose outcome nobody knows; `shown`: to whom our own skill has
    shown it, so that they count as reached whatever is decided; `unit_jeon`: what each costs,
    before rounding. `code`: why (`LOST`: no answer came; `UNNAMED`: counted, but not named).
    """

    chunk_id: ChunkId
    shop_id: ShopId
    shop_name: str
    market_id: MarketId
    campaign_id: CampaignId
    run_id: RunId
    body: str
    campaign_state: CampaignState
    sender: SenderName
    provider_ref: str | None
    started_at: datetime
    doubted_at: datetime
    unit_jeon: int
    people: int
    shown: int
    code: str | None


IS_OPEN = one_of(col(Message.state), *OPEN_STATES)
OF_CHUNK = col(Message.chunk_id) == col(Chunk.id)


def _count(*which: Any) -> Any:
    """Of a chunk's messages; beside a chunk."""
    counted = select(func.count()).select_from(Message).where(OF_CHUNK, *which)
    return counted.correlate(Chunk).scalar_subquery()


WHY = (
    select(func.max(col(Message.code))).where(OF_CHUNK, IS_OPEN).correlate(Chunk).scalar_subquery()
)
IS_UNDECIDED = and_(
    col(Chunk.state) == ChunkState.UNKNOWN,
    or_(col(Chunk.act_at) == NEVER, col(Chunk.doubted_at) <= bindparam("asked_since")),
)
IN_SCOPE = and_(
    col(Market.program_id) == bindparam("of_program", type_=BigInteger()),
    or_(
        bindparam("of_market", type_=BigInteger()).is_(None),
        col(Shop.market_id) == bindparam("of_market", type_=BigInteger()),
    ),
    or_(
        bindparam("of_shop", type_=BigInteger()).is_(None),
        col(Shop.id) == bindparam("of_shop", type_=BigInteger()),
    ),
)


def _undecided() -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(Chunk.id),
            col(Chunk.shop_id),
            col(Shop.name),
            col(Shop.market_id),
            col(Campaign.id),
            col(Chunk.run_id),
            col(Campaign.body),
            col(Campaign.state),
            col(Chunk.sender),
            col(Chunk.provider_ref),
            col(Chunk.started_at),
            col(Chunk.doubted_at),
            col(Run.unit_jeon),
            _count(IS_OPEN, col(Message.shown_at).is_(None)),
            _count(col(Message.shown_at).is_not(None)),
            WHY,
        )
        .join(Run, col(Run.id) == col(Chunk.run_id))
        .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
        .join(Shop, col(Shop.id) == col(Chunk.shop_id))
        .join(Market, col(Market.id) == col(Shop.market_id))
        .where(IN_SCOPE)
    )


UNDECIDED = Statement(
    _undecided()
    .where(IS_UNDECIDED)
    .order_by(col(Chunk.doubted_at), col(Chunk.id))
    .limit(UNDECIDED_MAX)
)
COUNT_UNDECIDED = Statement(
    select(func.count())
    .select_from(Chunk)
    .join(Shop, col(Shop.id) == col(Chunk.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(IN_SCOPE, IS_UNDECIDED)
)
LOCK_DOUBT = Statement(
    select(col(Chunk.shop_id), col(Chunk.state), IS_UNDECIDED)
    .join(Shop, col(Shop.id) == col(Chunk.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(IN_SCOPE, col(Chunk.id) == bindparam("of_chunk"))
    .with_for_update(of=Chunk)
)
HAS_BEEN_SHOWN = col(Message.shown_at).is_not(None)
DECIDE = Statement(
    update(Message)
    .where(col(Message.chunk_id) == bindparam("of_chunk"), IS_OPEN)
    .values(
        state=case(
            (HAS_BEEN_SHOWN, MessageState.DELIVERED),
            else_=bindparam("else_state", type_=col(Message.state).type),  # type: ignore[attr-defined]  # `col` hides the column
        ),
        code=case((HAS_BEEN_SHOWN, "SHOWN"), else_=bindparam("code")),
        is_charged=or_(HAS_BEEN_SHOWN, bindparam("else_state") == MessageState.DELIVERED),
        settled_at=bindparam("at"),
    )
)


def _decided(dialect: str) -> Executable:
    wanted = json_rows(dialect, "wanted", id=BigInteger())
    return (
        select(col(Message.chunk_id))
        .where(col(Message.id).in_(select(wanted.c.id)), col(Message.code) == bindparam("code"))
        .distinct()
        .order_by(col(Message.chunk_id))
    )


DECIDED = Statement(_decided)


def list_undecided(
    tx: Tx,
    *,
    program_id: ProgramId,
    market_id: MarketId | None,
    shop_id: ShopId | None,
    asked_since: datetime,
) -> list[Undecided]:
    """What there is nobody left to ask about, or has been asked about since before `asked_since`;
    the longest in doubt first.
    """
    rows = tx.all(
        UNDECIDED,
        of_program=program_id,
        of_market=market_id,
        of_shop=shop_id,
        asked_since=asked_since,
    )
    return [Undecided._make(row) for row in rows]


def count_undecided(
    tx: Tx, *, program_id: ProgramId, market_id: MarketId | None, asked_since: datetime
) -> int:
    """How many chunks wait for a person."""
    row = tx.one(
        COUNT_UNDECIDED,
        of_program=program_id,
        of_market=market_id,
        of_shop=None,
        asked_since=asked_since,
    )
    return int(row[0]) if row else 0


def lock_doubt(
    tx: Tx,
    chunk_id: ChunkId,
    *,
    program_id: ProgramId,
    market_id: MarketId | None,
    asked_since: datetime,
) -> Doubt | None:
    """None beyond the scope; nobody else settles it meanwhile."""
    row = tx.one(
        LOCK_DOUBT,
        of_chunk=chunk_id,
        of_program=program_id,
        of_market=market_id,
        of_shop=None,
        asked_since=asked_since,
    )
    return Doubt(ShopId(row[0]), ChunkState(row[1]), bool(row[2])) if row else None


def decide_open(tx: Tx, chunk_id: ChunkId, state: MessageState, code: str, at: datetime) -> int:
    """Who is still open becomes that, but whom our skill has shown it is delivered; how many."""
    return tx.run(DECIDE, of_chunk=chunk_id, else_state=state, code=code, at=at)


def list_decided(tx: Tx, message_ids: Sequence[MessageId], code: str) -> list[ChunkId]:
    """The chunks of those of these messages on which a person decided."""
    wanted = orjson.dumps([{"id": one} for one in message_ids]).decode()
    return [ChunkId(row[0]) for row in tx.all(DECIDED, wanted=wanted, code=code)]
