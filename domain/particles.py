"""Korean particles that follow the sound before them: 밤식빵이, 사과가."""

import re
from collections.abc import Mapping
from typing import Final

CLOSED_OPEN: Final[Mapping[str, tuple[str, str]]] = {
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "와(과)": ("과", "와"),
}
"""As a ready line leaves it undecided, after a closed and after an open syllable."""

UNDECIDED: Final = re.compile(rf"([^\s○])({'|'.join(map(re.escape, CLOSED_OPEN))})")
"""After a blank (○) there is nothing to decide yet."""

FIRST_SYLLABLE, LAST_SYLLABLE, ENDINGS = "가", "힣", 28


def decided(text: str) -> str:
    """With every particle that follows a Korean syllable as it is said; the others stay."""
    return UNDECIDED.sub(_decided, text)


def _decided(match: re.Match[str]) -> str:
    before, particle = match[1], match[2]
    if not FIRST_SYLLABLE <= before <= LAST_SYLLABLE:
        return match[0]
    is_open = (ord(before) - ord(FIRST_SYLLABLE)) % ENDINGS == 0
    return before + CLOSED_OPEN[particle][is_open]
