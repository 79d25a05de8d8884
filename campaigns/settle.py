"""Reports become outcomes; a chunk whose people are all settled settles its money, too.

Harmless when repeated and in any order: a final message is never changed, a hold is
resolved once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.failing import pause_if_failing
from domain.campaigns import ChunkState, Report
from domain.consent import Choice
from domain.doubt import DECIDED
from domain.failing import is_failing
from domain.money import step_cost_jeon
from domain.people import ChunkId, Friend, MessageId, RunId
from loyalty.consent import choose_advertising, stop_advertising
from loyalty.friendship import PRESSED_PROVIDER, set_friend
from storage.desk import Tx
from storage.queries import chunks, messages, outcomes
from storage.queries.campaigns import add_charged, finish_run
from storage.queries.doubts import list_decided
from storage.queries.stopping import NOT_LEFT, finish_begun
from subsidy.holding import Charge, settle_money

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A chunk that is over, and whether hardly anybody of it was reached."""

    run_id: RunId
    charge: Charge
    is_failing: bool


def settle_reports(tx: Tx, reports: Sequence[Report], at: datetime) -> None:
    """Takes a set of reports; a provider's opt-out is a refusal to us (I9).

    A repeated or late one must not undo what the person has agreed to since.
    """
    opted_out = [report.message_id for report in reports if report.is_opt_out]
    if opted_out:
        _opt_out(tx, opted_out, at)
    strangers = [report.message_id for report in reports if report.is_stranger]
    for customer_id in outcomes.list_open_customers(tx, strangers) if strangers else ():
        set_friend(tx, customer_id, Friend.NONE, at, now=at)
    marks = outcomes.marks_of(reports)
    told = outcomes.mark_messages(tx, marks, at)
    if told.messages < len(marks):
        _log_late(tx, reports)
    close_chunks(tx, told.chunk_ids, at)


def _opt_out(tx: Tx, message_ids: Sequence[MessageId], at: datetime) -> None:
    """Also of messages that are closed already, by a person's decision say: a refusal is never too
    late, and only what was agreed to after the message left stands.
    """
    for customer_id in outcomes.list_open_customers(tx, message_ids):
        stop_advertising(tx, customer_id, pressed=PRESSED_PROVIDER, at=at, is_told=False)
    for customer_id, shop_id in outcomes.list_consented_before(tx, message_ids):
        choose_advertising(
            tx,
            shop_id,
            customer_id,
            Choice.WITHDRAWN,
            pressed=PRESSED_PROVIDER,
            at=at,
            is_told=False,
        )


def _log_late(tx: Tx, reports: Sequence[Report]) -> None:
    """Says what was reported after a person had decided; it changes nothing."""
    for chunk_id in list_decided(tx, [report.message_id for report in reports], DECIDED):
        LOG.warning("chunk %d was reported after a person had decided on it", chunk_id)


def close_chunk(tx: Tx, chunk_id: ChunkId, at: datetime) -> bool:
    """Settles a chunk once none of its messages is open; False while some are."""
    return bool(close_chunks(tx, [chunk_id], at))


def close_chunks(tx: Tx, chunk_ids: Sequence[ChunkId], at: datetime) -> int:
    """Settles those of them of which no message is open, their money in one step; how many.

    Each is locked before it is counted: of two steps that each bring half of the reports, the
    later sees both halves.
    """
    settled = [one for chunk_id in chunk_ids if (one := _settle_chunk(tx, chunk_id, at))]
    if not settled:
        return 0
    settle_money(tx, [one.charge for one in settled], at)
    for run_id in sorted({one.run_id for one in settled}):
        if finished := finish_run(tx, run_id, at):
            campaign_id, shop_id = finished
            finish_begun(tx, shop_id, campaign_id)
        elif any(one.is_failing for one in settled if one.run_id == run_id):
            pause_if_failing(tx, run_id, at)
    return len(settled)


def _settle_chunk(tx: Tx, chunk_id: ChunkId, at: datetime) -> Settled | None:
    """Its run and what it costs; None while it is open, or when it was settled before."""
    run_id, state = chunks.lock_chunk(tx, chunk_id)
    if state is ChunkState.SETTLED:
        return None
    counted = messages.count_chunk(tx, chunk_id)
    if counted.open or not chunks.settle_chunk(
        tx, chunk_id, at, delivered=counted.delivered, failed=counted.failed
    ):
        return None
    run = add_charged(tx, run_id, counted.charged)
    before = run.charged - counted.charged
    cost = step_cost_jeon(run.unit_jeon, before, counted.charged, run.rounds_to_jeon)
    return Settled(
        run_id=run_id,
        charge=Charge(chunk_id, cost, has_left=state not in NOT_LEFT),
        is_failing=is_failing(counted.delivered, counted.failed),
    )
