"""Advertisement or information: the table of 3.2, sentence by sentence; in doubt advertisement."""

import pytest

from domain.campaigns import MessageKind
from domain.classifying import Source, classify

AD, INFORMATION = MessageKind.ADVERTISEMENT, MessageKind.INFORMATION
SALE, NEW, GIFT, COUPON = "할인 이야기", "새로 나온 것 이야기", "선물 이야기", "쿠폰 이야기"
CLOSED, COME, HELLO, ALL = "쉬는 날이나", "오시라는 이야기", "인사도", "여러 단골께 한꺼번에"
BIRTHDAY, ORDERS = "생일 이야기", "예약이나 주문"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("오늘 식빵 반값이에요", SALE),
        ("내일까지 20% 할인해요", SALE),
        ("세 팩에 만 원이에요", SALE),
        ("저녁 7시부터 떨이해요", SALE),
        ("아메리카노 2,000원", SALE),
        ("두 개 사면 하나 더! 1+1", SALE),
        ("소금빵이 새로 나왔어요", NEW),
        ("신메뉴 딸기라테", NEW),
        ("오늘 3시 식빵 나와요", NEW),
        ("제철 꽃게가 왔네요", NEW),
        ("햇 사과 있어요", NEW),
        ("오늘 오시면 쿠키를 드려요", GIFT),
        ("떡 한 팩 덤이에요", GIFT),
        ("쿠폰을 넣어 두었어요", COUPON),
        ("도장 두 배 날이에요", COUPON),
        ("포인트를 쓰실 수 있어요", COUPON),
        ("내일은 하루 쉬어요", CLOSED),
        ("설 연휴 휴무 안내", CLOSED),
        ("오늘은 일찍 닫아요", CLOSED),
        ("여는 시간이 10시로 바뀌어요. 영업 시간 확인해 주세요", CLOSED),
        ("송편 예약받아요", ORDERS),
        ("지나는 길에 들러 주세요", COME),
        ("한번 맛보고 가세요", COME),
        ("생일 축하해요", BIRTHDAY),
        ("늘 고맙습니다", HELLO),
        ("새해 복 많이 받으세요", HELLO),
        ("한 해 동안 수고 많으셨어요", HELLO),
        ("비가 오네요", ALL),
        ("비싼 값 못 하던 자리를 옮겼어요", ALL),
        ("덤덤한 하루예요", ALL),
        ("작지만 원래 그래요", ALL),
        ("오만 원이에요", SALE),
        ("가게 앞 공사가 끝났습니다", ALL),
        ("문의는 채팅으로 주세요", ALL),
        ("주문하신 빵이 준비됐어요", ORDERS),
    ],
)
def test_an_owners_message_to_a_list_is_an_advertisement(body: str, why: str) -> None:
    """Also a greeting, also a closing notice: what would make it information is not known."""
    classed = classify(body)

    assert classed.kind is AD
    assert classed.why.startswith(why)


@pytest.mark.parametrize(
    ("source", "body", "kind"),
    [
        (Source.ANSWER, "네, 주차 두 대까지 돼요.", INFORMATION),
        (Source.ANSWER, "케이크는 이틀 전에 말씀해 주세요.", INFORMATION),
        (Source.ANSWER, "네 있어요. 오늘 딸기 케이크 할인하니 들러 주세요!", AD),
        (Source.ORDER, "주문하신 케이크가 준비됐어요.", INFORMATION),
        (Source.ORDER, "주문하신 케이크가 준비됐어요. 쿠키도 추천드려요.", AD),
        (Source.BOOKING, "예약하신 11월 24일은 가게가 쉬어요. 전화 주세요.", INFORMATION),
        (Source.BOOKING, "예약하신 날 쉬어요. 대신 다음 날 20% 깎아 드려요.", AD),
        (Source.EARNED, "오늘 구매로 도장 1개가 찍혔어요. 지금 7개예요.", INFORMATION),
        (Source.EARNED, "도장이 찍혔어요. 이번 주 신메뉴도 맛보세요.", AD),
        (Source.LAPSING, "구매로 받은 쿠폰이 11월 30일에 끝나요.", INFORMATION),
        (Source.LAPSING, "쿠폰이 곧 끝나요. 서두르세요!", AD),
        (Source.GIFT, "생일 쿠폰을 넣어 두었어요.", AD),
        (Source.GIFT, "고마워서 쿠폰을 드려요.", AD),
        (Source.STATUTORY, "11월 23일에 광고 수신동의를 거두셨어요.", INFORMATION),
        (Source.STATUTORY, "2년 전 11월 23일에 동의하셨어요. 그대로 두시겠어요?", INFORMATION),
    ],
)
def test_what_comes_from_the_program_is_information_while_it_is_bare(
    source: Source, body: str, kind: MessageKind
) -> None:
    """K3: mixed with anything that sells, it is an advertisement."""
    assert classify(body, source).kind is kind


@pytest.mark.parametrize("source", list(Source))
def test_every_class_is_explained_in_one_line(source: Source) -> None:
    why = classify("오늘 들러 주세요", source).why

    assert why.endswith("요.")
    assert len(why) <= 45
