"""Charts as pure functions from numbers to shares of a hundred."""

from dataclasses import dataclass

from campaigns.results import Result
from domain import learning

WHOLE = 100.0


@dataclass(frozen=True, slots=True)
class Share:
    """One colored part of a bar, in percent from the left."""

    name: str
    start: float
    width: float


def shares(result: Result) -> list[Share]:
    """The parts of a result's bar, most welcome first; nothing when there is nobody."""
    counts = {
        "delivered": result.delivered,
        "waiting": result.waiting,
        "unknown": result.unknown,
        "failed": result.failed,
        "canceled": result.canceled,
        "refused": result.refused_total,
    }
    total = sum(counts.values())
    bar: list[Share] = []
    start = 0.0
    for name, count in counts.items():
        if count > 0:
            width = round(count * WHOLE / total, 2)
            bar.append(Share(name, round(start, 2), width))
            start += width
    return bar


def widths(one: learning.Share, other: learning.Share) -> tuple[float, float]:
    """Two rates as bars beside each other, the larger one filling its place."""
    most = max(one.rate, other.rate)
    if not most:
        return 0.0, 0.0
    return round(one.rate * WHOLE / most, 2), round(other.rate * WHOLE / most, 2)
