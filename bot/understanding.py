"""Words → meaning, by rules; what they do not cover is `UNKNOWN`."""

import re
import unicodedata
from enum import StrEnum, auto
from functools import lru_cache

COMMON_LENGTH_MAX = 16
DIGIT = re.compile(r"\d")


class Meaning(StrEnum):
    """What a person wants. `LEAVE` (탈퇴) is more than `STOP`: it ends the membership."""

    JOIN = auto()
    MY_INFO = auto()
    HELP = auto()
    STOP = auto()
    AGREE_ADS = auto()
    YES = auto()
    NO = auto()
    PHONE = auto()
    LEAVE_PHONE = auto()
    FORGET_PHONE = auto()
    LEAVE = auto()
    SHOP_INFO = auto()
    GREETING = auto()
    UNKNOWN = auto()


NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
NOISE = re.compile(r"(?:[\W_]|[ㅋㅎㅠㅜ])+")
"""Spaces, punctuation, emoji and laughter."""

POLITE = re.compile(r"(?:이에요|이예요|예요|에요|입니다|합니다|습니다|이요|요|용|염)$")
QUESTION = re.compile(r"[?？]|(?:나요|까요|는지|가요|을까|ㄹ까)[\s.~!]*$")
PHONE = re.compile(
    r"(?<!\d)(?:\+?82[\s.-]?\(?0?\)?|0)1[016789][\s().-]{0,3}\d{3,4}[\s.-]{0,3}\d{4}(?!\d)",
    re.ASCII,
)

ADVERT = (
    r"(?:광고|소식|알림|문자|메시지|메세지|홍보|톡|연락(?!처)|마케팅|스팸|이런거|수신|구독|푸시)"
)
END = (
    r"(?:그만|안받|받지않|받지말|받기싫|받고싶지|싫|거부|차단|끄|꺼줘|꺼주|끊어|끊을|끊고|끊기|중단|중지|정지|해지|취소|"
    r"철회|필요없|필요하지않|안보내(?:도|주|셔|면|줬)|보내지마|보내지말|보내지않|하지마|하지말|멈춰|멈추|"
    r"사양|원하지않|원치않|귀찮|안할래|안할게|안하고싶|stop)"
)
# L4, L11: a refusal is heard however it is worded; a wrong guess costs one tap to undo.
STOP = re.compile(
    rf"{ADVERT}.{{0,12}}{END}|(?:그만|싫|거부|차단|안받|끊).{{0,6}}{ADVERT}"
    r"|무료거부|^거부|거부(?:할|합|하겠|해|요|$)|그만(?:보내|받|할|하|해|좀|둘|와|왔|$)"
    r"|안받(?:을|고싶|겠)|^안받|받지않을|받기싫|받고싶지않|보내지(?:마|말|않)|안보내(?:도|셔도|주셔도|줬으면|주시면)"
    r"|해지|차단|동의.{0,5}(?:철회|취소)|철회(?:할|합|하|해|요|$)|(?:명단|목록)에서(?:빼|제외)"
    r"|더이상.{0,8}(?:보내|받|연락)|^stop|unsubscribe|optout"
)
# "왜 소식을 안 보내 주세요?" asks for more, not for less.
WANTS_MORE = re.compile(r"왜.*(?:안보내|안와|안오|못받)")
UNDONE = re.compile(
    r"(?:거부|해지|차단|철회|중단).{0,4}(?:취소|해제|풀|되돌|안할|안했|안한|아니|번복|실수|잘못)"
)
AGREE_ADS = re.compile(
    rf"^(?:네|넵|예|응)?(?:(?:{ADVERT}|홍보소식|광고소식)(?:을|를|도|은|는)?)?(?:다시|계속)?"
    r"(?:받을래|받을게|받을께|받고싶|받아볼래|받겠|보내줘|보내주|켜줘|켜주|구독할)"
    rf"|^(?:{ADVERT}|{ADVERT}수신)(?:을|를|에)?(?:다시)?(?:받기|동의|신청|켜기)(?:할게|할래|해|합니다|하기|요|$)"
    r"|^다시(?:받|동의|구독|신청|켜)"
)
PHONE_WORD = (
    r"(?:전화번호|휴대폰번호|핸드폰번호|폰번호|연락처|번호|휴대폰|핸드폰)(?:는|은|를|을|도|좀)?"
)
FORGET_PHONE = re.compile(rf"{PHONE_WORD}(?:삭제|지워|지우|지울|없애|빼|취소|파기|말소)")
LEAVE_PHONE = re.compile(
    rf"{PHONE_WORD}(?:남기|남길|등록|입력|바꾸|바꿀|바꿔|변경|수정|적을|추가|새로)"
)
LEAVE = re.compile(
    r"탈퇴|(?:회원|가입|단골|정보|기록|데이터|멤버십)(?:을|를|은|도)?(?:전부|모두|다)?"
    r"(?:취소|삭제|지워|지울|없애|파기|안할|말소|빼)"
)
JOIN = re.compile(
    r"단골(?:이|로|을|도)?(?:되|될|할|하기|하고|등록|신청|맺|가입|추가|시켜|돼|해$|$)"
    r"|(?:가입|회원등록)(?:하기|할|하고|하겠|하려|신청|원|시켜|해|$)|회원(?:되|될|할래)"
)
MY_INFO = re.compile(
    r"(?:^|[^안])(?:내|나의|제|저의|본인)(?:개인)?(?:정보|기록|데이터|동의|단골|방문|가입|번호|전화|연락처)"
    r"|개인정보(?:열람|조회|확인|보|알려)|(?:동의|방문|적립)(?:내역|기록|현황|확인|날짜)"
    r"|(?:나|내|저)(?:에대해|에대한|한테).*(?:알|저장|갖|가지|정보)|마이페이지|몇번(?:방문|왔|갔)|언제부터단골"
)
SHOP_INFO = re.compile(
    r"영업|몇시|문(?:열|닫|여)|언제(?:열|닫|여)|오픈|마감|휴무|쉬는날|쉬나|쉬시|주소|위치"
    r"|어디(?:에|야|예|있|인|로|세|$)|찾아가|오시는길|가는길|길안내|약도|지도"
    r"|(?:매장|가게|점포)(?:정보|전화|번호|연락처|안내|소개)|(?:전화번호|연락처|전화)(?:뭐|몇|알려|가|좀|있|$)"
)
HELP = re.compile(
    r"도움|도와|help|메뉴|사용법|이용(?:방법|법|안내)|사용방법|기능|명령어|(?:뭐|뭘|무엇을)(?:를)?할수|할수있는"
    r"|어떻게(?:써|쓰|사용|이용|하)|단골(?:이|은|이란|이라는)?(?:뭐|무엇|무슨|어떤|게)|무슨봇|뭐하는|설명|혜택"
)
GREETING = re.compile(
    r"^(?:안녕|안뇽|하이|헬로|hello|hi$|hey|반가|반갑|처음|시작|start|웰컴|welcome|환영|좋은(?:아침|하루|저녁)|여보세요)"
)
# A consent may hang on these (L42): clear words, and nothing else in the utterance.
YES = re.compile(
    r"(?:네|넵|넹|예|옙|응|웅|그래|맞아|맞|동의|동의해|동의할게|동의함|성인|어른|yes|할래|할게|"
    r"(?:만)?14(?:세|살)이상|(?:만)?14(?:세|살)넘었어){1,2}"
)
NO = re.compile(
    r"^(?:아니|아뇨|아녀|아닙|안돼|안되|안할|안해|안남|노$|no$|nope|ㄴㄴ|괜찮|됐|되었|싫|아직|나중|다음에|다음번|건너|패스|"
    r"스킵|skip|pass|취소|없어|없습|하지않|필요없|거절|사양|동의안|동의하지|(?:만)?14[세살]미만)"
    r"|14[세살](?:이?안|이상아니|이상이아니|이상은아니|못)|미만|초등학생|(?:안|아직|못)(?:됐|되었|넘)"
)

