"""Judges a life: what our books say against what the handsets show, in people and in won."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from campaigns.invariants import check_invariants
from dangol.reading import is_marked
from dangol.rehearsal.scene import Scene
from dangol.rehearsal.values import Place
from domain.campaigns import CampaignState, MessageKind, MessageState, PauseReason, SenderName
from domain.money import cost_jeon
from domain.people import RunId
from domain.time import KAKAO_DAY, LAW_DAY
from simulator.handset import Delivery
from storage.desk import Tx
from storage.queries.invariants import RunSums, list_runs
from storage.queries.rehearsal import End, Entry, list_ends, list_entries

SHOWN_MAX = 20
ANSWERED = "reply"
AD = MessageKind.ADVERTISEMENT
NOT_REACHED = (MessageState.FAILED, MessageState.REFUSED, MessageState.CANCELED)
OVER = (CampaignState.FINISHED, CampaignState.CANCELED, CampaignState.STOPPED)

Found = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Our books, read once: everybody of every run, the runs' sums, how each campaign ended."""

    entries: Sequence[Entry]
    runs: Mapping[int, RunSums]
    ends: Sequence[End]
    kept: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`broken` by invariant, empty lists for what was kept; `waiting` is what asks a person."""

    broken: Mapping[str, list[str]]
    problems: Sequence[str]
    waiting: Sequence[Mapping[str, object]]
    facts: Facts

    @property
    def is_good(self) -> bool:
        return not self.problems and not any(self.broken.values())


@dataclass(frozen=True, slots=True)
class Witness:
    """The handsets' own record of what came unasked, and who they belong to.

    `arrived` by its run; `nameless` came without one, which we never send.
    """

    scene: Scene
    facts: Facts
    arrived: Sequence[tuple[int, Delivery]]
    nameless: Sequence[Delivery]
    kind_of: Mapping[int, MessageKind]

    def times(self) -> Mapping[int, Counter[str]]:
        found: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for run_id, one in self.arrived:
            found[run_id][one.person_id] += 1
        return found

    def advertisements(self) -> Iterator[Delivery]:
        """Also what is of no run of ours: the law asks nobody's books."""
        for run_id, one in self.arrived:
            if self.kind_of.get(run_id, AD) is AD:
                yield one

    def place(self, one: Delivery) -> Place:
        return self.scene.places[self.scene.people[one.person_id].place]


async def judge(scene: Scene) -> Verdict:
    facts = await scene.books.read(_read)
    kind_of = {int(one.run_id): one.kind for one in facts.entries}
    received = scene.world.handset.all_deliveries()
    arrived = [(int(one.tags["run"]), one) for one in received if "run" in one.tags]
    nameless = [one for one in received if "run" not in one.tags and one.via != ANSWERED]
    witness = Witness(scene, facts, arrived, nameless, kind_of)
    broken = {name: list(found) for name, found in facts.kept.items()}
    for check in CHECKS:
        for name, words in check(witness):
            broken[name].append(words)
    return Verdict(
        broken={name: found[:SHOWN_MAX] for name, found in broken.items()},
        problems=[*_problems(witness), *scene.complaints.heard, *scene.post.refused],
        waiting=[*_waiting(facts)],
        facts=facts,
    )


def _read(tx: Tx) -> Facts:
    runs = {one.run_id: one for one in list_runs(tx)}
    return Facts(list_entries(tx), runs, list_ends(tx), check_invariants(tx))


