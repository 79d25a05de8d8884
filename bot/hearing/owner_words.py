"""What people who work in a shop say to their own bot; None is what any customer might say."""

import re
from collections.abc import Mapping
from enum import StrEnum, auto
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.hearing.meanings import Meaning
from bot.hearing.pausing import hears_pause
from bot.hearing.sold_out import says_sold_out
from bot.hearing.spelling import NOISE, plain, sounds, squeezed
from bot.hearing.steering import SERIES, WATCH
from bot.hearing.stopping import hear_stop
from bot.hearing.whom import split_whom, whom_alone

CODE_DIGITS = 4
STAMPS_MAX = 20
LIKE_MIN = 82.0
LETTERS_MIN = 5
COMMON_LENGTH_MAX = 24
COUNTS = {
    "한": 1,
    "하나": 1,
    "두": 2,
    "둘": 2,
    "세": 3,
    "셋": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
    "열": 10,
}


class OwnerMeaning(StrEnum):
    """What an owner or a clerk wants of the chat; who may do what is decided where it is done."""

    SEND = auto()
    MONEY = auto()
    TODAY = auto()
    RESULTS = auto()
    STAMP = auto()
    COUPON = auto()
    ENQUIRIES = auto()
    CANCEL_BOOKED = auto()
    STOP_ALL = auto()
    CONSOLE = auto()
    IDEA = auto()
    UNPAIR = auto()
    WHOM = auto()
    SERIES = auto()
    SOLD_OUT = auto()
    OWNER_HELP = auto()


