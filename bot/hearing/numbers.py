"""Codes of five, six and eight digits, telephone numbers and days in what people type."""

import re

from bot.hearing.meanings import Meaning
from bot.hearing.spelling import plain, squeezed

PHONE = re.compile(
    r"(?<!\d)(?:\+?82[\s.-]?(?:\(?0\)?)?[\s.-]?|0)1[016789][\s().-]{0,3}\d{3,4}[\s.-]{0,3}\d{4}(?!\d)",
    re.ASCII,
)
DAY = re.compile(r"[0-9].*[0-9]\s*일?")
ENDING = (
    r"(?:번호|코드|번|여기|받기|(?:이에요|이예요|예요|에요|입니다|이요|이고요|요)|는|은|을|를|으로|로|이|가|"
    r"(?:부탁)(?:해요|드려요|드립니다|합니다)|해(?:주세요|줘요|줘)|할(?:게요|께요|래요)|합니다|하기|네|저|제|저희|안녕하세요|입력|주신|받은|께서|님)"
)
CODES = {
    Meaning.CLAIM: (
        6,
        rf"(?:도장|스탬프|적립|방문|인증|찍어(?:주세요|줘요|줘)|{ENDING})*",
    ),
    Meaning.JOIN_CODE: (
        5,
        rf"(?:단골|가입|가게|매장|점포|등록|신청|되기|될(?:게요|래요)|{ENDING})*",
    ),
    Meaning.PAIR: (
        8,
        rf"(?:사장님?|직원|점원|알바|등록|연결|페어링|인증|가게|매장|초대|{ENDING})*",
    ),
}
"""How many digits, and what may stand around them."""

CODE = {
    meaning: re.compile(rf"{around}([0-9]{{{digits}}}){around}")
    for meaning, (digits, around) in CODES.items()
}
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
