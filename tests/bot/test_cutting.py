"""Texts are cut at words, and never inside what a reader takes for one character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies.cutting import cut, in_lines, length, pieces

WHOLE = (
    "가", "한", "a", "😀", "👨‍👩‍👧‍👦", "🇰🇷", "👍🏽", "e\u0300", "ᄒᆞᆫ", "1️⃣", "❤️",
)  # fmt: skip
"""Each is one character to a reader; the syllable with ㆍ has no code of its own."""


def test_a_long_text_is_cut_at_a_word() -> None:
    assert cut("오늘은 식빵이 모두 나갔어요", 12) == "오늘은 식빵이 모두…"
    assert cut("오늘은 식빵이 모두", 12) == "오늘은 식빵이 모두"


def test_a_word_without_end_is_cut_where_the_room_ends() -> None:
    assert cut("가나다라마바사아자차", 6) == "가나다라마…"


@given(st.lists(st.sampled_from(WHOLE), min_size=1, max_size=40), st.integers(2, 40))
def test_no_emoji_and_no_syllable_is_halved(parts: list[str], room: int) -> None:
    """Flags, families, skin colors, key caps, accents, old syllables: whole or not there."""
    shown = cut("".join(parts), room)

    assert length(shown) <= room
    if shown.endswith("…"):
        begun = ["".join(parts[:count]) for count in range(len(parts))]
        assert shown.removesuffix("…") in {text.replace("e\u0300", "è") for text in begun}
    else:
        assert shown == "".join(parts).replace("e\u0300", "è")


@given(st.text(st.sampled_from("가나다 \n😀."), max_size=400), st.integers(3, 60))
def test_the_pieces_together_are_the_text(text: str, room: int) -> None:
    parts = list(pieces(text, room))
    said = "".join(part.removesuffix("…") for part in parts[:-1]) + "".join(parts[-1:])

    assert all(length(part) <= room for part in parts)
    assert "".join(said.split()) == "".join(text.split())


def test_a_character_larger_than_the_room_is_left_out() -> None:
    """Otherwise cutting would never end."""
    assert list(pieces("e" + "\u0323" * 20 + " 빵", 10)) == ["…", "빵"]


def test_half_an_emoji_goes_and_loose_jamo_become_a_syllable() -> None:
    assert cut("\ud83d\u1112\u1161\u11ab글", 10) == "한글"


@pytest.mark.parametrize(
    ("count", "shown"), [(1, "하나 둘 셋"), (2, "하나\n둘 셋"), (3, "하나\n둘\n셋")]
)
def test_lines_that_are_not_shown_follow_in_the_last(count: int, shown: str) -> None:
    assert in_lines("하나\n둘\n셋", count) == shown


def test_an_emoji_counts_as_two() -> None:
    assert length("빵😀") == 3
