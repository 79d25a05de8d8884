"""What happens by itself: gifts on birthdays, a word before a coupon lapses, things forgotten.

Harmless when repeated and by several workers at once: each step finds what is not done yet.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from domain.coupons import LAPSE_NOTICE
from domain.enquiries import ENQUIRY_KEPT
from domain.keeping import CODE_KEPT, NOTICE_KEPT, REQUEST_KEPT, TRIES_KEPT, WEBHOOK_KEPT
from domain.notices import GOOD_FOR, NoticeKind
from domain.time import Window
from loyalty.coupons import release_ended_holds
from loyalty.gifts import give_birthday_gifts
from storage.desk import Tx
from storage.queries import kept_records
from storage.queries.coupons import HOLDS_AT_ONCE_MAX
from storage.queries.daily import (
    AT_ONCE_MAX,
    Lapsing,
    forget_codes,
    forget_join_codes,
    forget_notices,
    forget_requests,
    forget_tries,
    forget_webhooks,
    list_lapsing,
    write_lapsing,
)
from storage.queries.enquiries import forget_enquiries
from storage.queries.notices import drop_late_notices

TELLING_HOURS: Final = Window(time(9), time(20))
"""A notice may become a message, and nobody wants one at night."""

FRESH = timedelta(days=1)


def tell_of_lapsing(tx: Tx, at: datetime) -> bool:
    """Three days before an earned coupon lapses, once: bare information (K14, K15).

    Who has had the coupon for less than a day has just been told its last day.
    """
    if not TELLING_HOURS.contains(at):
        return False
    soon = at + LAPSE_NOTICE
    lapsing = list_lapsing(tx, at, until=soon, issued_before=at - FRESH)
    ending: defaultdict[datetime, list[Lapsing]] = defaultdict(list)
    for one in lapsing:
        ending[one.expires_at].append(one)
    for expires_at, ones in ending.items():
        good_until = at + GOOD_FOR[NoticeKind.COUPON_LAPSING]
        write_lapsing(tx, ones, at, min(good_until, expires_at))
    return len(lapsing) == AT_ONCE_MAX


def release_holds(tx: Tx, at: datetime) -> bool:
    return release_ended_holds(tx, at) == HOLDS_AT_ONCE_MAX


def drop_news(tx: Tx, at: datetime) -> bool:
    """`has_news` of these people may stay: their next turn looks and finds nothing."""
    drop_late_notices(tx, at)
    return False


def forget(tx: Tx, at: datetime) -> bool:
    """What nobody needs any longer goes (L45)."""
    gone = [
        kept_records.delete_over(tx, at),
        forget_codes(tx, at - CODE_KEPT),
        forget_join_codes(tx, at - CODE_KEPT),
        forget_tries(tx, at - TRIES_KEPT),
        forget_requests(tx, at - REQUEST_KEPT),
        forget_notices(tx, at - NOTICE_KEPT),
        forget_webhooks(tx, at - WEBHOOK_KEPT),
        forget_enquiries(tx, at - ENQUIRY_KEPT),
    ]
    return max(gone) >= AT_ONCE_MAX


SWEEP_STEPS: Final[Sequence[Callable[[Tx, datetime], bool]]] = (
    give_birthday_gifts,
    tell_of_lapsing,
    release_holds,
    drop_news,
    forget,
)
"""Each in a transaction of its own; True while there is more to do at once."""
