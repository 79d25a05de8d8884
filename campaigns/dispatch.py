"""Let a chunk leave: lease, gate, prepare, gate again, start, send outside, note the receipt.

The only place that calls a sender. No transaction is open during a network call, and any
line may be the last one executed: before `start` nothing has left, after it we only ask.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from campaigns.asking import (
    DOUBT_PAUSE,
    ONE_REQUEST,
    addresses,
    await_calm,
    begin_doubt,
    note_sent,
    nothing_to_ask,
    take_answer,
    wait_for,
)
from campaigns.balances import ask_balances
from campaigns.closed_ways import give_up
from campaigns.inspections import Inspections
from campaigns.leaving import (
    close_stopped,
    gate_again,
    load_again,
    load_batch,
    may_leave,
)
from campaigns.pacing import WAIT_SECONDS_MAX, Pace, Paces
from campaigns.pictures import with_pictures
from campaigns.senders.port import Sender
from campaigns.settle import settle_reports
from domain.campaigns import (
    BRAND_SENDERS,
    Batch,
    ChunkState,
    Report,
    SenderName,
)
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, SenderError, TooMany, Unknown
from domain.time import Now
from storage.books import Books
from storage.desk import Tx
from storage.queries import chunks as books
from storage.queries import messages
from storage.queries.chunks import ChunkRow
from storage.queries.gathering import count_shops, lock_channel

LOG = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than every time-out of one sender's calls together: a chunk is not let go again sooner.
Asked about, or before it has started taken over, it may be sooner: who loses it has sent nothing."""

RETRY_AFTER = (1, 5, 15, 60, 300)
"""Seconds until a chunk of which nothing left is tried again."""

AT_ONCE = timedelta()


