"""What people say and what they mean: a table, and what must hold for any words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import Meaning, phone_in, understand
from bot.words import BLOCKS, say
from domain.people import normal_phone

TABLE = Path(__file__).parent / "utterances.tsv"
LINES = [
    tuple(line.split("\t"))
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
LEAST = 120


@pytest.mark.parametrize(("words", "meaning"), LINES)
def test_utterance(words: str, meaning: str) -> None:
    assert understand(words) == meaning


def test_the_table_is_large_and_covers_every_meaning() -> None:
    assert len(LINES) >= LEAST
    assert len({words for words, _ in LINES}) == len(LINES)
    assert {meaning for _, meaning in LINES} == {meaning.value for meaning in Meaning}


@pytest.mark.parametrize(
    ("block", "meaning"),
    [
        ("join", Meaning.JOIN),
        ("of_age", Meaning.YES),
        ("not_of_age", Meaning.NO),
        ("ads_yes", Meaning.AGREE_ADS),
        ("ads_no", Meaning.NO),
        ("ads_again", Meaning.AGREE_ADS),
        ("ads_ask", Meaning.AGREE_ADS),
        ("stop", Meaning.STOP),
        ("my_info", Meaning.MY_INFO),
        ("shop_info", Meaning.SHOP_INFO),
        ("help", Meaning.HELP),
        ("phone_ask", Meaning.LEAVE_PHONE),
        ("phone_skip", Meaning.NO),
        ("phone_forget", Meaning.FORGET_PHONE),
        ("stamp_code", Meaning.STAMP_CODE),
        ("my_stamps", Meaning.MY_STAMPS),
        ("my_coupons", Meaning.MY_COUPONS),
        ("use_coupon", Meaning.USE_COUPON),
        ("open_coupon", Meaning.MY_COUPONS),
        ("told_off", Meaning.TOLD_OFF),
        ("told_on", Meaning.TOLD_ON),
        ("birthday_ask", Meaning.BIRTHDAY),
        ("birthday_forget", Meaning.FORGET_BIRTHDAY),
        ("erase_ask", Meaning.LEAVE),
        ("erase", Meaning.ERASE),
    ],
)
def test_each_button_means_what_it_says_also_when_typed(block: str, meaning: Meaning) -> None:
    assert understand(say("buttons", block)) is meaning


def test_every_button_is_in_that_table() -> None:
    assert len([1 for file, _ in BLOCKS if file == "buttons"]) == 25


@given(st.text(max_size=60))
def test_any_words_mean_something(words: str) -> None:
    assert understand(words) in Meaning


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_stop_is_heard_among_other_words(before: str, after: str) -> None:
    """L4, L11: also in the middle of anything that does not undo it."""
    assert understand(f"{before} 무료 수신거부 {after}") in (Meaning.STOP, Meaning.AGREE_ADS)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("제 번호는 010-1234-5678이에요", "010-1234-5678"),
        ("０１０１２３４５６７８", "01012345678"),
        ("123010123456789", None),
        ("02-123-4567", None),
    ],
)
def test_phone_numbers_are_found_in_sentences(words: str, found: str | None) -> None:
    assert phone_in(words) == found


@pytest.mark.parametrize(
    "words",
    [
        "8210-1234-5678",
        "82 10 1234 5678이에요",
        "제 번호 +82 (0)10-1234-5678",
        "+82 (0) 10 1234 5678",
        "+82-010-1234-5678",
    ],
)
def test_a_number_that_is_recognised_is_also_taken(words: str) -> None:
    assert understand(words) is Meaning.PHONE
    assert normal_phone(phone_in(words) or "") == "01012345678"