RULES = (
    (FORGET_PHONE, Meaning.FORGET_PHONE),
    (LEAVE_PHONE, Meaning.LEAVE_PHONE),
    (LEAVE, Meaning.LEAVE),
    (MY_INFO, Meaning.MY_INFO),
    (SHOP_INFO, Meaning.SHOP_INFO),
    (NO, Meaning.NO),
    (HELP, Meaning.HELP),
    (JOIN, Meaning.JOIN),
    (GREETING, Meaning.GREETING),
)


def understand(words: str) -> Meaning:
    """What a person means, whatever they were asked.

    Short words without digits are remembered: buttons say the same over and over, and no
    one's number stays in memory.
    """
    is_common = len(words) <= COMMON_LENGTH_MAX and not DIGIT.search(words)
    return _remembered(words) if is_common else _meaning(words)


def _meaning(words: str) -> Meaning:
    plain = _plain(words)
    bare = NOISE.sub("", plain)
    if UNDONE.search(bare):
        return Meaning.AGREE_ADS
    if STOP.search(bare) and not WANTS_MORE.search(bare):
        return Meaning.STOP
    if PHONE.search(plain):
        return Meaning.PHONE
    if not QUESTION.search(words) and (agreed := _agreement(bare)):
        return agreed
    return next((meaning for rule, meaning in RULES if rule.search(bare)), Meaning.UNKNOWN)


_remembered = lru_cache(maxsize=4_096)(_meaning)


def phone_in(words: str) -> str | None:
    """The phone number that stands in these words, as it was written."""
    found = PHONE.search(_plain(words))
    return found.group() if found else None


def squeezed(words: str) -> str:
    """Only what carries meaning: composed, lower case, no spaces, marks or laughter."""
    return NOISE.sub("", _plain(words))


def _plain(words: str) -> str:
    """Composed and narrow. NFKC would do both, but takes the ㅋ of laughter for a consonant."""
    return unicodedata.normalize("NFC", words).translate(NARROW).lower()


def _agreement(bare: str) -> Meaning | None:
    if AGREE_ADS.search(bare):
        return Meaning.AGREE_ADS
    if YES.fullmatch(bare) or YES.fullmatch(POLITE.sub("", bare)):
        return Meaning.YES
    return None
