"""A run while its people are gathered, piece by piece: whose turn it is, its chunks, its undoing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)
from sqlmodel import col

from domain.campaigns import CampaignState, ChunkState, MessageKind, MessageState
from domain.people import CampaignId, ChannelId, ChunkId, CustomerId, RunId, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.places import Channel, Shop
from storage.queries.audience import Span
from storage.queries.halts import is_halted_at
from storage.queries.jobs import JobKind, nudge
from storage.statements import Statement, json_rows, one_of, total


@dataclass(frozen=True, slots=True)
class Gathering:
    """A run whose people are not all there yet: `low` is the last who has been looked at."""

    run_id: RunId
    campaign_id: CampaignId
    shop_id: ShopId
    planned_at: datetime
    low: int


@dataclass(frozen=True, slots=True)
class GatheredChunk:
    chunk_id: ChunkId
    size: int


OF_RUN = bindparam("of_run", type_=BigInteger())


def _least_gathered(
    dialect: str, states: Sequence[CampaignState], *checks: ColumnElement[bool]
) -> Executable:
    """Whoever has the fewest people yet comes first; taken by one at a time, and never while
    somebody pauses or stops it.

    Few runs are open and many campaigns are over, so the runs must be read first: the state is
    asked in a way that no index answers, and SQLite keeps the order of an outer join.
    """
    is_wanted = case((one_of(col(Campaign.state), *states), 1), else_=0) == 1
    return (
        select(
            col(Run.id),
            col(Run.campaign_id),
            col(Run.shop_id),
            col(Run.planned_at),
            col(Run.gathered_to),
        )
        .select_from(Run)
        .join(Campaign, col(Campaign.id) == col(Run.campaign_id), isouter=dialect == "sqlite")
        .where(col(Run.gathered_to).is_not(None), is_wanted, *checks)
        .order_by(col(Run.recipients), col(Run.id))
        .limit(1)
        .with_for_update(skip_locked=True, of=[Run, Campaign])
    )


NEXT_TO_GATHER = Statement(
    lambda dialect: _least_gathered(
        dialect, [CampaignState.RUNNING], ~is_halted_at(col(Run.shop_id))
    )
)
NEXT_TO_UNDO = Statement(
    lambda dialect: _least_gathered(dialect, [CampaignState.STUCK, CampaignState.CANCELED])
)
LOCK_SHOP = Statement(
    select(col(Shop.id))
    .where(col(Shop.id) == bindparam("of_shop"))
    .with_for_update(key_share=True)  # rows that point at the shop may still be written
)
LOCK_CHANNEL = Statement(
    select(col(Channel.id))
    .where(col(Channel.id) == bindparam("of_channel"))
    .with_for_update(key_share=True)
)
WEEK_RUNS = Statement(
    select(col(Run.id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(
        col(Run.shop_id) == bindparam("of_shop"),
        col(Run.planned_at) >= bindparam("since", type_=INSTANT),
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
    )
)
COUNT_SHOPS = Statement(select(func.count()).where(col(Shop.channel_id) == bindparam("of_channel")))
COUNT_PLACED = Statement(select(total(col(Chunk.size))).where(col(Chunk.run_id) == OF_RUN))
HOW_MANY = (
    select(func.count())
    .where(col(Message.chunk_id) == col(Chunk.id))
    .correlate(Chunk)
    .scalar_subquery()
)
OF_LAST = and_(
    col(Chunk.run_id) == OF_RUN, col(Chunk.number) >= bindparam("first", type_=Integer())
)
RESIZE = Statement(update(Chunk).where(OF_LAST).values(size=HOW_MANY))
DROP_EMPTY = Statement(delete(Chunk).where(OF_LAST, col(Chunk.size) == 0))
MOVE_ON = Statement(
    update(Run)
    .where(col(Run.id) == OF_RUN)
    .values(
        recipients=col(Run.recipients) + bindparam("more", type_=Integer()),
        gathered_to=bindparam("high"),
    )
    .returning(col(Run.recipients))
)
CHUNKS = Statement(
    select(col(Chunk.id), col(Chunk.size))
    .where(col(Chunk.run_id) == OF_RUN)
    .order_by(col(Chunk.number))
)
SAVE_PAYMENT = Statement(
    update(Run)
    .where(col(Run.id) == OF_RUN)
    .values(
        price_id=bindparam("price_id"),
        unit_jeon=bindparam("unit_jeon"),
        rounds_to_jeon=bindparam("rounds_to_jeon"),
        gathered_to=None,
    )
)
RELEASE = Statement(
    update(Chunk)
    .where(col(Chunk.run_id) == OF_RUN, col(Chunk.state) == ChunkState.GATHERED)
    .values(state=ChunkState.PLANNED, act_at=bindparam("act_at"))
    .returning(col(Chunk.id))
)
IN_SPAN = and_(
    col(Message.run_id) == OF_RUN,
    col(Message.customer_id) > bindparam("low", type_=BigInteger()),
    col(Message.customer_id) <= bindparam("high", type_=BigInteger()),
    col(Message.state) == MessageState.WAITING,
)
COUNT_UNPLACED = Statement(select(func.count()).where(IN_SPAN, col(Message.chunk_id).is_(None)))
WAITING = Statement(select(col(Message.customer_id)).where(IN_SPAN))


def _drop_people(dialect: str) -> Executable:
    people = json_rows(dialect, "people", id=BigInteger())
    wanted = select(people.c.id)
    return delete(Message).where(
        col(Message.run_id) == OF_RUN, col(Message.customer_id).in_(wanted)
    )


NUMBERED = (
    select(
        col(Message.id).label("message_id"),
        func.row_number().over(order_by=col(Message.customer_id)).label("nth"),
    )
    .where(col(Message.run_id) == OF_RUN, col(Message.state) == MessageState.WAITING)
    .subquery("numbered")
)
PLACED = (
    select(NUMBERED.c.message_id, col(Chunk.id).label("chunk_id"))
    .join(
        Chunk,
        and_(
            col(Chunk.run_id) == OF_RUN,
            col(Chunk.number) == (NUMBERED.c.nth - 1) // bindparam("size", type_=Integer()),
        ),
    )
    .subquery("placed")
)
CLOSE_UP = Statement(
    update(Message).where(col(Message.id) == PLACED.c.message_id).values(chunk_id=PLACED.c.chunk_id)
)
DROP_PEOPLE = Statement(_drop_people)
FIRST_PEOPLE = Statement(
    select(col(Message.customer_id), col(Message.state))
    .where(col(Message.run_id) == OF_RUN)
    .order_by(col(Message.customer_id))
    .limit(bindparam("most", type_=Integer()))
)
DROP_CHUNKS = Statement(delete(Chunk).where(col(Chunk.run_id) == OF_RUN))
DROP_RUN = Statement(delete(Run).where(col(Run.id) == OF_RUN))


def list_week_runs(tx: Tx, shop_id: ShopId, since: datetime) -> list[RunId]:
    """The shop's advertisements planned since then."""
    return [row[0] for row in tx.all(WEEK_RUNS, of_shop=shop_id, since=since)]


