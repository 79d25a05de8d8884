"""Chunks: lease, start, receipt, settlement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Executable,
    Integer,
    String,
    and_,
    bindparam,
    func,
    select,
    update,
)
from sqlmodel import col

from domain.campaigns import BubbleKind, ChunkState, MessageKind, SenderName
from domain.people import ChannelId, ChunkId, CustomerId, OfferId, RunId, ShopId
from domain.time import NEVER
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Run
from storage.models.places import Shop
from storage.queries.jobs import JobKind, nudge
from storage.statements import Statement, one_of


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A leased chunk; `tries` is the lease's number, so that only its holder goes on.

    It only ever grows: a number that came back would give an old holder a new one's lease.
    `failures`: how often an error put it back; `doubted_at`: since when nobody can say whether it
    left; `calm_at`: from when no request that lets it go can be under way any more.
    """

    chunk_id: ChunkId
    shop_id: ShopId
    run_id: RunId
    sender: SenderName
    state: ChunkState
    size: int
    tries: int
    send_key: str
    provider_ref: str | None
    started_at: datetime | None
    doubted_at: datetime | None
    calm_at: datetime | None
    failures: int
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What every message of a run has in common; `cause`: under which key it was booked, which says
    what a message to one person tells of. `parts` is JSON (domain/parts.py).
    """

    kind: MessageKind
    body: str
    bubble: BubbleKind
    sender: SenderName
    picture_id: str | None
    not_later_than: datetime
    contact: str
    offer_id: OfferId | None
    button_label: str | None
    button_url: str | None
    keeps_day: bool
    cause: str
    customer_id: CustomerId | None
    parts: str

    @property
    def has_coupon(self) -> bool:
        return self.offer_id is not None


OWN_CHANNEL = (
    select(col(Shop.channel_id)).where(col(Shop.id) == col(Chunk.shop_id)).scalar_subquery()
)
CHUNK = (
    col(Chunk.id),
    col(Chunk.shop_id),
    col(Chunk.run_id),
    col(Chunk.sender),
    col(Chunk.state),
    col(Chunk.size),
    col(Chunk.tries),
    col(Chunk.send_key),
    col(Chunk.provider_ref),
    col(Chunk.started_at),
    col(Chunk.doubted_at),
    col(Chunk.calm_at),
    col(Chunk.failures),
    OWN_CHANNEL,
)


def _lease(*states: ChunkState, by: Sequence[Any]) -> Executable:
    """The first chunk that is due, taken by one conditional UPDATE."""
    due = and_(one_of(col(Chunk.state), *states), col(Chunk.act_at) <= bindparam("now"))
    first = (
        select(col(Chunk.id))
        .where(due)
        .order_by(*by, col(Chunk.id))
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(Chunk)
        .where(col(Chunk.id) == first, due)
        .values(act_at=bindparam("until"), tries=col(Chunk.tries) + 1)
        .returning(*CHUNK)
    )


# Fair between shops: whoever has had the fewest chunks comes first, so that ten people never
# wait for a million (least attained service).
LEASE_TO_SEND = Statement(_lease(ChunkState.PLANNED, by=(col(Chunk.number), col(Chunk.act_at))))


# A paused chunk is due only when its campaign was stopped: then it is to be closed.
LEASE_TO_ASK = Statement(
    _lease(
        ChunkState.STARTED,
        ChunkState.ACCEPTED,
        ChunkState.UNKNOWN,
        ChunkState.PAUSED,
        by=(col(Chunk.act_at),),
    )
)


RUN_FACTS = Statement(
    select(
        col(Campaign.kind),
        col(Campaign.body),
        col(Campaign.bubble),
        col(Campaign.sender),
        col(Campaign.picture_id),
        col(Campaign.not_later_than),
        col(Run.contact),
        col(Campaign.offer_id),
        col(Campaign.button_label),
        col(Campaign.button_url),
        col(Campaign.keeps_day),
        col(Campaign.form_key),
        col(Campaign.customer_id),
        col(Campaign.parts),
    )
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .where(col(Run.id) == bindparam("of_run"))
)


SAVE_REF = Statement(
    update(Chunk)
    .where(
        col(Chunk.id) == bindparam("of_chunk"),
        col(Chunk.state) == ChunkState.PLANNED,
        col(Chunk.tries) == bindparam("of_try"),
    )
    .values(provider_ref=bindparam("ref"), act_at=bindparam("until"))
)


START = Statement(
    update(Chunk)
    .where(
        col(Chunk.id) == bindparam("of_chunk"),
        one_of(col(Chunk.state), ChunkState.PLANNED, ChunkState.STARTED, ChunkState.UNKNOWN),
        col(Chunk.tries) == bindparam("of_try"),
    )
    .values(
        state=ChunkState.STARTED,
        started_at=func.coalesce(col(Chunk.started_at), bindparam("at", type_=INSTANT)),
        calm_at=bindparam("calm_at", type_=INSTANT),
        act_at=bindparam("until"),
    )
)


RENEW = Statement(
    update(Chunk)
    .where(
        col(Chunk.id) == bindparam("of_chunk"),
        col(Chunk.state) != ChunkState.SETTLED,
        col(Chunk.tries) == bindparam("of_try"),
    )
    .values(act_at=bindparam("until"))
)


MOVE_CHUNK = Statement(
    update(Chunk)
    .where(col(Chunk.id) == bindparam("of_chunk"), col(Chunk.state) != ChunkState.SETTLED)
    .values(
        state=bindparam("new_state"),
        act_at=bindparam("act_at"),
        provider_ref=func.coalesce(bindparam("ref", type_=String()), col(Chunk.provider_ref)),
        started_at=func.coalesce(col(Chunk.started_at), bindparam("at", type_=INSTANT)),
        doubted_at=bindparam("doubted_at", type_=INSTANT),
        calm_at=func.coalesce(bindparam("calm_at", type_=INSTANT), col(Chunk.calm_at)),
    )
)


FORGET_REF = Statement(
    update(Chunk)
    .where(
        col(Chunk.id) == bindparam("of_chunk"),
        col(Chunk.state) != ChunkState.SETTLED,
        col(Chunk.tries) == bindparam("of_try"),
    )
    .values(
        state=ChunkState.PLANNED,
        act_at=bindparam("act_at"),
        provider_ref=None,
        started_at=None,
        doubted_at=None,
        calm_at=None,
        failures=col(Chunk.failures) + bindparam("failed", type_=Integer()),
    )
)


LOCK_CHUNK = Statement(
    select(col(Chunk.run_id), col(Chunk.state))
    .where(col(Chunk.id) == bindparam("of_chunk"))
    .with_for_update()
)


SETTLE_CHUNK = Statement(
    update(Chunk)
    .where(col(Chunk.id) == bindparam("of_chunk"), col(Chunk.state) != ChunkState.SETTLED)
    .values(
        state=ChunkState.SETTLED,
        settled_at=bindparam("at"),
        delivered=bindparam("delivered"),
        failed=bindparam("failed"),
    )
)


NEXT_ACT = Statement(
    select(func.min(col(Chunk.act_at))).where(col(Chunk.state) != ChunkState.SETTLED)
)


def lease_to_send(tx: Tx, now: datetime, until: datetime) -> ChunkRow | None:
    row = tx.one(LEASE_TO_SEND, now=now, until=until)
    return ChunkRow(*row) if row else None


def lease_to_ask(tx: Tx, now: datetime, until: datetime) -> ChunkRow | None:
    row = tx.one(LEASE_TO_ASK, now=now, until=until)
    return ChunkRow(*row) if row else None


def get_run_facts(tx: Tx, run_id: RunId) -> RunFacts:
    row = tx.one(RUN_FACTS, of_run=run_id)
    assert row is not None
    return RunFacts(*row)


def save_ref(tx: Tx, chunk: ChunkRow, ref: str | None, until: datetime) -> bool:
    """Renews the lease as well; False when it was lost meanwhile."""
    given = {"of_chunk": chunk.chunk_id, "of_try": chunk.tries, "ref": ref}
    return bool(tx.run(SAVE_REF, until=until, **given))


def start_chunk(
    tx: Tx, chunk: ChunkRow, *, at: datetime, until: datetime, calm_at: datetime
) -> bool:
    """The point of no return, also of what is let go again; False when the lease was lost."""
    given = {"of_chunk": chunk.chunk_id, "of_try": chunk.tries, "calm_at": calm_at}
    is_ours = bool(tx.run(START, at=at, until=until, **given))
    if is_ours:
        nudge(tx, JobKind.ASK, [chunk.chunk_id], now=at, act_at=until)
    return is_ours


def renew_lease(tx: Tx, chunk: ChunkRow, until: datetime) -> bool:
    """Asked before anything is written that only the holder may write; locks the chunk."""
    return bool(tx.run(RENEW, of_chunk=chunk.chunk_id, of_try=chunk.tries, until=until))


def move_chunk(
    tx: Tx,
    chunk_id: ChunkId,
    state: ChunkState,
    *,
    at: datetime,
    act_at: datetime,
    ref: str | None = None,
    doubted_at: datetime | None = None,
    calm_at: datetime | None = None,
) -> None:
    """Notes that a chunk has left or, in doubt, may have, unless it is settled already.

    Without a `calm_at` the one that is written stays.
    """
    is_open = tx.run(
        MOVE_CHUNK,
        of_chunk=chunk_id,
        new_state=state,
        at=at,
        act_at=act_at,
        ref=ref,
        doubted_at=doubted_at,
        calm_at=calm_at,
    )
    if is_open and act_at < NEVER:
        nudge(tx, JobKind.ASK, [chunk_id], now=at, act_at=act_at)


def begin_again(tx: Tx, chunk: ChunkRow, act_at: datetime, *, has_failed: bool = False) -> bool:
    """Only for a chunk of which it is certain that nothing left.

    False when the lease was lost: then somebody else may have sent it meanwhile.
    """
    given = {"of_chunk": chunk.chunk_id, "of_try": chunk.tries, "failed": int(has_failed)}
    return bool(tx.run(FORGET_REF, act_at=act_at, **given))


def lock_chunk(tx: Tx, chunk_id: ChunkId) -> tuple[RunId, ChunkState]:
    row = tx.one(LOCK_CHUNK, of_chunk=chunk_id)
    assert row is not None
    return RunId(row[0]), ChunkState(row[1])


def settle_chunk(tx: Tx, chunk_id: ChunkId, at: datetime, *, delivered: int, failed: int) -> bool:
    """False when it was settled already; the counts are what its people's states add up to."""
    return bool(tx.run(SETTLE_CHUNK, of_chunk=chunk_id, at=at, delivered=delivered, failed=failed))


def find_next_act(tx: Tx) -> datetime | None:
    """When the next chunk is to be looked at; None when all are settled."""
    row = tx.one(NEXT_ACT)
    return row[0] if row else None
