"""How fast one till may ask, so that a till that runs wild leaves room for the others."""

from datetime import datetime, timedelta
from math import ceil

from domain.pace import Pace
from domain.people import TokenId
from domain.refusals import Refusal

BURST = 60
PER_SECOND = 10
KEPT_MAX = 100_000


def till_pace() -> Pace[TokenId]:
    """Only known tokens come here."""
    return Pace(BURST, PER_SECOND, KEPT_MAX)


def take(pace: Pace[TokenId], token_id: TokenId, at: datetime, count: int = 1) -> None:
    """A list takes as much as its lines. Raises Refusal(`too_many`)."""
    wait = pace.wait(token_id, at.timestamp(), count)
    if wait:
        raise Refusal("too_many", retry_after=timedelta(seconds=ceil(wait)))
