"""Which shop of a street somebody names, though it is misspelt or shortened."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

from rapidfuzz import fuzz, process

from bot.hearing.spelling import sounds, squeezed

LIKE_MIN = 82.0
"""Of 100, the name's letters against the best matching stretch of the words."""

WHOLE = 0.2
"""How much the words as a whole weigh beside it."""

NEAR = 5.0
"""Who is that close behind the first might be meant as well."""

LETTERS_MIN = 4
WORDS_LENGTH_MAX = 30
NAMES_KEPT_MAX = 64
SAID_KEPT_MAX = 2_048
NUMBER = re.compile(r"\d{4}")
"""Nobody's telephone number stays in memory."""

WISHES = re.compile(
    r"(?:내|제|저|저는|나|나는|여기|거기|이|그)?(?:도장|스탬프|적립|쿠폰|단골|가입|회원|영업시간|영업|메뉴|가격|주차장?|전화번호|번호|연락처|전화|위치|주소|정보|소식|"
    r"광고|알림|문의|생일|매장|가게|점포|안내|설정|몇시|오늘|내일|지금|언제|어디|얼마|할인|이벤트|코드|네|넵|예|아니요|안녕하세요|감사합니다)"
    r"(?:은|는|이|가|을|를|도|에|의|로|으로|좀|까지|에서|만)?|(?:주세요|줘요|줘|할래요?|할게요?|하고싶어요?|싶어요?|되기|될래요?|될게요?|찍어|찍을게요?|받기|받을래요?|받을게요?|"
    r"보여|보기|알려|있어요?|있나요?|있어|인가요?|예요|이에요|에요|이요|입니다|해요|하나요?|해주|열어요?|닫아요?|몇개|몇|뭐|좀|요)$"
)


class Named(Protocol):
    @property
    def name(self) -> str: ...


Shop = TypeVar("Shop", bound=Named)


def name_like(words: str, shops: Sequence[Shop]) -> list[Shop]:
    """The shops whose names these words come near to, best first; usually one or none.

    Those a little less near than the first are there as well: it takes a question to decide.
    """
    if len(words) > WORDS_LENGTH_MAX or NUMBER.search(words):
        return []
    said = sounds(_without_wishes(squeezed(words)))
    if len(said) < LETTERS_MIN:
        return []
    places = _nearest(said, tuple(shop.name for shop in shops))
    return [shops[place] for place in places]


@lru_cache(SAID_KEPT_MAX)
def _nearest(said: str, names: tuple[str, ...]) -> tuple[int, ...]:
    found = process.extract(
        said, _heard(names), scorer=fuzz.partial_ratio, score_cutoff=LIKE_MIN, limit=None
    )
    # Of names that stand in the words alike, the one that leaves fewest letters over is meant.
    scores = {
        place: (1 - WHOLE) * score + WHOLE * fuzz.ratio(said, name) for name, score, place in found
    }
    best = max(scores.values(), default=0.0)
    near = [place for place, score in scores.items() if score >= best - NEAR]
    return tuple(sorted(near, key=lambda place: -scores[place]))


@lru_cache(NAMES_KEPT_MAX)
def _heard(names: tuple[str, ...]) -> list[str]:
    return [sounds(squeezed(name)) for name in names]


def _without_wishes(bare: str) -> str:
    """What is left to be a name: 도장 and 주세요 are in everyone's mouth."""
    while (rest := WISHES.sub("", bare)) != bare:
        bare = rest
    return bare
