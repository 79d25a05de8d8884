"""Text messages: what their network carries, and the marks in their places (D1, D6, L6-L8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bubbles import Letter
from domain.letters import (
    SUBJECT_BYTES_MAX,
    TEXT_BYTES_MAX,
    bytes_of,
    flaw_of_letter,
    letter_problem,
    unsendable_in,
    write_letter,
)

NAME, CONTACT, OPT_OUT = "연남빵집", "02-123-4567", "080-123-4567"
WORDS = "오늘 3시에 식빵이 나와요."


def test_the_marks_stand_in_their_places() -> None:
    """L6, L7, L8: the mark first, the free number last."""
    letter = write_letter(NAME, CONTACT, OPT_OUT, WORDS)

    assert letter.text == (
        "(광고) 연남빵집\n오늘 3시에 식빵이 나와요.\n문의 02-123-4567\n무료수신거부 080-123-4567"
    )
    assert letter.subject == "(광고) 연남빵집"
    assert flaw_of_letter(letter, NAME, CONTACT) is None


def test_without_a_number_to_refuse_by_there_is_none() -> None:
    """L8: refused, not sent without it."""
    letter = write_letter(NAME, CONTACT, None, WORDS)

    assert flaw_of_letter(letter, NAME, CONTACT) == "L8"


@pytest.mark.parametrize(
    "last", ["무료수신거부 02-123-4567", "수신거부 080-123-4567", "080-123-4567"]
)
def test_the_last_line_is_the_free_number(last: str) -> None:
    """L8, L10."""
    letter = write_letter(NAME, CONTACT, OPT_OUT, WORDS)
    text = letter.text.rpartition("\n")[0]

    assert flaw_of_letter(Letter(letter.subject, f"{text}\n{last}"), NAME, CONTACT) == "L8"


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("식빵 나왔어요! 02-123", ""),
        ("식빵 🍞 나왔어요 🍞", "🍞"),
        ("똠얌꿍 있어요", "똠"),
        ("펲시, 뷁", "펲뷁"),
        ("café", "é"),
    ],
)
def test_what_no_text_message_can_carry_is_found(text: str, odd: str) -> None:
    """1029: emoji, and rare syllables that Python's own codec would let pass in eight bytes."""
    assert unsendable_in(text) == odd


def test_its_owner_is_told_which_letters() -> None:
    problem = letter_problem(write_letter(NAME, CONTACT, OPT_OUT, "똠얌꿍 🍜"))

    assert problem is not None
    assert "똠 🍜" in problem


def test_its_owner_is_told_by_how_much_it_is_too_long() -> None:
    """Hangul counts two bytes."""
    letter = Letter("", "가" * (TEXT_BYTES_MAX // 2 + 3))

    assert letter_problem(letter) == "문자 한 통에 담기에는 길어요. 3자만 줄여서 다시 적어 주세요."


LETTERS = [chr(one) for one in (*range(0x20, 0x7F), *range(0xAC00, 0xD7A4))]
SENDABLE = st.text(
    [one for one in LETTERS if not unsendable_in(one)], min_size=1, max_size=40
).filter(lambda text: bool(text.strip()))


@given(SENDABLE, SENDABLE)
def test_what_is_written_is_sound_and_fits(name: str, words: str) -> None:
    """D1: the subject in 40 bytes, the text in 2,000."""
    letter = write_letter(name, CONTACT, OPT_OUT, words)

    assert flaw_of_letter(letter, name, CONTACT) is None
    assert letter_problem(letter) is None
    assert 0 < bytes_of(letter.subject) <= SUBJECT_BYTES_MAX
