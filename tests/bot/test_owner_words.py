"""What staff say to their own bot; what any customer might say stays a customer's."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hearing.owner_words import OwnerMeaning, code_in, news_in, stamps_in, understand_owner
from bot.hearing.understanding import Meaning, understand

TABLE = Path(__file__).parent / "owner_utterances.tsv"
LINES = [
    line.split("\t")
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
CUSTOMER = "customer"


@pytest.mark.parametrize(("words", "meaning"), LINES)
def test_owner_utterance(words: str, meaning: str) -> None:
    assert (understand_owner(words) or CUSTOMER) == meaning


def test_the_table_is_large_and_covers_every_meaning() -> None:
    counts = Counter(meaning for _, meaning in LINES)

    assert len(LINES) >= 80
    assert len({words for words, _ in LINES}) == len(LINES)
    assert set(counts) == {*(meaning.value for meaning in OwnerMeaning), CUSTOMER}


@pytest.mark.parametrize(
    "words", ["광고 그만", "무료 수신거부", "소식 안 받을래요", "광고 멈춰 주세요", "stop"]
)
def test_a_customers_stop_stays_one_for_staff(words: str) -> None:
    assert understand_owner(words) is None
    assert understand(words) is Meaning.STOP


@given(st.text(max_size=60))
def test_any_words_of_staff_are_read(words: str) -> None:
    meaning = understand_owner(words)

    assert meaning is None or meaning in OwnerMeaning
    assert len(code_in(words)) in (0, 4)
    assert stamps_in(words) >= 1


@pytest.mark.parametrize(
    ("words", "code", "stamps"),
    [
        ("1234", "1234", 1),
        ("도장 1234 두 개", "1234", 2),
        ("12 34 3개", "1234", 3),
        ("5429 일곱 개", "5429", 7),
        ("5429 열 개", "5429", 10),
        ("1234 99개", "1234", 20),
        ("쿠폰 1234 처리해 주세요", "1234", 1),
        ("1234 쿠폰", "1234", 1),
        ("482913", "", 1),
    ],
)
def test_codes_and_counts_are_read(words: str, code: str, stamps: int) -> None:
    assert (code_in(words), stamps_in(words)) == (code, stamps)


@pytest.mark.parametrize(
    ("words", "news"),
    [
        ("오늘 식빵 20% 할인 보내줘", "오늘 식빵 20% 할인"),
        ("오늘 식빵 20% 할인", "오늘 식빵 20% 할인"),
        ("단골들한테 커피 한 잔 무료라고 알려줘", "커피 한 잔 무료"),
        ("떡 반값이라고 보내 줘", "떡 반값"),
        ("식빵 20% 할인한다고 보내줘", "식빵 20% 할인합니다"),
        ("오늘 떡 나왔다고 보내줘", "오늘 떡 나왔습니다"),
        ("새 빵이 나온다고 알려줘", "새 빵이 나옵니다"),
        ("내일 쉰다고 단골들한테 보내줘", "내일 쉽니다"),
        ("떡 팔 만큼 남았다고 손님들에게 알려 주세요", "떡 팔 만큼 남았습니다"),
        ("예약 받는다고 좀 보내줘", "예약 받습니다"),
        ("자리 있다고 보내줘", "자리 있습니다"),
        ("빵이 싸다고 보내줘", "빵이 쌉니다"),
        ("놀러 오라고 보내줘", "놀러 오세요"),
        ("쿠폰 받으라고 보내줘", "쿠폰 받으세요"),
        ("오늘 휴무라고 보내줘", "오늘 휴무"),
        ("식빵 나왔어요 보내줘", "식빵 나왔어요"),
        ("커피와 쿠키를 함께 드려요", "커피와 쿠키를 함께 드려요"),
        ("빵 세일 소식 좀 돌려줘", "빵 세일"),
        ("보내기", None),
        ("소식 보낼래", None),
        ("소식 하나 보내줘", None),
    ],
)
def test_what_is_to_be_told_stands_without_the_request(words: str, news: str | None) -> None:
    assert news_in(words) == news
