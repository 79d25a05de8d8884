"""What is said to news that leaves at this moment, or by itself: 잠깐 멈춰, 다시 보내, 그만 보내.

Customers say the same of advertisements (L4, L11): `steering_in` is asked only for an owner whose
news is under way, and never instead of a refusal.
"""

import re
from enum import StrEnum

from bot.hearing.spelling import squeezed

BY_ITSELF = r"(?:저절로|자동(?:으로)?|알아서|반복(?:해서|되는)?|매주|매달|매일)"
SERIES = re.compile(
    rf"^(?:지금)?{BY_ITSELF}(?:나가는|보내는|보내지는|발송되는|가는)(?:소식|광고|메시지|문자|거|것)?(?:들)?(?:은|는|이|을|를)?(?:지금)?(?:좀)?"
    rf"(?:뭐|뭔지|무엇|있|몇|보여|보기|보자|알려|확인|목록|관리|멈|그만|끝|취소|중지|$)|^(?:자동|반복)(?:발송|예약|소식|보내기)(?:은|이|을|를)?(?:목록|뭐|있|몇|보여|보기|확인|관리|멈|그만|끝|취소|$)"
    rf"|^저절로(?:나가는|보내는)?소식(?:보기|목록)?$"
)
WATCH = re.compile(
    r"^(?:그거|아까그거|아까보낸거|지금보내는거|소식|광고|발송)?(?:은|는)?(?:지금)?(?:어떻게(?:됐|되었|되가|돼가|되고|돼고)|얼마나(?:갔|나갔|보내졌|보냈)|어디까지(?:갔|나갔|보냈)|"
    r"몇(?:명|분)(?:한테|에게|께)(?:갔|나갔|보냈)|다(?:갔|나갔|보내졌|보냈)(?:어|나|니|습니까))|^(?:지금)?잘(?:가|나가|보내지)고있|^(?:발송|보내기)?진행(?:상황|률)"
)


class Steering(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


NEWS = r"(?:(?:지금|아까)?(?:보내는|나가는|보내던|나가던)?(?:소식|광고|메시지|메세지|문자|발송|거|것)?(?:을|를|은|는|좀)?)?"
ASK = r"(?:줘|주세|줄래|주실래|봐|주라|라)?요?"
PAUSED = (
    rf"(?:멈[춰추춤]|스톱|스탑|정지|중지|중단|일시정지|일시중지){ASK}(?:해{ASK}|할게요?|하기|기)?"
)
RULES = {
    Steering.RESUME: re.compile(
        rf"(?:이제|그럼|네)?{NEWS}(?:다시|계속|이어서|마저)(?:보내{ASK}|보내기|보내자|보낼게요?|보낼래요?|시작(?:해{ASK}|하기|할게요?)?|진행(?:해{ASK})?|해{ASK})"
    ),
    Steering.END: re.compile(
        rf"(?:이제|그냥|아예)?{NEWS}(?:그만|아예그만|이제그만)(?:보내{ASK}|보내기|보낼게요?|보낼래요?|해{ASK})|(?:이제|그냥|아예)?{NEWS}끝(?:내{ASK}|내기|낼게요?)"
    ),
    Steering.PAUSE: re.compile(
        rf"(?:아|어|잠깐만?)?(?:잠깐만?|잠시만?|일단|우선|좀)?{NEWS}(?:잠깐만?|잠시만?|일단|우선|좀)?{PAUSED}"
    ),
}


def steering_in(words: str) -> Steering | None:
    """The whole sentence, or nothing."""
    bare = squeezed(words)
    return next((which for which, rule in RULES.items() if rule.fullmatch(bare)), None)