POLITE = r"(?:해(?:주세요|줘요|줘|요)?|할(?:게요|래요|게|래)|하기|하(?:고싶어요?|자)|주세요|줘요?|좀|요|시켜(?:줘|주세요)?|부탁해요?|합니다)*"
SENT = r"(?:소식|메시지|메세지|문자|광고|홍보|톡|카톡|알림|발송|보내는거|보내는것|나가는거|나가는것|캠페인|예약)"
ALL = r"(?:전부|모두|다|전체|싹|일단|당장|지금)"
# Words that would be a customer's stop, were they not about the shop's own work.
STOP_ALL = re.compile(
    rf"(?:{SENT}(?:을|를|은|도)?|{ALL}){{0,3}}{ALL}(?:{SENT}(?:을|를|은|도)?){{0,2}}(?:멈[춤춰추]|중지|중단|정지|스톱|스탑){POLITE}"
    rf"|(?:발송|보내는거|보내는것|나가는거)(?:을|를|좀)?{ALL}?(?:멈[춤춰추]|중지|중단|정지){POLITE}|긴급(?:정지|중지|중단){POLITE}"
)
CANCEL_BOOKED = re.compile(
    rf"(?:보내기|발송|소식|광고|메시지|문자|홍보)?예약(?:한|된|해둔|해놓은)?(?:거|것|소식|광고|메시지|문자|발송)?(?:을|를|은|좀)?(?:전부|다|모두)?"
    rf"(?:취소|삭제|지워|없애|빼|철회){POLITE}"
)
UNPAIR = re.compile(
    rf"(?:직원|사장님?|가게|매장|점포|내)?(?:연결|등록|페어링)(?:을|를|좀)?(?:끊|해제|취소|풀|삭제|종료)(?:기|어|을게|을래|고싶어)?{POLITE}"
    r"|(?:직원|사장님?|알바)(?:그만|그만둘|등록해제|해제|빼).{0,6}"
)
STAMP_WORD = r"(?:도장|스탬프|적립)"
AMOUNT = rf"(?:(?:(?:{'|'.join(COUNTS)})(?:개|번|장)?|[0-9]{{1,2}}(?:개|번|장))(?:만|씩)?)"
STAMP = re.compile(
    rf"(?:{STAMP_WORD}(?:을|좀|은)?)?(?P<code>[0-9]{{4}})(?:번|님|손님|고객){{0,2}}(?:에게|한테|께|에|으로|로)?(?:{STAMP_WORD}(?:을|좀)?)?"
    rf"(?P<count>{AMOUNT})?(?:{STAMP_WORD})?(?:을|를)?(?:찍어?|적립|추가|주기|쌓아)?{POLITE}"
)
COUPON = re.compile(
    r"(?:쿠폰|할인권|교환권)(?:을|번호|코드|사용|좀|은|쓰기|처리){0,3}(?P<code>[0-9]{4})(?:번)?(?:을|를|으로|로)?(?:사용|쓰기|쓸|처리|써|확인)?"
    rf"(?:처리|완료|확인)?{POLITE}|(?P<before>[0-9]{{4}})(?:번)?(?:쿠폰|할인권|교환권)(?:을|좀)?(?:사용|쓰기|써|처리|확인)?(?:처리|완료)?{POLITE}"
)
MONEY = re.compile(
    r"지원금|무상캐시|캐시|잔액|예산|충전금|(?:돈|금액)(?:이|은)?(?:얼마|남|있)|얼마(?:나)?(?:를)?(?:남|썼)|남은(?:돈|금액|지원|한도)|한도|몇통(?:이나)?(?:더|보낼|남)"
)
ENQUIRIES = re.compile(
    r"문의(?:함|답|에답|목록|내역|온거|확인|보여|보기|있|몇|왔|들어온|하신|한손님|관리|$)|답(?:장|변)(?:하기|할게|할래|해야|할거|안한|하자|$)|"
    r"(?:손님|고객)(?:들|분들)?(?:이|은)?(?:뭐|뭘|무엇을)?(?:라고)?(?:질문|문의|물어[본봤])|질문(?:온|들어온|목록|함|확인)|안읽은|미답변"
)
RESULTS = re.compile(
    r"(?:최근|지난|어제|저번|보낸|마지막|이번).{0,4}(?:결과|반응|성과|효과)|^(?:결과|반응|성과|효과|실적)|(?:결과|성과|반응)(?:보여|알려|확인|보기|어때|어땠|좀|는|가|$)|"
    r"몇(?:명|분)(?:이나|이)?(?:봤|받았|읽|갔|열었|왔는지|썼)|얼마나(?:봤|받았|읽|왔)|잘(?:갔|보내졌|나갔|도착)|보낸(?:거|것|소식|광고)(?:는)?(?:어떻게|어때|몇)"
)
TODAY = re.compile(
    r"^(?:오늘|금일)(?:은|의|도)?(?:$|현황|요약|어때|어땠|어떤|몇(?:명|분)|손님|방문|단골|매출|도장|쿠폰(?:몇|얼마|사용)|장사어|얼마나(?:왔|찍)|상황|정리|통계|숫자|집계|결과|보여|알려)"
    r"|^(?:현황|오늘현황|일일현황|하루요약)|^(?:우리)?단골(?:손님)?(?:이|은|수|들)?(?:지금|모두|전부|총)?(?:몇명|몇분|얼마나(?:있|돼|모))"
)
CONSOLE = re.compile(
    r"^(?:가게|매장|점포)?관리(?:$|페이지|화면|자|창|로|하기|할|실|들어|열|링크|해|좀|요)|사장님?(?:페이지|화면|방|사이트)|콘솔|로그인|대시보드|웹(?:페이지|에서|으로)?|컴퓨터로|홈페이지열|"
    r"(?:정보|영업시간|메뉴|주소|전화번호|도장판|카드|규칙|쿠폰)(?:을|를)?(?:수정|고치|고칠|바꾸|바꿀|변경|편집|만들)"
)
IDEA = re.compile(
    r"추천|뭐(?:를)?보[내낼]|뭘보[내낼]|무엇을보[내낼]|보낼(?:만한)?(?:거|것|말|게)(?:이|가)?(?:있|없|뭐|추천|$)|아이디어|제안|문구(?:좀|하나|써|추천|만들)?|이번주(?:에)?(?:뭐|뭘|소식)|뭐라고(?:보내|쓰)|좋은(?:말|문구|글)"
)
OWNER_HELP = re.compile(
    r"(?:사장님?|직원|점주|알바|가게)(?:용)?(?:도움말|도움|사용법|기능|명령|메뉴얼|매뉴얼|안내)|(?:사장|직원)(?:은|이|으로)?뭐(?:를)?할수|^(?:도움말|사용법|매뉴얼|명령어|기능|(?:사장님?|직원)메뉴)$"
)
WANTS_SENT = re.compile(
    rf"보내(?:기|줘|주세|자|고싶|요|라|야|도될|려|는법|볼까|볼래|$)|보낼(?:래|게|께|거|까|소식|예정|준비|수)|(?:소식|광고|홍보|메시지|문자|공지|안내)(?:을|를|문자|하나|좀)?(?:발송|쓰기|쓸|작성|돌려|돌릴|내보내|뿌려|뿌릴|전송|하고싶|할래|할게|올려|올릴)|"
    rf"(?:단골|손님|고객)(?:들|분들)?(?:한테|에게|께)|^{SENT}(?:발송|전송)|[다라]고(?:좀)?(?:알려|전해)(?:줘|주|드)"
)
OFFER = re.compile(
    r"[0-9]+(?:%|퍼센트|퍼|프로|원)(?:할인|세일|깎|싸게|에|off)?|할인|세일|반값|특가|1\+1|2\+1|[1-9]플러스[1-9]|원플러스원|덤|증정|사은|서비스(?:로|드)|무료(?:로|나눔|증정)|신메뉴|신상|새로(?:나|들어)|"
    r"(?:방금|지금|오늘|갓)(?:막)?(?:구운|구웠|나온|나왔|들어온|들어왔|튀긴|만든)|들어왔|나왔(?:어요|습니다|음)|개시|출시|이벤트|행사|떨이|마감(?:세일|할인)|소진|드려요|드립니다|쉽니다|쉬어요|휴무(?:입니다|예요|에요)?$"
)
SHOWN = rf"(?:을|를|은|는|이|가)?(?:좀)?(?:보기|보여|알려|확인|얼마(?:나)?(?:남았어|야|예)?|있어|어때|어땠어)?{POLITE}"
NEWS = r"(?:소식|광고|홍보|메시지|메세지|문자|공지|알림|카톡|톡)"
COMMANDS: Mapping[OwnerMeaning, re.Pattern[str]] = {
    meaning: re.compile(words)
    for meaning, words in {
        OwnerMeaning.SEND: rf"(?:{NEWS}(?:을|를|좀|하나)?){{0,2}}(?:보[내네]기|보낼(?:게|께|래)|보내고싶어|보내(?=줘|주세요)|돌릴(?:게|래)|쓸(?:게|래)){POLITE}",
        OwnerMeaning.MONEY: rf"(?:남은)?(?:지원금|무상캐시|캐시|잔액|예산|돈){SHOWN}",
        OwnerMeaning.TODAY: rf"오늘|(?:오늘)?(?:현황|요약){SHOWN}",
        OwnerMeaning.RESULTS: rf"(?:최근|지난번?|어제|마지막)?(?:보낸(?:거|것|소식|광고))?(?:결과|반응|성과|효과){SHOWN}",
        OwnerMeaning.ENQUIRIES: r"(?:손님|고객)?(?:문의|질문)(?:함|목록|내역)?(?:답하기|보기|확인|보여줘|보여주세요)?|답(?:장|변)?하기",
        OwnerMeaning.CONSOLE: rf"(?:가게|매장|사장님?)?(?:관리|콘솔)(?:페이지|화면|자화면)?(?:좀)?(?:열어|보여)?{POLITE}|사장님?(?:페이지|화면)|로그인",
        OwnerMeaning.IDEA: r"(?:아이디어|(?:문구)?추천)(?:좀|하나)?(?:(?:보여|해)(?:줘|주세요))?|(?:이번주|오늘)?(?:에)?(?:뭐|뭘|뭐를|무엇을|뭐라고)(?:보내지|보낼까|쓰지|쓸까)요?",
        OwnerMeaning.OWNER_HELP: r"(?:사장님?|직원)?(?:도움말|사용법|기능|매뉴얼)",
    }.items()
}
"""Whole sentences that are a wish and nothing else, wherever they are said."""

