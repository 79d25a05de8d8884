"""How Korean is typed: composed, narrow, squeezed, and as it sounds."""

import re
import unicodedata
from functools import lru_cache

NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
NOISE = re.compile(r"(?:[\W_]|[ㅋㅎㅠㅜ])+")
"""Spaces, punctuation, emoji and laughter."""

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
LETTER = re.compile(r"[ㄱ-ㅎ]")
LOOSE = re.compile(r"(?![ㅋㅎ][ㅠㅜ](?![ㄱ-ㅊㅌㅍ]))([ㄱ-ㅎ])([ㅏ-ㅣ])([ㄱ-ㅎ](?![ㅏ-ㅣ]))?")
"""A syllable typed letter by letter (ㄷㅗㅈㅏㅇ); laughing and crying (ㅋㅠ) is none."""

FIRST_LETTERS = {
    "ㅎㅇ": "하이",
    "ㄱㅅ": "감사",
    "ㄳ": "감사",
    "ㅅㄱ": "수고",
    "ㅇㅋ": "오케이",
    "ㄱㄱ": "고고",
    "ㅅㅅㄱㅂ": "수신거부",
}
FIRST_LETTER = re.compile("|".join(FIRST_LETTERS))
"""What is commonly written by its first letters only."""

POLITELY = re.compile(
    r"(?<=[가까고지해여워내어려와켜쳐춰러보])(?:주소|주이소|주시게|주쇼|주시오|주십쇼|주시구려|줘유|주세유|주구려)$"
)
"""How one asks elsewhere, or at another age."""

ALIKE = {
    **dict(zip("ㄲㄸㅃㅆㅉ", "ㄱㄷㅂㅅㅈ", strict=True)),
    **dict(zip("ㅐㅒㅖㅙㅞ", "ㅔㅔㅔㅚㅚ", strict=True)),
    **dict(zip("ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ", "ㄱㄴㄴㄱㅁㄹㄹㄹㅂㄹㅂ", strict=True)),
}
"""Letters that are mistaken for one another, because they sound (nearly) the same."""

SOUNDS = {
    code: ALIKE.get(letter, letter)
    for first, letters in ((0x1100, LEADS), (0x1161, VOWELS), (0x11A8, TAILS))
    for code, letter in enumerate(letters, first)
}
SOUNDS[0x110B] = ""
"""The ㅇ before a vowel is not heard."""

COMMON_LENGTH_MAX = 16
DIGIT = re.compile(r"\d")
DRAWN_OUT = re.compile(r"(.)\1+")


def plain(words: str) -> str:
    """Composed and narrow. NFKC would do both, but takes the ㅋ of laughter for a consonant."""
    composed = unicodedata.normalize("NFC", words).translate(NARROW).lower()
    if not LETTER.search(composed):
        return composed
    whole = LOOSE.sub(_syllable, composed)
    return FIRST_LETTER.sub(lambda short: FIRST_LETTERS[short.group()], whole)


def squeezed(words: str) -> str:
    """Only what carries meaning: composed, lower case, no spaces, marks or laughter.

    Short words without digits are remembered, as in `understand`: shops' names, and buttons.
    """
    is_common = len(words) <= COMMON_LENGTH_MAX and not DIGIT.search(words)
    return _remembered(words) if is_common else _squeezed(words)


def _squeezed(words: str) -> str:
    return POLITELY.sub("주세요", NOISE.sub("", plain(words)))


_remembered = lru_cache(4_096)(_squeezed)


def sounds(bare: str) -> str:
    """Letter by letter as it is heard: 않바들레요 and 안받을래요 are nearly the same."""
    return DRAWN_OUT.sub(r"\1", unicodedata.normalize("NFD", bare).translate(SOUNDS))


def _syllable(found: re.Match[str]) -> str:
    lead, vowel, tail = found.group(1), found.group(2), found.group(3) or ""
    if lead not in LEADS or (tail and tail not in TAILS):
        return found.group()
    at = LEADS.index(lead) * len(VOWELS) + VOWELS.index(vowel)
    return chr(0xAC00 + at * (len(TAILS) + 1) + (TAILS.index(tail) + 1 if tail else 0))
