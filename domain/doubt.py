"""How long we ask about a chunk that may have left, and when a person has to decide."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate

DECIDED = "DECIDED"
"""The code of somebody on whom a person decided."""

ASK_PAUSES: Sequence[timedelta] = tuple(timedelta(seconds=one) for one in (5, 15, 60, 300, 600))
"""Between one question and the next, the first counted from the doubt."""

ASKED_AT: Sequence[timedelta] = tuple(accumulate(ASK_PAUSES))
ASKED_FOR = ASKED_AT[-1]
"""After this a person may decide."""

ASK_ON_EVERY = timedelta(hours=1)
"""A provider that has a reference of ours is asked on all the same: it may come back."""


def next_question(since: timedelta) -> timedelta | None:
    """How long after a question `since` the doubt the next one comes; None: there is none left."""
    return next((due - since for due in ASKED_AT if due > since), None)
