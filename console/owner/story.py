"""All that happened between a shop and one regular, as one list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.consent import Purpose
from domain.coupons import CouponAct, CouponState
from domain.people import CouponId, CustomerId, ShopId, VisitId
from domain.visits import CANCEL_WITHIN, PROVEN
from loyalty.importing import KEY_PREFIX
from storage.desk import Tx
from storage.queries.coupons import CouponView
from storage.queries.customers import list_choices
from storage.queries.given_stamps import list_given
from storage.queries.timeline import list_acts_of, list_visits_of

EVENTS_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Its words stand in the template, by `kind`; `note` is a part of them. With a visit or a
    coupon it can be undone.
    """

    at: datetime
    kind: str
    note: str = ""
    count: int = 0
    visit_id: VisitId | None = None
    coupon_id: CouponId | None = None
    is_proven: bool = False
    is_over: bool = False


def read_story(
    tx: Tx,
    person: tuple[ShopId, CustomerId],
    coupons: Sequence[CouponView],
    joined_at: datetime,
    at: datetime,
) -> list[Event]:
    """The newest first; `coupons` are this person's in this shop."""
    events = [
        *_visits(tx, person, at),
        *_coupons(tx, person, coupons),
        *_given(tx, person),
        *_choices(tx, person),
        Event(at=joined_at, kind="joined"),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:EVENTS_MAX]


def _visits(tx: Tx, person: tuple[ShopId, CustomerId], at: datetime) -> Iterator[Event]:
    for visit in list_visits_of(tx, *person):
        can_cancel = visit.canceled_at is None and at - visit.recorded_at <= CANCEL_WITHIN
        yield Event(
            at=visit.visited_at,
            kind="visit",
            count=visit.stamps,
            visit_id=visit.visit_id if can_cancel else None,
            is_proven=visit.way in PROVEN,
            is_over=visit.canceled_at is not None,
        )


def _coupons(
    tx: Tx, person: tuple[ShopId, CustomerId], coupons: Sequence[CouponView]
) -> Iterator[Event]:
    known = {coupon.coupon_id: coupon for coupon in coupons}
    for coupon in coupons:
        is_over = coupon.state is CouponState.CANCELED
        title = coupon.terms.title
        yield Event(at=coupon.issued_at, kind="coupon", note=title, is_over=is_over)
    for act in list_acts_of(tx, *person):
        used = known.get(act.coupon_id)
        stands = act.act is CouponAct.USE and used is not None and used.used_at == act.at
        yield Event(
            at=act.at,
            kind="used" if act.act is CouponAct.USE else "reversed",
            note=used.terms.title if used else "쿠폰",
            coupon_id=act.coupon_id if stands else None,
        )


def _given(tx: Tx, person: tuple[ShopId, CustomerId]) -> Iterator[Event]:
    for given in list_given(tx, *person):
        kind = "paper" if given.key.startswith(KEY_PREFIX) else "given"
        yield Event(at=given.recorded_at, kind=kind, count=given.stamps)


def _choices(tx: Tx, person: tuple[ShopId, CustomerId]) -> Iterator[Event]:
    """Joining itself is an event of its own."""
    for choice in list_choices(tx, *person):
        if choice.purpose is not Purpose.SERVICE:
            yield Event(at=choice.chosen_at, kind=f"{choice.purpose}_{choice.choice}")
