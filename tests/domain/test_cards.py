"""Stamp cards (C1, C5, C10): terms, places on the tally, what a change and a cancel leave."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import (
    NEEDED_DEFAULT,
    CardTerms,
    ExpiryFrom,
    HeldCard,
    Reached,
    card_at,
    check_terms,
    opened_for,
    rewards_between,
    rules_for,
)
from domain.people import OfferId, RulesId
from domain.refusals import Invalid

AT = datetime(2026, 11, 25, 1, tzinfo=UTC)  # a Wednesday, 10:00 KST
GIFT, SNACK = OfferId(1), OfferId(2)


def test_ten_stamps_are_the_custom() -> None:
    """C1."""
    assert CardTerms().needed == NEEDED_DEFAULT == 10


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (CardTerms(needed=0, rewards={0: GIFT}), "needed"),
        (CardTerms(needed=51, rewards={51: GIFT}), "needed"),
        (CardTerms(needed=10, rewards={}), "reward"),
        (CardTerms(needed=10, rewards={5: GIFT}), "reward"),
        (CardTerms(needed=10, rewards={10: GIFT, 11: SNACK}), "on_the_way"),
        (CardTerms(needed=10, rewards={10: GIFT, 2: SNACK}, starter=2), "on_the_way"),
        (CardTerms(needed=10, rewards={10: GIFT}, starter=10), "starter"),
        (CardTerms(needed=10, rewards={10: GIFT}, starter=-1), "starter"),
        (CardTerms(needed=10, rewards={10: GIFT}, expiry_days=0), "expiry_days"),
        (CardTerms(needed=10, rewards={10: GIFT}, expiry_days=731), "expiry_days"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(terms: CardTerms, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_terms(terms)

    assert field in refusal.value.fields


@pytest.mark.parametrize("needed", [1, 10, 50])
def test_from_one_to_fifty_stamps(needed: int) -> None:
    check_terms(CardTerms(needed=needed, rewards={needed: GIFT}))


@pytest.mark.parametrize(
    ("expiry_from", "last_day"), [(ExpiryFrom.FIRST, 25), (ExpiryFrom.LAST, 30)]
)
def test_a_card_lapses_at_midnight_after_its_last_day(
    expiry_from: ExpiryFrom, last_day: int
) -> None:
    terms = CardTerms(rewards={10: GIFT}, expiry_days=30, expiry_from=expiry_from)

    lapses_at = terms.lapses_at(AT, AT + timedelta(days=5))

    assert lapses_at == datetime(2026, 12, last_day, 15, tzinfo=UTC)  # midnight in Korea


def test_a_card_without_expiry_never_lapses() -> None:
    assert CardTerms(rewards={10: GIFT}).lapses_at(AT, AT) is None


def test_cards_follow_each_other_and_the_last_is_repeated() -> None:
    small, large = CardTerms(needed=3, rewards={3: GIFT}), CardTerms(needed=5, rewards={5: GIFT})
    rules = [(RulesId(1), small), (RulesId(2), large)]

    assert [rules_for(number, rules)[0] for number in (1, 2, 3, 9)] == [1, 2, 2, 2]


@st.composite
def some_terms(draw: st.DrawFn) -> CardTerms:
    needed = draw(st.integers(1, 12))
    places = {needed, *draw(st.sets(st.integers(1, needed), max_size=3))}
    return CardTerms(needed=needed, rewards=dict.fromkeys(places, GIFT))


TERMS = some_terms()
CHAINS = st.lists(TERMS, min_size=1, max_size=4)


def chain(terms: list[CardTerms], stamps: int) -> list[HeldCard]:
    """The cards of a tally that came to `stamps` in one go."""
    first = HeldCard(1, RulesId(1), terms[0], 0)
    rules = [(RulesId(number), one) for number, one in enumerate(terms, 1)]
    return [first, *opened_for(first, stamps, lambda number: rules_for(number, rules))]


@given(CHAINS, st.integers(0, 60))
def test_a_tally_always_stands_on_exactly_one_card(terms: list[CardTerms], stamps: int) -> None:
    cards = chain(terms, stamps)

    last = cards[-1]
    assert card_at(cards, stamps) is last
    assert last.starts_after <= stamps <= last.ends_at
    assert all(one.ends_at == other.starts_after for one, other in pairwise(cards))


@given(CHAINS, st.integers(0, 40), st.integers(0, 20))
def test_what_going_up_earns_going_down_takes_back(
    terms: list[CardTerms], low: int, more: int
) -> None:
    """However the stamps come, each place is earned once."""
    cards = chain(terms, low + more)

    at_once = rewards_between(cards, 0, low + more)

    in_two = rewards_between(cards, 0, low) + rewards_between(cards, low, low + more)
    assert at_once == in_two
    assert len({place.threshold for place in at_once}) == len(at_once)


@given(CHAINS, TERMS, st.integers(1, 40), st.integers(1, 20))
def test_a_change_of_rules_leaves_begun_cards_alone(
    terms: list[CardTerms], changed: CardTerms, before: int, more: int
) -> None:
    """C5: what was earned, and what the card in hand promises, stays."""
    cards = chain(terms, before)

    after = [*cards, *opened_for(cards[-1], before + more, lambda _: (RulesId(99), changed))]

    end = cards[-1].ends_at
    assert rewards_between(after, 0, end) == rewards_between(cards, 0, end)
    assert all(card.rules_id == 99 for card in after[len(cards) :])


def test_places_are_counted_along_the_whole_tally() -> None:
    terms = CardTerms(needed=10, rewards={5: SNACK, 10: GIFT})

    cards = chain([terms], 15)

    assert rewards_between(cards, 9, 15) == [Reached(10, GIFT), Reached(15, SNACK)]
