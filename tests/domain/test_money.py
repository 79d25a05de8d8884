"""Won and jeon: one rounding, upwards, per broadcast."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import (
    JEON_PER_WON,
    Jeon,
    Price,
    Tariff,
    ceil_to_won,
    cost_jeon,
    format_won,
    step_cost_jeon,
    won,
)

UNIT = st.integers(min_value=1, max_value=100_000)
STEPS = st.lists(st.integers(min_value=0, max_value=1_000), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("net", "count", "jeon"),
    [(15, 1, 1_700), (15, 2, 3_300), (15, 143, 236_000), (15, 0, 0), (25, 143, 393_300)],
)
def test_a_broadcast_is_rounded_up_to_whole_won_once(net: int, count: int, jeon: int) -> None:
    price = Price(
        price_id=1,
        tariff=Tariff.KAKAO_EVENT,
        kind="advertisement",
        is_targeted=False,
        net_jeon=won(net),
        vat_percent=10,
        rounds_to_jeon=100,
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    )

    assert price.cost_jeon(count) == jeon


@given(UNIT, st.integers(min_value=0, max_value=1_000_000))
def test_a_cost_is_whole_won_and_less_than_a_won_too_much(unit: int, count: int) -> None:
    cost = cost_jeon(unit, count)

    assert cost % JEON_PER_WON == 0
    assert 0 <= cost - unit * count < JEON_PER_WON


@given(UNIT, STEPS)
def test_steps_of_one_broadcast_sum_to_its_cost(unit: int, steps: list[int]) -> None:
    done = paid = 0
    for added in steps:
        paid += step_cost_jeon(unit, done, added)
        done += added

    assert paid == cost_jeon(unit, sum(steps))


@given(UNIT, st.permutations([1, 7, 100, 1_000, 43]))
def test_the_order_of_the_steps_does_not_matter(unit: int, steps: list[int]) -> None:
    done = paid = 0
    for added in steps:
        paid += step_cost_jeon(unit, done, added)
        done += added

    assert paid == cost_jeon(unit, 1_151)


@given(UNIT, st.integers(0, 100_000), st.integers(0, 1_000))
def test_a_step_never_exceeds_what_its_chunk_holds(unit: int, before: int, added: int) -> None:
    assert 0 <= step_cost_jeon(unit, before, added) <= cost_jeon(unit, added)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_rounding_up_gives_the_next_whole_won(amount: int) -> None:
    rounded = ceil_to_won(amount)

    assert rounded % JEON_PER_WON == 0
    assert 0 <= rounded - amount < JEON_PER_WON


@pytest.mark.parametrize(
    ("jeon", "text"),
    [
        (236_000, "2,360원"),
        (235_950, "2,359.5원"),
        (1_650, "16.5원"),
        (1_655, "16.55원"),
        (5, "0.05원"),
        (0, "0원"),
        (-150, "-1.5원"),
        (30_000_000, "300,000원"),
    ],
)
def test_won_on_a_screen(jeon: int, text: str) -> None:
    assert format_won(jeon) == text


@pytest.mark.parametrize(("amount", "jeon"), [(15, 1_500), (16.5, 1_650), (0.01, 1)])
def test_won_as_jeon(amount: float, jeon: int) -> None:
    assert won(amount) == Jeon(jeon)