STOPPING = (OwnerMeaning.STOP_ALL, OwnerMeaning.CANCEL_BOOKED, OwnerMeaning.UNPAIR)
SHOPS_OWN = re.compile(
    r"^(?:전부멈춤|긴급정지)$|발송|보내는[거것]|나가는[거것]|예약|연결|페어링|직원"
)
"""What only a shop sends, books or pairs: to stop that is no refusal of advertisements."""

SHOP_RESTS = re.compile(
    r"(?:오늘|내일|모레|[월화수목금토일]요일|[0-9]+일|연휴|명절|추석|설날)(?:은|는|까지|부터|하루)?"
    r"(?:저희|우리|가게|매장)?(?:가|는|은|도)?(?:하루|푹)?(?:쉬어요|쉽니다|쉬어갑니다|휴무)"
)
QUESTION = re.compile(r"[?？]|(?:나요|까요|가요|을까|ㄹ까|있어|인지)[\s.~!]*$")

BOOKED = re.compile(
    r"^예약(?:한|된|해둔|해놓은)?(?:거|것|소식|광고|메시지|문자|목록|내역|현황)?(?:을|를|은)?(?:좀)?(?:보여|보기|확인|있어|있나|뭐야|알려)|^예약(?:목록|내역|현황)"
)
CANCEL_ALL = re.compile(rf"^{ALL}취소{POLITE}$")
COUPON_ALONE = re.compile(r"^쿠폰(?:사용|처리|번호|쓰기)?$")

