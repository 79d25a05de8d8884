"""On which days a shop is closed, and on which it has sold out."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import col

from domain.people import ShopId
from domain.schedule import ShopDays
from storage.desk import Tx
from storage.models.places import ClosedDay, Shop
from storage.statements import Statement, insert_once

DAYS_MAX = 400

WEEKDAYS = Statement(
    select(col(Shop.closed_weekdays), col(Shop.sold_out_on)).where(
        col(Shop.id) == bindparam("of_shop")
    )
)
OF_SHOP = col(ClosedDay.shop_id) == bindparam("of_shop")
DAYS = Statement(
    select(col(ClosedDay.on)).where(OF_SHOP).order_by(col(ClosedDay.on).desc()).limit(DAYS_MAX)
)
SAVE_WEEKDAYS = Statement(
    update(Shop)
    .where(col(Shop.id) == bindparam("of_shop"))
    .values(closed_weekdays=bindparam("weekdays"))
)
SAVE_SOLD_OUT = Statement(
    update(Shop)
    .where(col(Shop.id) == bindparam("of_shop"))
    .values(sold_out_on=bindparam("sold_out_on"))
)
CLOSE = Statement(
    lambda dialect: insert_once(
        dialect, ClosedDay, shop_id=bindparam("shop_id"), on=bindparam("on")
    )
)
OPEN = Statement(delete(ClosedDay).where(OF_SHOP, col(ClosedDay.on) == bindparam("day")))
FORGET = Statement(delete(ClosedDay).where(OF_SHOP, col(ClosedDay.on) < bindparam("day")))


def get_shop_days(tx: Tx, shop_id: ShopId) -> ShopDays:
    row = tx.one(WEEKDAYS, of_shop=shop_id)
    assert row is not None, "a shop that somebody speaks for is there"
    days = frozenset(day for (day,) in tx.all(DAYS, of_shop=shop_id))
    return ShopDays(frozenset(map(int, row[0])), days, row[1])


def save_closed_weekdays(tx: Tx, shop_id: ShopId, weekdays: Collection[int]) -> None:
    """Monday is 0."""
    tx.run(SAVE_WEEKDAYS, of_shop=shop_id, weekdays="".join(map(str, sorted(weekdays))))


def save_sold_out(tx: Tx, shop_id: ShopId, day: date | None) -> None:
    tx.run(SAVE_SOLD_OUT, of_shop=shop_id, sold_out_on=day)


def close_day_once(tx: Tx, shop_id: ShopId, day: date) -> bool:
    return bool(tx.run(CLOSE, shop_id=shop_id, on=day))


def open_day(tx: Tx, shop_id: ShopId, day: date) -> bool:
    return bool(tx.run(OPEN, of_shop=shop_id, day=day))


def forget_closed_days(tx: Tx, shop_id: ShopId, before: date) -> None:
    tx.run(FORGET, of_shop=shop_id, day=before)
