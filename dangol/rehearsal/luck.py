"""Bad luck by seed: what goes wrong at the provider, in the post, with our machine, and when."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import get_args

from dangol.rehearsal.values import Level
from simulator.faults import Fault, Faults, Kind

REQUEST_KINDS: tuple[Kind, ...] = tuple(
    one for one in get_args(Kind) if not one.endswith("_reports") and one != "slow"
)
POST_WAYS = ("lost", "doubled", "late", "out_of_order")
PATHS = ("* /v*", "* /messages/*")
STEPS_MAX = 40
SUSPENDED_MINUTES = ((1, 8), (20, 200), (400, 900))
"""The machine stands still: a moment, past closing time, over a night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How likely each is, each time it could happen."""

    request: float = 0.0
    post: float = 0.0
    restart: float = 0.0
    suspended: float = 0.0
    overtaken: float = 0.0


ODDS: Mapping[Level, Odds] = {
    Level.NONE: Odds(),
    Level.SOME: Odds(request=0.1, post=0.15, restart=0.03, suspended=0.08, overtaken=0.15),
    Level.MANY: Odds(request=0.4, post=0.5, restart=0.08, suspended=0.25, overtaken=0.5),
}


class Luck:
    """One stream of chance for the world's doings; people's habits have their own."""

    def __init__(self, level: Level, seed: int) -> None:
        self._odds = ODDS[level]
        self._rng = random.Random(f"{seed}:luck")  # noqa: S311 - the same seed, the same bad luck
        self.happened: Counter[str] = Counter()

    def arm(self, faults: Faults) -> None:
        """From now on each request may go wrong in each way, by the pretend world's own seed."""
        if self._odds.request:
            each = self._odds.request / len(REQUEST_KINDS)
            for path, kind in product(PATHS, REQUEST_KINDS):
                faults.arm(Fault(endpoint=path, kind=kind, probability=each))

    def take_note(self, faults: Faults) -> None:
        self.happened.update(kind for _, kind in faults.happened)
        faults.happened.clear()

    def way_of_post(self) -> str | None:
        """What becomes of a webhook on its way; None: it arrives."""
        if not self._strikes(self._odds.post):
            return None
        way = self._rng.choice(POST_WAYS)
        self.happened[f"post_{way}"] += 1
        return way

    def lateness(self) -> timedelta:
        return timedelta(minutes=self._rng.randint(1, 600))

    def restart_after(self) -> int | None:
        """After how many steps this process ends; None: it goes on."""
        return self._rng.randint(1, STEPS_MAX) if self._strikes(self._odds.restart) else None

    def suspended_for(self) -> timedelta | None:
        if not self._strikes(self._odds.suspended):
            return None
        self.happened["suspended"] += 1
        return timedelta(minutes=self._rng.uniform(*self._rng.choice(SUSPENDED_MINUTES)))

    def is_overtaken(self) -> bool:
        """Whether somebody refuses while their message is under way."""
        return self._strikes(self._odds.overtaken)

    def pick(self, count: int) -> int:
        return self._rng.randrange(count)

    def _strikes(self, odds: float) -> bool:
        """Asks nothing of the stream where nothing can happen."""
        return odds > 0 and self._rng.random() < odds
