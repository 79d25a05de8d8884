"""How fast chunks may leave through one account of a sender: a token bucket that learns.

Neither Kakao nor SOLAPI says what it takes (providers.md A5, kakao-chatbot.md 4.2), so a pace
begins at a ceiling that no real account has met, is halved by each "too many requests" and comes
back slowly (additive increase, multiplicative decrease, as TCP does it; decision 0025). Each
process keeps its own and lets go of its share; several that meet a limit come to share it fairly
by the same rule. Nothing of it is kept: after a restart a pace learns again.
"""

from collections import deque
from collections.abc import Hashable, Mapping
from datetime import datetime, timedelta

from domain.campaigns import SenderName

CEILING: Mapping[SenderName, float] = dict.fromkeys(SenderName, 100.0)
"""Chunks a second: 10,000 people by the Event API, 100,000 by SOLAPI."""

FLOOR = 0.05
"""Chunks a second: however often we are refused, we ask again every twenty seconds."""

RISE = 0.1
"""Chunks a second that come back with each second without a refusal."""

BURST_SECONDS = 2.0
"""What was not used for so long may be used at once."""

WAIT_SECONDS_MAX = 2.0
"""A turn that is further away is not waited for: the chunk goes back, others use the lane."""

SPREAD = timedelta(seconds=10)
"""Whoever is sent away comes back within so long of the next turn, however many there are: the
lease takes first whose turn it is (storage/queries/chunks.py), and the rate may be better then."""

ONE_REFUSAL = timedelta(seconds=1)
"""Refusals so close together are one: what was under way side by side met the same limit."""


class Pace:
    """One account's. Its clock is the one that is passed to everything."""

    def __init__(self, ceiling: float, now: datetime) -> None:
        self._ceiling = self.rate = ceiling
        self._tokens = ceiling * BURST_SECONDS
        self._seen_at = self._blocked_until = self._back_at = now
        self._refused_at: datetime | None = None
        self._turns: deque[datetime] = deque(maxlen=max(int(ceiling), 1))

    def turn(self, now: datetime) -> float:
        """Seconds until this chunk's turn; taken when that is at most `WAIT_SECONDS_MAX`."""
        self._refill(now)
        blocked = (self._blocked_until - now).total_seconds()
        wait = max(0.0, blocked, (1.0 - self._tokens) / self.rate)
        if wait <= WAIT_SECONDS_MAX:
            self._tokens -= 1.0
            self._turns.append(now + timedelta(seconds=wait))
            return wait
        # Who is sent away comes back one after the other, not all at the same instant.
        step, soon = timedelta(seconds=1.0 / self.rate), now + timedelta(seconds=wait)
        self._back_at = min(max(self._back_at + step, soon), soon + SPREAD)
        return (self._back_at - now).total_seconds()

    def refused(self, now: datetime, after_seconds: float | None) -> None:
        """ "Too many requests": nothing leaves for as long as we were told, then half as fast."""
        self._refill(now)
        if after_seconds is not None:
            told = timedelta(seconds=after_seconds)
            self._blocked_until = max(self._blocked_until, now + told)
        if self._refused_at is not None and now - self._refused_at < ONE_REFUSAL:
            return
        self._refused_at = now
        self.rate = max(FLOOR, min(self.rate, self._used(now)) / 2)
        self._tokens = min(self._tokens, 0.0)

    def _used(self, now: datetime) -> float:
        """What left in the last second: the limit is below that, not below the ceiling."""
        return max(1.0, sum(now - at < ONE_REFUSAL for at in self._turns))

    def _refill(self, now: datetime) -> None:
        """Time in which nothing may leave gives nothing back."""
        since = max(self._seen_at, self._blocked_until)
        seconds = max(0.0, (now - since).total_seconds())
        self._seen_at = max(now, self._seen_at)
        self.rate = min(self._ceiling, self.rate + RISE * seconds)
        self._tokens = min(self._tokens + self.rate * seconds, self.rate * BURST_SECONDS)


class Paces:
    """The paces of all accounts that this process sends through."""

    def __init__(self, *, processes: int = 1) -> None:
        """`processes`: how many share each account; nobody counts them for us."""
        self._processes = processes
        self._paces: dict[Hashable, Pace] = {}

    def of(self, sender: SenderName, account: Hashable, now: datetime) -> Pace:
        """One for each bot; SOLAPI's key is the same for all of them."""
        key = (sender, account if sender is SenderName.KAKAO_EVENT else None)
        if key not in self._paces:
            self._paces[key] = Pace(CEILING[sender] / self._processes, now)
        return self._paces[key]