OWN = (
    (CANCEL_ALL, OwnerMeaning.STOP_ALL),
    (BOOKED, OwnerMeaning.CANCEL_BOOKED),
    (COUPON_ALONE, OwnerMeaning.COUPON),
    (CONSOLE, OwnerMeaning.CONSOLE),
    (OWNER_HELP, OwnerMeaning.OWNER_HELP),
    (ENQUIRIES, OwnerMeaning.ENQUIRIES),
    (TODAY, OwnerMeaning.TODAY),
    (WATCH, OwnerMeaning.RESULTS),
    (IDEA, OwnerMeaning.IDEA),
    (MONEY, OwnerMeaning.MONEY),
    (RESULTS, OwnerMeaning.RESULTS),
    (WANTS_SENT, OwnerMeaning.SEND),
)
EXAMPLES = {
    OwnerMeaning.SEND: "보내기 | 소식 보내기 | 광고 보내기 | 메시지 보내기",
    OwnerMeaning.MONEY: "남은 지원금 | 지원금 얼마 남았어 | 지원금 잔액",
    OwnerMeaning.RESULTS: "최근 결과 | 결과 보여줘 | 지난번 결과",
    OwnerMeaning.ENQUIRIES: "문의 답하기 | 문의함 | 문의 확인",
    OwnerMeaning.CONSOLE: "가게 관리 | 사장님 페이지 | 관리 페이지",
    OwnerMeaning.IDEA: "문구 추천해줘 | 뭐 보낼까 | 추천해줘",
    OwnerMeaning.OWNER_HELP: "사장님 도움말 | 직원 도움말",
}
LIKE = [
    (sounds(squeezed(said)), meaning)
    for meaning, lines in EXAMPLES.items()
    for said in lines.split("|")
]
CHOICES = [said for said, _ in LIKE]


def understand_owner(words: str) -> OwnerMeaning | None:
    """What somebody of the staff means; None where a customer's words are theirs as well."""
    is_common = len(words) <= COMMON_LENGTH_MAX and not any(one.isdigit() for one in words)
    return _remembered(words) if is_common else _meaning(words)


