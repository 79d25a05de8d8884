"""Judges a life: what our books say against what the handsets show, in people and in won."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, String, column, text

from campaigns.invariants import check_invariants
from campaigns.results import Result, campaign_result
from domain.campaigns import CampaignState, MessageState, SenderName
from domain.compliance import AD_MARK, REFUSE_LABEL
from domain.money import cost_jeon
from domain.people import CampaignId, RunId
from domain.time import KAKAO_DAY
from simulator.handset import Delivery
from storage.columns import INSTANT
from storage.desk import Tx
from storage.queries.results import find_run
from storage.statements import Statement
from tests.factories import CONTACT, SHOP_NAME

from .harness import Life
from .town import person_of_key

NOT_REACHED = (MessageState.FAILED, MessageState.REFUSED, MessageState.CANCELED)
PEOPLE = Statement(
    text(
        "SELECT customer.bot_user_key, message.state, message.is_charged, message.shown_at,"
        " chunk.started_at, chunk.settled_at FROM message"
        " JOIN customer ON customer.id = message.customer_id"
        " LEFT JOIN chunk ON chunk.id = message.chunk_id WHERE message.run_id = :of_run"
    ).columns(
        column("bot_user_key", String()),
        column("state", String()),
        column("is_charged", Boolean()),
        column("shown_at", INSTANT),
        column("started_at", INSTANT),
        column("settled_at", INSTANT),
    )
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a run as our books have them."""

    person_id: str
    state: MessageState
    is_charged: bool
    shown_at: datetime | None
    started_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`broken` names every promise that was not kept; empty is what we want."""

    sender: SenderName
    counts: Mapping[str, int]
    received: int
    most_per_handset: int
    spent_jeon: int
    held_jeon: int
    broken: Sequence[str]

    @property
    def is_won_right(self) -> bool:
        return not any(one.startswith("money") for one in self.broken)

    def count(self, state: MessageState) -> int:
        return self.counts.get(state, 0)


async def judge(life: Life, campaign_id: CampaignId, *, unknown_max: int = 0) -> Verdict:
    """`unknown_max` is how many may wait for a person to decide; everybody else is settled."""
    return await life.books.read(_judge, life, campaign_id, unknown_max)


def _judge(tx: Tx, life: Life, campaign_id: CampaignId, unknown_max: int) -> Verdict:
    run = find_run(tx, life.town.shop_id, campaign_id)
    assert run is not None, "the campaign was never planned"
    result = campaign_result(tx, life.town.shop_id, campaign_id)
    entries = _entries(tx, run.run_id)
    arrived = [
        one for one in life.world.handset.all_deliveries() if one.tags.get("run") == str(run.run_id)
    ]
    per_person = Counter(one.person_id for one in arrived)
    broken = [f"{name}: {one}" for name, found in check_invariants(tx).items() for one in found]
    broken += [f"bug: {one}" for one in life.complaints.heard]
    broken += _people_problems(entries, per_person)
    broken += _consent_problems(life, entries, per_person)
    broken += [problem for one in arrived for problem in _bubble_problems(one)]
    broken += _money_problems(result, entries)
    broken += _end_problems(result, unknown_max)
    return Verdict(
        sender=result.sender,
        counts=Counter(str(one.state) for one in entries),
        received=len(per_person),
        most_per_handset=max(per_person.values(), default=0),
        spent_jeon=result.spent_jeon,
        held_jeon=result.held_jeon,
        broken=broken,
    )


def _entries(tx: Tx, run_id: RunId) -> list[Entry]:
    return [
        Entry(person_of_key(row[0]), MessageState(row[1]), *row[2:])
        for row in tx.all(PEOPLE, of_run=run_id)
    ]


def _people_problems(entries: Sequence[Entry], per_person: Counter[str]) -> Iterator[str]:
    """I5, and our word about each person against their handset."""
    for person_id, times in per_person.items():
        if times > 1:
            yield f"I5: {person_id} received {times} times"
    for person_id in per_person.keys() - {one.person_id for one in entries}:
        yield f"I4: {person_id} received and is in no books"
    for one in entries:
        has_received = one.person_id in per_person
        if one.state is MessageState.DELIVERED and not has_received:
            yield f"truth: {one.person_id} is delivered and received nothing"
        if one.state in NOT_REACHED and has_received:
            yield f"truth: {one.person_id} is {one.state} and received"
        if one.is_charged is not (one.state is MessageState.DELIVERED):
            yield f"money: {one.person_id} is {one.state}, charged: {one.is_charged}"


def _consent_problems(
    life: Life, entries: Sequence[Entry], per_person: Counter[str]
) -> Iterator[str]:
    """I6, I9: by what the person did, not by what our books made of it."""
    left_at = {one.person_id: one.shown_at or one.started_at for one in entries}
    for person_id in per_person:
        if person_id not in life.town.consenting:
            yield f"I6: {person_id} received without consent"
        refused_at, at = life.refused_at.get(person_id), left_at.get(person_id)
        if refused_at and (at is None or refused_at < at):
            yield f"I9: {person_id} refused at {refused_at}, it left at {at}"


def _bubble_problems(one: Delivery) -> Iterator[str]:
    """I7, I8 on the screen: hours, mark first, name and contact, the free way to refuse last."""
    if not KAKAO_DAY.contains(one.at):
        yield f"I7: {one.person_id} received at {one.at}"
    lines = one.shown_text.strip().splitlines()
    is_signed = SHOP_NAME in one.shown_text and CONTACT in one.shown_text
    if not (lines[0].startswith(f"{AD_MARK} ") and is_signed and REFUSE_LABEL in lines[-1]):
        yield f"I8: {one.person_id} was shown {one.shown_text!r}"


def _money_problems(result: Result, entries: Sequence[Entry]) -> Iterator[str]:
    """Spent is what settled chunks cost; an open chunk holds enough for all its people."""
    charged = sum(one.is_charged and one.settled_at is not None for one in entries)
    spent = cost_jeon(result.unit_jeon, charged)
    if result.spent_jeon != spent:
        yield f"money: spent {result.spent_jeon} for {charged} people, not {spent}"
    still_open = sum(_is_open(one) for one in entries)
    if (result.held_jeon > 0) is not (still_open > 0):
        yield f"money: {result.held_jeon} held for {still_open} people"
    if result.held_jeon < result.unit_jeon * still_open:
        yield f"money: only {result.held_jeon} held for {still_open} people"


def _is_open(one: Entry) -> bool:
    """Whether its chunk is not settled; who was refused at planning is in no chunk."""
    is_in_chunk = one.started_at is not None or one.state is MessageState.WAITING
    return is_in_chunk and one.settled_at is None


def _end_problems(result: Result, unknown_max: int) -> Iterator[str]:
    """Everything comes to an end; only what nobody can know waits for a person."""
    if result.waiting:
        yield f"end: {result.waiting} still wait"
    if result.unknown > unknown_max:
        yield f"end: {result.unknown} unknown, at most {unknown_max} may be"
    if (result.state is CampaignState.FINISHED) is not (result.unknown + result.waiting == 0):
        yield f"end: {result.state} with {result.unknown} unknown"
