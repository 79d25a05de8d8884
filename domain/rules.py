"""What a shop set for its regulars; what it may change at any time, for the visits to come.

What has been earned follows the terms of the card in hand (domain/cards.py), not these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.notices import NOTICES_DEFAULT, NoticeKind
from domain.refusals import Invalid
from domain.regulars import TIERS_DEFAULT, Tier, check_tiers
from domain.time import in_kst
from domain.visits import VISITS_PER_DAY_DEFAULT, Purchase

EXCLUDED_MAX = 30
EXCLUDED_NAME_MAX = 40
DOUBLE_DAYS_MAX = 60
VISITS_PER_DAY_MAX = 20
ADS_A_WEEK_DEFAULT, ADS_A_WEEK_MAX = 1, 3
"""How often one shop may advertise to one person within a week (C16)."""


class Per(StrEnum):
    """What one stamp is for (C1)."""

    PAYMENT = "payment"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRules:
    """`double_weekdays` count from Monday = 0; days are the shop's own (KST)."""

    per: Per = Per.PAYMENT
    excluded: tuple[str, ...] = ()
    double_weekdays: frozenset[int] = frozenset()
    double_days: frozenset[date] = frozenset()
    visits_per_day_max: int = VISITS_PER_DAY_DEFAULT
    tiers: Sequence[Tier] = TIERS_DEFAULT
    notices: frozenset[NoticeKind] = NOTICES_DEFAULT
    ads_a_week: int = ADS_A_WEEK_DEFAULT

    def stamps_for(self, purchase: Purchase, at: datetime) -> int:
        """What a purchase earns; `at` is when it happened."""
        counted = purchase.counted(self.excluded)
        stamps = counted if self.per is Per.ITEM else min(counted, 1)
        return stamps * 2 if self.is_double(at) else stamps

    def is_double(self, at: datetime) -> bool:
        day = in_kst(at).date()
        return day.weekday() in self.double_weekdays or day in self.double_days


def check_rules(rules: ShopRules) -> None:
    """Raises Invalid with a sentence beside the field that cannot be."""
    check_tiers(rules.tiers)
    wrong: dict[str, str] = {}
    if len(rules.excluded) > EXCLUDED_MAX:
        wrong["excluded"] = f"뺄 품목은 {EXCLUDED_MAX}가지까지 적을 수 있어요."
    elif any(len(name) > EXCLUDED_NAME_MAX for name in rules.excluded):
        wrong["excluded"] = f"뺄 품목 이름은 하나에 {EXCLUDED_NAME_MAX}자까지 적을 수 있어요."
    if len(rules.double_days) > DOUBLE_DAYS_MAX:
        wrong["double_days"] = f"두 배 날은 {DOUBLE_DAYS_MAX}일까지 정할 수 있어요."
    if not 1 <= rules.visits_per_day_max <= VISITS_PER_DAY_MAX:
        wrong["visits_per_day_max"] = f"하루 1번에서 {VISITS_PER_DAY_MAX}번 사이로 정해 주세요."
    if not 1 <= rules.ads_a_week <= ADS_A_WEEK_MAX:
        wrong["ads_a_week"] = f"일주일 1번에서 {ADS_A_WEEK_MAX}번 사이로 골라 주세요."
    if wrong:
        raise Invalid(wrong)
