"""Whom an owner names: `요즘 안 오시는 분들께`, `단골들한테만`, `이번 주 생일인 분`."""

import re
from collections.abc import Mapping, Sequence

from domain.segments import Ready

ONE = r"(?:분|손님|고객|단골|사람|친구)(?:들|분|님)*"
TO = r"(?:한테|에게|께)만?"
OURS = r"(?:우리|저희|저희가게|우리가게|이제|그럼|그냥)?"
PHRASES: Mapping[Ready, str] = {
    Ready.NEARLY_REGULAR: rf"곧단골(?:이)?(?:될|되실){ONE}|단골(?:이)?거의(?:다)?(?:된|되신){ONE}",
    Ready.QUIET: rf"(?:요즘|요새|한동안|오랫동안|오래|최근에?|통|잘|좀|발길)*(?:안|못)(?:오시는|오신|오는|온|나오시는|보이시는|보이는|뵌|오시던){ONE}"
    rf"|(?:요즘|요새)?(?:발길이?)?(?:뜸한|뜸하신|뜸해진|뜸해지신|끊긴|끊으신){ONE}",
    Ready.BIRTHDAY: rf"(?:이번주|이번주에|일주일안에|곧)?생일(?:이)?(?:인|이신|맞은|맞으신|있는|있으신){ONE}|(?:이번주)?생일자(?:들)?",
    Ready.NEARLY_FULL: rf"(?:도장|스탬프|도장판|카드)(?:이|을|를|가)?(?:거의|많이)(?:다)?(?:찬|채운|채우신|모은|모으신|찍은|찍으신|모인){ONE}"
    rf"|(?:도장|스탬프)(?:이)?(?:한두개|하나|한개|두개|조금|얼마)(?:만)?(?:안)?(?:남은|남으신|모자란|모자라신){ONE}",
    Ready.HAS_COUPON: rf"쿠폰(?:을|이)?(?:아직)?(?:안|못)(?:쓴|쓰신|쓰고계신|쓰는|사용한|사용하신){ONE}"
    rf"|(?:안쓴|아직안쓴)?쿠폰(?:이|을)?(?:있는|있으신|남은|남으신|남아있는|가진|가지신|갖고있는|갖고계신|가지고있는|가지고계신){ONE}",
    Ready.NEW: rf"(?:이번달에?|최근에?|요즘)?(?:새로|처음)(?:오신|온|되신|된|가입한|가입하신|단골된|단골되신){ONE}|(?:새|신규){ONE}|신규",
    Ready.REGULAR: rf"(?:자주|매일|맨날)(?:오는|오시는|들르시는|찾아주시는|찾는){ONE}|진짜단골(?:들|분|님|손님)*",
    Ready.EVERYBODY: rf"(?:모든|전체|온){ONE}|(?:단골|손님|고객)(?:들|분|님)*(?:모두|전부|전체|다)|모두|전부|전체|모두들",
}
ONLY_REGULARS = r"단골(?:들|분|님|손님)*(?:한테만|에게만|께만|만)"
"""`단골들한테` alone is everybody: all of them are called so."""

HEADS: Mapping[Ready, re.Pattern[str]] = {
    which: re.compile(
        rf"{OURS}(?:(?:{words})(?:만)?{TO}{f'|{ONLY_REGULARS}' if which is Ready.REGULAR else ''})"
    )
    for which, words in PHRASES.items()
}
WISH = r"(?:(?:으?로)?(?:바꿔|바꾸|골라|고르|보내|보낼|해|할)(?:줘|주세|기|자|게|래|줄래|주실래)?|요|이요|로|으로)*"
ALONE: Mapping[Ready, re.Pattern[str]] = {
    which: re.compile(
        rf"{OURS}(?:(?:{words})(?:만)?(?:{TO})?{f'|{ONLY_REGULARS}' if which is Ready.REGULAR else ''})"
        rf"(?:[\d,]+명)?{WISH}"
    )
    for which, words in PHRASES.items()
}
TO_ALL = re.compile(rf"{OURS}(?:모두|전부|전체)(?:다)?(?:보내.*|[\d,]+명)?")
MARKS = re.compile(r"[.!~?…,:\"'“”‘’]+")
BEHIND = " ,.:\n\t"


def whom_alone(words: str) -> Ready | None:
    """Where these words say whom, and nothing of what."""
    bare = MARKS.sub("", "".join(words.split()))
    if TO_ALL.fullmatch(bare):
        return None  # might be anything: `전부 보내줘`
    return next((which for which, rule in ALONE.items() if rule.fullmatch(bare)), None)


def split_whom(words: str) -> tuple[Ready, str] | None:
    """Whom these words begin with, and the words behind it."""
    places: Sequence[int] = [index for index, one in enumerate(words) if not one.isspace()]
    bare = "".join(words[index] for index in places)
    for which, rule in HEADS.items():
        if found := rule.match(bare):
            return which, words[places[found.end() - 1] + 1 :].strip(BEHIND)
    return None
