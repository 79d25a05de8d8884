"""How often somebody may ask: a bucket for each of them, in one process's memory.

It keeps one who runs wild from crowding out the others; nothing rests on it. Of several
processes each lets so much through. Why it is ours: docs/decisions/0015.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
ONE = 1 - 1e-5
"""What counts as one: seconds since 1970 are rounded to a quarter of a microsecond."""


@dataclass(slots=True)
class Pace(Generic[Key]):
    """`burst` at once, then `per_second`; of more than `kept_max` the longest silent is forgotten,
    and begins with a full bucket.
    """

    burst: int
    per_second: float
    kept_max: int
    left: dict[Key, tuple[float, float]] = field(default_factory=dict)
    """What each had left, and when; who asked last stands last."""

    def wait(self, key: Key, now: float, count: int = 1) -> float:
        """Takes `count` and answers 0, or takes nothing and answers after how many seconds to
        ask again. What is taken at once may leave a debt that has to be filled first.
        """
        left, since = self.left.pop(key, (float(self.burst), now))
        left = min(self.burst, left + max(0.0, now - since) * self.per_second)
        is_open = left >= ONE
        self.left[key] = (left - count if is_open else left), now
        if len(self.left) > self.kept_max:
            del self.left[next(iter(self.left))]
        return 0.0 if is_open else (1 - left) / self.per_second