def find_gathering(tx: Tx) -> Gathering | None:
    """The running one with the fewest people yet, for this transaction alone; none of a halted
    shop.
    """
    row = tx.one(NEXT_TO_GATHER)
    return Gathering(*row) if row else None


def find_undoing(tx: Tx) -> Gathering | None:
    """One that was given up before its people were all there."""
    row = tx.one(NEXT_TO_UNDO)
    return Gathering(*row) if row else None


def count_shops(tx: Tx, channel_id: ChannelId) -> int:
    row = tx.one(COUNT_SHOPS, of_channel=channel_id)
    assert row is not None, "a count always answers"
    return int(row[0])


def lock_channel(tx: Tx, channel_id: ChannelId) -> None:
    """Before its shops: whoever plans for the same people waits until the other has."""
    tx.one(LOCK_CHANNEL, of_channel=channel_id)


def lock_shop(tx: Tx, shop_id: ShopId) -> None:
    tx.one(LOCK_SHOP, of_shop=shop_id)


def count_placed(tx: Tx, run_id: RunId) -> int:
    """How many people stand in the run's chunks."""
    row = tx.one(COUNT_PLACED, of_run=run_id)
    assert row is not None, "a sum always answers"
    return int(row[0])


def count_unplaced(tx: Tx, run_id: RunId, span: Span) -> int:
    """Who may get it and has no chunk: somebody has agreed while the piece was counted."""
    row = tx.one(COUNT_UNPLACED, of_run=run_id, **span._asdict())
    assert row is not None, "a count always answers"
    return int(row[0])


def resize_chunks(tx: Tx, run_id: RunId, first: int) -> None:
    """From that number on: as many as stand in each; the empty ones go."""
    tx.run(RESIZE, of_run=run_id, first=first)
    tx.run(DROP_EMPTY, of_run=run_id, first=first)


def move_on(tx: Tx, run_id: RunId, high: int, more: int) -> int:
    """Everybody up to `high` has been looked at, `more` of them are in; how many are by now."""
    row = tx.one(MOVE_ON, of_run=run_id, high=high, more=more)
    assert row is not None, "the run is there"
    return int(row[0])


def list_chunks(tx: Tx, run_id: RunId) -> list[GatheredChunk]:
    return [GatheredChunk(*row) for row in tx.all(CHUNKS, of_run=run_id)]


def list_waiting(tx: Tx, run_id: RunId, span: Span) -> list[CustomerId]:
    return [row[0] for row in tx.all(WAITING, of_run=run_id, **span._asdict())]


def save_payment(
    tx: Tx, run_id: RunId, *, price_id: int, unit_jeon: int, rounds_to_jeon: int
) -> None:
    """The run is whole and paid for."""
    tx.run(
        SAVE_PAYMENT,
        of_run=run_id,
        price_id=price_id,
        unit_jeon=unit_jeon,
        rounds_to_jeon=rounds_to_jeon,
    )


def release_chunks(tx: Tx, run_id: RunId, act_at: datetime) -> None:
    """From now on they may leave."""
    rows = tx.all(RELEASE, of_run=run_id, act_at=act_at)
    nudge(tx, JobKind.SEND, [row[0] for row in rows], now=act_at, act_at=act_at)


def drop_people(tx: Tx, run_id: RunId, people: Sequence[CustomerId]) -> None:
    listed = orjson.dumps([{"id": one} for one in people]).decode()
    tx.run(DROP_PEOPLE, of_run=run_id, people=listed)


def close_up(tx: Tx, run_id: RunId, size: int) -> None:
    """The people still waiting move up, so that only the last chunk is not full."""
    tx.run(CLOSE_UP, of_run=run_id, size=size)
    resize_chunks(tx, run_id, 0)


def list_first_people(tx: Tx, run_id: RunId, most: int) -> list[tuple[CustomerId, MessageState]]:
    return [
        (row[0], MessageState(row[1])) for row in tx.all(FIRST_PEOPLE, of_run=run_id, most=most)
    ]


def drop_run(tx: Tx, run_id: RunId) -> None:
    """Once its people are gone."""
    tx.run(DROP_CHUNKS, of_run=run_id)
    tx.run(DROP_RUN, of_run=run_id)
