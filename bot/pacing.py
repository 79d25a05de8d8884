"""Who may speak now: so many turns of one person and of one channel, one person's one at a time.

What is too much is answered at once, and the books are not asked (docs/decisions/0015).
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.conversation import BEFORE_ALL
from bot.hearing.understanding import understand
from bot.kakao_in import Utterance
from domain.pace import Pace
from domain.people import ChannelId

PERSON_BURST, PERSON_PER_SECOND = 30, 3.0
CHANNEL_BURST, CHANNEL_PER_SECOND = 4_000, 2_000.0
STOP_BURST, STOP_PER_SECOND = 5, 0.5
PEOPLE_KEPT_MAX = 20_000
CHANNELS_KEPT_MAX = 4_096

T = TypeVar("T")
PersonKey = tuple[ChannelId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """One a process; `seconds` is a clock that only runs forward."""

    seconds: Callable[[], float] = time.monotonic
    people: Pace[PersonKey] = field(
        default_factory=lambda: Pace(PERSON_BURST, PERSON_PER_SECOND, PEOPLE_KEPT_MAX)
    )
    channels: Pace[ChannelId] = field(
        default_factory=lambda: Pace(CHANNEL_BURST, CHANNEL_PER_SECOND, CHANNELS_KEPT_MAX)
    )
    stops: Pace[PersonKey] = field(
        default_factory=lambda: Pace(STOP_BURST, STOP_PER_SECOND, PEOPLE_KEPT_MAX)
    )

    def admits(self, channel_id: ChannelId, said: Utterance) -> bool:
        """A person's flood takes nothing from the channel. A refusal of advertising is still
        heard when nothing else is (L11), a few times over.
        """
        now, person = self.seconds(), (channel_id, said.caller.bot_user_key)
        if not self.people.wait(person, now):
            return not self.channels.wait(channel_id, now) or self._is_stop(person, said, now)
        return self._is_stop(person, said, now)

    def _is_stop(self, person: PersonKey, said: Utterance, now: float) -> bool:
        is_heard = not self.stops.wait(person, now)
        return is_heard and (said.do == "stop" or understand(said.words) in BEFORE_ALL)


class Lines:
    """One person's turns, each handed to the books when the one before is done.

    So that a group of turns is made of many people, and nobody's waiting turns fill it.
    """

    def __init__(self) -> None:
        self._last: dict[PersonKey, asyncio.Future[Any]] = {}

    @property
    def is_empty(self) -> bool:
        return not self._last

    def submit(
        self, person: PersonKey, work: "Callable[[], asyncio.Future[T]]"
    ) -> "asyncio.Future[T]":
        before = self._last.get(person)
        made = work() if before is None else asyncio.ensure_future(_after(before, work))
        self._last[person] = made
        made.add_done_callback(lambda done: self._leave(person, done))
        return made

    def _leave(self, person: PersonKey, done: "asyncio.Future[Any]") -> None:
        if self._last.get(person) is done:
            del self._last[person]


async def _after(before: "asyncio.Future[Any]", work: "Callable[[], asyncio.Future[T]]") -> T:
    """Whatever became of the one before."""
    await asyncio.wait([before])
    return await work()
