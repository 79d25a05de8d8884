"""Regulars: the shop's own words for them, each person's rhythm, and what a shop still owes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.refusals import Invalid
from domain.time import in_kst

TIERS_MAX = 5
TIER_NAME_MAX = 12
TIER_DAYS_MAX = 3650
QUIET_FACTOR = 1.5
"""C9: going quiet at 1.5 times the person's own mean gap."""

RHYTHM_DAYS_MIN = 3
"""On how many days someone must have come before they have a rhythm."""


@dataclass(frozen=True, slots=True)
class Tier:
    """`visits` within `days`; the first tier asks for nothing (C7, C8)."""

    name: str
    visits: int = 0
    days: int = 90


TIERS_DEFAULT: Sequence[Tier] = (Tier("처음 오신 손님"), Tier("단골", 2), Tier("왕단골", 8))


def check_tiers(tiers: Sequence[Tier]) -> None:
    """Raises Invalid(tiers)."""
    names = [tier.name for tier in tiers]
    if not 1 <= len(tiers) <= TIERS_MAX:
        raise Invalid({"tiers": f"손님 등급은 1개에서 {TIERS_MAX}개까지 정할 수 있어요."})
    if any(not 1 <= len(name) <= TIER_NAME_MAX for name in names) or len(set(names)) < len(names):
        raise Invalid({"tiers": f"등급 이름은 서로 다르게 {TIER_NAME_MAX}자까지 적어 주세요."})
    if tiers[0].visits or any(tier.visits < 1 or tier.days < 1 for tier in tiers[1:]):
        raise Invalid({"tiers": "첫 등급은 조건 없이, 다음부터는 1번 이상으로 정해 주세요."})
    if any(tier.days > TIER_DAYS_MAX for tier in tiers):
        raise Invalid({"tiers": f"며칠 동안인지는 {TIER_DAYS_MAX:,}일까지 적을 수 있어요."})


def tier_of(tiers: Sequence[Tier], visited: Iterable[datetime], at: datetime) -> Tier:
    """The highest tier whose count is met by the visits within its days before `at`."""
    times = list(visited)

    def is_met(tier: Tier) -> bool:
        since = at - timedelta(days=tier.days)
        return sum(since < one <= at for one in times) >= tier.visits

    return max((tier for tier in tiers if is_met(tier)), key=lambda tier: tier.visits)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often someone comes: visits, the days among them, the first and the last."""

    visits: int = 0
    days: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def mean_gap_days(self) -> float | None:
        """None until a person has come on `RHYTHM_DAYS_MIN` days."""
        if self.days < RHYTHM_DAYS_MIN or self.first_at is None or self.last_at is None:
            return None
        span = in_kst(self.last_at).date() - in_kst(self.first_at).date()
        return span.days / (self.days - 1)

    def is_quiet(self, at: datetime) -> bool:
        gap = self.mean_gap_days
        if gap is None or self.last_at is None:
            return False
        return at - self.last_at > timedelta(days=QUIET_FACTOR * gap)


def rhythm_of(visited: Iterable[datetime]) -> Rhythm:
    """From the visits that stand."""
    times = sorted(visited)
    if not times:
        return Rhythm()
    days = len({in_kst(at).date() for at in times})
    return Rhythm(len(times), days, times[0], times[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCard:
    """An unfinished card: `stamps` of `needed`, and how its holder comes."""

    stamps: int
    needed: int
    rhythm: Rhythm


@dataclass(frozen=True, slots=True)
class RewardDebt:
    """Rewards that a shop will have to give, and how many of them by the end of a day."""

    all_in_all: int
    soon: int


def reward_debt(cards: Iterable[OpenCard], ready: int, at: datetime, until: datetime) -> RewardDebt:
    """An estimate: coupons earned and not used, plus the part of each open card that is full.

    `soon` counts the coupons, and the cards whose holder comes often enough to fill theirs
    before `until`, one stamp a visit.
    """
    parts, filling = 0.0, 0
    for card in cards:
        parts += card.stamps / card.needed
        gap = card.rhythm.mean_gap_days
        if gap is None or card.rhythm.is_quiet(at) or card.rhythm.last_at is None:
            continue
        full_at = card.rhythm.last_at + timedelta(days=gap * (card.needed - card.stamps))
        filling += at <= full_at <= until
    return RewardDebt(ready + round(parts), ready + filling)
