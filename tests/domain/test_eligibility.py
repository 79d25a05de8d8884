"""Who may have a program's money: sales up to a limit or newly opened, and a business wallet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.eligibility import BAR_WORDS, Bar, Conditions, Standing, bar_words, bars_of

TODAY = date(2026, 11, 25)
EOK_TEN = 1_000_000_000
CONDITIONS = Conditions(sales_max_won=EOK_TEN, new_months=6)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 12, 31))


def standing(
    sales: int | None = None, opened: date | None = None, *, wallet: bool = True
) -> Standing:
    return Standing(yearly_sales_won=sales, opened_on=opened, has_business_wallet=wallet)


@pytest.mark.parametrize(
    ("shown", "bars"),
    [
        (standing(EOK_TEN), []),
        (standing(EOK_TEN + 1), [Bar.SALES_OVER]),
        (standing(0), []),
        (standing(), [Bar.SALES_UNKNOWN]),
        (standing(EOK_TEN, wallet=False), [Bar.NO_WALLET]),
        (standing(wallet=False), [Bar.SALES_UNKNOWN, Bar.NO_WALLET]),
        (standing(opened=TODAY), []),
        (standing(EOK_TEN + 1, date(2026, 5, 26)), []),
        (standing(EOK_TEN + 1, date(2026, 5, 25)), [Bar.SALES_OVER]),
        (standing(EOK_TEN, date(1990, 1, 1)), []),
        (standing(opened=date(2026, 11, 26)), [Bar.SALES_UNKNOWN]),
    ],
)
def test_why_a_shop_does_not_qualify(shown: Standing, bars: list[Bar]) -> None:
    """Six months from May 26 last until November 25; a shop of tomorrow is not new yet."""
    assert bars_of(shown, CONDITIONS, TODAY) == bars


@given(DAYS, st.integers(min_value=0, max_value=60))
def test_a_shop_is_new_for_an_unbroken_time_from_its_first_day(opened: date, months: int) -> None:
    conditions = Conditions(sales_max_won=EOK_TEN, new_months=months)
    days = [opened + timedelta(days=number) for number in range(-2, 31 * months + 3)]

    is_new = [not bars_of(standing(opened=opened), conditions, day) for day in days]

    assert is_new == [False, False, *sorted(is_new[2:], reverse=True)]
    assert is_new[2] == (months > 0)
    assert 28 * months <= sum(is_new) <= 31 * months


@given(st.integers(min_value=0, max_value=10**12), DAYS, DAYS)
def test_more_sales_never_help(sales: int, opened: date, today: date) -> None:
    more = bars_of(standing(sales + 1, opened), CONDITIONS, today)

    assert set(bars_of(standing(sales, opened), CONDITIONS, today)) <= set(more)


def test_every_reason_has_a_sentence() -> None:
    assert set(BAR_WORDS) == set(Bar)


@pytest.mark.parametrize(
    ("bar", "shown", "words"),
    [
        (Bar.SALES_OVER, standing(2 * EOK_TEN), "기준은 10억 원, 이 가게는 20억 원이에요."),
        (Bar.SALES_OVER, standing(EOK_TEN + 1), "이 가게는 1,000,000,001원이에요."),
        (Bar.SALES_UNKNOWN, standing(), "10억 원 이하이거나 문을 연 지 6개월이 안 된"),
        (Bar.NO_WALLET, standing(wallet=False), "만든 뒤 ‘참여 자격’에 표시해 주세요."),
    ],
)
def test_a_reason_has_its_figures_and_the_next_step(bar: Bar, shown: Standing, words: str) -> None:
    said = bar_words(bar, shown, CONDITIONS)

    assert said.startswith(BAR_WORDS[bar])
    assert words in said
    assert "‘참여 자격’" in said
