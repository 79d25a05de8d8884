"""A draft that is kept comes back as it was written."""

from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from campaigns.booking import Draft
from campaigns.draft_text import draft_of, draft_text
from domain.campaigns import BubbleKind, LinkButton, SenderName
from domain.parts import Part
from domain.segments import Condition, Joined, Segment, What
from domain.subsidy import FairOrder

INSTANTS = st.none() | st.integers(0, 2_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
NUMBERS = st.integers(0, 2**40)
CONDITIONS = st.builds(
    Condition, st.sampled_from(What), st.integers(0, 99), st.integers(0, 99), st.booleans()
)
SEGMENTS = st.builds(
    Segment,
    st.lists(CONDITIONS, max_size=3).map(tuple),
    st.sampled_from(Joined),
    st.none() | CONDITIONS,
)
PLAIN = Draft(sender=SenderName.SOLAPI, bubble=BubbleKind.TEXT, body="식빵")
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
PARTS = st.builds(
    Part,
    title=WORDS,
    text=WORDS,
    picture_id=st.none() | st.text("0123456789abcdef", max_size=64),
    link=st.none() | st.just("https://a.kr"),
    price_won=st.none() | NUMBERS,
    sale_won=st.none() | NUMBERS,
)
DRAFTS = st.builds(
    Draft,
    sender=st.sampled_from(SenderName),
    bubble=st.sampled_from(BubbleKind),
    body=st.text(st.characters(codec="utf-8"), max_size=120),
    picture_id=st.none() | st.text("0123456789abcdef", max_size=64),
    parts=st.lists(PARTS, max_size=5).map(tuple),
    due_at=INSTANTS,
    offer_id=st.none() | NUMBERS,
    own_max_jeon=NUMBERS,
    fair_order=st.none() | st.sampled_from(FairOrder),
    segment=SEGMENTS,
    holdout_percent=st.integers(0, 50),
    button=st.none()
    | st.builds(LinkButton, st.text("가나다", max_size=8), st.just("https://a.kr")),
    not_later_than=INSTANTS,
    keeps_day=st.booleans(),
    series_id=st.none() | NUMBERS,
)


@given(DRAFTS)
def test_it_comes_back_as_it_was_written(draft: Draft) -> None:
    assert draft_of(draft_text(draft)) == draft


def test_what_was_kept_before_there_were_parts_has_none() -> None:
    kept = orjson.loads(draft_text(PLAIN))
    del kept["parts"]

    assert draft_of(orjson.dumps(kept).decode()).parts == ()
