"""Who of a chunk may leave at this instant, and with what: gated, composed, put off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.batching import make_batch
from campaigns.gate import (
    free_from,
    gate_of_chunk,
    gate_people,
    is_by_phone,
)
from campaigns.settle import close_chunk, close_chunks
from campaigns.shop_days import move_to_open_day
from domain.campaigns import (
    Batch,
    CampaignState,
    ChunkState,
    MessageKind,
    MessageState,
    PauseReason,
)
from domain.gate import Verdict, day_of
from domain.people import ChunkId, MessageId
from domain.time import NEVER
from storage.desk import Tx
from storage.queries import chunks as books
from storage.queries import messages, stopping
from storage.queries.campaigns import pause
from storage.queries.chunks import ChunkRow, RunFacts
from storage.queries.halts import lock_halts
from storage.queries.messages import Addressee
from storage.queries.outcomes import Mark, mark_messages
from storage.queries.stopping import Begun

STOPPED = "STOPPED"
HOLDING = ("L21", "K8")


@dataclass(frozen=True, slots=True)
class Gated:
    """A chunk's people after the gate; both empty when nobody may leave now."""

    staying: list[Addressee]
    refused: list[MessageId]


def load_batch(tx: Tx, chunk: ChunkRow, at: datetime, public_url: str) -> Batch:
    """A chunk as its sender wants it: gated now, refusals written, bubbles composed."""
    facts = books.get_run_facts(tx, chunk.run_id)
    staying = gate_chunk(tx, chunk, facts, at).staying if may_leave(tx, chunk, at) else []
    return make_batch(tx, chunk, facts, staying, public_url, at)


def load_again(
    tx: Tx, chunk: ChunkRow, removed: Sequence[MessageId], at: datetime, public_url: str
) -> tuple[Batch, list[MessageId]]:
    """A chunk in doubt, and who is still to be removed; nothing is written while somebody is.

    Who pauses, stops or halts it now waits until we are done, as who refuses does.
    """
    facts = books.get_run_facts(tx, chunk.run_id)
    nobody = make_batch(tx, chunk, facts, (), public_url, at)
    if not _is_time(tx, chunk, facts, at) or not _is_free(stopping.lock_begun_of(tx, chunk.run_id)):
        return nobody, _others(tx, chunk, removed)
    staying, marks = _sort(tx, chunk, facts, at)
    if _are_held(marks):
        return nobody, _others(tx, chunk, removed)
    gone = _others(tx, chunk, [*removed, *(one.message_id for one in staying)])
    if gone:
        return nobody, gone
    _write_refused(tx, chunk, staying, marks, at)
    return make_batch(tx, chunk, facts, staying, public_url, at), []


def may_leave(tx: Tx, chunk: ChunkRow, at: datetime) -> bool:
    """Asked in the transaction that lets a chunk leave: False puts aside what was paused, stopped
    or halted (L21) since it was leased. Stopped, it is due at once, to be closed.
    """
    begun = stopping.get_begun(tx, chunk.run_id)
    if begun.state is CampaignState.RUNNING and not _is_free(begun):
        begun = _hold(tx, chunk, begun)
    if _is_free(begun):
        return True
    act_at = at if begun.state is CampaignState.STOPPED else NEVER
    stopping.park_chunk(tx, chunk, act_at)
    return False


def _hold(tx: Tx, chunk: ChunkRow, begun: Begun) -> Begun:
    """Planned while somebody was just halting: it is paused, so that lifting resumes it. One
    that is lifted at this moment pauses nothing, and an owner's own pause stays theirs.
    """
    if lock_halts(tx, begun.shop_id):
        pause(tx, begun.shop_id, begun.campaign_id, PauseReason.HALT)
    return stopping.get_begun(tx, chunk.run_id)


def _is_free(begun: Begun) -> bool:
    is_held = begun.is_halted and begun.kind is MessageKind.ADVERTISEMENT
    return begun.state is CampaignState.RUNNING and not is_held


def _others(tx: Tx, chunk: ChunkRow, kept: Sequence[MessageId]) -> list[MessageId]:
    left_out = set(kept)
    everybody = messages.list_all(tx, chunk.chunk_id)
    return [one.message_id for one in everybody if one.message_id not in left_out]


def gate_chunk(tx: Tx, chunk: ChunkRow, facts: RunFacts, at: datetime) -> Gated:
    """Who of a chunk may leave at this instant; the others are written as refused.

    Outside the sender's hours and under a sanction (K8) the chunk is put off; what is too late
    is canceled.
    """
    if not _is_time(tx, chunk, facts, at):
        _put_off(tx, chunk, facts, at)
        return Gated([], [])
    staying, marks = _sort(tx, chunk, facts, at)
    if _are_held(marks):
        if may_leave(tx, chunk, at):  # not halted, or no more: it is looked at again
            books.begin_again(tx, chunk, at)
        return Gated([], [])
    _write_refused(tx, chunk, staying, marks, at)
    return Gated(staying, [mark.id for mark in marks])


