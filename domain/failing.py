"""When so little of a campaign arrives that going on would only spend its people and its hour."""

from collections.abc import Sequence
from fractions import Fraction

FAILING_SHARE = Fraction(9, 10)
"""Single people fail always: no friend any more, another phone. Nine in ten are our mistake, the
channel's or the provider's, and the next chunk would fare no better."""

CLEAR_PEOPLE = 20
"""One chunk of so many is enough to judge by."""

CLEAR_CHUNKS = 3
"""So many smaller ones in a row are, too."""

Counts = tuple[int, int]
"""How many people of a chunk were reached, and how many were not."""


def is_failing(delivered: int, failed: int) -> bool:
    return failed > 0 and failed >= FAILING_SHARE * (delivered + failed)


def is_too_much(latest: Sequence[Counts]) -> bool:
    """Whether to pause, after the last settled chunks of a run, the newest first."""
    if not latest or not is_failing(*latest[0]):
        return False
    if sum(latest[0]) >= CLEAR_PEOPLE:
        return True
    row = latest[:CLEAR_CHUNKS]
    return len(row) == CLEAR_CHUNKS and all(is_failing(*one) for one in row)
