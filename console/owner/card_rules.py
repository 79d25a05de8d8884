"""The shop's own rules beside the cards, as an owner writes them: what earns a stamp, tiers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from console.forms import Form
from console.owner.reward import NO_NUMBER, whole
from domain.notices import NoticeKind
from domain.refusals import Invalid
from domain.regulars import TIERS_MAX, Tier
from domain.rules import Per, ShopRules
from domain.time import in_kst

DAY = re.compile(r"(?:(\d{4})\s*[년./-]\s*)?(\d{1,2})\s*[월./-]\s*(\d{1,2})\s*일?")
PARTS = re.compile(r"[,\n]")
WEEK = range(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierWords:
    name: str = ""
    visits: str = ""
    days: str = "90"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesWords:
    """The fields as text; lists are written with commas."""

    per: str = Per.PAYMENT.value
    excluded: str = ""
    double_weekdays: frozenset[int] = frozenset()
    double_days: str = ""
    visits_per_day_max: str = ""
    tiers: Sequence[TierWords] = ()
    notices: frozenset[str] = frozenset()
    ads_a_week: str = ""


def rules_words(rules: ShopRules) -> RulesWords:
    tiers = [
        TierWords(name=tier.name, visits=str(tier.visits), days=str(tier.days))
        for tier in rules.tiers
    ]
    return RulesWords(
        per=rules.per.value,
        excluded=", ".join(rules.excluded),
        double_weekdays=rules.double_weekdays,
        double_days=", ".join(
            f"{day.year}년 {day.month}월 {day.day}일" for day in sorted(rules.double_days)
        ),
        visits_per_day_max=str(rules.visits_per_day_max),
        tiers=_with_room(tiers),
        notices=frozenset(kind.value for kind in rules.notices),
        ads_a_week=str(rules.ads_a_week),
    )


def read_rules_words(form: Form) -> RulesWords:
    tiers = [
        TierWords(
            name=form.text(f"tier{number}_name"),
            visits=form.text(f"tier{number}_visits"),
            days=form.text(f"tier{number}_days"),
        )
        for number in range(TIERS_MAX)
    ]
    return RulesWords(
        per=form.text("per"),
        excluded=form.text("excluded"),
        double_weekdays=frozenset(day for day in WEEK if form.text(f"double_{day}")),
        double_days=form.text("double_days"),
        visits_per_day_max=form.text("visits_per_day_max"),
        tiers=_with_room([tier for tier in tiers if tier.name]),
        notices=frozenset(kind for kind in NoticeKind if form.text(f"tell_{kind}")),
        ads_a_week=form.text("ads_a_week"),
    )


def rules_of(words: RulesWords, at: datetime) -> ShopRules:
    """Raises Invalid with a sentence beside each field; `set_rules` looks at the rest."""
    wrong: dict[str, str] = {}
    per_day = whole(words.visits_per_day_max)
    if per_day is None:
        wrong["visits_per_day_max"] = NO_NUMBER
    tiers = [_tier(tier, is_first=not number) for number, tier in enumerate(words.tiers)]
    named = [tier for tier, line in zip(tiers, words.tiers, strict=True) if line.name]
    if None in named:
        wrong["tiers"] = "몇 번 오셨는지와 며칠 동안인지를 숫자로 적어 주세요."
    days = _days(words.double_days, in_kst(at).date())
    if days is None:
        wrong["double_days"] = "날짜를 ‘12월 24일’처럼 적고 쉼표로 나눠 주세요."
    if wrong or days is None:
        raise Invalid(wrong)
    return ShopRules(
        per=Per.ITEM if words.per == Per.ITEM.value else Per.PAYMENT,
        excluded=tuple(part.strip() for part in PARTS.split(words.excluded) if part.strip()),
        double_weekdays=words.double_weekdays,
        double_days=days,
        visits_per_day_max=per_day or 0,
        tiers=[tier for tier in named if tier is not None],
        notices=frozenset(NoticeKind(kind) for kind in words.notices),
        ads_a_week=whole(words.ads_a_week) or 0,
    )


def _with_room(tiers: Sequence[TierWords]) -> list[TierWords]:
    return [*tiers, TierWords()][:TIERS_MAX]


def _tier(words: TierWords, *, is_first: bool) -> Tier | None:
    if is_first:
        return Tier(words.name)
    visits, days = whole(words.visits), whole(words.days)
    return None if visits is None or days is None else Tier(words.name, visits, days)


def _days(text: str, today: date) -> frozenset[date] | None:
    """Days with commas between them; without a year, the next one that comes. None if unclear."""
    days = set()
    for part in PARTS.split(text):
        if not part.strip():
            continue
        day = _day(part.strip(), today)
        if day is None:
            return None
        days.add(day)
    return frozenset(days)


def _day(words: str, today: date) -> date | None:
    found = DAY.fullmatch(words)
    if found is None:
        return None
    year, month, number = (int(one) if one else None for one in found.groups())
    try:
        day = date(year or today.year, month or 0, number or 0)
        is_over = year is None and day < today
        return day.replace(year=day.year + 1) if is_over else day
    except ValueError:
        return None
