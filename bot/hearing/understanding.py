"""Words → meaning: by rules first, then by likeness; what neither covers is `UNKNOWN`."""

import re
from functools import lru_cache

from bot.hearing.meanings import Meaning as Meaning
from bot.hearing.naming import name_in as name_in
from bot.hearing.numbers import PHONE, code_meant
from bot.hearing.numbers import day_in as day_in
from bot.hearing.numbers import digits_in as digits_in
from bot.hearing.numbers import phone_in as phone_in
from bot.hearing.pausing import hears_pause, hears_resume
from bot.hearing.resemblance import resembled
from bot.hearing.spelling import COMMON_LENGTH_MAX, DIGIT, plain
from bot.hearing.spelling import squeezed as squeezed
from bot.hearing.stopping import (
    ADVERT,
    DO,
    PLEASE,
    asks_for_more,
    hear_stop,
    is_of_something_else,
    takes_stop_back,
)
from bot.hearing.wishes import STAMP, wish

ABOUT_ADS = re.compile(
    r"광고|홍보|스팸|마케팅|알림|알람|문자|메시지|메세지|푸시|카톡|소식|(?:^|[이저그])톡|이런거|이런걸"
)
"""Who speaks of advertisements and wants nothing else we know has had enough, more often than not."""

PLEASED = re.compile(
    r"(?:보고|받고|듣고|덕분에)(?:왔|갔|가|찾|알|샀|주문|싶)|반가|잘봤|나온|(?:연락|전화)드[려린]|좋[아네은]|재[미밌]|고마|기다|받아[도볼봤]|받을(?:수|까|래|게|께)|받겠|언제|궁금|안[와왔오온]|못받|으로(?:주문|예약|결제|문의)|"
    r"(?:로|으로)?(?:주문|예약|결제)|계속(?:받|보)|(?:는|은|란|이란)?(?:뭐|무슨|무엇|어떤)|얼마나|없[나어네]"
)
POLITE = re.compile(r"(?:이에요|이예요|예요|에요|입니다|합니다|습니다|이요|요|용|염)$")
QUESTION = re.compile(r"[?？]|(?:나요|까요|는지|가요|을까|ㄹ까)[\s.~!]*$")
RECEIVE = (
    r"(?:받(?:을래|을게|을께|고싶어|고싶습니다|아볼래|아볼게|아볼께|겠습니다|겠어|기)|(?:보내|켜)(?:줘|주세|주셔|주십시오|주실래)"
    r"|켤(?:게|께|래)|켜기|구독(?:할게|할께|할래|하기|합니다|하겠습니다|하고싶어))(?:요|여|용|염)?"
)
# Nothing that takes back what follows it (아니, 실수로, 죄송한데) stands around a consent (L42).
BEFORE = r"(?:네|예|넵|응|아|저기요?|안녕하세요|저도|저는|제가|그럼|좋아요|그냥|이제)*"
AFTER = r"(?:감사(?:합니다|해요)|고마워요?|고맙습니다|부탁(?:해요|드려요|드립니다|합니다))?"
AGREE_ADS = re.compile(
    rf"{BEFORE}(?:(?:홍보|광고)?{ADVERT}(?:을|를|도|은|는)?)?(?:다시|계속|그대로){{0,2}}{RECEIVE}{AFTER}"
    rf"|{BEFORE}{ADVERT}{{1,2}}(?:을|를|에)?(?:다시)?(?:동의|신청){DO}{AFTER}|다시(?:동의|구독|신청){DO}{AFTER}"
)
# A consent may hang on these (L42): clear words, and nothing else in the utterance.
YES = re.compile(
    r"(?:네|넵|넹|넴|예|옙|응|웅|그래|맞아|맞|동의|동의해|동의할게|동의함|성인|어른|yes|할래|할게|"
    r"(?:만)?14(?:세|살)이상|(?:만)?14(?:세|살)넘었어){1,2}"
)
NOTICE = rf"{STAMP}(?:이랑|과|하고|및)?(?:쿠폰)?(?:알림|알람|안내|메시지|메세지)(?:은|는|을|를|도|만)?(?:좀|이제)?"
TOLD_OFF = re.compile(
    rf"{NOTICE}(?:꺼{PLEASE}?|끄기|끄고싶어|끄고싶습니다|끌게|끌께|끌래|해제해?{PLEASE}?|그만(?:보내{PLEASE}?|받을게|받을래)?"
    r"|안받을게|안받을래|안받기|받지않을게|필요없어)(?:요|여|용)?"
)
TOLD_ON = re.compile(
    rf"{NOTICE}(?:다시)?(?:켜{PLEASE}?|켜기|켜고싶어|켜고싶습니다|켤게|켤께|켤래|받기|받을게|받을래|보내{PLEASE})(?:요|여|용)?"
)


def understand(words: str) -> Meaning:
    """What a person means, whatever they were asked.

    Short words without digits are remembered: buttons say the same over and over, and no
    one's number stays in memory.
    """
    is_common = len(words) <= COMMON_LENGTH_MAX and not DIGIT.search(words)
    return _remembered(words) if is_common else _meaning(words)


def agrees_to(words: str, shop_name: str) -> bool:
    """Whether they want this shop's news: its name, and otherwise a consent and nothing else."""
    name = re.escape(squeezed(shop_name))
    rest, count = re.subn(rf"{name}(?:의|은|는|도|만)?", "", squeezed(words), count=1)
    return count == 1 and not QUESTION.search(words) and AGREE_ADS.fullmatch(rest) is not None


def _meaning(words: str) -> Meaning:
    line = plain(words)
    bare = squeezed(words)
    if not bare:
        return Meaning.UNKNOWN
    if decided := _telling(bare) or _refusal(words, bare) or code_meant(bare):
        return decided
    if PHONE.search(line):
        return Meaning.PHONE
    if not QUESTION.search(words) and (agreed := _agreement(bare)):
        return agreed
    return wish(bare) or _likely(words, bare)


_remembered = lru_cache(maxsize=4_096)(_meaning)


def _telling(bare: str) -> Meaning | None:
    """Only words that name the notices of stamps and say nothing else: they are no refusal of
    advertising, and whatever else is refused is (L4).
    """
    if TOLD_OFF.fullmatch(bare):
        return Meaning.TOLD_OFF
    return Meaning.TOLD_ON if TOLD_ON.fullmatch(bare) else None


def _refusal(words: str, bare: str) -> Meaning | None:
    if hears_resume(bare):
        return Meaning.RESUME
    if hears_pause(bare):
        return Meaning.PAUSE
    heard = hear_stop(bare)
    if heard is None:
        return None
    if not QUESTION.search(words) and takes_stop_back(bare):
        return Meaning.AGREE_ADS
    return None if asks_for_more(bare) else heard


def _agreement(bare: str) -> Meaning | None:
    """Only where nothing else is said: no consent rests on half a sentence."""
    if AGREE_ADS.fullmatch(bare):
        return Meaning.AGREE_ADS
    if YES.fullmatch(bare) or YES.fullmatch(POLITE.sub("", bare)):
        return Meaning.YES
    return None


def _likely(words: str, bare: str) -> Meaning:
    if is_of_something_else(bare) or asks_for_more(bare):
        return Meaning.UNKNOWN
    likely = resembled(bare)
    if likely not in (Meaning.MAYBE_STOP, None):
        return likely
    is_tired = likely or (ABOUT_ADS.search(bare) and not QUESTION.search(words))
    return Meaning.MAYBE_STOP if is_tired and not PLEASED.search(bare) else Meaning.UNKNOWN
