"""How fast one till may ask: a bucket for each token, in this process's memory.

It keeps a till that runs wild from crowding out the others; nothing rests on it. With several
processes each lets this much through.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from domain.people import TokenId
from domain.refusals import Refusal

BURST = 60
PER_SECOND = 10


@dataclass(slots=True)
class Pace:
    """What each till has left, and since when. Tills are few: only known tokens come here."""

    left: dict[TokenId, tuple[float, datetime]] = field(default_factory=dict)

    def take(self, token_id: TokenId, at: datetime, count: int = 1) -> None:
        """A list takes as much as its lines; it may leave a debt that has to be filled first.

        Raises Refusal(`too_many`).
        """
        left, since = self.left.get(token_id, (float(BURST), at))
        left = min(BURST, left + max(0.0, (at - since).total_seconds()) * PER_SECOND)
        if left < 1:
            wait = timedelta(seconds=ceil((1 - left) / PER_SECOND))
            raise Refusal("too_many", retry_after=wait)
        self.left[token_id] = left - count, at
