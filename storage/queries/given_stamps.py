"""Stamps that rest on no visit: a paper card, a kindness."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, select
from sqlmodel import col

from domain.people import CustomerId, ShopId
from storage.desk import Tx
from storage.models.cards import GivenStamps
from storage.statements import Statement, insert_once

GIVEN_SHOWN_MAX = 100
PAPER_KEYS_MAX = 100_000


class NewGiven(NamedTuple):
    """`happened_at` is the last visit a paper tells of; `key` says what they are given for."""

    shop_id: ShopId
    customer_id: CustomerId
    key: str
    stamps: int
    actor: str
    happened_at: datetime
    recorded_at: datetime


class GivenView(NamedTuple):
    key: str
    stamps: int
    happened_at: datetime
    recorded_at: datetime


def _insert(dialect: str) -> Executable:
    values: dict[str, object] = {name: bindparam(name) for name in NewGiven._fields}
    return insert_once(dialect, GivenStamps, **values)


INSERT_ONCE = Statement(_insert)
ID = Statement(
    select(col(GivenStamps.id)).where(
        col(GivenStamps.shop_id) == bindparam("of_shop"),
        col(GivenStamps.key) == bindparam("of_key"),
    )
)
OF_PERSON = Statement(
    select(*(col(getattr(GivenStamps, name)) for name in GivenView._fields))
    .where(
        col(GivenStamps.shop_id) == bindparam("of_shop"),
        col(GivenStamps.customer_id) == bindparam("of_customer"),
    )
    .order_by(col(GivenStamps.id).desc())
    .limit(GIVEN_SHOWN_MAX)
)
KEYS = Statement(
    select(col(GivenStamps.key))
    .where(
        col(GivenStamps.shop_id) == bindparam("of_shop"),
        col(GivenStamps.key).like(bindparam("pattern")),
    )
    .limit(PAPER_KEYS_MAX)
)


def insert_given_once(tx: Tx, new: NewGiven) -> int | None:
    """Their number; None when they were given before for the same key."""
    if not tx.run(INSERT_ONCE, **new._asdict()):
        return None
    row = tx.one(ID, of_shop=new.shop_id, of_key=new.key)
    assert row is not None, "it was inserted above"
    return int(row[0])


def list_given(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[GivenView]:
    """The newest first."""
    rows = tx.all(OF_PERSON, of_shop=shop_id, of_customer=customer_id)
    return [GivenView._make(row) for row in rows]


def list_given_keys(tx: Tx, shop_id: ShopId, prefix: str) -> set[str]:
    return {row[0] for row in tx.all(KEYS, of_shop=shop_id, pattern=f"{prefix}%")}
