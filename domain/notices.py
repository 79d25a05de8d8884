"""Information messages: what may be told without being an advertisement (3.2, K14, K15)."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from domain.coupons import EARNED, CouponSource


class NoticeKind(StrEnum):
    STAMP_SAVED = "stamp_saved"
    COUPON_EARNED = "coupon_earned"
    COUPON_LAPSING = "coupon_lapsing"
    ENQUIRY_ANSWERED = "enquiry_answered"


class Telling(StrEnum):
    """What the program may bring somebody in a message of its own, each key's first word (3.2).

    `NOTICE` of coupons and stamps goes by AlimTalk only, and in the chat it is part of an answer
    (K15); whatever else tells of them is an advertisement (K14).
    """

    ANSWER = "enquiry"
    IDEA = "idea"
    STATUTORY = "statutory"
    NOTICE = "notice"


class NoticeState(StrEnum):
    """`SAID` in the chat, for nothing; `SENT` is the campaign engine's; `DROPPED` came too late."""

    WAITING = "waiting"
    SAID = "said"
    SENT = "sent"
    DROPPED = "dropped"


NOTICES_DEFAULT = frozenset({NoticeKind.COUPON_EARNED, NoticeKind.COUPON_LAPSING})
"""A paid message for each stamp would eat the grant; a shop may switch it on."""

GOOD_FOR = {
    NoticeKind.STAMP_SAVED: timedelta(hours=24),
    NoticeKind.COUPON_EARNED: timedelta(days=3),
    NoticeKind.COUPON_LAPSING: timedelta(days=2),
    NoticeKind.ENQUIRY_ANSWERED: timedelta(days=90),
}
"""News older than this is not news any more."""

SENT_AFTER = {
    NoticeKind.STAMP_SAVED: timedelta(minutes=10),
    NoticeKind.COUPON_EARNED: timedelta(hours=1),
    NoticeKind.COUPON_LAPSING: timedelta(days=1),
}
"""Until then it waits for the person's next word, which costs nothing; answers are brought at once
(campaigns/answering.py)."""


BY_VISIT: Final = "visit:"
"""How the key of a coupon begins that a sale gave; what given stamps earned begins otherwise."""


def is_information(source: CouponSource) -> bool:
    """Whether telling of a coupon may be information (K14): with a key `BY_VISIT` alone, for a
    card may be filled by stamps that rest on no sale.
    """
    return source in EARNED
