"""Whether words that nobody here understood are a question, and which kept answer is for it."""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from bot.hearing.spelling import plain, sounds, squeezed
from storage.queries.ready_answers import ReadyView

ASKED_LENGTH_MIN = 4
"""Shorter words (뭐야?) tell an owner nothing."""

QUESTION = re.compile(
    r"[?？]|(?:나요|까요|는지요?|가요|을까|인가|건가|려나|나여|까여|냐|죠|지요|습니까|있어요|있어여|되요|돼요|되여|돼여|파세요|하세요)"
    r"[\s.~!^;ㅎㅋㅠㅜ]*$"
    r"|언제|어디|얼마|며칠|몇|무슨|무엇|뭐|뭘|어떤|어떻게|어케|왜\s|누가|누구|가능(?:한|할|해|하)|알려\s*(?:주|줘)|궁금"
)

SAME_MIN = 90.0
"""Of 100: the same question with a typing mistake or two."""

WORD_MIN = 85.0
"""Of 100, for each word that carries the question: in words of two or three syllables every
letter has to be there, in longer ones one may be wrong. Lower, and 예약 would answer for 예매.
"""

SYLLABLES_MIN = 2
ENDINGS = re.compile(
    r"(?:이나|까지|부터|에서|으로|이랑|하고|은|는|이|가|을|를|도|에|의|로|랑|만|과|와)$"
    r"|(?:하시|하|되|돼|할|한|해|될|있|없|팔|파)(?:나요?|을까요?|까요?|는지요?|는가요?|가요?|어요?|요|세요|수|죠|습니까|니까)?$"
)
EMPTY = re.compile(
    r"(?:혹시|저기|사장님|안녕하세요|여기|거기|이거|그거|지금|오늘|제가|저는|좀|그리고|근데|그런데|그럼|제일|수"
    r"|(?:있|없|되|돼|하|할|가능하|가능한|가능할|가능해|가능|파|팔|걸리)"
    r"(?:나|는지|는가|을까|까|ㄹ까|아|어|여|셔|시나|세|습니까|니다|ㄹ수|수|가)?(?:요|여|용)?"
    r"|됩니까|될까요?|있을까요?|해요|할까요?|합니까|주(?:나요|시나요|세요)|받(?:나요|아요|으시나요|으세요)"
    r"|(?:언제|어디|얼마|며칠|몇|무슨|무엇|뭐|뭘|어떤|어떻게|왜)(?:시|개|시간|나|가|를|에|쯤|까지|부터)?(?:예요|에요|인가요|인지|이에요|요)?"
    r"|인가요|궁금해요|궁금한데요?|알려주세요|알고싶어요)"
)


def is_question(words: str) -> bool:
    return len(squeezed(words)) >= ASKED_LENGTH_MIN and QUESTION.search(plain(words)) is not None


def best_answer(words: str, answers: Iterable[ReadyView]) -> ReadyView | None:
    """The answer whose question was asked: every word that carries it stands in these words,
    however they are spaced, typed and ended. The question with most of them wins.
    """
    asked = sounds(squeezed(words))
    if not asked:
        return None
    scored = [(score, one) for one in answers if (score := _likeness(asked, one.question))]
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def _likeness(asked: str, question: str) -> float:
    """0 for another question, else how many letters of it are shared."""
    whole = sounds(squeezed(question))
    if fuzz.ratio(asked, whole) >= SAME_MIN:
        return float(len(whole))
    carried = _carried(question)
    if not carried or any(_standing_in(asked, one) < WORD_MIN for one in carried):
        return 0.0
    return float(sum(len(one) for one in carried))


def _standing_in(asked: str, word: str) -> float:
    """A long word does not stand in a shorter text, whatever part of it does."""
    return fuzz.partial_ratio(word, asked) if len(word) <= len(asked) else 0.0


def _carried(question: str) -> list[str]:
    """The words that make a question this one: without endings, and without those of any."""
    parts = (part for part in plain(question).split() if not EMPTY.fullmatch(squeezed(part)))
    bare = (ENDINGS.sub("", squeezed(part)) for part in parts)
    return [sounds(one) for one in bare if len(one) >= SYLLABLES_MIN]
