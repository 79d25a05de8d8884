"""Read from outside: does a message say what it must, whoever drew it?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bubbles import ImageCard, ListCard
from domain.campaigns import BubbleKind
from domain.compliance import advertise, inform
from domain.marks import flaw_of
from tests.domain.test_gate import AD, INFORMATION, PICTURE, SIGN, drawn


@pytest.mark.parametrize("bubble", [*BubbleKind, None])
@given(body=st.text(min_size=1, max_size=120))
def test_what_we_draw_ourselves_has_no_flaw_of_form(bubble: BubbleKind | None, body: str) -> None:
    """L6–L11: whatever an owner writes, the marks stand."""
    drawn_one = (
        inform(SIGN, "답이 왔어요.") if bubble is None else advertise(bubble, SIGN, body, "")
    )
    kind = INFORMATION if bubble is None else AD

    assert flaw_of(kind, drawn_one, SIGN) in (None, "L12")


def test_a_bubble_of_another_kind_has_no_room_for_the_marks() -> None:
    assert flaw_of(AD, ListCard(header="(광고) 연남빵집", rows=()), SIGN) == "L7"
    assert isinstance(drawn(PICTURE), ImageCard)
