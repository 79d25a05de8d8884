"""What becomes of chunks that have left or may have: when to ask, and what an answer settles."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from campaigns.gate import address_of
from campaigns.settle import close_chunk
from domain.campaigns import Account, ChunkState, MessageState, SenderName
from domain.doubt import ASK_ON_EVERY, next_question
from domain.people import MessageId
from domain.time import NEVER
from storage.desk import Tx
from storage.queries import chunks as books
from storage.queries import messages
from storage.queries.chunks import ChunkRow
from storage.queries.places import get_channel, get_shop
from subsidy.channels import account_of

LOOK_AFTER: Mapping[SenderName, tuple[int, ...]] = {
    SenderName.KAKAO_EVENT: (2, 5, 15, 60, 300, 600, 3_600),
    SenderName.SOLAPI: (30, 60, 300, 600, 3_600),
}
"""Seconds until a provider is asked again about what it has accepted, the last one for ever.
SOLAPI tells us by itself (providers.md A8), so it is asked only about what it has not told."""


def wait_for(tx: Tx, chunk: ChunkRow, state: ChunkState, at: datetime, least: timedelta) -> None:
    """Asked again later, but not sooner than `least`; what may have left is in doubt."""
    if state is ChunkState.ACCEPTED:
        act_at = at + max(_look_pause(chunk, at), least)
        books.move_chunk(tx, chunk.chunk_id, state, at=at, act_at=act_at)
        return
    _doubt_on(tx, chunk, at, ASK_ON_EVERY, least)


def nothing_to_ask(tx: Tx, chunk: ChunkRow, at: datetime) -> None:
    """The answer was lost before any reference came: only our own skill calls are evidence.

    They may still come for a while, so it is looked at a few times before a person decides.
    """
    messages.close_open(tx, chunk.chunk_id, MessageState.UNKNOWN, "LOST", at)
    if not close_chunk(tx, chunk.chunk_id, at):
        _doubt_on(tx, chunk, at, None, timedelta())


def _doubt_on(
    tx: Tx, chunk: ChunkRow, at: datetime, every: timedelta | None, least: timedelta
) -> None:
    """The next of the questions; after the last one `every` so often, or never."""
    since = chunk.doubted_at or at
    pause = next_question(at - since) or every
    act_at = NEVER if pause is None else at + max(pause, least)
    books.move_chunk(tx, chunk.chunk_id, ChunkState.UNKNOWN, at=at, act_at=act_at, doubted_at=since)


def _look_pause(chunk: ChunkRow, now: datetime) -> timedelta:
    """The longer ago it left, the longer until it is asked about again."""
    ago = (now - chunk.started_at).total_seconds() if chunk.started_at else 0
    pauses = LOOK_AFTER[chunk.sender]
    return timedelta(seconds=next((one for one in pauses if one > ago), pauses[-1]))


def addresses(tx: Tx, chunk: ChunkRow) -> tuple[Account, Mapping[str, MessageId]]:
    """Whom the request named: a task that counts fewer has not counted yet."""
    shop = get_shop(tx, chunk.shop_id)
    people = {
        address: person.message_id
        for person in messages.list_sent(tx, chunk.chunk_id)
        if (address := address_of(chunk.sender, person)) is not None
    }
    return account_of(get_channel(tx, shop.channel_id)), people
