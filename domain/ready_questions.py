"""What customers of each trade ask most: offered to an owner who has not answered it yet."""

from collections.abc import Mapping, Sequence

OF_TRADE: Mapping[str, Sequence[str]] = {
    "bakery": (
        "케이크 예약 되나요?",
        "빵 나오는 시간이 언제예요?",
        "택배나 배달 되나요?",
        "글루텐프리 빵 있나요?",
        "남은 빵은 어떻게 보관하나요?",
    ),
    "ricecake": (
        "떡 주문은 며칠 전에 하나요?",
        "돌떡이나 답례떡 되나요?",
        "택배나 배달 되나요?",
        "떡은 어떻게 보관하나요?",
        "최소 주문이 얼마부터예요?",
    ),
    "sidedish": (
        "오늘 반찬은 뭐예요?",
        "배달 되나요?",
        "명절 음식 예약 되나요?",
        "며칠까지 두고 먹을 수 있나요?",
        "덜 맵게 되나요?",
    ),
    "fruit": (
        "선물 상자 되나요?",
        "택배나 배달 되나요?",
        "오늘 제일 맛있는 과일이 뭐예요?",
        "상한 과일은 바꿔 주나요?",
        "과일은 어떻게 보관하나요?",
    ),
    "fish": (
        "회 떠 주시나요?",
        "손질해 주시나요?",
        "오늘 들어온 생선이 뭐예요?",
        "택배나 배달 되나요?",
        "원산지가 어디예요?",
    ),
    "butcher": (
        "고기 손질해 주시나요?",
        "선물 세트 되나요?",
        "택배나 배달 되나요?",
        "원산지가 어디예요?",
        "오늘 좋은 부위가 뭐예요?",
    ),
    "cafe": (
        "자리 예약 되나요?",
        "강아지 데려가도 되나요?",
        "디카페인 있나요?",
        "단체 주문 되나요?",
        "와이파이 있나요?",
    ),
    "hair": (
        "예약은 어떻게 하나요?",
        "커트 가격이 얼마예요?",
        "파마는 몇 시간 걸리나요?",
        "예약 취소는 언제까지 되나요?",
        "아이 커트 되나요?",
    ),
    "flowers": (
        "꽃다발 예약 되나요?",
        "꽃 배달 되나요?",
        "꽃다발 가격이 얼마부터예요?",
        "꽃은 어떻게 보관하나요?",
        "화분 분갈이 되나요?",
    ),
    "restaurant": (
        "자리 예약 되나요?",
        "포장 되나요?",
        "배달 되나요?",
        "단체석 있나요?",
        "아이 의자 있나요?",
    ),
}
OF_ANY: Sequence[str] = (
    "카드 결제 되나요?",
    "택배나 배달 되나요?",
    "예약 되나요?",
    "지역상품권 쓸 수 있나요?",
    "교환이나 환불 되나요?",
)


def common_questions(trade: str | None) -> Sequence[str]:
    """Five of a trade, as the catalog calls it; those of any shop where it is not known."""
    return OF_TRADE.get(trade or "", OF_ANY)