def command_in(words: str) -> OwnerMeaning | None:
    """The wish that these words are as a whole. Four digits alone may be anything."""
    bare = squeezed(words)
    if whole := _whole(bare):
        return None if bare.isdigit() else whole
    return next((meaning for meaning, rule in COMMANDS.items() if rule.fullmatch(bare)), None)


def speaks_of_work(words: str, meaning: Meaning) -> bool:
    """Whether an owner means their own shop by what a customer would refuse advertisements with."""
    bare = squeezed(words)
    command = command_in(words)
    if command in STOPPING:
        return SHOPS_OWN.search(bare) is not None
    if meaning is Meaning.PAUSE:
        return SHOP_RESTS.search(bare) is not None
    if meaning is not Meaning.MAYBE_STOP:
        return False
    return command is not None or (hear_stop(bare) is None and tells_news(words))


def tells_news(words: str) -> bool:
    """Whether there is something in it for customers, beside the wish to send it."""
    return bool(OFFER.search(NOISE_BUT_SIGNS.sub("", plain(words))) or QUOTED.search(words))


def _meaning(words: str) -> OwnerMeaning | None:
    line = plain(words)
    bare = NOISE.sub("", line)
    if not bare:
        return None
    if whole := _whole(bare) or _told_whom(words):
        return whole
    if hear_stop(bare) is Meaning.STOP or (hears_pause(bare) and not OFFER.search(line)):
        return None
    own = next((meaning for rule, meaning in OWN if rule.search(bare)), None)
    if own:
        return own
    if OFFER.search(NOISE_BUT_SIGNS.sub("", line)) and not QUESTION.search(words):
        return OwnerMeaning.SEND
    return _resembled(bare)


def _told_whom(words: str) -> OwnerMeaning | None:
    """Whom alone, or news for them; news that goes out by itself."""
    if whom_alone(words):
        return OwnerMeaning.WHOM
    if SERIES.search(squeezed(words)):
        return OwnerMeaning.SERIES
    if says_sold_out(words):
        return OwnerMeaning.SOLD_OUT
    return OwnerMeaning.SEND if split_whom(words) else None


QUOTED = re.compile(r"[다라]고\s*(?:좀\s*)?(?:단골|손님|고객|보내|알려|전해)")
NOISE_BUT_SIGNS = re.compile(r"[^\w%+?？]+")
_remembered = lru_cache(maxsize=1_024)(_meaning)


def code_in(words: str) -> str:
    """The four digits of a customer's code or a coupon's; empty when there are none."""
    bare = squeezed(words)
    found = COUPON.fullmatch(bare)
    if found:
        return found.group("code") or found.group("before")
    stamped = STAMP.fullmatch(bare)
    return stamped.group("code") if stamped else ""


def stamps_in(words: str) -> int:
    """How many stamps: one, unless it is said."""
    found = STAMP.fullmatch(squeezed(words))
    said = (found.group("count") or "") if found else ""
    number = re.sub(r"(?:개|번|장)?(?:만|씩)?$", "", said)
    count = COUNTS.get(number) or (int(number) if number.isdigit() else 1)
    return min(max(count, 1), STAMPS_MAX)


