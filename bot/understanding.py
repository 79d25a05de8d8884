"""Words → meaning, by rules; what they do not cover is `UNKNOWN`."""

import re
import unicodedata
from enum import StrEnum, auto
from functools import lru_cache

from bot.stopping import ADVERT, PLEASE, asks_for_more, hears_stop, takes_stop_back

COMMON_LENGTH_MAX = 16
DIGIT = re.compile(r"\d")


class Meaning(StrEnum):
    """What a person wants. `LEAVE` (탈퇴) is more than `STOP`: it asks to delete everything, and
    `ERASE` answers that question. `CLAIM` is the six digits of a shop.
    """

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
    ERASE = auto()
    MY_STAMPS = auto()
    STAMP_CODE = auto()
    CLAIM = auto()
    MY_COUPONS = auto()
    USE_COUPON = auto()
    TOLD_OFF = auto()
    TOLD_ON = auto()
    BIRTHDAY = auto()
    FORGET_BIRTHDAY = auto()
    SHOP_INFO = auto()
    GREETING = auto()
    UNKNOWN = auto()


NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
NOISE = re.compile(r"(?:[\W_]|[ㅋㅎㅠㅜ])+")
"""Spaces, punctuation, emoji and laughter."""

POLITE = re.compile(r"(?:이에요|이예요|예요|에요|입니다|합니다|습니다|이요|요|용|염)$")
QUESTION = re.compile(r"[?？]|(?:나요|까요|는지|가요|을까|ㄹ까)[\s.~!]*$")
PHONE = re.compile(
    r"(?<!\d)(?:\+?82[\s.-]?(?:\(?0\)?)?[\s.-]?|0)1[016789][\s().-]{0,3}\d{3,4}[\s.-]{0,3}\d{4}(?!\d)",
    re.ASCII,
)

