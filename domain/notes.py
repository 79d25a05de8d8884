"""What must not stand in a note about a customer (L58): refused before it is written down."""

import re
from collections.abc import Mapping

from domain.refusals import Invalid

NOTE_MAX = 200
RESIDENT = re.compile(r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[\s-]?[0-8]\d{6}(?!\d)")
PASSPORT = re.compile(r"(?<![A-Za-z0-9])[MSRODmsrod]\d{3}[A-Za-z0-9]\d{4}(?![A-Za-z0-9])")
LICENSE = re.compile(r"(?<!\d)\d{2}[\s-]\d{2}[\s-]\d{6}[\s-]\d{2}(?!\d)")
CARD = re.compile(r"(?<!\d)\d{4}[\s-]?\d{4}[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
HEALTH = re.compile(
    r"당뇨|고혈압|혈압|암(?:환자|투병|수술|치료)|투병|항암|임신|임산부|출산|장애(?:인|가|등급)|질병|질환|"
    r"(?<![가-힣])지병|(?<!물)병원|수술|(?<!수)입원|퇴원|우울|공황|치매|간염|에이즈|"
    r"(?<![A-Za-z])HIV(?![A-Za-z])|코로나|확진|(?<!행)복용(?!품)|처방|알레르기|알러지|천식|아토피|"
    r"통풍(?!이?\s*(?:잘|안\s*되|되|좋|구|창))|투석",
    re.IGNORECASE,
)
BELIEF = re.compile(
    r"교회|(?<![이태])성당|사찰|(?<![가-힣])절에?\s*다니|기독교|천주교|불교|이슬람|무슬림|"
    r"(?<![가-힣])신자(?!리)|교인|목사|신부님|(?<![가-힣])(?:큰|주지)?스님|집사님|권사|(?<!포)장로(?!스)|"
    r"정당(?!한|하|히|화)|당원|국민의힘|민주당|좌파|(?<!새)우파|보수성향|진보성향|노조|노동조합"
)
OTHER = re.compile(
    r"(?<![가-힣])전과(?!\s*(?:같|다르|다른|달리|똑같|비슷))|범죄|성적취향|동성애|게이(?![샤트지밍머])|레즈비언|"
    r"인종|혼혈|유전자"
)
NUMBERS = {
    "주민등록번호": RESIDENT,
    "여권번호": PASSPORT,
    "운전면허번호": LICENSE,
    "카드번호": CARD,
}
WORDS = {
    "건강 이야기": HEALTH,
    "종교나 정치 이야기": BELIEF,
    "남에게 알려지면 곤란한 이야기": OTHER,
}
SPACES = re.compile(r"\s+")
SPREAD = re.compile(r"(?<!\S)(\S)\s+|\s+(?=\S(?!\S))")
"""The space beside a syllable that stands alone."""


def check_note(words: str) -> str:
    """The words to keep. Raises Invalid(note) for what L58 forbids, nothing, or too much."""
    note = words.strip()
    if not 1 <= len(note) <= NOTE_MAX:
        raise Invalid({"note": f"메모는 {NOTE_MAX}자까지 적을 수 있어요."})
    found = _forbidden(note, SPACES.sub("", note), NUMBERS)
    # "당 뇨" is no way around; closing every space would find 장로 in "포장 로스팅".
    found = found or _forbidden(note, SPREAD.sub(r"\1", note), WORDS)
    if found:
        raise Invalid({"note": f"{found}는 적을 수 없어요. 법으로 막혀 있어요. 빼고 적어 주세요."})
    return note


def _forbidden(note: str, closed: str, patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    for name, pattern in patterns.items():
        if pattern.search(note) or pattern.search(closed):
            return name
    return None
