"""Questions to a shop: what may be asked, and when an answer is promised."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.time import KST, in_kst

WORDS_MAX = 400
ANSWER_MAX = 400
READY_QUESTION_MAX = 100
READY_ANSWERS_MAX = 50
OPEN_MAX = 5
"""Questions of one person that one shop has open at a time."""

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
