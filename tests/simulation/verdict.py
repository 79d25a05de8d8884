"""Judges a life: what our books say against what the handsets show, in people and in won."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, String, column, text

from campaigns.invariants import check_invariants
from campaigns.results import Result, campaign_result
from domain.campaigns import (
    PRODUCTS,
    CampaignState,
    ChunkState,
    MessageKind,
    MessageState,
    Product,
    SenderName,
)
from domain.compliance import AD_MARK, REFUSE_LABEL
from domain.gate import day_of
from domain.letters import REFUSAL
from domain.money import cost_jeon
from domain.people import CampaignId, RunId
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
        " chunk.started_at, chunk.settled_at, chunk.state AS chunk_state FROM message"
        " JOIN customer ON customer.id = message.customer_id"
        " LEFT JOIN chunk ON chunk.id = message.chunk_id WHERE message.run_id = :of_run"
    ).columns(
        column("bot_user_key", String()),
        column("state", String()),
        column("is_charged", Boolean()),
        column("shown_at", INSTANT),
        column("started_at", INSTANT),
        column("settled_at", INSTANT),
        column("chunk_state", String()),
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


@dataclass(frozen=True, slots=True)
class Judged:
    """A campaign with what became of it in the books."""

    run_id: RunId
    result: Result
    entries: Sequence[Entry]

    @property
    def is_ad(self) -> bool:
        return PRODUCTS[self.result.sender] is not Product.ALIMTALK

    def count(self, state: MessageState) -> int:
        return sum(one.state is state for one in self.entries)


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


async def judge(life: Life, *campaign_ids: CampaignId, unknown_max: int = 0) -> Verdict:
    """Of one campaign, or of as many tellings by one way. `unknown_max` is how many may wait for a
    person to decide; everybody else is settled.
    """
    return await life.books.read(_judge, life, campaign_ids, unknown_max)


def _judge(tx: Tx, life: Life, campaign_ids: Sequence[CampaignId], unknown_max: int) -> Verdict:
    assert campaign_ids, "nothing was booked"
    broken = [f"{name}: {one}" for name, found in check_invariants(tx).items() for one in found]
    broken += [f"bug: {one}" for one in life.complaints.heard]
    judged = [_judged(tx, life, one) for one in campaign_ids]
    per_person = Counter[str]()
    for one in judged:
        arrived = [
            delivery
            for delivery in life.world.handset.all_deliveries()
            if delivery.tags.get("run") == str(one.run_id)
        ]
        received = Counter(delivery.person_id for delivery in arrived)
        per_person |= received
        broken += _problems_of(life, one, arrived, received)
    unknown = sum(one.count(MessageState.UNKNOWN) for one in judged)
    if unknown > unknown_max:
        broken.append(f"end: {unknown} unknown, at most {unknown_max} may be")
    return Verdict(
        sender=judged[0].result.sender,
        counts=Counter(str(entry.state) for one in judged for entry in one.entries),
        received=len(per_person),
        most_per_handset=max(per_person.values(), default=0),
        spent_jeon=sum(one.result.spent_jeon for one in judged),
        held_jeon=sum(one.result.held_jeon for one in judged),
        broken=broken,
    )


def _judged(tx: Tx, life: Life, campaign_id: CampaignId) -> Judged:
    run = find_run(tx, life.town.shop_id, campaign_id)
    assert run is not None, "the campaign was never planned"
    result = campaign_result(tx, life.town.shop_id, campaign_id)
    return Judged(run.run_id, result, _entries(tx, run.run_id))


def _problems_of(
    life: Life, one: Judged, arrived: Sequence[Delivery], received: Counter[str]
) -> Iterator[str]:
    yield from _people_problems(one.entries, received)
    if one.is_ad:
        yield from _consent_problems(life, one.entries, received)
    for delivery in arrived:
        yield from _bubble_problems(delivery, one)
    yield from _money_problems(one.result, one.entries)
    yield from _end_problems(one)


def _entries(tx: Tx, run_id: RunId) -> list[Entry]:
    return [
        Entry(person_of_key(row[0]), _state(row[1], row[6]), *row[2:6])
        for row in tx.all(PEOPLE, of_run=run_id)
    ]


def _state(message: str, chunk: str | None) -> MessageState:
    """Who waits in a chunk that is in doubt is one of those of whom nobody knows."""
    state = MessageState(message)
    is_in_doubt = state is MessageState.WAITING and chunk == ChunkState.UNKNOWN
    return MessageState.UNKNOWN if is_in_doubt else state


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


def _bubble_problems(one: Delivery, judged: Judged) -> Iterator[str]:
    """I7, I8 on the screen: hours; of an advertisement the mark first, name and contact, the free
    way to refuse last; of information nothing of the kind.
    """
    kind = MessageKind.ADVERTISEMENT if judged.is_ad else MessageKind.INFORMATION
    if not day_of(kind, judged.result.sender).contains(one.at):
        yield f"I7: {one.person_id} received at {one.at}"
    is_sound = _is_marked(one.shown_text) if judged.is_ad else AD_MARK not in one.shown_text
    if SHOP_NAME not in one.shown_text or not is_sound:
        yield f"I8: {one.person_id} was shown {one.shown_text!r}"


def _is_marked(text: str) -> bool:
    first, *_, last = text.strip().splitlines()
    has_way_out = REFUSE_LABEL in last or last.startswith(REFUSAL)
    return first.startswith(f"{AD_MARK} ") and CONTACT in text and has_way_out


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


def _end_problems(one: Judged) -> Iterator[str]:
    """Everything comes to an end; only what nobody can know waits for a person."""
    waiting, unknown = one.count(MessageState.WAITING), one.count(MessageState.UNKNOWN)
    if waiting:
        yield f"end: {waiting} still wait"
    if (one.result.state is CampaignState.FINISHED) is not (unknown + waiting == 0):
        yield f"end: {one.result.state} with {unknown} unknown"
