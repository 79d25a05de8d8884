"""Numbers, names and words as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import clean_text, masked_phone, normal_phone


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("01012345678", "01012345678"),
        ("010-1234-5678", "01012345678"),
        ("010 1234 5678", "01012345678"),
        ("010.1234.5678", "01012345678"),
        ("(010)1234-5678", "01012345678"),
        ("+82 10-1234-5678", "01012345678"),
        ("+821012345678", "01012345678"),
        ("8210-1234-5678", "01012345678"),
        ("82-10-1234-5678", "01012345678"),
        ("82 10 1234 5678", "01012345678"),
        ("+82 (0)10-1234-5678", "01012345678"),
        ("+82 010 1234 5678", "01012345678"),
        ("011-123-4567", "0111234567"),
        ("019 1234 5678", "01912345678"),
        ("\t010-1234-5678\n", "01012345678"),
    ],
)
def test_a_mobile_number_however_it_is_written(written: str, digits: str) -> None:
    assert normal_phone(written) == digits


@pytest.mark.parametrize(
    "written",
    [
        "",
        "빵",
        "010-123-456",
        "010-12345-67890",
        "02-123-4567",
        "1577-1234",
        "015-1234-5678",
        "+1 10 1234 5678",
        "82-2-123-4567",
        "+82 (0)2-123-4567",
        "82 82 10 1234 5678",
        "010-1234-567a",
        "010１２３４５６７８",
        "010٠١٢٣٤٥٦٧",
        "01012345678 01012345678",
    ],
)
def test_what_is_no_mobile_number(written: str) -> None:
    assert normal_phone(written) is None


@given(st.text())
def test_any_text_is_a_number_of_ours_or_none(written: str) -> None:
    digits = normal_phone(written)
    if digits is not None:
        assert digits.isascii()
        assert digits.isdigit()
        assert normal_phone(digits) == digits


def test_a_masked_number_shows_its_ends() -> None:
    assert masked_phone("01012345678") == "010-****-5678"


@pytest.mark.parametrize(
    ("words", "clean"),
    [
        ("  식빵  ", "식빵"),
        ("식빵\n두 개", "식빵\n두 개"),
        ("식\x00빵", "식빵"),
        ("식\ud83d빵", "식빵"),
        ("\udc00", ""),
        ("탭\t은 없앤다", "탭은 없앤다"),
        ("\u200b\u202e보이지 않는 것", "보이지 않는 것"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f", "👨\u200d👩\u200d👧 ❤\ufe0f"),
    ],
)
def test_words_are_cleaned(words: str, clean: str) -> None:
    assert clean_text(words) == clean


@given(st.text(alphabet=st.characters()))
def test_clean_words_can_be_stored_and_stay_clean(words: str) -> None:
    clean = clean_text(words)

    assert clean.encode().decode() == clean
    assert "\x00" not in clean
    assert clean_text(clean) == clean
