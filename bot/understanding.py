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
    r"(?<!\d)(?:\+?82[\s.-]?(?:\(?0\)?)?[\s.-]?|0)1[016789][\s().-]{0,3}\d{3,4}[\s.-]{0,3}\d{4}(?!\d)",
    re.ASCII,
)

ADVERT = (
    r"(?:광고|소식|알림|문자|메시지|메세지|홍보|톡|연락(?!처)|마케팅|스팸|이런거|수신|구독|푸시)"
)
NOT = r"(?:좀|는|도|들|제발|진짜){0,2}(?:마|말|않|맙)"
END = (
    r"(?:그만|안받|받지않|받지말|받기싫|받고싶지|싫|거부|거절|차단|끄|끔|꺼|off|오프|끊어|끊을|끊고|끊기|"
    r"중단|중지|정지|해지|취소|철회|필요없|필요하지않|안보내(?:도|주|셔|면|줬|시면)|멈춰|멈추|"
    rf"(?:보내|보내주|하|오|주)지{NOT}|안오게|안왔으면|안뜨게|안울리게|빼(?!먹|빼|로)|삭제|제외|없애|치워|"
    r"사양|사절|원하지않|원치않|귀찮|지겨|지긋|짜증|안할래|안할게|안하고싶|관심없|신고|너무(?:많|자주)|stop|노노|ㄴㄴ)"
)
# L4, L11: a refusal is heard however it is worded; a wrong guess costs one tap to undo.
STOP = re.compile(
    rf"{ADVERT}.{{0,12}}{END}|(?:싫|안받|끊|꺼져|신고|지겨|지긋|짜증|귀찮|작작).{{0,6}}{ADVERT}"
    rf"|{ADVERT}(?:은|는|도|이)?(?:이제|더는)?(?:괜찮|됐|되었)"
    rf"|{ADVERT}동의(?:는|를|은|도)?(?:절대|이제)?(?:안|못)(?:하|할|해|합|함|했|한)|{ADVERT}동의(?:를)?하지않"
    r"|거부|차단|그만|작작(?:좀|해|하|보내|$)|철회(?:할|합|하|해|요|$)|(?:명단|목록)에서(?:빼|제외)"
    r"|해지(?:해|할|하|합|신청|부탁|시켜|를|원|처리|좀|요?$)|(?:중단|중지)(?:해|할|하|합|부탁|요?$)"
    r"|동의.{0,5}(?:철회|취소)|동의(?:를|도)?안했|동의한적(?:이|도)?없"
    r"|안받(?:을|고싶|겠|아도|아요?$)|^안받(?:아|기|음|는다|어|$)|(?:이제|더는|더이상|다시는|앞으로|절대)안받"
    r"|받지(?:는|도)?(?:않을|않겠|않으려)|받기(?:가|도)?싫|받고싶(?:지|진)(?:도)?않|받을(?:생각|마음|필요)(?:이|도)?없"
    rf"|(?:보내|보내주)지{NOT}"
    r"|안보내(?:도|셔도|줘도|주셔도|줬으면|셨으면|주셨으면|주시면|시면|주면|면안|실래|실수|주실)"
    rf"|왜(?:자꾸|계속|또|맨날|매일|이렇게)?{ADVERT}?(?:을|를)?(?:자꾸|계속|또|맨날|매일)?보내(?!지않)"
    r"|더이상.{0,8}(?:보내|받|연락)|관심(?:이|도)?없|^끊|끊(?:을|고싶|겠|어(?:줘|주|달|라|요?$))"
    r"|신고(?:할|합니|하겠|한다|각|$)|^스팸|귀찮게.{0,4}하지|^꺼[져저]|꺼[져저](?:라|버려|줘|주|제발|좀|요?$)|꺼지(?:라|세|시)|닥[쳐치]"
    r"|(?<!bus)(?<!non)stop|unsubscribe|optout|noads|nomore"
)
SLIPS = {
    "보네": "보내",
    "그마보": "그만보",
    "끈어": "끊어",
    "끈을": "끊을",
    "시러": "싫어",
    "시른": "싫은",
    "거브": "거부",
    "거뷰": "거부",
    "바들": "받을",
    "바다도": "받아도",
    "필요업": "필요없",
    "관심업": "관심없",
}
SLIP = re.compile("|".join(SLIPS))
# What sounds like a refusal and is about the shop, the weather, a card.
SHOP_WORK = r"(?:배달|영업|장사|가게|운영|판매|알바|직원|사장님?)(?:은|는|을|를|이|가|도)?(?:이제|아예|벌써|왜)?"
LOOKALIKE = re.compile(
    r"그만큼|그만한(?!다)|맛(?:이|도|은)?(?:아주|정말|진짜)?그만|그만(?:이(?:에요|예요|야|죠|네|지)|깜[빡박]|잊|늦|가볼|갈게|가야)"
    r"|거부감|차단기(?=앞|옆|뒤|가|를|는|은|에|로|쪽|내려|올|고장|안|밖|열|$)|(?:자외선|햇[빛볕]|소음)차단"
    r"|(?:카드|결제|승인|입장|환불|주문)(?:이|가|을|를)?거부|(?:분실|습득)신고|(?:전화|통화)(?:를|는)?끊"
    rf"|{SHOP_WORK}(?:그만|중단|중지)(?:하|두|되)?(?:셨|시나|시는|신|나|었|된|됐|한|뒀|둔)(?!으면)"
    r"|그만(?:뒀|두셨|두신|두었|두나|두시나)(?!으면)"
    r"|(?:카드|현금|상품권|쿠폰|페이|예약|주문|손님|(?<!광고)(?<!홍보)(?<!스팸)전화)(?:은|는|을|를|도|이|가)?"
    r"(?:왜|요즘|이제)?안받(?:으|나|네|는|던|아요|죠)"
)
# Only an utterance that is nothing else takes a refusal back or asks for more.
CLEAR_LENGTH_MAX = 60
BEFORE = (
    r"(?:네|예|아|앗|어|아니|아니요|죄송(?:합니다|해요|하지만|한데)|미안(?:합니다|해요|한데)|저기요?|안녕하세요|그냥|이제|"
    r"방금|아까|어제|제가|실수로|잘못)*"
)
AFTER = (
    r"(?:감사(?:합니다|해요)|고마워요?|고맙습니다|부탁(?:해요|드려요|드립니다|합니다)|"
    r"죄송(?:합니다|해요)|미안(?:합니다|해요))?"
)
PLEASE = r"(?:줘|줄래|주세|주셔|주십시오|주시겠어|주실래|주시면좋겠어|주시면감사하겠습니다)"
DO = (
    rf"(?:할게|할께|할래|하겠(?:어|습니다)|하고싶(?:어|습니다|은데)|해{PLEASE}?|합니다|하기|하려고|해야겠어|"
    r"부탁(?:해|드려|드립니다|합니다)|신청(?:해|합니다|할게)?|원해|원합니다|이)?(?:요|여|용|염)?"
)
UNDO = (
    rf"(?:{ADVERT}|무료){{0,3}}(?:을|를)?(?:거부|해지|차단|철회|중단|중지|정지)"
    r"(?:(?:한|했던|해놓은|해둔|하려던|하려는)(?:거|것|게|건)?)?(?:을|를|은|는)?(?:다시|좀|그냥)?"
    rf"(?:(?:취소|해제|번복){DO}"
    rf"|풀(?:게|께|래|겠습니다|고싶어|고싶습니다|려고|기|어{PLEASE}?)(?:요|여|용)?"
    rf"|되돌(?:릴게|릴래|리고싶어|려{PLEASE}?)(?:요|여|용)?"
    r"|안할(?:게|께|래)요?|안했어요?|안했습니다|아니(?:에요|예요|야|었어요?|었습니다)"
    r"|(?:실수|잘못)(?:예요|에요|이에요|였어요?|입니다|였습니다|했어요?|눌렀어요?|눌렀습니다|누른거예요|한거예요|로눌렀어요?)?)"
)
AGAIN = (
    rf"(?:{ADVERT}{{1,2}}(?:을|를|도|은|는)?)?(?:다시|계속|더|자주|많이){{1,3}}"
    rf"(?:받(?:을게|을께|을래|겠습니다|고싶어|고싶습니다)|보내{PLEASE})(?:요|여|용)?"
)
DO_NOT_END = rf"{ADVERT}{{0,2}}(?:을|를|은|는)?(?:그만|거부|차단|중단|끊)(?:(?:보내|하|두)?지)?(?:말고|마시고)"
UNDONE = re.compile(rf"{BEFORE}(?:{UNDO}(?:{AGAIN})?|(?:{DO_NOT_END})?{AGAIN}){AFTER}")
# "왜 소식을 안 보내 주세요?" asks for more, not for less.
WANTS_MORE = re.compile(
    rf"{BEFORE}(?:(?:수신)?거부(?:를|는)?(?:안했|한적(?:이|도)?없)(?:는데|어)요?)?"
    rf"(?:{ADVERT}(?:은|는|을|를|이|가)?)?왜(?:요즘|이제|저한테|나한테|저는|저만|아직|이번에){{0,2}}(?:는|도)?"
    rf"(?:{ADVERT}{{1,2}}(?:은|는|을|를|이|가|도)?)?(?:요즘|이제|저한테|아직)?"
    r"(?:안보내|안와|안오|못받|보내지않|안받아지)(?:주|줘|세|시|나|는|거|건|가|죠|니|냐|예|에|야|으|아|어|았|었|을|까|지|요)*"
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
    if _sounds_like_stop(bare):
        is_clear = len(bare) <= CLEAR_LENGTH_MAX
        if is_clear and not QUESTION.search(words) and UNDONE.fullmatch(bare):
            return Meaning.AGREE_ADS
        if not (is_clear and WANTS_MORE.fullmatch(bare)):
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


def _sounds_like_stop(bare: str) -> bool:
    """Misspelt, too, but not where the words are of something else."""
    spelt = SLIP.sub(lambda slip: SLIPS[slip.group()], bare)
    return STOP.search(LOOKALIKE.sub(" ", spelt)) is not None


def _agreement(bare: str) -> Meaning | None:
    agreed = AGREE_ADS.search(bare)
    if agreed and not TAKEN_BACK.search(bare, agreed.end()):
        return Meaning.AGREE_ADS
    if YES.fullmatch(bare) or YES.fullmatch(POLITE.sub("", bare)):
        return Meaning.YES
    return None
