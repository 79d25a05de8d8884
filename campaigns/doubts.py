"""Chunks of which nobody can say whether they arrived: shown to a person, who decides.

A worker asks about them first, with growing pauses (`domain.doubt`). A report that comes before
the decision still settles them by itself; one that comes after it changes nothing.
"""

from datetime import datetime

from campaigns.settle import close_chunk
from domain.audit import Act, shop_book
from domain.campaigns import ChunkState, MessageState
from domain.doubt import ASKED_FOR, DECIDED
from domain.people import ChunkId, MarketId, ProgramId, ShopId
from domain.refusals import Conflict, NotFound
from storage.desk import Tx
from storage.queries import doubts as books
from storage.queries.doubts import Undecided
from storage.queries.journal import append_audit

__all__ = ["Undecided", "count_undecided", "decide_unknown", "list_undecided"]


def list_undecided(
    tx: Tx,
    *,
    program_id: ProgramId,
    market_id: MarketId | None = None,
    shop_id: ShopId | None = None,
    at: datetime,
) -> list[Undecided]:
    """Chunks that were asked about for long enough, the longest in doubt first; bounded."""
    return books.list_undecided(
        tx,
        program_id=program_id,
        market_id=market_id,
        shop_id=shop_id,
        asked_since=at - ASKED_FOR,
    )


def count_undecided(
    tx: Tx, *, program_id: ProgramId, market_id: MarketId | None = None, at: datetime
) -> int:
    """How many of them there are, for the menu."""
    since = at - ASKED_FOR
    return books.count_undecided(tx, program_id=program_id, market_id=market_id, asked_since=since)


def decide_unknown(
    tx: Tx,
    chunk_id: ChunkId,
    *,
    program_id: ProgramId,
    market_id: MarketId | None = None,
    is_delivered: bool,
    actor: str,
    at: datetime,
) -> int:
    """Who is still unknown counts as reached and paid for, or as neither; how many they were.

    To whom our own skill has shown it they are reached, whatever is decided. The program's
    people decide, who pay for it, not the shop. Raises NotFound(`chunk`) beyond their scope,
    Conflict(`settled`) when it was decided or reported meanwhile, and Conflict(`not_in_doubt`)
    while it is still asked about.
    """
    doubt = books.lock_doubt(
        tx, chunk_id, program_id=program_id, market_id=market_id, asked_since=at - ASKED_FOR
    )
    if doubt is None:
        raise NotFound("chunk")
    if doubt.state is ChunkState.SETTLED:
        raise Conflict("settled")
    if not doubt.is_undecided:
        raise Conflict("not_in_doubt")
    state = MessageState.DELIVERED if is_delivered else MessageState.FAILED
    people = books.decide_open(tx, chunk_id, state, DECIDED, at)
    is_closed = close_chunk(tx, chunk_id, at)
    assert is_closed, "nobody of it is open any more"
    act = Act(
        actor=actor,
        act="decide_unknown",
        subject=f"chunk:{chunk_id}",
        at=at,
        details=f"is_delivered={is_delivered} people={people}",
    )
    append_audit(tx, shop_book(doubt.shop_id), act)
    return people
