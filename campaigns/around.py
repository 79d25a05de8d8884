"""What else the same regulars hear within the week: the weekly cap looks at it only when the time
has come, so an owner is told before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from campaigns.audience import WEEK, week_before
from campaigns.booking import DryRun
from campaigns.series import list_lines
from domain.people import ShopId
from domain.time import in_kst, kst_instant
from storage.desk import Tx
from storage.queries.around import find_week_began, list_booked_between
from storage.queries.cards import get_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """`before`: what leaves first and may leave this one nobody; `after`: what this one takes
    people from. `again_at`: then the first who had this week's news may get the next; None when
    there was none. `next_at`: then those whom this one reaches may get the next.
    """

    ads_a_week: int
    next_at: datetime
    before: Sequence[datetime] = ()
    after: Sequence[datetime] = ()
    again_at: datetime | None = None


def look_around(tx: Tx, shop_id: ShopId, tried: DryRun, at: datetime) -> Around:
    """What is booked, or repeats itself, less than a week before or after a draft that leaves
    once.
    """
    leaves_at = tried.leaves_at
    since, until = week_before(leaves_at), _week_behind(leaves_at)
    near = list_booked_between(tx, shop_id, since, until)
    coming = (line.next_at for line in list_lines(tx, shop_id, at))
    near = sorted({*near, *(one for one in coming if one is not None and since <= one < until)})
    began = find_week_began(tx, shop_id, since)
    return Around(
        ads_a_week=get_rules(tx, shop_id).ads_a_week,
        next_at=until,
        before=[one for one in near if one <= leaves_at],
        after=[one for one in near if one > leaves_at],
        again_at=_week_behind(began) if began else None,
    )


def _week_behind(at: datetime) -> datetime:
    """When `at` is no longer within the week of `campaigns.audience.week_before`."""
    return kst_instant(in_kst(at).date() + timedelta(days=1), time()) + WEEK - timedelta(days=1)
