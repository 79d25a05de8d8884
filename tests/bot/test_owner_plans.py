"""Whom, when and how to steer, in owners' words; customers' words are never heard as these."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hearing.owner_words import OwnerMeaning, understand_owner
from bot.hearing.steering import Steering, steering_in
from bot.hearing.whom import split_whom, whom_alone
from bot.owner.repeats import begins_with_plan, planned_in, repeat_in, spoken_repeat
from domain.schedule import Every, Repeat
from domain.segments import Ready

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # a Sunday, 10:00 KST
HERE = Path(__file__).parent
CUSTOMERS = [
    line.split("\t")[0]
    for name in ("utterances.tsv", "utterances_unseen.tsv")
    for line in (HERE / name).read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(
    ("words", "which"),
    [
        ("요즘 안 오시는 분들께", Ready.QUIET),
        ("발길 끊긴 분들께만 보내줘", Ready.QUIET),
        ("단골들한테만", Ready.REGULAR),
        ("자주 오시는 분들만", Ready.REGULAR),
        ("이번 주 생일인 분", Ready.BIRTHDAY),
        ("도장 거의 찬 분", Ready.NEARLY_FULL),
        ("도장 하나 남은 손님들께", Ready.NEARLY_FULL),
        ("쿠폰 안 쓴 분", Ready.HAS_COUPON),
        ("새로 오신 분", Ready.NEW),
        ("곧 단골 될 분들께", Ready.NEARLY_REGULAR),
        ("모든 단골에게", Ready.EVERYBODY),
        ("단골들한테", None),
        ("전부 보내줘", None),
        ("생일 케이크 나왔어요", None),
    ],
)
def test_whom_alone(words: str, which: Ready | None) -> None:
    assert whom_alone(words) == which


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("요즘 안 오시는 분들께 식빵 20% 할인", (Ready.QUIET, "식빵 20% 할인")),
        ("생일인 분들께: 케이크 드려요", (Ready.BIRTHDAY, "케이크 드려요")),
        ("단골들한테만 오늘 마감세일", (Ready.REGULAR, "오늘 마감세일")),
        ("생일인 분 케이크 20% 할인", None),
        ("오늘 단골들한테만 할인", None),
    ],
)
def test_whom_in_front_is_no_part_of_the_news(words: str, found: tuple[Ready, str] | None) -> None:
    assert split_whom(words) == found


@pytest.mark.parametrize(
    ("words", "repeat"),
    [
        ("매주 목요일 3시에", Repeat(every=Every.WEEK, clock_time=time(15), weekday=3)),
        ("매주 목요일 3시에 보내줘", Repeat(every=Every.WEEK, clock_time=time(15), weekday=3)),
        ("목요일마다 10시 반", Repeat(every=Every.WEEK, clock_time=time(10, 30), weekday=3)),
        ("매달 첫째 월요일", Repeat(every=Every.MONTH, clock_time=time(10), weekday=0, nth=1)),
        (
            "매달 마지막 금요일 오후 5시",
            Repeat(every=Every.MONTH, clock_time=time(17), weekday=4, nth=-1),
        ),
        ("매일 아침", Repeat(every=Every.DAY, clock_time=time(9))),
        ("매일 굽는 빵", None),
        ("매주 목요일 3시에 식빵이 나와요", None),
        ("목요일 3시에", None),
    ],
)
def test_repeats(words: str, repeat: Repeat | None) -> None:
    assert repeat_in(words) == repeat


@given(
    st.sampled_from(Every),
    st.integers(0, 6),
    st.sampled_from([1, 2, 3, 4, -1]),
    st.times(time(8), time(20, 49)).map(lambda one: one.replace(second=0, microsecond=0)),
)
def test_a_repeat_is_understood_as_it_is_said(
    every: Every, weekday: int, nth: int, clock: time
) -> None:
    repeat = Repeat(
        every=every,
        clock_time=clock,
        weekday=None if every is Every.DAY else weekday,
        nth=nth if every is Every.MONTH else None,
    )

    assert repeat_in(spoken_repeat(repeat)) == repeat


@pytest.mark.parametrize("words", ["좋은 때에", "좋은 때에 보내줘", "알아서 좋은 시간에"])
def test_a_good_moment(words: str) -> None:
    planned = planned_in(words, NOW)

    assert planned is not None
    assert planned.is_good_moment


def test_a_repeat_before_the_news_is_found() -> None:
    found = begins_with_plan("매주 목요일 3시에 식빵이 나와요", NOW)

    assert found is not None
    assert (found[0].repeat, found[1]) == (repeat_in("매주 목요일 3시에"), "식빵이 나와요")


@pytest.mark.parametrize(
    ("words", "steering"),
    [
        ("멈춰", Steering.PAUSE),
        ("잠깐 멈춰", Steering.PAUSE),
        ("잠시만 멈춰주세요", Steering.PAUSE),
        ("일시정지", Steering.PAUSE),
        ("다시 보내", Steering.RESUME),
        ("계속 보내줘", Steering.RESUME),
        ("마저 보내", Steering.RESUME),
        ("그만 보내", Steering.END),
        ("이제 그만 보내줘", Steering.END),
        ("보내던 거 끝내줘", Steering.END),
        ("오늘 빵 다시 보내줘", None),
        ("멈출 수 없는 맛", None),
    ],
)
def test_steering(words: str, steering: Steering | None) -> None:
    assert steering_in(words) == steering


@pytest.mark.parametrize("words", CUSTOMERS)
def test_no_customer_speaks_as_an_owner_about_whom_or_series(words: str) -> None:
    assert understand_owner(words) not in (OwnerMeaning.WHOM, OwnerMeaning.SERIES)
    assert split_whom(words) is None
