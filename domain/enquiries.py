"""Questions to a shop: what may be asked, and when an answer is promised."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.notes import NUMBERS
from domain.refusals import Invalid
from domain.time import KST, in_kst

WORDS_MAX = 400
ANSWER_MAX = 400
READY_QUESTION_MAX = 100
READY_ANSWERS_MAX = 50
OPEN_MAX = 5
"""Questions of one person that one shop has open at a time."""

ENQUIRY_KEPT = timedelta(days=90)
"""So long a question is kept after it was settled, or asked when nobody ever settled it (L45)."""

REPLY_HOURS = (3, 6, 12, 24, 48, 72)
"""Within how many hours a shop may promise to answer."""

HIDDEN = "(번호는 지웠어요)"
ANSWERING_FROM, ANSWERING_UNTIL = time(9), time(20)
"""Nobody is promised an answer at night."""


class EnquiryState(StrEnum):
    """`CLOSED`: taken back by who asked, or set aside by the shop without an answer."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


def promised_by(asked_at: datetime, reply_hours: int) -> datetime:
    """The whole hour (UTC instant of a KST hour) by which an answer is promised: `reply_hours`
    later, and where that is in the night the next morning.
    """
    local = in_kst(asked_at + timedelta(hours=reply_hours, minutes=59, seconds=59))
    promised = local.replace(minute=0, second=0, microsecond=0)
    if promised.time() < ANSWERING_FROM:
        promised = promised.replace(hour=ANSWERING_FROM.hour)
    elif promised.time() > ANSWERING_UNTIL:
        promised = datetime.combine(promised.date() + timedelta(days=1), ANSWERING_FROM, tzinfo=KST)
    return promised.astimezone(asked_at.tzinfo)


def sound_question(words: str) -> str:
    """What is passed on: no longer than an owner reads, and without the numbers of L58, which
    nobody needs for an answer.
    """
    for pattern in NUMBERS.values():
        words = pattern.sub(HIDDEN, words)
    return words.strip()[:WORDS_MAX].rstrip()


def check_answer(answer: str) -> None:
    """Raises Invalid(answer)."""
    if not answer:
        raise Invalid({"answer": "답을 적어 주세요."})
    if len(answer) > ANSWER_MAX:
        raise Invalid({"answer": f"답은 {ANSWER_MAX}자까지 적을 수 있어요."})


def check_ready_answer(question: str, answer: str) -> None:
    """Raises Invalid with a sentence beside each field that cannot be."""
    wrong: dict[str, str] = {}
    if not question:
        wrong["question"] = "손님이 자주 묻는 말을 적어 주세요."
    elif len(question) > READY_QUESTION_MAX:
        wrong["question"] = f"질문은 {READY_QUESTION_MAX}자까지 적을 수 있어요."
    try:
        check_answer(answer)
    except Invalid as refusal:
        wrong |= refusal.fields
    if wrong:
        raise Invalid(wrong)
