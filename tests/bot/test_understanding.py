"""What people say and what they mean: a table, and what must hold for any words."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hearing.understanding import Meaning, digits_in, name_in, phone_in, understand
from bot.words import say
from domain.people import normal_phone

HERE = Path(__file__).parent
LEAST = 550
STOPS_LEAST = 150
LEAST_EACH = {
    **dict.fromkeys((Meaning.JOIN_CODE, Meaning.PAIR, Meaning.MAYBE_STOP, Meaning.PAUSE), 12),
    **dict.fromkeys((Meaning.RESUME, Meaning.SETTINGS, Meaning.NAME, Meaning.ENQUIRY), 12),
    **dict.fromkeys((Meaning.SHOP_HOURS, Meaning.SHOP_PLACE, Meaning.SHOP_PHONE), 12),
    **dict.fromkeys((Meaning.SHOP_MENU, Meaning.SHOP_PARKING, Meaning.THANKS), 12),
}
HEARD = {Meaning.STOP, Meaning.MAYBE_STOP, Meaning.PAUSE}
"""Withdrawn or resting at once: never merely asked."""


def table(name: str) -> list[tuple[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(words, meaning) for words, meaning in parts]


LINES = table("utterances.tsv")
UNSEEN = table("utterances_unseen.tsv")


@pytest.mark.parametrize(("words", "meaning"), LINES)
def test_utterance(words: str, meaning: str) -> None:
    assert understand(words) == meaning


def test_the_table_is_large_and_covers_every_meaning() -> None:
    counts = Counter(meaning for _, meaning in LINES)

    assert len(LINES) >= LEAST
    assert len({words for words, _ in LINES}) == len(LINES)
    assert set(counts) == {meaning.value for meaning in Meaning}
    assert sum(counts[heard] for heard in HEARD) >= STOPS_LEAST
    assert [one for one, least in LEAST_EACH.items() if counts[one] < least] == []


def test_no_stop_of_the_table_is_missed() -> None:
    """L4, L11: by whatever name it goes, advertising ends or rests at once."""
    stops = [words for words, meaning in LINES if meaning in HEARD]

    assert [words for words in stops if understand(words) not in HEARD] == []


def test_the_unseen_table_is_well_formed_and_shares_nothing_with_the_other() -> None:
    """How much of it is understood is measured by `make bench`, and nothing is tuned to it."""
    assert len(UNSEEN) >= 150
    assert {meaning for _, meaning in UNSEEN} <= {meaning.value for meaning in Meaning}
    assert {words for words, _ in UNSEEN} & {words for words, _ in LINES} == set()


@pytest.mark.parametrize(
    "words",
    [
        *(
            "동이해요",
            "네 동이합니다",
            "도이합니다",
            "소식 밧을래용",
            "소식 반을래요",
            "소식 받을랭",
        ),
        *("네 모두 지을게요", "모두 지율게요", "탈태", "탈퇘할래요", "회원탈테", "넵 마자여"),
        *("48291", "4829133", "48-29", "2048173", "204817333"),
    ],
)
def test_what_only_resembles_a_consent_or_an_end_decides_nothing(words: str) -> None:
    """L42: it may lead to a question, never to an answer."""
    decisive = {Meaning.YES, Meaning.AGREE_ADS, Meaning.ERASE, Meaning.LEAVE, Meaning.CLAIM}

    assert understand(words) not in decisive | {Meaning.PAIR}


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("48 29 13", "482913"),
        ("단골 번호 40211", "40211"),
        ("등록 코드 2048-1733이에요", "20481733"),
        ("1234", ""),
        ("도장", ""),
    ],
)
def test_the_digits_of_a_code_are_read(words: str, digits: str) -> None:
    assert digits_in(words) == digits


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("제 이름은 김영희예요", "김영희"),
        ("이름을 박철수로 바꿔 주세요", "박철수"),
        ("이름은 은지예요", "은지"),
        ("저는 김영희라고 해요", "김영희"),
        ("제 이름은 Kim Minsu입니다", "Kim Minsu"),
        ("성함은 남궁민수입니다", "남궁민수"),
        ("김영희", "김영희"),
        ("김영희요", "김영희"),
        ("이름 바꿀래요", None),
        ("이름이 잘못됐어요", None),
        ("이름이 뭐예요", None),
        ("이름 변경", None),
        ("도장 찍어 주세요 제발요", None),
        ("", None),
    ],
)
def test_names_are_found_in_sentences(words: str, name: str | None) -> None:
    assert name_in(words) == name


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
        ("pause", Meaning.PAUSE),
        ("resume", Meaning.RESUME),
        ("keep", Meaning.AGREE_ADS),
        ("stop_now", Meaning.STOP),
        ("settings", Meaning.SETTINGS),
        ("ask", Meaning.ENQUIRY),
        ("pass_on", Meaning.ENQUIRY),
        ("shop_hours", Meaning.SHOP_HOURS),
        ("shop_place", Meaning.SHOP_PLACE),
        ("shop_phone", Meaning.SHOP_PHONE),
        ("shop_menu", Meaning.SHOP_MENU),
        ("shop_parking", Meaning.SHOP_PARKING),
        ("name_ask", Meaning.NAME),
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
