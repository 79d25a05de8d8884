"""Won and jeon, and the one rounding rule of a price."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

Jeon = NewType("Jeon", int)
"""1/100 won: the price of 15 won with VAT is 16.5 won, so won are not fine enough."""

JEON_PER_WON = 100


def won(amount: float) -> Jeon:
    """Whole or half won as jeon; for constants, never for sums."""
    return Jeon(round(amount * JEON_PER_WON))


def ceil_to_won(amount: int) -> Jeon:
    return Jeon(-(-amount // JEON_PER_WON) * JEON_PER_WON)


def format_won(amount: int) -> str:
    """`236050` -> `2,360.5원`: a fraction is shown only when there is one."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), JEON_PER_WON)
    fraction = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{sign}{whole:,}{fraction}원"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one sender charges for one kind of message from an instant on.

    `net_jeon` is without VAT; `vat_percent` is added; a broadcast is rounded up to
    whole won once (programme-and-law.md 2.1: `ceil(n x unit x 1.1)` per broadcast).
    """

    price_id: int
    sender: str
    kind: str
    net_jeon: Jeon
    vat_percent: int
    valid_from: datetime

    @property
    def unit_jeon(self) -> Jeon:
        gross, rest = divmod(self.net_jeon * (100 + self.vat_percent), 100)
        assert rest == 0, "a unit price with VAT is a whole number of jeon"
        return Jeon(gross)

    def cost_jeon(self, count: int) -> Jeon:
        """What a broadcast to `count` people costs, rounded up to whole won."""
        return cost_jeon(self.unit_jeon, count)


def cost_jeon(unit_jeon: int, count: int) -> Jeon:
    """The cost of `count` messages of one broadcast, rounded up to whole won."""
    assert count >= 0
    return ceil_to_won(unit_jeon * count)


def step_cost_jeon(unit_jeon: int, before: int, added: int) -> Jeon:
    """What `added` further messages of one broadcast add to its rounded cost.

    Steps of one broadcast sum exactly to its cost, in any order of arrival, and no
    step exceeds `cost_jeon(unit_jeon, added)`, which is what its hold contains.
    """
    return Jeon(cost_jeon(unit_jeon, before + added) - cost_jeon(unit_jeon, before))