ASKED_TO_SEND = re.compile(
    r"\s*(?:좀|하나)?\s*(?:지금|바로|좀)?\s*"
    r"(?:보내\s*(?:줘요?|주세요|주실래요|줄래요?|자|기|고\s*싶어요?|라|요)|보낼(?:래요?|게요?|께요?|거예요|까요?)|(?:알려|전해)\s*(?:줘요?|주세요|주자)|발송(?:해\s*줘|해\s*주세요|하기)?|전송)[\s.!~?]*$"
)
WHOM = r"(?:우리\s*)?(?:단골|손님|고객)(?:들|분들|님들)?\s*(?:한테|에게|께)"
TO_WHOM = re.compile(
    rf"^\s*{WHOM}\s*|^\s*(?:소식|광고|홍보|메시지|문자|공지)(?:을|를)?\s*(?=보내|보낼|발송|전송|하나|좀)"
)
TO_WHOM_LAST = re.compile(rf"(?:^|\s+){WHOM}\s*$")
ASKED_TO_SPREAD = re.compile(
    rf"(?:\s+{NEWS}(?:을|를|이나)?)?\s*(?:좀|하나)?\s*(?:돌려|뿌려|내보내|올려|띄워)\s*(?:줘요?|주세요|주실래요|줄래요?)[\s.!~?]*$"
)
CALLED = re.compile(r"(?<=[가-힣])(?<![으시오가하보])(?:이?라고|자고|을|를)$")
BIDDEN = re.compile(r"(?:(?<=으)|시|(?<=[오가하보]))라고$")
TOLD = re.compile(r"(?<=[가-힣])다고$")
NEWS_LETTERS_MIN = 2
SYLLABLES, TAILS = 0xAC00, 28
TAIL_N, TAIL_L, TAIL_B = 4, 8, 17


def news_in(words: str) -> str | None:
    """What is to be told, without the request to send it; None when only that was said."""
    rest = TO_WHOM.sub("", words.strip())
    asked = ASKED_TO_SEND.search(rest) or ASKED_TO_SPREAD.search(rest)
    if asked:
        rest = _said(TO_WHOM_LAST.sub("", rest[: asked.start()].rstrip()))
    rest = TO_WHOM.sub("", rest.strip(" ,.:\"'“”‘’")).strip()
    return rest if len(squeezed(rest)) >= NEWS_LETTERS_MIN and not BARE.fullmatch(rest) else None


def _said(quoted: str) -> str:
    """As it is said to customers: `떡 나왔다고` is `떡 나왔습니다`, `놀러 오라고` is `놀러 오세요`."""
    if TOLD.search(quoted):
        return _politely(quoted[: -len("다고")])
    if BIDDEN.search(quoted):
        return f"{BIDDEN.sub('', quoted)}세요"
    return CALLED.sub("", quoted)


def _politely(stem: str) -> str:
    """The stem of `-다` with `-ㅂ니다` or `-습니다`, which are regular for every word."""
    if stem.endswith("는") and stem[-2:-1] and _tail(stem[-2]):
        return f"{stem[:-1]}습니다"
    tail = _tail(stem[-1])
    if tail in (0, TAIL_N, TAIL_L):
        return f"{stem[:-1]}{chr(ord(stem[-1]) - tail + TAIL_B)}니다"
    return f"{stem}습니다"


def _tail(syllable: str) -> int:
    """The number of its last consonant; 0 where it ends in a vowel."""
    return (ord(syllable) - SYLLABLES) % TAILS


BARE = re.compile(
    r"\s*(?:소식|광고|홍보|메시지|메세지|문자|공지|카톡|톡|안내|\s)+(?:을|를|좀|하나)?\s*"
)


def _whole(bare: str) -> OwnerMeaning | None:
    """What must be said by itself: it does something at once, or sounds like a refusal."""
    if COUPON.fullmatch(bare):
        return OwnerMeaning.COUPON
    if STAMP.fullmatch(bare):
        return OwnerMeaning.STAMP
    if STOP_ALL.fullmatch(bare):
        return OwnerMeaning.STOP_ALL
    if CANCEL_BOOKED.fullmatch(bare):
        return OwnerMeaning.CANCEL_BOOKED
    return OwnerMeaning.UNPAIR if UNPAIR.fullmatch(bare) else None


def _resembled(bare: str) -> OwnerMeaning | None:
    heard = sounds(bare)
    if len(heard) < LETTERS_MIN:
        return None
    found = process.extractOne(heard, CHOICES, scorer=fuzz.ratio, score_cutoff=LIKE_MIN)
    return LIKE[found[2]][1] if found else None
