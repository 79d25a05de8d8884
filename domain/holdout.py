"""Who is left out by lot, so that the others' visits can be compared with theirs."""

from typing import NamedTuple

from domain.people import CustomerId

PRIME = 2**31 - 1
SEED_MAX = 2**62 - 1
"""Enough for two numbers below the prime, and still a signed 64-bit integer."""


class Draw(NamedTuple):
    """One drawing of lots: `percent` of the people, always the same ones for the same two numbers.

    `(a·id + b) mod p`, with `a` and `b` drawn at random, treats any two people as independently
    as two dice (Carter & Wegman 1979, universal hashing): nobody's lot follows from a neighbor's,
    however the ids were given out. Every product stays below 2^63, so that both databases
    reckon alike (storage/queries/audience.py).
    """

    a: int = 1
    b: int = 0
    percent: int = 0

    def holds_out(self, customer_id: CustomerId) -> bool:
        return (self.a * (customer_id % PRIME) + self.b) % PRIME % 100 < self.percent


def draw_of(seed: int, percent: int) -> Draw:
    """The drawing that a campaign's seed stands for."""
    return Draw(a=1 + seed // PRIME % (PRIME - 1), b=seed % PRIME, percent=percent)
