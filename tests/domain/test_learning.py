"""What may be said of a campaign: ranges against published numbers, and silence when unsure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning import (
    PEOPLE_MIN,
    Share,
    Verdict,
    difference,
    is_many_stopped,
    verdict_of,
    wilson,
)

shares = st.integers(0, 2_000).flatmap(
    lambda people: st.builds(Share, st.integers(0, people), st.just(people))
)

ROUNDED = 0.00006  # the tables have four places
# Newcombe 1998, table II, method 10.
PUBLISHED = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
    ((10, 10), (0, 10), 0.6075, 1.0),
]


@pytest.mark.parametrize(("one", "other", "low", "high"), PUBLISHED)
def test_the_range_is_the_published_one(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = difference(Share(*one), Share(*other))

    assert found.low == pytest.approx(low, abs=ROUNDED)
    assert found.high == pytest.approx(high, abs=ROUNDED)


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3."""
    low, high = wilson(Share(81, 263))
    assert low == pytest.approx(0.2553, abs=ROUNDED)
    assert high == pytest.approx(0.3662, abs=ROUNDED)
    assert wilson(Share(0, 20))[1] == pytest.approx(0.1611, abs=ROUNDED)


@given(shares, shares)
def test_the_range_holds_the_difference_and_turns_with_its_sides(one: Share, other: Share) -> None:
    there, back = difference(one, other), difference(other, one)

    assert -1 <= there.low <= there.difference <= there.high <= 1
    assert there.low == pytest.approx(-back.high)
    assert there.high == pytest.approx(-back.low)


@given(shares, shares, st.booleans(), st.booleans())
def test_nothing_is_claimed_unless_the_range_leaves_no_doubt(
    sent: Share, held_out: Share, is_over: bool, is_by_lot: bool
) -> None:
    said = verdict_of(sent, held_out, is_over=is_over, is_by_lot=is_by_lot)

    if said in (Verdict.MORE, Verdict.FEWER):
        found = difference(sent, held_out)
        assert is_over
        assert is_by_lot
        assert min(sent.people, held_out.people) >= PEOPLE_MIN
        assert found.low > 0 if said is Verdict.MORE else found.high < 0


@pytest.mark.parametrize(
    ("sent", "held_out", "is_over", "is_by_lot", "said"),
    [
        (Share(300, 900), Share(15, 100), True, True, Verdict.MORE),
        (Share(100, 900), Share(30, 100), True, True, Verdict.FEWER),
        (Share(200, 900), Share(20, 100), True, True, Verdict.UNCLEAR),
        (Share(300, 900), Share(15, 100), False, True, Verdict.NOT_YET),
        (Share(300, 900), Share(15, 100), True, False, Verdict.UNLIKE),
        (Share(29, 29), Share(0, 100), True, True, Verdict.TOO_FEW),
        (Share(100, 100), Share(0, 29), True, True, Verdict.TOO_FEW),
        (Share(30, 30), Share(0, 30), True, True, Verdict.MORE),
    ],
)
def test_each_verdict(
    sent: Share, held_out: Share, is_over: bool, is_by_lot: bool, said: Verdict
) -> None:
    assert verdict_of(sent, held_out, is_over=is_over, is_by_lot=is_by_lot) is said


@pytest.mark.parametrize(
    ("stopped", "is_many"),
    [((1, 20), True), ((1, 21), False), ((5, 19), False), ((0, 500), False), ((25, 500), True)],
)
def test_one_in_twenty_is_many_and_of_few_people_nothing_is_said(
    stopped: tuple[int, int], is_many: bool
) -> None:
    assert is_many_stopped(Share(*stopped)) is is_many
