"""Which money pays for what (F1-F8): burn order, holds per chunk and lot, states of a grant."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Jeon, cost_jeon
from domain.people import AccountId, GrantId
from domain.refusals import OverBudget
from domain.subsidy import GrantState, HoldPart, Lot, burn_order, grant_state, plan_holds

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
START_BY = NOW + timedelta(days=7)
EXPIRES = NOW + timedelta(days=30)


def make_lot(
    number: int, *, left: int = 1_000, days: int | None = 30, is_grant: bool = True
) -> Lot:
    return Lot(
        account_id=AccountId(number),
        grant_id=GrantId(number) if is_grant else None,
        expires_at=NOW + timedelta(days=days) if days is not None else None,
        left_jeon=Jeon(left),
    )


@st.composite
def some_lots(draw: st.DrawFn) -> list[Lot]:
    """Grants that often expire on the same day, and now and then the shop's own wallet."""
    return [
        make_lot(
            number,
            left=draw(st.integers(0, 400_000)),
            days=draw(st.integers(1, 3)) if is_grant else None,
            is_grant=is_grant,
        )
        for number, is_grant in enumerate(draw(st.lists(st.booleans(), max_size=6)), start=1)
    ]


LOTS = some_lots()
SIZES = st.lists(st.integers(1, 200), max_size=5)


def planned(lots: Sequence[Lot], unit: int, sizes: Sequence[int]) -> list[HoldPart] | None:
    try:
        return plan_holds(lots, unit, sizes)
    except OverBudget:
        return None


@given(LOTS, st.integers(1, 5_000), SIZES)
def test_each_chunk_holds_exactly_its_cost(lots: list[Lot], unit: int, sizes: list[int]) -> None:
    parts = planned(lots, unit, sizes)
    if parts is not None:
        held = Counter[int]()
        for part in parts:
            held[part.chunk_number] += part.amount_jeon
        assert held == {number: cost_jeon(unit, size) for number, size in enumerate(sizes)}


@given(LOTS, st.integers(1, 5_000), SIZES)
def test_no_lot_gives_more_than_it_has(lots: list[Lot], unit: int, sizes: list[int]) -> None:
    taken = Counter[AccountId]()
    for part in planned(lots, unit, sizes) or ():
        assert part.amount_jeon > 0
        taken[part.account_id] += part.amount_jeon

    assert all(taken[lot.account_id] <= lot.left_jeon for lot in lots)


@given(LOTS, st.integers(1, 5_000), SIZES)
def test_it_is_refused_exactly_when_the_money_does_not_cover_it(
    lots: list[Lot], unit: int, sizes: list[int]
) -> None:
    needed = sum(cost_jeon(unit, size) for size in sizes)
    there = sum(lot.left_jeon for lot in lots)

    assert (planned(lots, unit, sizes) is None) == (needed > there)


@given(LOTS, st.integers(1, 5_000), SIZES)
def test_a_lot_is_touched_only_when_those_before_it_are_empty(
    lots: list[Lot], unit: int, sizes: list[int]
) -> None:
    """F3."""
    order = burn_order(lots)
    taken = Counter[AccountId]()
    for part in planned(lots, unit, sizes) or ():
        earlier = order[: [lot.account_id for lot in order].index(part.account_id)]
        assert all(taken[lot.account_id] == lot.left_jeon for lot in earlier)
        taken[part.account_id] += part.amount_jeon


@given(LOTS, st.data())
def test_the_order_of_the_rows_does_not_change_the_plan(
    lots: list[Lot], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(lots))

    assert burn_order(lots) == burn_order(shuffled)
    assert planned(lots, 1_650, [3, 5]) == planned(shuffled, 1_650, [3, 5])


def test_free_cash_burns_before_own_money() -> None:
    """F3."""
    wallet, grant = make_lot(1, days=None, is_grant=False), make_lot(2)

    assert burn_order([wallet, grant]) == [grant, wallet]


def test_soonest_expiry_burns_first_and_the_older_account_breaks_a_tie() -> None:
    late, tied, soon = make_lot(1, days=9), make_lot(3, days=2), make_lot(2, days=2)

    assert burn_order([late, tied, soon]) == [soon, tied, late]


def test_a_refusal_says_how_much_is_needed_and_there() -> None:
    with pytest.raises(OverBudget) as refusal:
        plan_holds([make_lot(1, left=3_299)], 1_650, [1, 1])

    assert refusal.value.facts == {"needed_jeon": 3_400, "left_jeon": 3_299}


A_BIT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("started_at", "left", "at", "state"),
    [
        (None, 100, NOW, GrantState.OFFERED),
        (None, 100, START_BY - A_BIT, GrantState.OFFERED),
        (None, 100, START_BY, GrantState.LAPSED_UNUSED),
        (None, 0, START_BY, GrantState.LAPSED_UNUSED),
        (None, 100, EXPIRES, GrantState.EXPIRED),
        (NOW, 100, NOW, GrantState.STARTED),
        (NOW, 100, START_BY, GrantState.STARTED),
        (NOW, 100, EXPIRES - A_BIT, GrantState.STARTED),
        (NOW, 0, EXPIRES - A_BIT, GrantState.EXHAUSTED),
        (NOW, 100, EXPIRES, GrantState.EXPIRED),
        (NOW, 0, EXPIRES, GrantState.EXPIRED),
    ],
)
def test_the_states_of_a_grant(
    started_at: datetime | None, left: int, at: datetime, state: GrantState
) -> None:
    """F1, F2."""
    told = grant_state(
        started_at=started_at,
        start_by=START_BY,
        expires_at=EXPIRES,
        clawed_back_at=None,
        left_jeon=left,
        at=at,
    )

    assert told is state
