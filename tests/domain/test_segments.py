"""Whom a message is for: ready segments, what may be asked, and its way into the books and back."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import CampaignId
from domain.refusals import Invalid
from domain.regulars import TIERS_DEFAULT, Tier
from domain.segments import (
    CONDITIONS_MAX,
    EVENTS,
    EVERYBODY,
    NUMBER_MAX,
    READY,
    Condition,
    Joined,
    Ready,
    Segment,
    What,
    as_plain,
    check_segment,
    of_plain,
    ready_segment,
    regular_tier,
)

CONDITIONS = st.builds(
    Condition,
    st.sampled_from(What),
    st.integers(1, NUMBER_MAX),
    st.integers(1, NUMBER_MAX),
    st.booleans(),
)
SEGMENTS = st.builds(
    Segment,
    st.lists(CONDITIONS, max_size=CONDITIONS_MAX).map(tuple),
    st.sampled_from(Joined),
    st.one_of(st.none(), CONDITIONS),
    st.lists(st.integers(1, 2**62).map(CampaignId), max_size=3).map(tuple),
)


@given(SEGMENTS)
def test_it_comes_back_from_the_books_as_it_went(segment: Segment) -> None:
    check_segment(segment)

    assert of_plain(as_plain(segment)) == segment


@pytest.mark.parametrize("which", READY)
def test_every_ready_segment_may_be_asked(which: Ready) -> None:
    segment = ready_segment(which)

    check_segment(segment)
    assert (segment == EVERYBODY) is (which is Ready.EVERYBODY)
    assert not {one.what for one in segment.parts} & EVENTS


@pytest.mark.parametrize(
    ("tiers", "visits", "days"),
    [
        (TIERS_DEFAULT, 2, 90),
        ((Tier("손님"), Tier("이웃", 3, 30), Tier("식구", 12, 60)), 3, 30),
        ((Tier("손님"), Tier("왕단골", 8), Tier("단골", 4, 45)), 4, 45),
        ((Tier("손님"),), 2, 90),
    ],
)
def test_a_regular_is_who_meets_the_shops_first_tier(
    tiers: Sequence[Tier], visits: int, days: int
) -> None:
    tier = regular_tier(tiers)
    often = Condition(What.VISITED_OFTEN, visits, days)

    assert (tier.visits, tier.days) == (visits, days)
    assert ready_segment(Ready.REGULAR, tiers) == Segment((often,))


def test_nearly_a_regular_lacks_one_visit() -> None:
    wanted = (
        Condition(What.VISITED_OFTEN, 2, 30),
        Condition(What.VISITED_OFTEN, 3, 30, is_not=True),
    )

    segment = ready_segment(Ready.NEARLY_REGULAR, (Tier("손님"), Tier("이웃", 3, 30)))

    assert segment == Segment(wanted)


def test_where_one_visit_makes_a_regular_nearly_one_has_made_none() -> None:
    wanted = Segment((Condition(What.VISITED_OFTEN, 1, 30, is_not=True),))

    assert ready_segment(Ready.NEARLY_REGULAR, (Tier("손님"), Tier("이웃", 1, 30))) == wanted


@pytest.mark.parametrize(
    "segment",
    [
        Segment((Condition(What.GONE_QUIET),) * (CONDITIONS_MAX + 1)),
        Segment((Condition(What.NOT_SEEN_FOR, NUMBER_MAX + 1),)),
        Segment((Condition(What.NOT_SEEN_FOR, -1),)),
        Segment((Condition(What.VISITED_OFTEN, 2, 0),)),
        Segment((Condition(What.VISITED_OFTEN, 0, 30),)),
        Segment((Condition(What.JOINED_WITHIN),)),
        Segment((Condition(What.BIRTHDAY_WITHIN),)),
        Segment((Condition(What.STAMPS_MISSING),)),
        Segment(event=Condition(What.SEEN_DAYS_AGO, NUMBER_MAX + 1)),
    ],
)
def test_what_cannot_be_meant_is_refused(segment: Segment) -> None:
    with pytest.raises(Invalid) as refused:
        check_segment(segment)

    assert list(refused.value.fields) == ["segment"]
