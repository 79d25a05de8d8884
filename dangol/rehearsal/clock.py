"""The town's one clock: it stands still until somebody pushes it, so that a life can be repeated."""

from datetime import datetime, timedelta

TICK = timedelta(seconds=1)
"""Between two things that people do: what came first is never a question."""


class VirtualClock:
    def __init__(self, start: datetime) -> None:
        self._at = start

    def now(self) -> datetime:
        return self._at

    def tick(self) -> datetime:
        self._at += TICK
        return self._at

    def push(self, by: timedelta) -> None:
        self._at += by

    def push_to(self, at: datetime) -> None:
        """Never back: who is late is late."""
        self._at = max(self._at, at)
