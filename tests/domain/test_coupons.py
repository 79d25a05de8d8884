"""Coupons (C12): worth, conditions, states."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.coupons import (
    COUPON_MOVES,
    LIFE_DAYS_DEFAULT,
    CouponAct,
    CouponKind,
    CouponState,
    CouponTerms,
    check_coupon_terms,
    check_use,
    next_coupon_state,
)
from domain.refusals import Conflict, Invalid
from domain.time import Window

AT = datetime(2026, 11, 25, 1, tzinfo=UTC)  # a Wednesday, 10:00 KST
LATER = AT + timedelta(days=7)
ITEM = CouponTerms(kind=CouponKind.ITEM, title="단팥빵 1개 무료", item="단팥빵")
PERCENT = CouponTerms(kind=CouponKind.PERCENT, title="10% 할인", value=10)
WON = CouponTerms(kind=CouponKind.WON, title="1,000원 할인", value=1_000)
BUNDLE = CouponTerms(kind=CouponKind.BUNDLE, title="식빵 2+1", item="식빵", buy=2)


def changed(terms: CouponTerms, **values: object) -> CouponTerms:
    fields = {name: getattr(terms, name) for name in CouponTerms.__dataclass_fields__}
    return CouponTerms(**{**fields, **values})


def test_a_coupon_lives_within_the_usual_days() -> None:
    """C12: 7 to 14 days."""
    assert 7 <= LIFE_DAYS_DEFAULT <= 14
    assert not ITEM.can_stack


def test_the_last_day_is_a_whole_korean_day() -> None:
    assert changed(ITEM, life_days=1).expires_at(AT) == datetime(2026, 11, 25, 15, tzinfo=UTC)
    assert ITEM.expires_at(AT) == datetime(2026, 12, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("terms", "spend_won", "worth"),
    [
        (PERCENT, 12_345, 1_234),
        (PERCENT, 0, 0),
        (PERCENT, None, None),
        (WON, 5_000, 1_000),
        (WON, 700, 700),
        (WON, None, 1_000),
        (ITEM, 5_000, None),
        (BUNDLE, 5_000, None),
    ],
)
def test_what_it_is_worth(terms: CouponTerms, spend_won: int | None, worth: int | None) -> None:
    assert terms.discount_won(spend_won) == worth


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (PERCENT, "10% 할인"),
        (WON, "1,000원 할인"),
        (ITEM, "단팥빵 1개 무료"),
        (BUNDLE, "2개 사면 식빵 1개 더"),
    ],
)
def test_what_it_gives_in_words(terms: CouponTerms, words: str) -> None:
    assert terms.gives == words


@given(st.integers(1, 100), st.integers(0, 10**8))
def test_a_discount_is_never_more_than_what_was_bought(percent: int, spend_won: int) -> None:
    worth = changed(PERCENT, value=percent).discount_won(spend_won)

    assert worth is not None
    assert 0 <= worth <= spend_won


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (changed(ITEM, title=""), "title"),
        (changed(ITEM, title="가" * 31), "title"),
        (changed(PERCENT, value=0), "value"),
        (changed(PERCENT, value=101), "value"),
        (changed(WON, value=0), "value"),
        (changed(ITEM, item=None), "item"),
        (changed(BUNDLE, buy=0), "buy"),
        (changed(ITEM, life_days=0), "life_days"),
        (changed(ITEM, life_days=366), "life_days"),
        (changed(ITEM, min_spend_won=-1), "min_spend_won"),
        (changed(ITEM, weekdays=frozenset()), "weekdays"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(terms: CouponTerms, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_coupon_terms(terms)

    assert field in refusal.value.fields


@pytest.mark.parametrize("terms", [ITEM, PERCENT, WON, BUNDLE])
def test_four_kinds_can_be(terms: CouponTerms) -> None:
    check_coupon_terms(terms)


MORNING = changed(ITEM, hours=Window(time(9), time(11)))


@pytest.mark.parametrize(
    ("terms", "at", "spend_won", "reason"),
    [
        (ITEM, LATER, None, "coupon_lapsed"),
        (ITEM, LATER - timedelta(microseconds=1), None, None),
        (changed(ITEM, weekdays=frozenset({3})), AT, None, "coupon_weekday"),
        (changed(ITEM, weekdays=frozenset({2})), AT, None, None),
        (MORNING, AT + timedelta(hours=1), None, "coupon_hours"),
        (MORNING, AT, None, None),
        (MORNING, AT - timedelta(hours=2), None, "coupon_hours"),
        (changed(ITEM, min_spend_won=5_000), AT, 4_999, "coupon_min_spend"),
        (changed(ITEM, min_spend_won=5_000), AT, 5_000, None),
        (changed(ITEM, min_spend_won=5_000), AT, None, None),
    ],
)
def test_when_it_may_be_used(
    terms: CouponTerms, at: datetime, spend_won: int | None, reason: str | None
) -> None:
    if reason is None:
        check_use(terms, expires_at=LATER, at=at, spend_won=spend_won)
        return
    with pytest.raises(Conflict) as refusal:
        check_use(terms, expires_at=LATER, at=at, spend_won=spend_won)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("state", CouponState)
@pytest.mark.parametrize("act", CouponAct)
def test_every_act_in_every_state_is_decided(state: CouponState, act: CouponAct) -> None:
    after = COUPON_MOVES[state].get(act)
    if after is not None:
        assert next_coupon_state(state, act) is after
        return
    with pytest.raises(Conflict, match=f"coupon_{state}"):
        next_coupon_state(state, act)


@given(st.lists(st.sampled_from(CouponAct), max_size=12))
def test_between_two_uses_stands_a_reversal(acts: list[CouponAct]) -> None:
    """I11, whatever is asked in whatever order."""
    state, uses = CouponState.READY, 0
    for act in acts:
        try:
            state = next_coupon_state(state, act)
        except Conflict:
            continue
        uses += {CouponAct.USE: 1, CouponAct.REVERSE: -1}.get(act, 0)
        assert 0 <= uses <= 1
        assert (state is CouponState.USED) == (uses == 1)
