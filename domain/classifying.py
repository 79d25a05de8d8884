"""Advertisement or information? The table of programme-and-law.md 3.2; in doubt advertisement.

An owner's message to a list is an advertisement whatever it says: what would make it information
(a booking, an order, a purchase) is known for one person and comes from the program itself.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from domain.campaigns import MessageKind

AD, INFORMATION = MessageKind.ADVERTISEMENT, MessageKind.INFORMATION


class Source(StrEnum):
    """Where a message comes from: the owner's words to many, or something of one person."""

    OWNER = "owner"
    ANSWER = "answer"
    ORDER = "order"
    BOOKING = "booking"
    EARNED = "earned"
    GIFT = "gift"
    LAPSING = "lapsing"
    STATUTORY = "statutory"


@dataclass(frozen=True, slots=True)
class Classed:
    """`why`: one line for the owner."""

    kind: MessageKind
    why: str


WON: Final = r"\d\s?[천만]?\s?원|(?:(?<![가-힣])|[일이삼사오육칠팔구십백])[천만]\s?원(?!래|하)"
"""Also 오만 원; not the letters in 작지만 원래."""

TOPICS: Final = (
    (
        "할인 이야기",
        rf"할인|세일|반값|특가|떨이|저렴|싸게|(?<!비)싼|\d\s?%|1\+1|행사|이벤트|마감|{WON}",
    ),
    ("쿠폰 이야기", r"쿠폰|이용권|교환권|상품권|적립|도장|포인트"),
    (
        "선물 이야기",
        r"선물|증정|무료|공짜|(?<![가-힣])덤(?!덤)|서비스|사은|드려요|드립니다|드릴게요",
    ),
    (
        "새로 나온 것 이야기",
        r"새로|신메뉴|신상|나왔|나와요|들어왔|들어와요|출시|개시|갓 |햇|첫선|제철|준비했",
    ),
    ("쉬는 날이나 여는 시간 안내", r"쉬어|쉽니다|쉬는|휴무|휴가|영업|문 ?닫|일찍 닫|열어요|엽니다"),
    ("예약이나 주문 이야기", r"예약|주문|사전 ?접수|미리 (?:말씀|전화)"),
    ("오시라는 이야기", r"들러|오세요|오셔|찾아 주|구경|드셔|맛보|보러|놀러|뵈어|뵙"),
    ("생일 이야기", r"생일|생신"),
    ("인사", r"고맙|고마워|감사|안녕|새해 복|잘 지내|응원|건강|행복|수고"),
)
"""What the words are about, the first that fits; only what an owner is told depends on it."""

URGE: Final = re.compile(
    r"들러|오세요|오셔|구경|사 ?가|사세요|드셔|맛보|할인|세일|반값|특가|이벤트|행사|쿠폰 (?:드|받)"
    r"|\d\s?%|1\+1|추천|서두르|놓치지|어떠세요|준비했|함께 (?:보|드)|새로 나|신메뉴|더 드려|덤"
)
"""Mixed with any of these, information is an advertisement (K3)."""


def classify(body: str, source: Source = Source.OWNER) -> Classed:
    match source:
        case Source.OWNER:
            return Classed(AD, _why_owner(body))
        case Source.GIFT:
            return Classed(AD, "산 것과 상관없이 드리는 선물이라 광고로 보내요.")
        case Source.STATUTORY:
            return Classed(INFORMATION, "법에 따라 알려 드리는 글이라 광고가 아니에요.")
        case Source.ANSWER | Source.ORDER | Source.BOOKING | Source.EARNED | Source.LAPSING:
            if URGE.search(body):
                return Classed(AD, "알림에 사시라는 말이 섞여 있어 광고로 보내요.")
            return Classed(INFORMATION, "그분의 일만 알려 드리는 글이라 광고가 아니에요.")
        case _:
            assert_never(source)


def _why_owner(body: str) -> str:
    topic = next((name for name, words in TOPICS if re.search(words, body)), None)
    if topic is None:
        return "여러 단골께 한꺼번에 보내는 글이라 광고로 보내요."
    if topic == "인사" or topic.startswith("쉬는 날"):
        return f"{topic}도 여러 단골께 보내면 광고로 쳐요."
    return f"{topic}가 있어 광고로 보내요."
