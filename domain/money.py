"""Won and jeon, and the one rounding rule of a price."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


class Tariff(StrEnum):
    """Whose price it is. A channel message is sent by hand in Kakao's own centre: it has no public
    send API, so it stands in statements only (programme-and-law.md 2.1).
    """

    KAKAO_EVENT = "kakao_event"
    SOLAPI = "solapi"
    SOLAPI_ALIMTALK = "solapi_alimtalk"
    SOLAPI_LMS = "solapi_lms"
    NHN = "nhn"
    NHN_ALIMTALK = "nhn_alimtalk"
    CHANNEL_MESSAGE = "channel_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one message costs from an instant on, by whose price list, kind and targeting.

    `net_jeon` is without VAT; `vat_percent` is added; a broadcast is rounded up once to a multiple
    of `rounds_to_jeon` (programme-and-law.md 2.1: `ceil(n x unit x 1.1)` per broadcast).
    """

    price_id: int
    tariff: Tariff
    kind: str
    is_targeted: bool
    net_jeon: Jeon
    vat_percent: int
    rounds_to_jeon: int
    valid_from: datetime

    @property
    def unit_jeon(self) -> Jeon:
        """With VAT."""
        gross, rest = divmod(self.net_jeon * (100 + self.vat_percent), 100)
        assert rest == 0, "a unit price with VAT is a whole number of jeon"
        return Jeon(gross)

    def cost_jeon(self, count: int) -> Jeon:
        """What a broadcast to `count` people costs with VAT, rounded up."""
        return cost_jeon(self.unit_jeon, count, self.rounds_to_jeon)


def cost_jeon(unit_jeon: int, count: int, rounds_to_jeon: int = JEON_PER_WON) -> Jeon:
    """The cost of `count` messages of one broadcast, rounded up to a multiple (a whole won)."""
    assert count >= 0
    return Jeon(-(-unit_jeon * count // rounds_to_jeon) * rounds_to_jeon)


def step_cost_jeon(
    unit_jeon: int, before: int, added: int, rounds_to_jeon: int = JEON_PER_WON
) -> Jeon:
    """What `added` further messages of one broadcast add to its rounded cost.

    Steps of one broadcast sum exactly to its cost, in any order of arrival, and no
    step exceeds `cost_jeon(unit_jeon, added)`, which is what its hold contains.
    """
    after = cost_jeon(unit_jeon, before + added, rounds_to_jeon)
    return Jeon(after - cost_jeon(unit_jeon, before, rounds_to_jeon))
