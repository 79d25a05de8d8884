"""Rows of parts as somebody types and presses them, and which way draws which shape."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.owner.parts_typed import PartWords, kept_rows, parts_of, pressed_rows, rows_of
from console.owner.shapes import carriers, limits_of, shape_of
from domain.campaigns import BUBBLES, BubbleKind, SenderName
from domain.parts import PART_LIMITS, Part


def typed_rows() -> st.SearchStrategy[tuple[PartWords, ...]]:
    row = st.builds(PartWords, title=st.text(max_size=5), price=st.text(max_size=3))
    return st.lists(row, max_size=5).map(tuple)


@given(
    typed_rows(),
    st.sampled_from([kind.value for kind in PART_LIMITS]),
    st.sampled_from(["add", "up", "down", "drop"]),
    st.integers(0, 5),
)
def test_a_press_loses_no_row_but_the_dropped_one(
    typed: tuple[PartWords, ...], shape: str, act: str, at: int
) -> None:
    limits = limits_of(shape)
    assert limits is not None

    after = pressed_rows(typed, f"{act}{at}" if act != "add" else act, limits)

    gone = Counter(typed) - Counter(after)
    assert gone.total() <= (1 if act == "drop" else 0)
    assert limits.least <= len(parts_of(after, limits)) <= limits.most


@given(st.lists(st.builds(Part, title=st.text(max_size=5), price_won=st.integers(1, 99_999_999))))
def test_kept_parts_are_read_back_from_the_form_as_they_were(parts: list[Part]) -> None:
    goods = limits_of("goods")
    assert goods is not None

    again = parts_of(rows_of(parts[:1]), goods)

    if parts:
        assert again == (Part(title=parts[0].title, price_won=parts[0].price_won),)
        assert dict(kept_rows(rows_of(parts[:1])))["parts"] == "1"


@pytest.mark.parametrize("sender", SenderName)
def test_each_drawing_of_a_way_belongs_to_one_shape(sender: SenderName) -> None:
    for bubble in BUBBLES[sender]:
        if bubble is BubbleKind.NOTICE:
            continue
        assert (sender, bubble) in carriers(shape_of(bubble), {sender})
