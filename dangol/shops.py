"""The shops of the demo's market street, as they are before anybody has opened them."""

from collections.abc import Sequence
from dataclasses import dataclass

from dangol.pictures import Color

BREAD = ((250, 236, 214), (255, 214, 150), (190, 112, 48))
RICE = ((238, 243, 230), (255, 250, 240), (150, 178, 120))
GREEN = ((232, 241, 226), (214, 232, 160), (92, 138, 70))
FRUIT = ((255, 238, 230), (255, 190, 150), (214, 72, 60))
SEA = ((226, 238, 244), (190, 220, 236), (58, 110, 150))
MEAT = ((250, 230, 226), (240, 160, 150), (160, 48, 52))
COFFEE = ((242, 234, 226), (214, 186, 160), (92, 60, 42))
PINK = ((252, 234, 240), (250, 196, 214), (200, 80, 130))

GIFTS = {
    "빵집": "단팥빵",
    "떡집": "꿀떡 한 팩",
    "반찬": "나물 한 팩",
    "과일": "사과 2개",
    "생선": "고등어 한 손",
    "정육": "국거리 200g",
    "카페": "아메리카노",
    "미용실": "두피 관리",
    "꽃집": "장미 한 송이",
    "국밥": "국밥 한 그릇",
    "분식": "꽈배기 3개",
    "건어물": "멸치 한 봉",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPlan:
    """`share` of the street's people are regulars here."""

    slug: str
    name: str
    trade: str
    contact: str
    address: str
    hours: str
    colors: tuple[Color, Color, Color]
    share: float

    @property
    def gift(self) -> str:
        return GIFTS.get(self.trade, self.trade)


def _plan(slug: str, name: str, trade: str, number: int, colors: object, share: float) -> ShopPlan:
    assert isinstance(colors, tuple)
    return ShopPlan(
        slug=slug,
        name=name,
        trade=trade,
        contact=f"02-345-{number:04d}",
        address=f"서울 마포구 단골길 {number % 100}",
        hours="월–토 09:00–20:00, 일요일은 쉬어요",
        colors=colors,
        share=share,
    )


SHOPS: Sequence[ShopPlan] = (
    _plan("happy-bakery", "행복베이커리", "빵집", 1001, BREAD, 0.46),
    _plan("goun-tteok", "고운떡집", "떡집", 1002, RICE, 0.10),
    _plan("mom-banchan", "엄마손반찬", "반찬", 1003, GREEN, 0.08),
    _plan("fresh-fruit", "싱싱과일", "과일", 1004, FRUIT, 0.06),
    _plan("bada-fish", "바다수산", "생선", 1005, SEA, 0.05),
    _plan("hanwoo", "으뜸정육점", "정육", 1006, MEAT, 0.05),
    _plan("alley-coffee", "골목커피", "카페", 1007, COFFEE, 0.06),
    _plan("danjeong-hair", "단정미용실", "미용실", 1008, PINK, 0.04),
    _plan("spring-flower", "봄날꽃집", "꽃집", 1009, PINK, 0.03),
    _plan("gukbap", "할매국밥", "국밥", 1010, COFFEE, 0.03),
    _plan("kkwabaegi", "꽈배기나라", "분식", 1011, BREAD, 0.02),
    _plan("dried-fish", "남해건어물", "건어물", 1012, SEA, 0.02),
)
