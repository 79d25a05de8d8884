"""What may be asked, and by when an answer is promised."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.enquiries import (
    ANSWERING_FROM,
    ANSWERING_UNTIL,
    HIDDEN,
    REPLY_HOURS,
    WORDS_MAX,
    check_ready_answer,
    promised_by,
    sound_question,
)
from domain.ready_questions import OF_ANY, OF_TRADE, common_questions
from domain.refusals import Invalid
from domain.time import KST, in_kst


def kst(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=KST).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "hours", "promised"),
    [
        (kst(23, 10), 24, kst(24, 10)),
        (kst(23, 10, 1), 24, kst(24, 11)),
        (kst(23, 10), 3, kst(23, 13)),
        (kst(23, 17), 3, kst(23, 20)),
        (kst(23, 17, 1), 3, kst(24, 9)),  # 21:00 is night
        (kst(23, 23), 3, kst(24, 9)),
        (kst(23, 2), 3, kst(23, 9)),
    ],
)
def test_a_promise_is_a_whole_hour_of_the_day(
    asked: datetime, hours: int, promised: datetime
) -> None:
    assert promised_by(asked, hours) == promised


@given(
    st.integers(0, 366 * 24 * 60).map(lambda minutes: kst(1, 0) + timedelta(minutes=minutes)),
    st.sampled_from(REPLY_HOURS),
)
def test_nobody_is_promised_an_answer_at_night_or_too_soon(asked: datetime, hours: int) -> None:
    promised = promised_by(asked, hours)

    assert promised >= asked + timedelta(hours=hours)
    assert promised < asked + timedelta(hours=hours + 13)
    assert ANSWERING_FROM <= in_kst(promised).time() <= ANSWERING_UNTIL


@pytest.mark.parametrize(
    ("words", "passed"),
    [
        ("  주차 되나요?  ", "주차 되나요?"),
        ("제 번호는 900101-1234567 인데요", f"제 번호는 {HIDDEN} 인데요"),
        ("1234-5678-9012-3456 카드로 되나요", f"{HIDDEN} 카드로 되나요"),
        ("빵" * (WORDS_MAX + 9), "빵" * WORDS_MAX),
    ],
)
def test_what_is_passed_on_is_short_and_without_forbidden_numbers(words: str, passed: str) -> None:
    """L58."""
    assert sound_question(words) == passed


@pytest.mark.parametrize(
    ("question", "answer", "wrong"),
    [
        ("", "답", {"question"}),
        ("질문", "", {"answer"}),
        ("가" * 101, "나" * 401, {"question", "answer"}),
    ],
)
def test_a_ready_answer_has_both_halves(question: str, answer: str, wrong: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        check_ready_answer(question, answer)

    assert set(refused.value.fields) == wrong


@pytest.mark.parametrize("trade", [*OF_TRADE, None, "something else"])
def test_every_shop_is_offered_five_questions(trade: str | None) -> None:
    questions = common_questions(trade)

    assert len(set(questions)) == 5
    assert (questions is OF_ANY) is (trade not in OF_TRADE)
    for question in questions:
        check_ready_answer(question, "답")
