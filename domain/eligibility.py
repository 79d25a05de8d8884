"""Which shops may have a program's money, as data with reasons (programme-and-law.md 1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

WON_OF_EOK = 100_000_000


class Bar(StrEnum):
    """Why a shop does not qualify."""

    SALES_UNKNOWN = "sales_unknown"
    SALES_OVER = "sales_over"
    NO_WALLET = "no_wallet"


BAR_WORDS: Mapping[Bar, str] = {
    Bar.SALES_UNKNOWN: "연 매출이나 개업일을 아직 적지 않았어요.",
    Bar.SALES_OVER: "연 매출이 기준보다 많아요.",
    Bar.NO_WALLET: "카카오 비즈월렛을 아직 만들지 않았어요.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a program's terms ask: yearly sales up to so many won, or opened within months."""

    sales_max_won: int
    new_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a shop has shown of itself; a channel it has by being here at all."""

    yearly_sales_won: int | None
    opened_on: date | None
    has_business_wallet: bool


def bars_of(standing: Standing, conditions: Conditions, on: date) -> list[Bar]:
    """Empty for a shop that qualifies on that day (KST)."""
    bars = []
    if not _is_new(standing.opened_on, conditions.new_months, on):
        if standing.yearly_sales_won is None:
            bars.append(Bar.SALES_UNKNOWN)
        elif standing.yearly_sales_won > conditions.sales_max_won:
            bars.append(Bar.SALES_OVER)
    if not standing.has_business_wallet:
        bars.append(Bar.NO_WALLET)
    return bars


def bar_words(bar: Bar, standing: Standing, conditions: Conditions) -> str:
    """Why, with the figures, and what to do about it; for managers, who may know them."""
    most, sales = _say(conditions.sales_max_won), standing.yearly_sales_won
    if bar is Bar.NO_WALLET:
        return f"{BAR_WORDS[bar]} 만든 뒤 ‘참여 자격’에 표시해 주세요."
    if bar is Bar.SALES_UNKNOWN or sales is None:
        return (
            f"{BAR_WORDS[bar]} 연 매출이 {most} 이하이거나 문을 연 지 {conditions.new_months}개월이 "
            "안 된 가게가 받을 수 있어요. ‘참여 자격’에 적어 주세요."
        )
    return (
        f"{BAR_WORDS[bar]} 기준은 {most}, 이 가게는 {_say(sales)}이에요. 잘못 적혔으면 ‘참여 자격’에서 "
        "고쳐 주세요."
    )


def _say(amount_won: int) -> str:
    """`2000000000` -> `20억 원`; what is no whole 억 in full."""
    eok, rest = divmod(amount_won, WON_OF_EOK)
    return f"{amount_won:,}원" if rest or not eok else f"{eok:,}억 원"


def _is_new(opened_on: date | None, new_months: int, on: date) -> bool:
    if opened_on is None or opened_on > on:
        return False
    months = (on.year - opened_on.year) * 12 + on.month - opened_on.month
    return (months, on.day) < (new_months, opened_on.day) or months < new_months
