"""The shop's calendar: nobody is called to a closed door, or to an empty counter."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from domain.audit import Act, shop_book
from domain.people import ShopId
from domain.refusals import Invalid
from domain.schedule import ShopDays
from domain.time import Window, in_kst
from storage.desk import Tx
from storage.queries import shop_days as books
from storage.queries.journal import append_audit

WEEK = 7
AHEAD_MAX_DAYS = 365
CLOSED_MAX = 60
KEPT_DAYS = 30
"""Closed days are remembered so long: what was moved from one can still be told."""


def shop_days(tx: Tx, shop_id: ShopId) -> ShopDays:
    return books.get_shop_days(tx, shop_id)


def move_to_open_day(
    tx: Tx, shop_id: ShopId, at: datetime, window: Window, *, keeps_day: bool = False
) -> datetime | None:
    """The first instant from `at` on (UTC) inside the window, on a day on which the shop is open.

    Another day begins at the same hour. `keeps_day` looks at the window alone. None where no day
    of the coming year is open.
    """
    first = window.next_open(at)
    return first if keeps_day else shop_days(tx, shop_id).next_open(first)


def close_weekdays(
    tx: Tx, shop_id: ShopId, weekdays: Collection[int], *, actor: str, at: datetime
) -> None:
    """Raises Invalid(weekdays)."""
    if len(set(weekdays)) >= WEEK or not all(0 <= day < WEEK for day in weekdays):
        raise Invalid({"weekdays": "일주일에 하루는 여는 날이어야 해요."})
    books.save_closed_weekdays(tx, shop_id, set(weekdays))
    listed = "".join(map(str, sorted(set(weekdays)))) or "-"
    _note(tx, shop_id, "close_weekdays", f"weekdays={listed}", actor=actor, at=at)


def close_day(tx: Tx, shop_id: ShopId, day: date, *, actor: str, at: datetime) -> None:
    """The same day again changes nothing. Raises Invalid(day)."""
    today = in_kst(at).date()
    if not today <= day <= today + timedelta(days=AHEAD_MAX_DAYS):
        raise Invalid({"day": "오늘부터 1년 안의 날짜를 골라 주세요."})
    books.forget_closed_days(tx, shop_id, today - timedelta(days=KEPT_DAYS))
    known = books.get_shop_days(tx, shop_id).closed_days
    if len(known) >= CLOSED_MAX and day not in known:
        raise Invalid({"day": f"쉬는 날은 {CLOSED_MAX}일까지 적을 수 있어요."})
    if books.close_day_once(tx, shop_id, day):
        _note(tx, shop_id, "close_day", f"on={day}", actor=actor, at=at)


def open_day(tx: Tx, shop_id: ShopId, day: date, *, actor: str, at: datetime) -> None:
    if books.open_day(tx, shop_id, day):
        _note(tx, shop_id, "open_day", f"on={day}", actor=actor, at=at)


def say_sold_out(tx: Tx, shop_id: ShopId, *, is_sold_out: bool, actor: str, at: datetime) -> None:
    """For the rest of this Korean day; said again it changes nothing."""
    today = in_kst(at).date()
    is_known = books.get_shop_days(tx, shop_id).sold_out_on == today
    if is_known != is_sold_out:
        books.save_sold_out(tx, shop_id, today if is_sold_out else None)
        act = "sell_out" if is_sold_out else "sell_again"
        _note(tx, shop_id, act, f"on={today}", actor=actor, at=at)


def _note(tx: Tx, shop_id: ShopId, act: str, details: str, *, actor: str, at: datetime) -> None:
    line = Act(actor=actor, act=act, subject=f"shop:{shop_id}", at=at, details=details)
    append_audit(tx, shop_book(shop_id), line)
