"""A text message (LMS): what its network can carry, and the marks of an advertisement in it.

There is no button under a text message, so its last line is the way to refuse (L8, D6).
"""

import re
from typing import Final

from domain.bubbles import Letter

AD_MARK: Final = "(광고)"
TEXT_BYTES_MAX: Final = 2_000
SUBJECT_BYTES_MAX: Final = 40
"""In EUC-KR (providers.md D1): a Hangul syllable counts two, a Latin letter one."""

CHARACTER_BYTES_MAX: Final = 2
REFUSAL: Final = "무료수신거부"
LAST_LINE: Final = re.compile(rf"{REFUSAL} 080-?[0-9]{{3,4}}-?[0-9]{{4}}")
"""L8: the number is called without cost, and nothing stands behind it."""


def bytes_of(text: str) -> int:
    """How long it is on the network; raises UnicodeEncodeError for what it cannot carry."""
    return len(text.encode("euc-kr"))


def unsendable_in(text: str) -> str:
    """The characters that no text message can carry, each once, in their order (1029): emoji, and
    the rare syllables that Python's codec would spell out in eight bytes of single letters.
    """
    return "".join(dict.fromkeys(one for one in text if not _is_sendable(one)))


def _is_sendable(character: str) -> bool:
    try:
        return bytes_of(character) <= CHARACTER_BYTES_MAX
    except UnicodeEncodeError:
        return False


def write_letter(name: str, contact: str, opt_out_number: str | None, body: str) -> Letter:
    """An advertisement as a text message, marks in their places (L6-L8).

    Without a number to refuse by it has no last line, and is refused for it.
    """
    lines = [f"{AD_MARK} {name}", body, f"문의 {contact}"]
    if opt_out_number:
        lines.append(f"{REFUSAL} {opt_out_number}")
    return Letter(subject=_clipped(f"{AD_MARK} {name}"), text="\n".join(lines))


def _clipped(subject: str) -> str:
    while subject and not unsendable_in(subject) and bytes_of(subject) > SUBJECT_BYTES_MAX:
        subject = subject[:-1]
    return subject


def flaw_of_letter(letter: Letter, name: str, contact: str) -> str | None:
    """The first rule that an advertisement breaks as a text message; None for a sound one."""
    lines = letter.text.split("\n")
    if not (letter.text.startswith(f"{AD_MARK} ") and letter.subject.startswith(f"{AD_MARK} ")):
        return "L6"
    if not all(part.strip() and part in letter.text for part in (name, contact)):
        return "L7"
    return None if LAST_LINE.fullmatch(lines[-1]) else "L8"


def letter_problem(letter: Letter) -> str | None:
    """Why the network would refuse it, as a sentence for its owner; None when it would not."""
    if odd := unsendable_in(letter.text):
        return f"문자로는 보낼 수 없는 글자가 있어요: {' '.join(odd)} 지우고 다시 적어 주세요."
    if (over := bytes_of(letter.text) - TEXT_BYTES_MAX) > 0:
        return f"문자 한 통에 담기에는 길어요. {-(-over // 2)}자만 줄여서 다시 적어 주세요."
    return None
