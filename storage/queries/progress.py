"""How far a run has come, by its chunks: a few rows where there may be a million messages."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select
from sqlmodel import col

from domain.campaigns import ChunkState
from domain.doubt import ASKED_FOR
from domain.money import Jeon
from domain.people import RunId, ShopId
from domain.subsidy import AccountKind, Phase
from storage.desk import Tx
from storage.models.campaigns import Chunk
from storage.models.ledger import Account, Transfer
from storage.statements import Statement, one_of, total

LATELY = timedelta(minutes=1)
"""How far back the pace is measured: what an hour ago was slow says nothing of now."""


class Progress(NamedTuple):
    """People by where their chunk is: `left` have left, `in_flight` of them may be answered for
    any moment, `recently` left within the last minute. `next_at` is when what waits may leave.
    """

    left: int
    waiting: int
    in_flight: int
    recently: int
    began_at: datetime | None
    next_at: datetime | None


def _people(condition: ColumnElement[bool]) -> Any:
    return total(case((condition, col(Chunk.size))))


NOT_LEFT = one_of(col(Chunk.state), ChunkState.GATHERED, ChunkState.PLANNED, ChunkState.PAUSED)
# A chunk that was taken back to be sent again has begun once, and has not left.
LEFT = col(Chunk.started_at).is_not(None) & ~NOT_LEFT
IN_FLIGHT = or_(
    one_of(col(Chunk.state), ChunkState.STARTED, ChunkState.ACCEPTED),
    and_(col(Chunk.state) == ChunkState.UNKNOWN, col(Chunk.doubted_at) > bindparam("asked_since")),
)
PROGRESS = Statement(
    select(
        _people(LEFT),
        _people(NOT_LEFT),
        _people(IN_FLIGHT),
        _people(LEFT & (col(Chunk.started_at) >= bindparam("lately"))),
        func.min(case((LEFT, col(Chunk.started_at)))),
        func.min(case((col(Chunk.state) == ChunkState.PLANNED, col(Chunk.act_at)))),
    ).where(col(Chunk.run_id) == bindparam("of_run"), col(Chunk.shop_id) == bindparam("of_shop"))
)

HELD = Statement(
    select(col(Account.kind), total(col(Transfer.amount_jeon)))
    .select_from(Chunk)
    .join(Transfer, col(Transfer.chunk_id) == col(Chunk.id))
    .join(Account, col(Account.id) == col(Transfer.debit_account_id))
    .where(
        col(Chunk.run_id) == bindparam("of_run"),
        col(Chunk.shop_id) == bindparam("of_shop"),
        col(Transfer.phase) == Phase.HOLD,
        NOT_LEFT,
    )
    .group_by(col(Account.kind))
)


def find_progress(tx: Tx, shop_id: ShopId, run_id: RunId, at: datetime) -> Progress:
    lately, asked_since = at - LATELY, at - ASKED_FOR
    row = tx.one(PROGRESS, of_run=run_id, of_shop=shop_id, lately=lately, asked_since=asked_since)
    assert row is not None, "a sum always answers"
    return Progress._make(row)


def sum_not_left(tx: Tx, shop_id: ShopId, run_id: RunId) -> tuple[Jeon, Jeon]:
    """What is held for people to whom nothing has left: of grants and pots, of the shop's own.

    Nothing of it has been resolved, so that all of it comes back when they are left out.
    """
    held = {AccountKind(kind): jeon for kind, jeon in tx.all(HELD, of_run=run_id, of_shop=shop_id)}
    own_jeon = held.get(AccountKind.WALLET, 0)
    return Jeon(sum(held.values()) - own_jeon), Jeon(own_jeon)
