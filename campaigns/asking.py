"""What becomes of chunks that have left or may have: when to ask, and what an answer settles."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from campaigns.gate import address_of
from campaigns.settle import close_chunk, settle_reports
from domain.campaigns import Account, ChunkState, MessageState, Progress, SenderName, Sent
from domain.doubt import ASK_ON_EVERY, next_question
from domain.people import ChunkId, MessageId
from domain.time import NEVER
from storage.desk import Tx
from storage.queries import chunks as books
from storage.queries import messages
from storage.queries.chunks import ChunkRow
from storage.queries.places import get_channel, get_shop
from subsidy.channels import account_of

LOOK_AFTER: Mapping[SenderName, tuple[int, ...]] = {
    name: (2, 3, 4, 5, 7, 10, 15, 60, 300, 600, 3_600)
    if name is SenderName.KAKAO_EVENT
    else (30, 60, 300, 600, 3_600)
    for name in SenderName
}
"""Seconds until a provider is asked again about what it has accepted, the last one for ever.
SOLAPI and NHN tell us by themselves (providers.md A8, B8), so they are asked only about what they
have not told."""

ONE_REQUEST = (SenderName.NHN, SenderName.NHN_ALIMTALK)
"""Their reference names no place that could be used again: what is certain not to have been
accepted begins again from the start."""

DOUBT_PAUSE = timedelta(seconds=40)
"""A sender's whole time-out and a margin: two releases of one group must not race (A11)."""


def note_sent(tx: Tx, chunk: ChunkRow, sent: str | Sent | None, at: datetime) -> None:
    """The receipt, and with it who was refused in the same answer."""
    ref, refused = sent if isinstance(sent, Sent) else (sent, ())
    act_at = at + timedelta(seconds=LOOK_AFTER[chunk.sender][0])
    books.move_chunk(tx, chunk.chunk_id, ChunkState.ACCEPTED, at=at, act_at=act_at, ref=ref)
    settle_reports(tx, refused, at)


def begin_doubt(tx: Tx, chunk: ChunkRow, at: datetime, least: timedelta) -> None:
    """Asked about soon, but let go again only when a late first request must have ended."""
    _doubt_on(tx, chunk, at, least=least, calm_at=at + DOUBT_PAUSE)


def wait_for(tx: Tx, chunk: ChunkRow, state: ChunkState, at: datetime, least: timedelta) -> None:
    """Asked again later, but not sooner than `least`; what may have left is in doubt."""
    if state is ChunkState.ACCEPTED:
        act_at = at + max(_look_pause(chunk, at), least)
        books.move_chunk(tx, chunk.chunk_id, state, at=at, act_at=act_at)
        return
    _doubt_on(tx, chunk, at, least=least)


def nothing_to_ask(tx: Tx, chunk: ChunkRow, at: datetime) -> None:
    """The answer was lost before any reference came: only our own skill calls are evidence.

    They may still come for a while, so it is looked at a few times before a person decides.
    """
    messages.close_open(tx, chunk.chunk_id, MessageState.UNKNOWN, "LOST", at)
    if not close_chunk(tx, chunk.chunk_id, at):
        _doubt_on(tx, chunk, at, every=None)


def await_calm(tx: Tx, chunk: ChunkRow, at: datetime, calm_at: datetime) -> None:
    """Nothing of it has left, and it may not be let go again yet: asked about then at the latest."""
    since = chunk.doubted_at or at
    act_at = min(at + (next_question(at - since) or ASK_ON_EVERY), calm_at)
    books.move_chunk(tx, chunk.chunk_id, ChunkState.UNKNOWN, at=at, act_at=act_at, doubted_at=since)


def _doubt_on(
    tx: Tx,
    chunk: ChunkRow,
    at: datetime,
    *,
    every: timedelta | None = ASK_ON_EVERY,
    least: timedelta = timedelta(),
    calm_at: datetime | None = None,
) -> None:
    """The next of the questions; after the last one `every` so often, or never."""
    since = chunk.doubted_at or at
    pause = next_question(at - since) or every
    act_at = NEVER if pause is None else at + max(pause, least)
    books.move_chunk(
        tx,
        chunk.chunk_id,
        ChunkState.UNKNOWN,
        at=at,
        act_at=act_at,
        doubted_at=since,
        calm_at=calm_at,
    )


def _look_pause(chunk: ChunkRow, now: datetime) -> timedelta:
    """The longer ago it left, the longer until it is asked about again."""
    ago = (now - chunk.started_at).total_seconds() if chunk.started_at else 0
    pauses = LOOK_AFTER[chunk.sender]
    return timedelta(seconds=next((one for one in pauses if one > ago), pauses[-1]))


def take_answer(tx: Tx, chunk_id: ChunkId, progress: Progress, at: datetime) -> bool:
    """Settles what was reported; True when the chunk needs no more asking."""
    settle_reports(tx, progress.reports, at)
    if progress.is_over:
        messages.close_open(tx, chunk_id, MessageState.UNKNOWN, "UNNAMED", at)
        if not close_chunk(tx, chunk_id, at):
            books.move_chunk(tx, chunk_id, ChunkState.UNKNOWN, at=at, act_at=NEVER, doubted_at=at)
        return True
    return close_chunk(tx, chunk_id, at)


def addresses(tx: Tx, chunk: ChunkRow) -> tuple[Account, Mapping[str, MessageId]]:
    """Whom the request named: a task that counts fewer has not counted yet."""
    shop = get_shop(tx, chunk.shop_id)
    people = {
        address: person.message_id
        for person in messages.list_sent(tx, chunk.chunk_id)
        if (address := address_of(chunk.sender, person)) is not None
    }
    return account_of(get_channel(tx, shop.channel_id)), people