def _added_up(witness: Witness) -> Found:
    """I4: our word about each person against their handset, in people and in won."""
    times = witness.times()
    charged: Counter[int] = Counter()
    open_runs = set()
    for entry in witness.facts.entries:
        person = witness.scene.world.person_by_key(
            _bot_of(witness, entry), "botUserKey", entry.bot_user_key
        )
        has_received = person is not None and times[entry.run_id][person.person_id] > 0
        if entry.state is MessageState.DELIVERED and not has_received:
            yield "I4", f"run {entry.run_id}: delivered and received nothing"
        if entry.state in NOT_REACHED and has_received:
            yield "I4", f"run {entry.run_id}: {entry.state} and received"
        if entry.is_charged is not (entry.state is MessageState.DELIVERED):
            yield "I4", f"run {entry.run_id}: {entry.state}, charged: {entry.is_charged}"
        charged[entry.run_id] += has_received
        if entry.state in (MessageState.WAITING, MessageState.UNKNOWN):
            open_runs.add(entry.run_id)
    for run_id, run in witness.facts.runs.items():
        cost = cost_jeon(run.unit_jeon, charged[run_id], run.rounds_to_jeon)
        if RunId(run_id) not in open_runs and run.posted_jeon != cost:
            yield "I4", f"run {run_id}: {run.posted_jeon} jeon, the handsets say {cost}"


def _bot_of(witness: Witness, entry: Entry) -> str:
    places = witness.scene.places
    return next(one.bot_id for one in places if one.shop_id == entry.shop_id)


def _once(witness: Witness) -> Found:
    """I5, as the handsets count."""
    for run_id, people in witness.times().items():
        for person_id, times in people.items():
            if times > 1:
                yield "I5", f"run {run_id}: {person_id} received {times} times"


def _wanted(witness: Witness) -> Found:
    """I6, I9: by what people did, not by what our books made of it."""
    for one in witness.advertisements():
        wants = witness.scene.diary.wanted(one.person_id, one.at)
        if wants is None:
            yield "I6", f"{one.person_id} never agreed and received at {one.at}"
        elif not wants:
            yield "I6", f"{one.person_id} did not agree and received at {one.at}"
            yield "I9", f"{one.person_id} had refused and received at {one.at}"


def _in_hours(witness: Witness) -> Found:
    """I7 on the screen; information comes by day as well."""
    advertising = {id(one) for one in witness.advertisements()}
    for _, one in witness.arrived:
        window = KAKAO_DAY if id(one) in advertising else LAW_DAY
        if not window.contains(one.at):
            yield "I7", f"{one.person_id} received at {one.at}"


def _marked(witness: Witness) -> Found:
    """I8 on the screen."""
    for one in witness.advertisements():
        place = witness.place(one)
        if not is_marked(one.shown_text, place.name, place.contact):
            yield "I8", f"{one.person_id} was shown {one.shown_text!r}"


CHECKS: Sequence[Callable[[Witness], Found]] = (_added_up, _once, _wanted, _in_hours, _marked)


def _problems(witness: Witness) -> Iterator[str]:
    """Everything comes to an end; only what nobody can know waits for a person."""
    unknown = {one.run_id for one in witness.facts.entries if one.state is MessageState.UNKNOWN}
    for end in witness.facts.ends:
        if end.state is CampaignState.BOOKED:
            yield f"campaign {end.campaign_id} never left"
        if end.state is CampaignState.RUNNING and end.run_id not in unknown:
            yield f"campaign {end.campaign_id} never ended"
        if end.paused_for == PauseReason.HALT:
            yield f"campaign {end.campaign_id} waits for a halt that nobody made"
    for one in witness.nameless:
        yield f"{one.person_id} received at {one.at} what is of no run"
    for entry in witness.facts.entries:
        if entry.state is MessageState.WAITING and entry.chunk_state is not None:
            yield f"run {entry.run_id}: somebody still waits in a {entry.chunk_state} chunk"
        if entry.state is MessageState.UNKNOWN and entry.sender is SenderName.SOLAPI:
            yield f"run {entry.run_id}: unknown, though a group can always be asked"


def _waiting(facts: Facts) -> Iterator[Mapping[str, object]]:
    unknown = Counter(one.run_id for one in facts.entries if one.state is MessageState.UNKNOWN)
    for end in facts.ends:
        people = unknown[end.run_id] if end.run_id is not None else 0
        if end.state in OVER and not people:
            continue
        reason = f"{end.state}:{end.paused_for}" if end.paused_for else str(end.state)
        yield {
            "campaign": end.campaign_id,
            "shop": end.shop_id,
            "reason": "unknown" if people else reason,
            "people": people,
        }
