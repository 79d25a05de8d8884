"""A visit at the counter: how it was shown, what it bought, and what makes one doubt it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

from domain.time import in_kst, kst_instant

CUSTOMER_CODE_DIGITS = 4
"""Typed by the shop's staff: ten thousand of them, so wrong ones are counted for each shop
(`WRONG_CODES_MAX`)."""

COUNTER_CODE_DIGITS = 6
"""Typed by a customer, who has: a million of them, and few tries (`TRIES_MAX`)."""

CODE_LIFE = timedelta(minutes=3)
QR_STEP = timedelta(seconds=30)
"""The rotating QR changes this often, and the one before it still works."""

TRIES_MAX = 5
TRIES_WINDOW = timedelta(minutes=10)
"""Wrong codes by one person, or wrong PINs at one shop, before they must wait."""

WRONG_CODES_MAX = 30
"""Wrong customers' codes within `TRIES_WINDOW` at one shop, all its tills together."""

VISITS_PER_DAY_DEFAULT = 3
ITEMS_MAX = 50
SPEND_WON_MAX = 100_000_000
AHEAD_MAX = timedelta(minutes=5)
"""How far a till's clock may be ahead of ours."""

LATE_MAX = timedelta(days=7)
"""How long a till that lost its network may keep its list."""

CANCEL_WITHIN = timedelta(days=31)
"""How long a sale may be canceled: until its month has been settled."""

PLACE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*,\s*(\d{1,3}(?:\.\d+)?)", re.ASCII)
KOREA = ((33.0, 39.0), (124.0, 132.0))
EARTH_KM = 6371.0
FAR_KM = 1.0
FAST_KM_PER_HOUR = 80.0
"""Nobody shops at this pace; below `FAR_KM` a clock's error would say so."""


class VisitWay(StrEnum):
    """How a visit came to us; who wrote it down stands in the audit log."""

    CODE = "code"
    ROTATING_QR = "rotating_qr"
    PIN = "pin"
    PHONE = "phone"


PROVEN = frozenset({VisitWay.CODE, VisitWay.ROTATING_QR})
"""A secret of a few minutes passed between the customer's phone and the shop's. Whatever rests
on something that does not change (a PIN, a phone number) is only *claimed*."""


class Doubt(StrEnum):
    """Why someone should look at a visit; it counts all the same."""

    FAR = "far"


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing on a receipt."""

    name: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What was bought; with `lines` from a till, `items` is not asked."""

    items: int = 1
    spend_won: int | None = None
    lines: tuple[Line, ...] = ()

    def counted(self, excluded: Collection[str]) -> int:
        """How many things earn stamps: names are compared without spaces and case."""
        if not self.lines:
            return self.items
        bare = {plain_name(name) for name in excluded}
        return sum(line.count for line in self.lines if plain_name(line.name) not in bare)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shop stands, in degrees."""

    latitude: float
    longitude: float


def read_place(words: str) -> Place | None:
    """`37.5561, 126.9061` as maps copy it; None when it is not a place in Korea.

    South of 39 and west of 132 degrees: a swapped pair is not taken for a place at sea.
    """
    found = PLACE.fullmatch(words.strip())
    if found is None:
        return None
    place = Place(float(found[1]), float(found[2]))
    (south, north), (west, east) = KOREA
    is_here = south <= place.latitude <= north and west <= place.longitude <= east
    return place if is_here else None


def plain_name(name: str) -> str:
    return "".join(name.split()).lower()


def distance_km(one: Place, other: Place) -> float:
    """Along the great circle (haversine)."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    both = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * EARTH_KM * asin(sqrt(sin(north / 2) ** 2 + both * sin(east / 2) ** 2))


def is_impossible(one: Place, other: Place, between: timedelta) -> bool:
    """Whether nobody gets from one shop to the other in this time."""
    apart = distance_km(one, other)
    hours = abs(between.total_seconds()) / 3600
    return apart >= FAR_KM and apart > FAST_KM_PER_HOUR * hours


def kst_day(at: datetime) -> tuple[datetime, datetime]:
    """The Korean day around an instant: its begin, and the begin of the next."""
    day = in_kst(at).date()
    return kst_instant(day, time()), kst_instant(day + timedelta(days=1), time())
