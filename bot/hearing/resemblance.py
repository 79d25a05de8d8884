"""What resembles a known wish, letter by letter as it sounds; never a consent (L42)."""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from bot.hearing.examples import EXAMPLES
from bot.hearing.meanings import Meaning
from bot.hearing.spelling import sounds, squeezed

LIKE_MIN = 76.0
"""Of 100: letters shared in order. Two mistyped letters in a short wish still pass."""

MARGIN = 6.0
"""How far the next best meaning has to stay behind."""

STOP_LIKE_MIN = 68.0
"""Lower, and without a margin: advertising that rests costs one tap, a stop not heard a law."""

SURE = 92.0
"""Nothing else is meant."""

PART_LIKE_MIN = 84.0
PART_LETTERS_MIN = 8
LETTERS_MIN, LETTERS_MAX, WITHIN_LETTERS_MAX = 4, 60, 200
NOTHING = ((Meaning.UNKNOWN, 0.0), (Meaning.UNKNOWN, 0.0))
DEAF = {
    Meaning.STOP: Meaning.MAYBE_STOP,
    Meaning.PAUSE: Meaning.MAYBE_STOP,
    Meaning.AGREE_ADS: Meaning.UNKNOWN,
    Meaning.YES: Meaning.UNKNOWN,
    Meaning.NO: Meaning.UNKNOWN,
    Meaning.LEAVE: Meaning.MY_INFO,
}
"""What mere likeness may not decide leads to being asked; all of it stands among the examples,
so that it is not taken for its neighbor."""

BEGINNING = re.compile(
    r"^(?:네|넵|예|아|저|저는|제가|저기|저기요|혹시|사장님|안녕하세요|그럼|그런데|근데|죄송한데|지금|이제|그|음|어)+"
)
POLITE = re.compile(
    r"(?:(?:해|해서)?(?:주세요|주세용|주세여|주셔요|주실래요|주시겠어요|주십시오|줘요|줘|줄래요|줄래|주라)"
    r"|부탁(?:해요|드려요|드립니다|합니다)|(?:이에|이예|에|예|인가|인지|나|까|세|셔)?(?:요|여|용|염|욤|유))$"
)


def resembled(bare: str) -> Meaning | None:
    """The wish these words are closest to; UNKNOWN for a consent, None when none is close."""
    heard = _core(bare)
    if len(heard) < LETTERS_MIN:
        return None
    best: dict[Meaning, float] = {}
    if len(heard) <= LETTERS_MAX:
        found = process.extract(
            heard, CHOICES, scorer=fuzz.ratio, score_cutoff=STOP_LIKE_MIN, limit=None
        )
        for _, score, place in found:
            best.setdefault(MEANINGS[place], score)
    return _decided(best) or _stop_within(heard)


def _decided(best: dict[Meaning, float]) -> Meaning | None:
    """`best` is sorted: the closest meaning first."""
    (first, score), (_, next_score) = (*best.items(), *NOTHING)[:2]
    if score < SURE and best.get(Meaning.STOP, 0.0) >= max(score - MARGIN, STOP_LIKE_MIN):
        return Meaning.MAYBE_STOP
    if score < LIKE_MIN or score - next_score < MARGIN:
        return None
    return DEAF.get(first, first)


def _stop_within(heard: str) -> Meaning | None:
    """A misspelt stop somewhere in many words, unless they are closer to the opposite."""
    if len(heard) < PART_LETTERS_MIN:
        return None
    found = process.extractOne(
        heard[:WITHIN_LETTERS_MAX], PARTS, scorer=fuzz.partial_ratio, score_cutoff=PART_LIKE_MIN
    )
    is_stop = found is not None and PART_MEANINGS[found[2]] is Meaning.STOP
    return Meaning.MAYBE_STOP if is_stop else None


def _core(bare: str) -> str:
    """Without what is only polite; the whole, when nothing else would be left."""
    core = POLITE.sub("", BEGINNING.sub("", bare))
    return sounds(core or bare)


def _examples() -> Iterator[tuple[str, Meaning]]:
    for meaning, lines in EXAMPLES.items():
        for said in re.split(r"[|\n]", lines):
            if said.strip():
                yield _core(squeezed(said)), meaning


CHOICES, MEANINGS = zip(*_examples(), strict=True)
OPPOSITES = Meaning.STOP, Meaning.AGREE_ADS
PARTS, PART_MEANINGS = zip(
    *(
        (said, meaning)
        for said, meaning in zip(CHOICES, MEANINGS, strict=True)
        if meaning in OPPOSITES and len(said) >= PART_LETTERS_MIN
    ),
    strict=True,
)
