"""Codes of five, six and eight digits, telephone numbers and days in what people type."""

import re

from bot.hearing.meanings import Meaning
from bot.hearing.spelling import plain, squeezed

PHONE = re.compile(
    r"(?<!\d)(?:\+?82[\s.-]?(?:\(?0\)?)?[\s.-]?|0)1[016789][\s().-]{0,3}\d{3,4}[\s.-]{0,3}\d{4}(?!\d)",
    re.ASCII,
)
DAY = re.compile(r"[0-9].*[0-9]\s*일?")
AROUND_ANY = (
    "번호 코드 번 여기 받기 이에요 이예요 예요 에요 입니다 이요 이고요 요 는 은 을 를 으로 로 이 가 "
    "부탁해요 부탁드려요 부탁드립니다 부탁합니다 해주세요 해줘요 해줘 할게요 할께요 할래요 합니다 하기 "
    "네 저 제 저희 안녕하세요 입력 주신 받은 께서 님"
)
CODES = {
    Meaning.CLAIM: (6, "도장 스탬프 적립 방문 인증 찍어주세요 찍어줘요 찍어줘"),
    Meaning.JOIN_CODE: (5, "단골 가입 가게 매장 점포 등록 신청 되기 될게요 될래요"),
    Meaning.PAIR: (8, "사장님 사장 직원 점원 알바 등록 연결 페어링 인증 가게 매장 초대"),
}
"""How many digits, and what may stand around them."""


def _code(digits: int, around: str) -> re.Pattern[str]:
    """Possessive: words that can be taken apart in many ways are never tried in all of them."""
    words = sorted({*around.split(), *AROUND_ANY.split()}, key=len, reverse=True)
    any_of = f"(?:{'|'.join(words)})*+"
    return re.compile(f"{any_of}([0-9]{{{digits}}}){any_of}")


CODE = {meaning: _code(digits, around) for meaning, (digits, around) in CODES.items()}
OTHER_CODE_LENGTH_MAX = 40


def code_meant(bare: str) -> Meaning | None:
    if len(bare) > OTHER_CODE_LENGTH_MAX:
        return None
    return next((meaning for meaning, code in CODE.items() if code.fullmatch(bare)), None)


def digits_in(words: str) -> str:
    """The digits of a `CLAIM`, a `JOIN_CODE` or a `PAIR`; empty for anything else."""
    bare = squeezed(words)
    meant = code_meant(bare)
    found = CODE[meant].fullmatch(bare) if meant else None
    return found.group(1) if found else ""


def phone_in(words: str) -> str | None:
    """The phone number that stands in these words, as it was written."""
    found = PHONE.search(plain(words))
    return found.group() if found else None


def day_in(words: str) -> str:
    """The part of an answer that may be a day: from its first digit to its last."""
    found = DAY.search(plain(words))
    return found.group() if found else words