class Dispatcher:
    """Moves chunks through their senders, one step a call."""

    def __init__(
        self,
        books: Books,
        senders: Mapping[SenderName, Sender],
        now: Now,
        public_url: str,
        *,
        lease: timedelta = LEASE,
        paces: Paces | None = None,
    ) -> None:
        self._books = books
        self._senders = senders
        self._now = now
        self._public_url = public_url
        self._lease = lease
        self._asked_after = min(lease + DOUBT_PAUSE, LEASE)
        self._paces = paces or Paces()
        self._inspections = Inspections(books, senders)

    async def send_next(self) -> bool:
        """Takes one chunk that waits to leave as far as it goes; False when none waits."""
        now = self._now()
        chunk = await self._books.write_batch(books.lease_to_send, now, now + self._lease)
        if chunk is None:
            return False
        try:
            await self._prepare_and_send(chunk)
        except Retryable as trouble:
            LOG.info("chunk %d: %s, tried again later", chunk.chunk_id, trouble)
            has_failed = not isinstance(trouble, TooMany)
            pause = _pause(RETRY_AFTER, chunk.failures + 1 if has_failed else 1)
            await self._put_back(chunk, max(pause, _told(trouble)), has_failed=has_failed)
        except Unknown as doubt:
            LOG.warning("chunk %d has left already: %s", chunk.chunk_id, doubt)
            await self._doubt(chunk)
        except Rejected as refusal:
            await self._give_up(chunk, refusal.code)
        return True

    async def ask_next(self) -> bool:
        """Asks about one chunk that has left or may have; False when none is due.

        One that was stopped before it left is closed instead.
        """
        now = self._now()
        chunk = await self._books.write_batch(books.lease_to_ask, now, now + self._lease)
        if chunk is None:
            return False
        if chunk.state is ChunkState.PAUSED:
            await self._books.write_batch(close_stopped, chunk, self._now())
            return True
        if chunk.provider_ref is None:
            await self._books.write_batch(nothing_to_ask, chunk, self._now())
            return True
        try:
            await self._ask(chunk, chunk.provider_ref)
        except SenderError as trouble:
            LOG.info("chunk %d cannot be asked about: %s", chunk.chunk_id, trouble)
            await self._wait(chunk, chunk.state, _told(trouble))
        return True

    async def ask_balances(self) -> None:
        """What is left at each provider that tells it, and how templates stand there, of those
        whose hour has come.
        """
        await ask_balances(self._books, self._senders, self._now())
        await self._inspections.ask(self._now())

    async def _prepare_and_send(self, chunk: ChunkRow) -> None:
        sender = self._sender(chunk)
        if not await self._has_turn(chunk):
            return
        batch = await self._load(chunk)
        if batch is None or not batch.people:
            return
        try:
            batch = await with_pictures(self._books, sender, batch, self._now())
            ref = await sender.open(batch)
            until = self._now() + self._lease
            if not await self._books.write_batch(books.save_ref, chunk, ref, until):
                return
            refused = (await sender.fill(batch, ref)).refused
            now = self._now()
            asked_at = now + self._asked_after
            gone = await self._books.write_batch(_start, chunk, refused, now, asked_at)
            if gone is not None:
                batch = _without(batch, [report.message_id for report in refused])
                await self._let_go(chunk, _without(batch, gone), ref, gone)
        except TooMany as refusal:
            self._slow_down(chunk, refusal)
            raise

    async def _has_turn(self, chunk: ChunkRow) -> bool:
        """Waits for its turn if that is near; else the chunk goes back until it is. Asked before
        its people are, who may be a thousand.
        """
        wait = self._pace(chunk).turn(self._now())
        if wait <= WAIT_SECONDS_MAX:
            await asyncio.sleep(wait)
            return True
        await self._put_back(chunk, timedelta(seconds=wait))
        return False

    def _pace(self, chunk: ChunkRow) -> Pace:
        return self._paces.of(chunk.sender, chunk.channel_id, self._now())

    async def _put_back(
        self, chunk: ChunkRow, pause: timedelta, *, has_failed: bool = False
    ) -> None:
        act_at = self._now() + pause
        await self._books.write_batch(books.begin_again, chunk, act_at, has_failed=has_failed)

    def _sender(self, chunk: ChunkRow) -> Sender:
        """Raises Rejected when this installation has no account there (any more)."""
        if chunk.sender not in self._senders:
            raise Rejected("NO_ACCOUNT", chunk.sender)
        return self._senders[chunk.sender]

    async def _load(self, chunk: ChunkRow) -> Batch | None:
        """The chunk, gated and composed; empty when nobody may leave now, None when it was lost."""
        now = self._now()
        return await self._books.write_batch(_load, chunk, now + self._lease, now, self._public_url)

    async def _let_go(
        self, chunk: ChunkRow, batch: Batch, ref: str | None, gone: Sequence[MessageId]
    ) -> None:
        """The last meter: from here on, whatever is not certain is asked about."""
        sender = self._sender(chunk)
        try:
            if gone:
                await sender.remove(batch, ref, gone)
            sent = await sender.send(batch, ref) if batch.people else ref
        except Unknown as doubt:
            LOG.warning("chunk %d may have left: %s", chunk.chunk_id, doubt)
            await self._doubt(chunk)
        except Retryable as trouble:
            if ref is None or chunk.sender in ONE_REQUEST:
                raise
            self._slow_down(chunk, trouble)
            await self._doubt(chunk, _told(trouble))
        else:
            await self._books.write_batch(note_sent, chunk, sent, self._now())

    def _slow_down(self, chunk: ChunkRow, trouble: Retryable) -> None:
        if isinstance(trouble, TooMany):
            self._pace(chunk).refused(self._now(), trouble.after_seconds)

    async def _doubt(self, chunk: ChunkRow, least: timedelta = AT_ONCE) -> None:
        await self._books.write_batch(begin_doubt, chunk, self._now(), least)

    async def _ask(self, chunk: ChunkRow, ref: str) -> None:
        account, people = await self._books.read(addresses, chunk)
        try:
            progress = await self._sender(chunk).look(account, ref, people)
            if progress.is_accepted is False:
                await self._ask_again(chunk, ref, is_gone=progress.is_over)
                return
        except TooMany as refusal:
            self._slow_down(chunk, refusal)
            raise
        if progress.ref is not None:
            await self._books.write_batch(note_sent, chunk, progress.ref, self._now())
        settled = await self._books.write_batch(take_answer, chunk.chunk_id, progress, self._now())
        if not settled:
            state = chunk.state if progress.is_accepted is None else ChunkState.ACCEPTED
            await self._wait(chunk, state)

    async def _ask_again(self, chunk: ChunkRow, ref: str, *, is_gone: bool) -> None:
        """The provider says that it has not taken it. May that be believed?"""
        if chunk.state is ChunkState.ACCEPTED:
            # It was taken once: whatever the provider says now, another could be a second.
            LOG.error("chunk %d was accepted and is not known any more", chunk.chunk_id)
            await self._wait(chunk, ChunkState.ACCEPTED)
        elif chunk.calm_at is not None and self._now() < chunk.calm_at:
            await self._books.write_batch(await_calm, chunk, self._now(), chunk.calm_at)
        else:
            await self._not_accepted(chunk, ref, is_gone=is_gone)

    async def _not_accepted(self, chunk: ChunkRow, ref: str, *, is_gone: bool) -> None:
        """The provider says that it never left: the same place is used again, if it is there.

        Only the same one: its second sending is refused if the first was merely late
        (providers.md A11 step 6).
        """
        if is_gone:
            await self._put_back(chunk, AT_ONCE)
            return
        if not await self._books.write_batch(books.renew_lease, chunk, self._now() + LEASE):
            return
        batch = await self._take_back(chunk, ref)
        if not batch.people:  # emptied, the place cannot be sent late either
            await self._put_back(chunk, AT_ONCE)
            return
        try:
            await self._let_go(chunk, batch, ref, ())
        except Rejected as refusal:
            await self._give_up(chunk, refusal.code)

    async def _take_back(self, chunk: ChunkRow, ref: str) -> Batch:
        """Takes out everybody who may not leave any more; the others, to be let go again.

        Nobody is written as refused before the provider has let go of them: a first request
        that was merely late may still carry them, and then they are delivered and paid for.
        """
        removed: list[MessageId] = []
        while True:
            now = self._now()
            again = (chunk, removed, now, now + self._asked_after, self._public_url)
            batch, gone = await self._books.write_batch(_start_again, *again)
            if not gone:
                return batch
            await self._sender(chunk).remove(batch, ref, gone)
            removed += gone

    async def _wait(self, chunk: ChunkRow, state: ChunkState, least: timedelta = AT_ONCE) -> None:
        await self._books.write_batch(wait_for, chunk, state, self._now(), least)

    async def _give_up(self, chunk: ChunkRow, code: str) -> None:
        LOG.warning("chunk %d was refused: %s", chunk.chunk_id, code)
        now = self._now()
        await self._books.write_batch(give_up, chunk, code, now, now + self._lease)