AGREE_ADS = re.compile(
    rf"^(?:네|넵|예|응)?(?:(?:{ADVERT}|홍보소식|광고소식)(?:을|를|도|은|는)?)?(?:다시|계속)?"
    r"(?:받을래|받을게|받을께|받고싶|받아볼래|받겠|보내줘|보내주|켜줘|켜주|구독할)"
    rf"|^(?:{ADVERT}|{ADVERT}수신)(?:을|를|에)?(?:다시)?(?:받기|동의|신청|켜기)(?:할게|할래|해|합니다|하기|요|$)"
    r"|^다시(?:받|동의|구독|신청|켜)"
)
TAKEN_BACK = re.compile(r"아니|아뇨|아닙|말래|말게|말까|말자|안할|안해|취소|됐어|나중|다음에")
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
# Under the question of leaving only: see bot/handlers/leaving.py.
ERASE = re.compile(
    r"^(?:네|넵|예|응)?(?:모두|전부|다)(?:지울게|지울래|지워|삭제할게|삭제할래|삭제해)(?:줘|주세)?요?$"
)
STAMP = r"(?:도장|스탬프|적립)"
NOTICE = rf"{STAMP}(?:이랑|과|하고|및)?(?:쿠폰)?(?:알림|알람|안내|메시지|메세지)(?:은|는|을|를|도|만)?(?:좀|이제)?"
TOLD_OFF = re.compile(
    rf"{NOTICE}(?:꺼{PLEASE}?|끄기|끄고싶어|끌게|끌께|끌래|해제해?{PLEASE}?|그만(?:보내{PLEASE}?|받을게|받을래)?"
    r"|안받을게|안받을래|안받기|받지않을게|필요없어)(?:요|여|용)?"
)
TOLD_ON = re.compile(
    rf"{NOTICE}(?:다시)?(?:켜{PLEASE}?|켜기|켜고싶어|켤게|켤께|켤래|받기|받을게|받을래|보내{PLEASE})(?:요|여|용)?"
)
AROUND_CODE = (
    r"(?:도장|스탬프|적립|방문|인증|번호|코드|여기|받기|이에요|예요|입니다|이요|요|번|는|은|을|으로|로|"
    r"찍어(?:주세요|줘)|해(?:주세요|줘)|부탁(?:해요|드려요))*"
)
CLAIM = re.compile(rf"{AROUND_CODE}([0-9]{{6}}){AROUND_CODE}")
DAY = re.compile(r"[0-9].*[0-9]\s*일?")
BIRTHDAY = re.compile(
    r"생일(?:을|은|이|도|는|좀)?(?:잘못|다시)?(?:남기|남길|남겨|등록|입력|적|저장|바꾸|바꿀|바꿔|변경|수정|추가|말씀|[0-9]|$)"
    r"|(?:제|내|저의|나의)생일(?:은|이)"
)
FORGET_BIRTHDAY = re.compile(
    r"생일(?:을|은|도|정보|기록){0,2}(?:다시)?(?:삭제|지워|지우|지울|없애|빼|취소|파기)"
)
MY_STAMPS = re.compile(
    rf"{STAMP}(?:은|이|을|를|도|판|카드){{0,2}}(?:지금)?(?:몇|얼마|개수|갯수|현황|내역|기록|보여|보기|볼|확인|조회|남|상황|상태|알려|있)"
    rf"|(?:내|제|나의|저의){STAMP}|(?:도장|스탬프)(?:판|카드)|^(?:도장|스탬프)$|몇개(?:모|찍|남|더)"
)
STAMP_CODE = re.compile(
    rf"{STAMP}(?:을|좀|도|은){{0,2}}(?:하나|[한두세네]개|[0-9]{{1,2}}개)?"
    r"(?:받|찍(?!혔|었|힌|혀|은)|주세|줘|주시|해|하(?!셨|신)|할|부탁|쌓|번호|코드|적립)|^적립$|방문인증"
)
USE_COUPON = re.compile(
    r"쿠폰(?:을|좀|도|은|이거|하나|한장|지금)?"
    r"(?:쓸(?:게|께|래)|쓰(?:기|겠|고싶|려고|자)|사용(?:할(?!수)|하|해|합|요|$)|써(?:도|주|줘|볼|요|야)|적용|낼게|내고)"
)
MY_COUPONS = re.compile(
    r"쿠폰(?:은|이|을|를|좀|도)?(?:있|뭐|무슨|몇|보|확인|조회|남|함|목록|리스트|내역|알려|언제)"
    r"|(?:내|제|나의|저의|받은|쓸수있는|남은|안쓴)쿠폰"
)
ABOUT_COUPONS = re.compile(r"쿠폰")
ABOUT_STAMPS = re.compile(STAMP)
JOIN = re.compile(
    r"단골(?:이|로|을|도)?(?:되|될|할|하기|하고|등록|신청|맺|가입|추가|시켜|돼|해$|$)"
    r"|(?:가입|회원등록)(?:하기|할|하고|하겠|하려|신청|원|시켜|해|$)|회원(?:되|될|할래)"
)
MY_INFO = re.compile(
    r"(?:^|[^안])(?:내|나의|제|저의|본인)(?:개인)?(?:정보|기록|데이터|동의|단골|방문|가입|번호|전화|연락처)"
    r"|개인정보(?:열람|조회|확인|보|알려)|(?:동의|방문)(?:내역|기록|현황|확인|날짜)"
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
    (FORGET_BIRTHDAY, Meaning.FORGET_BIRTHDAY),
    (BIRTHDAY, Meaning.BIRTHDAY),
    (ERASE, Meaning.ERASE),
    (LEAVE, Meaning.LEAVE),
    (USE_COUPON, Meaning.USE_COUPON),
    (MY_COUPONS, Meaning.MY_COUPONS),
    (MY_STAMPS, Meaning.MY_STAMPS),
    (STAMP_CODE, Meaning.STAMP_CODE),
    (MY_INFO, Meaning.MY_INFO),
    (SHOP_INFO, Meaning.SHOP_INFO),
    (NO, Meaning.NO),
    (HELP, Meaning.HELP),
    (JOIN, Meaning.JOIN),
    (GREETING, Meaning.GREETING),
    (ABOUT_COUPONS, Meaning.MY_COUPONS),
    (ABOUT_STAMPS, Meaning.MY_STAMPS),
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
    if refused := _telling(bare) or _refusal(words, bare):
        return refused
    if CLAIM.fullmatch(bare):
        return Meaning.CLAIM
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


def digits_in(words: str) -> str:
    """The six digits of a `CLAIM`."""
    found = CLAIM.fullmatch(squeezed(words))
    return found.group(1) if found else ""


def day_in(words: str) -> str:
    """The part of an answer that may be a day: from its first digit to its last."""
    found = DAY.search(_plain(words))
    return found.group() if found else words


def squeezed(words: str) -> str:
    """Only what carries meaning: composed, lower case, no spaces, marks or laughter."""
    return NOISE.sub("", _plain(words))


def _plain(words: str) -> str:
    """Composed and narrow. NFKC would do both, but takes the ㅋ of laughter for a consonant."""
    return unicodedata.normalize("NFC", words).translate(NARROW).lower()


def _telling(bare: str) -> Meaning | None:
    """Only words that name the notices of stamps and say nothing else: they are no refusal of
    advertising, and whatever else is refused is (L4).
    """
    if TOLD_OFF.fullmatch(bare):
        return Meaning.TOLD_OFF
    return Meaning.TOLD_ON if TOLD_ON.fullmatch(bare) else None


def _refusal(words: str, bare: str) -> Meaning | None:
    if not hears_stop(bare):
        return None
    if not QUESTION.search(words) and takes_stop_back(bare):
        return Meaning.AGREE_ADS
    return None if asks_for_more(bare) else Meaning.STOP


def _agreement(bare: str) -> Meaning | None:
    agreed = AGREE_ADS.search(bare)
    if agreed and not TAKEN_BACK.search(bare, agreed.end()):
        return Meaning.AGREE_ADS
    if YES.fullmatch(bare) or YES.fullmatch(POLITE.sub("", bare)):
        return Meaning.YES
    return None
