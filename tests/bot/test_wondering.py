"""Which words are a question, and which kept answer is for them: a wrong answer is worse than
none.
"""

import pytest

from bot.hearing.wondering import best_answer, is_question
from domain.people import AnswerId
from storage.queries.ready_answers import ReadyView

KEPT = [
    ReadyView(AnswerId(number), question, f"{number}번 답")
    for number, question in enumerate(
        [
            "케이크 예약 되나요?",
            "택배나 배달 되나요?",
            "글루텐프리 빵 있나요?",
            "강아지 데려가도 되나요?",
            "남은 빵은 어떻게 보관하나요?",
            "지역상품권 쓸 수 있나요?",
            "소금빵 나오는 시간이 언제예요?",
            "되나요?",
        ]
    )
]


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("케이크 예약 되나요?", "케이크 예약 되나요?"),
        ("케이크예약돼요", "케이크 예약 되나요?"),
        ("혹시 생일 케이크도 예약할 수 있을까요??", "케이크 예약 되나요?"),
        ("케이크 예야 되나요?", "케이크 예약 되나요?"),
        ("케익 예약 되나요?", None),  # goes to the owner, which costs nobody a wrong answer
        ("글루텐 프리 빵도 있어요?", "글루텐프리 빵 있나요?"),
        ("지역 상품권 받으세요?", "지역상품권 쓸 수 있나요?"),
        ("지역상품권 쓸수있나요", "지역상품권 쓸 수 있나요?"),
        ("소금빵 나오는시간 알려주세요", "소금빵 나오는 시간이 언제예요?"),
        ("케이크 배달 되나요?", None),
        ("꽃다발 예약 되나요?", None),
        ("예약 되나요?", None),
        ("강아지 간식 있나요?", None),
        ("빵 있나요?", None),
        ("되나요?", "되나요?"),
        ("", None),
        ("!!!", None),
    ],
)
def test_an_answer_is_given_only_where_its_question_was_asked(
    words: str, question: str | None
) -> None:
    found = best_answer(words, KEPT)

    assert (found.question if found else None) == question


@pytest.mark.parametrize(
    "words",
    [
        "강아지 데리고 들어가도 되나요",
        "소금빵 언제 나와요?",
        "오늘 소금빵 남았어요?",
        "통밀빵도 파세요",
        "주문 제작 가능한가요~",
        "얼마부터 주문할 수 있는지 궁금해요",
        "현금영수증 돼요ㅎㅎ",
        "남은거 알려주세요",
    ],
)
def test_a_question_is_heard(words: str) -> None:
    assert is_question(words)


@pytest.mark.parametrize(
    "words",
    [
        "어제 빵이 참 맛났다오",
        "아무말 대잔치",
        "??",
        "뭐야?",
        "ㅋㅋㅋㅋ?",
        "",
        "좋은 하루 보내세요",
    ],
)
def test_what_is_no_question_is_not_sent_to_anybody(words: str) -> None:
    assert not is_question(words)
