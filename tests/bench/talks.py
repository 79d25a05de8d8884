"""Whole conversations as people have them with a shop's bot, for the benchmark of that name.

A regular looks at the stamps far more often than anything else, asks for a number at the
counter about once a visit, and asks when the shop opens. Joining happens once for some fifty
visits, refusing advertisements and coming back once for some hundred.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import NamedTuple

from bot.handlers.consent import AGREE
from dangol.street import SEED, Resident, draw_residents
from domain.people import Friend
from tests.bench.payloads import RESIDENTS, skill_request

STRANGER = "5" * 12 + "6" * 54
"""Stands for somebody whom the bot has never seen: the load makes up a new one each time."""

TALKS_A_LANE = 60


@dataclass(frozen=True, slots=True)
class Line:
    """What is said or pressed, and words that only the right answer has."""

    words: str
    answer: str
    do: str | None = None
    has_shop: bool = False


STAMPS = Line("내 도장", "도장")
CODE = Line("도장 받기", "분 안에 쓸 수 있어요")
COUPONS = Line("내 쿠폰", "쓸 수 있는 쿠폰")
GREETING = Line("안녕하세요", "다시 만나서 반가워요")
HOURS = Line("몇 시에 열어요?", ":00")
SHOP = Line("매장 안내", ":00", do="shop_info")
MINE = Line("내 정보", "단골")
UNKNOWN = Line("강아지도 같이 들어가도 될까요", "2.0")
JOINING = (
    Line("안녕하세요", "단골이 되시면"),
    Line("단골 되기", "만 14세 이상이신가요?", do="join"),
    Line("네, 14세 이상이에요", "단골이 되셨어요!", do="of_age", has_shop=True),
)
YES = (
    Line("네, 소식 받을래요", "수신 동의 처리 결과", do=AGREE, has_shop=True),
    Line("건너뛰기", "번호", do="phone_skip"),
    Line("내 도장", "첫 도장부터 시작해요", do="my_stamps"),
)
NO = (Line("괜찮아요", "수신 거부 처리 결과", do="ads_no", has_shop=True),)
BACK = (
    Line("광고 그만 보내주세요", "홍보 소식"),
    Line("다시 받을래요", "수신 동의 처리 결과", do=AGREE, has_shop=True),
)

TALKS: Mapping[tuple[Line, ...], int] = {
    (STAMPS,): 28,
    (CODE,): 16,
    (CODE, STAMPS): 10,
    (HOURS,): 12,
    (SHOP,): 6,
    (COUPONS,): 9,
    (COUPONS, CODE): 2,
    (GREETING, STAMPS): 5,
    (MINE,): 4,
    (UNKNOWN,): 5,
    (*JOINING, *YES): 1,
    (*JOINING, *NO): 1,
    BACK: 1,
}
"""In a hundred."""


class Call(NamedTuple):
    """A whole HTTP request, and bytes that its answer must have."""

    request: bytes
    answer: bytes
    is_first: bool
    is_strange: bool

    def by(self, key: str) -> bytes:
        """The request as this stranger's."""
        named = self.request.replace(STRANGER[:12].encode(), key[:12].encode())
        return named.replace(STRANGER[12:].encode(), key[12:].encode())


def lanes(count: int) -> list[list[Call]]:
    """For each connection the calls of its own people, one conversation after the other."""
    rng = random.Random(SEED)
    friends = [one for one in draw_residents(RESIDENTS) if one.friend is Friend.ADDED]
    return [_lane(rng, friends[number::count]) for number in range(count)]


def _lane(rng: random.Random, people: Sequence[Resident]) -> list[Call]:
    """Everyone has their turn, so that nobody speaks faster than people do."""
    talks = rng.choices(list(TALKS), list(TALKS.values()), k=TALKS_A_LANE)
    pairs = zip(talks, cycle(people), strict=False)
    return [call for talk, person in pairs for call in _calls(talk, person)]


def _calls(talk: Sequence[Line], person: Resident) -> Iterator[Call]:
    is_strange = JOINING[0] in talk
    key = STRANGER if is_strange else person.bot_user_key
    shop = {"shop": str(person.shop_index + 1)}
    for number, line in enumerate(talk):
        extra = {"do": line.do} | (shop if line.has_shop else {}) if line.do else None
        request = skill_request(person.shop_index, key, line.words, extra)
        yield Call(request, line.answer.encode(), number == 0, is_strange)
