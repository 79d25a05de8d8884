"""A person's own name in what they type."""

import re

from bot.hearing.spelling import plain
from domain.people import DISPLAY_NAME_MAX

SAID = r"(?:이에요|이예요|예요|에요|입니다|이라고\s*(?:합니다|해요|불러.*|해\s*주.*)|라고\s*(?:합니다|해요|불러.*|해\s*주.*)|이요|이야|야|임|요)"
CHANGED = r"(?:으)?로\s*(?:바꿔|바꾸|바까|바꿀|변경|수정|고쳐|고칠|등록|해|할|불러|적어|저장).*"
A_NAME = r"(?P<name>[가-힣]{2,6}?|[a-z][a-z .'-]{0,18}[a-z])"
WITH_THE_WORD = re.compile(
    rf"(?:이름|성함|성명|닉네임|호칭)(?:은|는|이|을|를)?(?:요)?\s*[:,]?\s*{A_NAME}\s*(?:{SAID}|{CHANGED})?[\s.!~^]*"
)
ALONE = re.compile(rf"(?:네|저는|전|제가|나는)?[\s,]*{A_NAME}\s*(?:{SAID}|{CHANGED})?[\s.!~^]*")
BEFORE_THE_WORD = re.compile(r".{0,12}?(?=이름|성함|성명|닉네임|호칭)")
NO_NAME = re.compile(
    r"^(?:바꾸|바꿀|바꿔|바까|변경|수정|고치|고칠|고쳐|등록|남기|남길|틀[려렸리린]|잘못|다르|다른|뭐|무엇|어떻|어디|삭제|지워|지우|지울|빼|안|못|다시|알려|"
    r"보여|확인|입력|정할|정하|설정|있|없|저장|새로|공개|표시|몰라|모르|왜)"
)


def name_in(words: str) -> str | None:
    """The name someone says to have, also alone as an answer; None when there is none."""
    line = plain(words).strip()
    before = BEFORE_THE_WORD.match(line)
    found = WITH_THE_WORD.fullmatch(line, before.end()) if before else ALONE.fullmatch(line)
    name = found.group("name") if found else ""
    if not name or len(name) > DISPLAY_NAME_MAX or NO_NAME.match(name):
        return None
    return name.title() if name.isascii() else name
