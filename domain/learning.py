"""What a campaign may be said to have done: shares, their honest range, and when to say nothing."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import sqrt

LOOK_FOR = timedelta(days=7)
"""How long after a campaign began to leave a visit, or a refusal, is still counted with it."""

PEOPLE_MIN = 30
"""With fewer people on either side nothing is compared: a single visit would decide it."""

MANY_STOPPED = 0.05
MANY_STOPPED_OF = 20
"""C13: when 5 of 100 refuse after one message it is time to change course; said of few people it
would only frighten.
"""

Z_95 = 1.959963984540054
"""The normal distribution's 97.5 % point: 95 % lie within it on both sides."""


class Verdict(StrEnum):
    """`NOT_YET`: the days are not over, and looking every day until it fits would find something
    in the end. `UNLIKE`: who got it was not left to the lot alone. `UNCLEAR`: the range holds 0.
    """

    NOT_YET = "not_yet"
    UNLIKE = "unlike"
    TOO_FEW = "too_few"
    UNCLEAR = "unclear"
    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `people` did something."""

    count: int
    people: int

    def __post_init__(self) -> None:
        assert 0 <= self.count <= self.people

    @property
    def rate(self) -> float:
        """Between 0 and 1; 0 of nobody."""
        return self.count / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Range:
    """A difference of two rates, and where it lies with a confidence of 95 %."""

    difference: float
    low: float
    high: float

    @property
    def holds_nothing(self) -> bool:
        """Whether no difference at all is among what it allows."""
        return self.low <= 0 <= self.high


def wilson(share: Share) -> tuple[float, float]:
    """The 95 % score interval of one rate (Wilson 1927, JASA 22:209-212)."""
    if not share.people:
        return 0.0, 1.0
    n, p, z2 = share.people, share.rate, Z_95 * Z_95
    middle = (2 * n * p + z2) / (2 * (n + z2))
    half = Z_95 * sqrt(z2 + 4 * n * p * (1 - p)) / (2 * (n + z2))
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(one: Share, other: Share) -> Range:
    """`one` less `other`, by the hybrid score interval: Newcombe 1998, Statistics in Medicine
    17:873-890, method 10. It stays honest for few people and for rates near 0.
    """
    low_one, high_one = wilson(one)
    low_other, high_other = wilson(other)
    between = one.rate - other.rate
    down = sqrt((one.rate - low_one) ** 2 + (high_other - other.rate) ** 2)
    up = sqrt((high_one - one.rate) ** 2 + (other.rate - low_other) ** 2)
    return Range(between, max(-1.0, between - down), min(1.0, between + up))


def verdict_of(sent: Share, held_out: Share, *, is_over: bool, is_by_lot: bool) -> Verdict:
    """What may be said of those it was sent to beside those who were held out by lot."""
    if not is_by_lot:
        return Verdict.UNLIKE
    if min(sent.people, held_out.people) < PEOPLE_MIN:
        return Verdict.TOO_FEW
    if not is_over:
        return Verdict.NOT_YET
    found = difference(sent, held_out)
    if found.holds_nothing:
        return Verdict.UNCLEAR
    return Verdict.MORE if found.low > 0 else Verdict.FEWER


def is_many_stopped(stopped: Share) -> bool:
    return stopped.people >= MANY_STOPPED_OF and stopped.rate >= MANY_STOPPED
