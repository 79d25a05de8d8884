"""How long things are kept, and what stays of a person who was deleted (L45-L47)."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.consent import Choice, ConsentRecord, Purpose
from domain.people import ShopId
from domain.time import in_kst

CODE_KEPT = timedelta(days=2)
"""A till without a network may name a code for a day; then nobody needs to know whose it was."""

REQUEST_KEPT = timedelta(days=14)
"""Longer than a till may keep its list (LATE_MAX). Afterwards a key still works only once, but
another request under it is answered like the first instead of being refused.
"""

NOTICE_KEPT = timedelta(days=30)
"""So long what was told, or came too late, keeps it from being told again."""

TRIES_KEPT = timedelta(days=1)
WEBHOOK_KEPT = timedelta(days=30)
"""So long a webhook is told apart from its repetition."""


class What(StrEnum):
    """What a law makes us keep of a person; everything else goes."""

    ADVERTISING_PROOF = "advertising_proof"


@dataclass(frozen=True, slots=True)
class Duty:
    """Why something is kept, and for how many months after the deletion."""

    ground: str
    months: int


DUTIES: Final = {
    What.ADVERTISING_PROOF: Duty("정보통신망법 제50조(동의·철회의 증명), 광고 기록 6개월", 6),
}
"""The sender must be able to prove consent and refusal (L1, L2, L4, L43); records of
advertising are kept for six months (L47). Shops here sell face to face, so that the law of
distance selling adds nothing; the redemptions of coupons stay, but point to nobody.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one shop keeps of a deleted person: `count` records, until `until`."""

    shop_id: ShopId
    what: What
    ground: str
    count: int
    until: datetime


def proves_advertising(choices: Iterable[ConsentRecord]) -> bool:
    """Whether these choices are to be kept: who never agreed was never sent an advertisement
    (I6), and has nothing that anybody would have to prove.
    """
    said = {one.choice for one in choices if one.purpose is Purpose.ADVERTISING}
    return Choice.GRANTED in said or Choice.WITHDRAWN in said


def kept_until(what: What, at: datetime) -> datetime:
    """So many months later, on the same day of the month or its last (KST)."""
    return months_after(at, DUTIES[what].months)


def months_after(at: datetime, months: int) -> datetime:
    local = in_kst(at)
    years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month + 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(at.tzinfo)
