"""What is wrong with an owner's words, in plain Korean, and the words as they could be instead.

Checked before anything is tried or booked, whichever door the words came through. What a law
forbids to sell (L16) stands in domain/forbidden.py.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.addresses import address_problem
from domain.forbidden import find_forbidden
from domain.occasions import has_blank
from domain.particles import UNDECIDED, decided
from domain.refusals import Invalid

FIELD: Final = "body"
OPEN, CLOSE = r"[(\[{<〈《【（［｛]", r"[)\]}>〉》】）］｝]"
GAP: Final = r"[\s.·/*_-]*"
MARK: Final = re.compile(rf"{OPEN}[^()\[\]\n]{{0,4}}광{GAP}고{GAP}{CLOSE}[ \t]*")
"""L6: "(광고)" stands first and is ours alone; "(광 고)", "[광고]" and "(대출광고)" are unlawful."""

REFUSAL: Final = re.compile(r"[^\S\n]*무료[^\S\n]*(?:수신)?[^\S\n]*거부[^\n]*")
"""L8: so is the way to refuse, to the end of its line."""

LINK: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'가-힣]+"
    r"|(?<![\w@.])(?:(?:[a-z0-9-]+\.)+(?:com|net|org|kr|me|shop|store|io|ly|gl|to|link|page|app)"
    # Fewer endings after Korean: people forget the space after a full stop.
    r"|(?:[a-z0-9가-힣-]+\.)+(?:com|net|kr))(?![a-z0-9_])"
    r"(?:/[^\s<>\"'가-힣]*)?",
    re.IGNORECASE,
)
PHONE: Final = re.compile(r"(?<!\d)(?:0\d{1,2}[-. ]?\d{3,4}[-. ]?\d{4}|1[568]\d\d-?\d{4})(?!\d)")
PERSONAL: Final = re.compile(
    r"(?<!\d)\d{2}[01]\d[0-3]\d[- ]?[1-8]\d{6}(?!\d)"  # resident number
    r"|(?<![A-Za-z])[MSRGD]\d{3}[A-Z0-9]\d{4}(?!\d)"  # passport
    r"|(?<!\d)\d{2}-\d{2}-\d{6}-\d{2}(?!\d)"  # driving licence
    r"|(?<!\d)(?:\d{4}[- ]){3}\d{4}(?!\d)"  # payment card
)
"""L58: numbers that no message may carry."""

SHOUT: Final = re.compile(r"([!?])[!?]{2,}|([★☆♥♡♬♪※▶])\2{2,}")
PLACEHOLDER: Final = re.compile(r"#\{([^{}\n]*)\}")
ALSO_CALLED: Final[Mapping[str, Collection[str]]] = {
    "고객명": ("이름", "고객", "고객이름", "고객님", "손님", "손님이름", "손님명", "성함", "성명"),
    "매장명": ("매장", "가게", "가게명", "가게이름", "매장이름", "상호", "상호명", "점포명"),
}
SCHEME: Final = re.compile(r"^(?:https?://)?", re.IGNORECASE)
SENTENCE_END: Final = re.compile(r"(?<=[.!?~])\s+|\n+")
BLANKS: Final = re.compile(r"[^\S\n]{2,}")
UNSEEN: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`rule` names the rule, and with it the button that mends it; `mended` is the whole text
    without the fault, None when only its writer knows. `link` is an address taken out of it, for a
    button. Advice stops nobody.
    """

    rule: str
    sentence: str
    mended: str | None = None
    link: str = ""
    is_advice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the words must fit: placeholders with their longest values, and letters."""

    longest: Mapping[str, str]
    letters_max: int
    contact: str | None = None


def check_words(body: str, frame: Frame) -> list[Finding]:
    """Everything that is wrong with the words, the gravest first; empty when they may leave.

    Of far too many letters only that is said: nobody waits while they are searched.
    """
    if len(body) > 2 * frame.letters_max:
        return [_too_long(len(body) - frame.letters_max, frame, None)]
    found = (
        *_find_forbidden(body),
        _find(
            "L58",
            PERSONAL,
            body,
            "주민등록번호나 카드 번호 같은 개인정보는 보낼 수 없어요. 지울게요.",
        ),
        _find(
            "L6", MARK, body, "‘(광고)’는 저희가 맨 앞에 바르게 붙여 드려요. 적으신 것은 빼 주세요."
        ),
        _find(
            "L8",
            REFUSAL,
            body,
            "무료 수신거부는 저희가 맨 끝에 붙여 드려요. 적으신 것은 빼 주세요.",
        ),
        _find_link(body),
        _find(
            "UNSEEN", UNSEEN, body, "보이지 않는 글자가 섞여 있어요. 지우고 다시 적어 주세요.", ""
        ),
        _find_unknown(body, frame),
        _find_blank(body),
        _find_too_long(body, frame),
        _find_phone(body, frame),
        _find_shouting(body),
        _find_particle(body),
    )
    return [one for one in found if one is not None]


def refuse_unsound(body: str, frame: Frame) -> None:
    """Raises Invalid(body) with the gravest that no advice is."""
    for finding in check_words(body, frame):
        if not finding.is_advice:
            raise Invalid({FIELD: finding.sentence})


def mend(body: str, rule: str, frame: Frame) -> tuple[str, str]:
    """The words without that fault, and the address that was taken out of them; as they were
    when the fault is no longer there.
    """
    for finding in check_words(body, frame):
        if finding.rule == rule and finding.mended is not None:
            return finding.mended, finding.link
    return body, ""


def _find(
    rule: str, pattern: re.Pattern[str], body: str, sentence: str, instead: str = " "
) -> Finding | None:
    if not pattern.search(body):
        return None
    return Finding(rule=rule, sentence=sentence, mended=_tidy(pattern.sub(instead, body)))


def _find_forbidden(body: str) -> Sequence[Finding]:
    return [
        Finding(rule=f"L16:{one.name}", sentence=one.sentence, is_advice=one.is_advice)
        for one in find_forbidden(body)
    ]


def _find_link(body: str) -> Finding | None:
    """K11. The first address may move to a button that takes it; the others have no place."""
    found = LINK.search(body)
    if not found:
        return None
    address = SCHEME.sub("https://", found[0].rstrip(".,!?)~"), count=1)
    problem = address_problem(address)
    way_out = problem or "단추로 옮기면 손님이 눌러서 볼 수 있어요."
    return Finding(
        rule="K11",
        sentence=f"글 안에는 인터넷 주소를 넣을 수 없어요. {way_out}",
        mended=_tidy(LINK.sub(" ", body)),
        link="" if problem else address,
    )


def _find_unknown(body: str, frame: Frame) -> Finding | None:
    names = [name.strip() for name in PLACEHOLDER.findall(body)]
    unknown = next((name for name in names if name not in frame.longest), None)
    if unknown is None:
        return None
    known = ", ".join(f"#{{{name}}}" for name in frame.longest)
    shown = f"#{{{unknown}}}" if unknown.isidentifier() else "#{ } 안의 말"
    return Finding(
        rule="PLACEHOLDER",
        sentence=f"{shown}은(는) 쓸 수 없어요. 쓸 수 있는 것: {known}",
        mended=_with_known_names(body, frame),
    )


def _with_known_names(body: str, frame: Frame) -> str | None:
    """None when even one of them cannot be guessed."""
    meant = {also: name for name, others in ALSO_CALLED.items() for also in others}

    def known(match: re.Match[str]) -> str:
        name = match[1].strip()
        return f"#{{{name if name in frame.longest else meant.get(name.replace(' ', ''), '?')}}}"

    mended = PLACEHOLDER.sub(known, body)
    return None if "#{?}" in mended else mended


def _find_blank(body: str) -> Finding | None:
    if not has_blank(body):
        return None
    return Finding(rule="BLANK", sentence="○○ 자리를 알맞은 말로 바꿔 주세요.")


def _find_too_long(body: str, frame: Frame) -> Finding | None:
    over = len(filled(body, frame)) - frame.letters_max
    return _too_long(over, frame, _shortened(body, frame)) if over > 0 else None


def _too_long(over: int, frame: Frame, mended: str | None) -> Finding:
    sentence = f"{frame.letters_max}자까지예요. {over}자만 줄여서 다시 적어 주세요."
    return Finding(rule="LENGTH", sentence=sentence, mended=mended)


def filled(body: str, frame: Frame) -> str:
    """The words with the longest values there may be."""
    return PLACEHOLDER.sub(lambda match: frame.longest.get(match[1].strip(), match[0]), body)


def _shortened(body: str, frame: Frame) -> str | None:
    """Without its last sentences, as many as it takes; None when the first is too long."""
    ends = [match.start() for match in SENTENCE_END.finditer(body)]
    shorter = (body[:end].rstrip() for end in reversed(ends))
    fitting = (one for one in shorter if len(filled(one, frame)) <= frame.letters_max)
    return next(fitting, None) or None


def _find_phone(body: str, frame: Frame) -> Finding | None:
    """L7 is ours to keep; a number in the words takes letters and may be an old one."""
    found = PHONE.search(body)
    if not found or frame.contact is None:
        return None
    is_own = _digits(found[0]) == _digits(frame.contact)
    return Finding(
        rule="L7",
        sentence="매장 전화번호는 저희가 아래에 붙여 드려요. 글에서는 빼셔도 돼요."
        if is_own
        else f"매장 전화번호({frame.contact})와 다른 번호예요. 맞는 번호인지 봐 주세요.",
        mended=_tidy(body.replace(found[0], " ")) if is_own else None,
        is_advice=True,
    )


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _find_shouting(body: str) -> Finding | None:
    if not SHOUT.search(body):
        return None
    calmer = SHOUT.sub(lambda match: match[1] or match[2], body)
    return Finding(
        rule="SHOUTING",
        sentence="느낌표나 별표가 여러 개면 광고 전화처럼 보여요. 하나면 충분해요.",
        mended=calmer,
        is_advice=True,
    )


def _find_particle(body: str) -> Finding | None:
    """What a ready line left open until its blank was filled."""
    found = UNDECIDED.search(body)
    if not found:
        return None
    mended = decided(body)
    return Finding(
        rule="PARTICLE",
        sentence=f"‘{found[2]}’ 가운데 앞말에 맞는 하나만 적어 주세요.",
        mended=None if mended == body else mended,
        is_advice=True,
    )


def _tidy(body: str) -> str:
    lines = (BLANKS.sub(" ", line).strip() for line in body.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
