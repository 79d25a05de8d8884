"""A sender for tests: a provider in memory that does, step by step, what a test has written.

Like the real ones it is believed in one thing only: what `arrived` counts, people's handsets.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from campaigns.senders.port import Filled
from domain.campaigns import Account, Batch, Outcome, Progress, Report, SenderName
from domain.people import CustomerId, MessageId

T = TypeVar("T")


class Crash(BaseException):
    """The process ends here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one call does: `before` it, whether it `happens`, and which `error` ends it."""

    error: BaseException | None = None
    happens: bool = True
    before: Callable[[], Awaitable[object]] | None = None


ORDINARY = Step()


@dataclass(slots=True)
class Place:
    """A group or a task at the provider."""

    people: dict[MessageId, CustomerId] = field(default_factory=dict)
    has_left: bool = False


class FakeSender:
    """`has_places` tells the two kinds apart: SOLAPI's groups, or the Event API's one shot."""

    people_max = 1_000

    def __init__(self, name: SenderName) -> None:
        self.name = name
        self.has_places = name is SenderName.SOLAPI
        self.places: dict[str, Place] = {}
        self.steps: defaultdict[str, deque[Step]] = defaultdict(deque)
        self.calls: list[str] = []
        self.arrived: Counter[CustomerId] = Counter()
        self.refuses: dict[CustomerId, str] = {}
        self.outcomes: dict[CustomerId, Report] = {}
        self.names_nobody = False
        self._numbers = count(1)

    def script(self, call: str, *steps: Step) -> None:
        """What the next calls of this name do; after them they are ordinary again."""
        self.steps[call].extend(steps)

    async def open(self, batch: Batch) -> str | None:  # noqa: ARG002 - the port's
        return await self._step("open", self._open)

    def _open(self) -> str | None:
        return self._new_place() if self.has_places else None

    def _new_place(self) -> str:
        ref = f"P{next(self._numbers)}"
        self.places[ref] = Place()
        return ref

    async def fill(self, batch: Batch, ref: str | None) -> Filled:
        return await self._step("fill", lambda: self._fill(batch, ref)) or Filled()

    def _fill(self, batch: Batch, ref: str | None) -> Filled:
        refused = []
        for one in batch.people:
            if one.customer_id in self.refuses:
                refused.append(failed(one.message_id, self.refuses[one.customer_id]))
            elif ref is not None:
                self.places[ref].people[one.message_id] = one.customer_id
        return Filled(refused=tuple(refused))

    async def remove(self, batch: Batch, ref: str | None, gone: Sequence[MessageId]) -> None:  # noqa: ARG002 - the port's
        await self._step("remove", lambda: self._remove(ref, gone))

    def _remove(self, ref: str | None, gone: Sequence[MessageId]) -> None:
        if ref is not None:
            for one in gone:
                self.places[ref].people.pop(one, None)

    async def send(self, batch: Batch, ref: str | None) -> str:
        sent = await self._step("send", lambda: self._send(batch, ref))
        assert sent is not None, "a send that does not happen ends with an error"
        return sent

    def _send(self, batch: Batch, ref: str | None) -> str:
        if ref is None:
            ref = self._new_place()
            self.places[ref].people = {one.message_id: one.customer_id for one in batch.people}
        place = self.places[ref]
        if not place.has_left:
            self.arrived.update(place.people.values())
        place.has_left = True
        return ref

    async def look(self, account: Account, ref: str, people: Mapping[str, MessageId]) -> Progress:  # noqa: ARG002 - the port's
        progress = await self._step("look", lambda: self._look(ref))
        assert progress is not None, "a look that does not happen ends with an error"
        return progress

    def _look(self, ref: str) -> Progress:
        place = self.places.get(ref)
        if place is None or not place.has_left:
            return Progress(is_accepted=False, is_over=place is None)
        told = () if self.names_nobody else place.people.items()
        reports = [
            self.outcomes.get(customer_id) or delivered(message_id)
            for message_id, customer_id in told
        ]
        return Progress(is_accepted=True, is_over=True, reports=tuple(reports))

    async def close(self) -> None:
        """Nothing is held open."""

    async def _step(self, call: str, effect: Callable[[], T]) -> T | None:
        self.calls.append(call)
        step = self.steps[call].popleft() if self.steps[call] else ORDINARY
        if step.before is not None:
            await step.before()
        result = effect() if step.happens else None
        if step.error is not None:
            raise step.error
        return result


def delivered(message_id: MessageId) -> Report:
    return Report(message_id=message_id, outcome=Outcome.DELIVERED, code="4000", is_charged=True)


def failed(message_id: MessageId, code: str = "3000", *, is_opt_out: bool = False) -> Report:
    return Report(
        message_id=message_id,
        outcome=Outcome.FAILED,
        code=code,
        is_charged=False,
        is_opt_out=is_opt_out,
    )


def unknown(message_id: MessageId) -> Report:
    return Report(message_id=message_id, outcome=Outcome.UNKNOWN, code="LOST", is_charged=False)
