"""L58: what must not stand in a note is refused before it is written down."""

import pytest

from domain.notes import check_note
from domain.refusals import Invalid

FINE = [
    "식빵은 늘 두 개, 잘라 드림",
    "토요일 오전에 자주 오심",
    "손녀 생일에 케이크 주문",
    "전화 010-1234-5678로 예약 확인",
    "팥은 달지 않게",
    "2026년 11월 25일 떡 3kg 예약",
    "주문번호 20261125-001",
    "단체 주문 30,000원",
    "게이샤 원두 좋아하심",
    "예전과 같은 걸로 드림",
    "전과 같이 포장",
    "늘 앉으신 자리는 창가",
    "늘 앉으신자리는 창가",
    "수입원두만 드심",
    "물병 원하심",
    "통풍 잘되는 자리",
    "통풍이 잘 되는 자리",
    "토마스님 소개로 오심",
    "행복용품점 사장님",
    "포장 로스팅 원두",
    "포장로스팅 원두",
    "새우파스타 좋아하심",
    "이성당 팥빵과 견주심",
    "정당한 값이라 하심",
]
FORBIDDEN = [
    "880101-1234567",
    "주민번호 8801011234567",
    "여권 M123A4567",
    "면허 11-22-333333-44",
    "카드 1234-5678-9012-3456",
    "당뇨가 있어 단 것 안 드심",
    "당 뇨 있으심",
    "임신 중이라 커피 안 됨",
    "견과 알레르기",
    "무릎 수술하심",
    "일요일은 교회 가심",
    "절에 다니셔서 고기 안 드심",
    "민주당 당원",
    "노조 위원장",
    "전과 있다는 소문",
    "전과 3범이라 함",
    "통풍이 있어 맥주 안 드심",
    "통풍 때문에 등푸른 생선 안 드심",
    "고혈 압 있으심",
    "당 뇨가 있으심",
    "독실한 신자",
    "옆 절 스님",
    "장로님이 시키심",
    "병원 다녀오심",
    "약 복용 중",
    "지난달 입원하심",
    "게이라는 소문",
    "8 8 0 1 0 1 - 1 2 3 4 5 6 7",
    "카드 1234 567 8901 23456",
    "여권 M123 A4567",
]


@pytest.mark.parametrize("words", FINE)
def test_what_a_baker_writes_is_kept(words: str) -> None:
    assert check_note(f"  {words} ") == words


@pytest.mark.parametrize("words", FORBIDDEN)
def test_sensitive_words_are_refused(words: str) -> None:
    with pytest.raises(Invalid, match="invalid") as refusal:
        check_note(words)

    assert "적을 수 없어요" in refusal.value.fields["note"]


@pytest.mark.parametrize("words", ["", "   ", "가" * 201])
def test_nothing_and_too_much_are_refused(words: str) -> None:
    with pytest.raises(Invalid):
        check_note(words)
