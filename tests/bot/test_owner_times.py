"""Korean times as owners write them, and the times that are offered."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.owner.times import begins_with_time, choices, is_only_time, is_only_when, spoken, time_in
from domain.campaigns import SenderName
from domain.gate import may_leave

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
"""A Wednesday, 10:00 KST."""

SAID = {
    "내일 오후 3시": "내일 오후 3시",
    "낼 3시": "내일 오후 3시",
    "금요일 10시 반": "모레 오전 10시 30분",
    "금요일 열 시 반에 보내줘": "모레 오전 10시 30분",
    "3시": "오늘 오후 3시",
    "세 시 반": "오늘 오후 3시 30분",
    "15시": "오늘 오후 3시",
    "15:20": "오늘 오후 3시 20분",
    "오전 9시": "내일 오전 9시",
    "오전 11시 5분": "오늘 오전 11시 5분",
    "12시": "오늘 오후 12시",
    "밤 10시": "오늘 오후 10시",
    "저녁 7시": "오늘 오후 7시",
    "내일 아침": "내일 오전 9시",
    "모레 점심": "모레 오후 12시",
    "다음 주 월요일 열한 시": "11월 30일 (월) 오전 11시",
    "다음주 수요일 2시": "12월 2일 (수) 오후 2시",
    "수요일 2시": "오늘 오후 2시",
    "11월 30일 오후 2시 30분": "11월 30일 (월) 오후 2시 30분",
    "30일 10시": "11월 30일 (월) 오전 10시",
    "3일 10시": "12월 3일 (목) 오전 10시",
    "1월 2일 4시": "1월 2일 (토) 오후 4시",
    "2시간 뒤": "오늘 오후 12시",
    "30분 후에": "오늘 오전 10시 30분",
    "글피 오후 5시": "11월 28일 (토) 오후 5시",
    "지금": "오늘 오전 10시",
    "바로 보내줘": "오늘 오전 10시",
    "오늘 9시": "오늘 오전 9시",
    "한 시간 뒤": "오늘 오전 11시",
    "한시간 있다가": "오늘 오전 11시",
    "두 시간 후에": "오늘 오후 12시",
    "1시간 반 뒤": "오늘 오전 11시 30분",
    "1시간 20분 뒤": "오늘 오전 11시 20분",
    "삼십분 뒤": "오늘 오전 10시 30분",
    "이틀 뒤 3시": "모레 오후 3시",
    "3일 뒤 3시": "11월 28일 (토) 오후 3시",
    "일주일 뒤 오전 10시": "12월 2일 (수) 오전 10시",
    "2주 뒤 10시": "12월 9일 (수) 오전 10시",
    "다다음주 월요일 3시": "12월 7일 (월) 오후 3시",
    "이번 주 금요일 3시": "모레 오후 3시",
    "이따 3시": "오늘 오후 3시",
    "점심 11시": "오늘 오전 11시",
    "낮 10시 반": "오늘 오전 10시 30분",
    "11월 30일 월요일 10시": "11월 30일 (월) 오전 10시",
}
NO_TIME = (
    "내일",
    "식빵 20% 할인",
    "언제가 좋을까",
    "31일 3시",
    "25시",
    "3시 70분",
    "",
    "2월 30일 9시",
    "3일 뒤",
    "일주일 뒤",
    "두어 시간 뒤",
    "스물네 시간 뒤",
    "밤 12시",
    "밤 1시",
    "저녁 12시",
    "오전 12시",
    "0시",
    "열세 시",
    "한 달 뒤 3시",
    "다음 달 3일 10시",
    "어제 3시",
    "3시 10분 전",
    "3시 30분 이후",
    "3시에서 5시 사이",
    "오늘 말고 내일 3시",
    "내일이나 모레 3시",
    "금요일 30일 3시",
)


@pytest.mark.parametrize(("words", "wanted"), SAID.items())
def test_a_time_is_understood(words: str, wanted: str) -> None:
    at = time_in(words, NOW)

    assert at is not None
    assert spoken(at, NOW) == wanted


@pytest.mark.parametrize("words", NO_TIME)
def test_what_names_no_time_is_asked_again(words: str) -> None:
    assert time_in(words, NOW) is None


@pytest.mark.parametrize(
    "words", ["내일 3시에 보내줘", "금요일 10시 반", "지금", "2시간 뒤에 보내줘요", "내일 아침"]
)
def test_words_that_only_say_when(words: str) -> None:
    assert is_only_time(words, NOW)


@pytest.mark.parametrize(
    "words", ["내일 3시에 식빵 나와요", "오늘 식빵 20% 할인", "내일", "보내줘"]
)
def test_words_that_say_what(words: str) -> None:
    assert not is_only_time(words, NOW)


@pytest.mark.parametrize(
    "words", ["다음 달 3일 10시에 보내줘", "밤 12시", "일주일 뒤에 보내줘", "내일"]
)
def test_words_of_time_alone_that_are_not_understood(words: str) -> None:
    assert is_only_when(words)
    assert not is_only_time(words, NOW)


@pytest.mark.parametrize("words", ["아니", "보내줘", "토요일에 문 열어요?", "3시 반값 할인"])
def test_words_that_are_not_of_time_alone(words: str) -> None:
    assert not is_only_when(words)


def test_a_line_may_begin_with_a_time() -> None:
    found = begins_with_time("내일 오후 3시에 식빵이 나와요", NOW)

    assert found is not None
    assert (spoken(found[0], NOW), found[1]) == ("내일 오후 3시", "식빵이 나와요")
    assert begins_with_time("오늘 식빵 20% 할인", NOW) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_every_offered_time_is_ahead_lawful_and_read_back_as_itself(now: datetime) -> None:
    offered = choices(now)

    assert offered
    for at in offered:
        assert at > now
        assert may_leave(SenderName.KAKAO_EVENT, at).is_allowed
        assert time_in(spoken(at, now), now) == at


@given(st.text(max_size=40))
def test_no_words_break_it(words: str) -> None:
    at = time_in(words, NOW)

    assert at is None or at.tzinfo is not None