def gate_again(tx: Tx, chunk: ChunkRow, facts: RunFacts, at: datetime) -> list[MessageId] | None:
    """The same just before it leaves: who withdrew since it was loaded; None when nobody may leave.

    Only who is not like nearly everybody is looked at: they are few, and a chunk is a thousand.
    """
    of_chunk = gate_of_chunk(tx, chunk, facts, at)
    is_open = of_chunk.verdict.is_allowed and _is_time(tx, chunk, facts, at)
    if not is_open or not of_chunk.is_usual:
        gated = gate_chunk(tx, chunk, facts, at)
        return gated.refused if gated.staying else None
    by_phone = is_by_phone(facts.sender)
    irregular = messages.list_irregular(tx, chunk.chunk_id, by_phone=by_phone)
    _, marks = _apart(gate_people(of_chunk, irregular, at))
    mark_messages(tx, marks, at)
    if not messages.count_chunk(tx, chunk.chunk_id).open:
        close_chunk(tx, chunk.chunk_id, at)
        return None
    return [mark.id for mark in marks]


def _write_refused(
    tx: Tx, chunk: ChunkRow, staying: Sequence[Addressee], marks: Sequence[Mark], at: datetime
) -> None:
    mark_messages(tx, marks, at)
    if not staying:
        close_chunk(tx, chunk.chunk_id, at)


def _is_time(tx: Tx, chunk: ChunkRow, facts: RunFacts, at: datetime) -> bool:
    return at <= facts.not_later_than and _opens_at(tx, chunk, facts, at) == at


def _opens_at(tx: Tx, chunk: ChunkRow, facts: RunFacts, at: datetime) -> datetime | None:
    """From when it may leave, as at planning: what was held back may have come to a closed day."""
    window = day_of(facts.kind, facts.sender)
    keeps_day = facts.keeps_day or facts.kind is MessageKind.INFORMATION
    free_at = free_from(tx, chunk.shop_id, at)
    return move_to_open_day(tx, chunk.shop_id, free_at, window, keeps_day=keeps_day)


def _sort(
    tx: Tx, chunk: ChunkRow, facts: RunFacts, at: datetime
) -> tuple[list[Addressee], list[Mark]]:
    """Who of those still open may leave, and the refusals of the others, not yet written."""
    everybody = messages.list_open(tx, chunk.chunk_id)
    return _apart(gate_people(gate_of_chunk(tx, chunk, facts, at), everybody, at))


def _apart(
    gated: Iterable[tuple[Addressee, Verdict]],
) -> tuple[list[Addressee], list[Mark]]:
    marks: list[Mark] = []
    staying: list[Addressee] = []
    for person, verdict in gated:
        if verdict.is_allowed:
            staying.append(person)
        else:
            mark = Mark(id=person.message_id, state=MessageState.REFUSED, code=verdict.rule)
            marks.append(mark)
    return staying, marks


def _are_held(marks: Sequence[Mark]) -> bool:
    """Whether a halt or a sanction began since it was asked: they hold back, they refuse nobody."""
    return any(mark.code in HOLDING for mark in marks)


def _put_off(tx: Tx, chunk: ChunkRow, facts: RunFacts, at: datetime) -> None:
    """To when planning would let it begin: nobody is called to a closed door in the morning."""
    leaves_at = _opens_at(tx, chunk, facts, at)
    if leaves_at is None or leaves_at > facts.not_later_than:
        _cancel(tx, chunk, "TOO_LATE", at)
    elif chunk.state is ChunkState.PLANNED:
        books.begin_again(tx, chunk, leaves_at)


def _cancel(tx: Tx, chunk: ChunkRow, code: str, at: datetime) -> None:
    """Only what has not left: a chunk in doubt is taken back first."""
    if chunk.state is ChunkState.PLANNED:
        close_all(tx, chunk.chunk_id, MessageState.CANCELED, code, at)


def close_all(tx: Tx, chunk_id: ChunkId, state: MessageState, code: str, at: datetime) -> None:
    messages.close_open(tx, chunk_id, state, code[:24], at)
    close_chunk(tx, chunk_id, at)


def close_stopped(tx: Tx, chunk: ChunkRow, at: datetime) -> None:
    """One of a stopped campaign that has not left; only such are PAUSED and due."""
    if stopping.get_begun(tx, chunk.run_id).state is CampaignState.STOPPED:
        close_all(tx, chunk.chunk_id, MessageState.CANCELED, STOPPED, at)


def close_many(
    tx: Tx, chunk_ids: Sequence[ChunkId], state: MessageState, code: str, at: datetime
) -> None:
    """The same for many, their money in one step of the ledger."""
    for chunk_id in chunk_ids:
        messages.close_open(tx, chunk_id, state, code, at)
    close_chunks(tx, chunk_ids, at)
