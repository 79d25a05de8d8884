"""The next good moment for news, by a rule that can be said in one sentence.

Two hours before the hour in which most visits fell in eight weeks; a shop with too few visits
goes by its trade (C15: lunch before 11, sweets between 15 and 17). Nothing more is known.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from campaigns.shop_days import shop_days
from domain.people import ShopId
from domain.schedule import LOOK_AHEAD_DAYS, ShopDays
from domain.time import Window, in_kst, kst_instant
from storage.desk import Tx
from storage.queries.places import get_shop
from storage.queries.visit_hours import list_visit_hours

LOOKED_BACK = timedelta(weeks=8)
VISITS_MIN = 30
"""With fewer an hour is chance."""

HOURS_BEFORE = 2
LUNCH, SWEETS, OTHERS = time(10, 30), time(15), time(10)
LUNCH_WORDS = ("식당", "분식", "국수", "김밥", "반찬", "한식", "음식", "도시락", "백반", "국밥")
SWEET_WORDS = ("빵", "베이커리", "제과", "카페", "커피", "디저트", "떡", "케이크", "과자", "도넛")


class GoodReason(StrEnum):
    VISITS = "visits"
    LUNCH = "lunch"
    SWEETS = "sweets"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class GoodMoment:
    """`busiest_hour` (KST) is what `VISITS` rests on."""

    at: datetime
    reason: GoodReason
    busiest_hour: int | None = None


def good_moment(tx: Tx, shop_id: ShopId, at: datetime, window: Window) -> GoodMoment | None:
    """The next one, on a day on which the shop is open; None where none of the coming year is."""
    busiest = _busiest(list_visit_hours(tx, shop_id, at - LOOKED_BACK))
    if busiest is not None:
        reason, clock_time = GoodReason.VISITS, time(max(busiest - HOURS_BEFORE, 0))
    else:
        reason, clock_time = by_trade(get_shop(tx, shop_id).trade)
    found = _next(shop_days(tx, shop_id), window, clock_time, at)
    return GoodMoment(found, reason, busiest) if found else None


def by_trade(trade: str) -> tuple[GoodReason, time]:
    if any(word in trade for word in SWEET_WORDS):
        return GoodReason.SWEETS, SWEETS
    if any(word in trade for word in LUNCH_WORDS):
        return GoodReason.LUNCH, LUNCH
    return GoodReason.OTHERS, OTHERS


def _busiest(hours: dict[int, int]) -> int | None:
    """Of equals the earlier; None with too few visits."""
    if sum(hours.values()) < VISITS_MIN:
        return None
    return min(hours, key=lambda hour: (-hours[hour], hour))


def _next(days: ShopDays, window: Window, clock_time: time, at: datetime) -> datetime | None:
    inside = min(max(clock_time, window.opens), _last_minute(window))
    first = in_kst(at).date()
    coming = (_instant(first, count, inside) for count in range(LOOK_AHEAD_DAYS))
    return next((one for one in coming if one > at and days.is_open(one)), None)


def _instant(first: date, count: int, clock_time: time) -> datetime:
    return kst_instant(first + timedelta(days=count), clock_time)


def _last_minute(window: Window) -> time:
    closes = datetime.combine(date.min + timedelta(days=1), window.closes)
    return (closes - timedelta(minutes=1)).time()