def _pause(seconds: Sequence[int], tries: int) -> timedelta:
    return timedelta(seconds=seconds[min(max(tries, 1), len(seconds)) - 1])


def _told(trouble: SenderError) -> timedelta:
    """How long the other side wants us to wait at least."""
    seconds = trouble.after_seconds if isinstance(trouble, TooMany) else None
    return timedelta(seconds=seconds or 0)


def _without(batch: Batch, gone: Sequence[MessageId]) -> Batch:
    left_out = set(gone)
    staying = tuple(one for one in batch.people if one.message_id not in left_out)
    return replace(batch, people=staying)


def _load(tx: Tx, chunk: ChunkRow, until: datetime, at: datetime, public_url: str) -> Batch | None:
    """Who lost it while waiting for its turn refuses nobody: another may be sending to them."""
    is_ours = books.renew_lease(tx, chunk, until)
    return load_batch(tx, chunk, at, public_url) if is_ours else None


def _start(
    tx: Tx, chunk: ChunkRow, refused: Sequence[Report], at: datetime, asked_at: datetime
) -> list[MessageId] | None:
    """Gates once more and commits that the chunk leaves; who withdrew meanwhile.

    None when the lease was lost, it was stopped, or nobody may leave now: then nothing leaves.
    """
    if not books.renew_lease(tx, chunk, at + LEASE) or not may_leave(tx, chunk, at):
        return None
    settle_reports(tx, refused, at)
    if chunk.sender in BRAND_SENDERS and count_shops(tx, chunk.channel_id) > 1:
        lock_channel(tx, chunk.channel_id)  # K6: of two shops one starts after the other
    messages.lock_standings(tx, chunk.chunk_id)
    facts = books.get_run_facts(tx, chunk.run_id)
    gone = gate_again(tx, chunk, facts, at)
    return gone if gone is not None and _commit_start(tx, chunk, at, asked_at) else None


def _commit_start(tx: Tx, chunk: ChunkRow, at: datetime, asked_at: datetime) -> bool:
    return books.start_chunk(tx, chunk, at=at, until=asked_at, calm_at=at + LEASE)


def _start_again(
    tx: Tx,
    chunk: ChunkRow,
    removed: Sequence[MessageId],
    at: datetime,
    asked_at: datetime,
    public_url: str,
) -> tuple[Batch, list[MessageId]]:
    """As `load_again`, and commits that those who stay leave: nobody decides on them now."""
    messages.lock_standings(tx, chunk.chunk_id)
    batch, gone = load_again(tx, chunk, removed, at, public_url)
    if batch.people and not _commit_start(tx, chunk, at, asked_at):
        return replace(batch, people=()), []
    return batch, gone
