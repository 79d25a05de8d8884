"""Whom and which shops the numbers of the audit log mean, as far as one may see them."""

from collections.abc import Collection
from dataclasses import dataclass

import orjson
from sqlalchemy import BigInteger, Executable, Select, func, or_, select
from sqlmodel import col

from domain.people import Role, ShopId, StaffId
from storage.desk import Tx
from storage.models.places import Market, Shop
from storage.models.staff import Staff
from storage.queries.trail import MARKET, MOST, PROGRAM, Sight, seen_in
from storage.statements import Statement, json_rows

PEOPLE_MAX = 200
SHOPS_MAX = 1_000
"""To choose from; another shop's lines are reached by a link on any of them."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who works or worked for the program."""

    staff_id: StaffId
    role: Role
    name: str

    @property
    def key(self) -> str:
        """As the audit log writes it."""
        return f"{self.role}:{self.staff_id}"


DESK = or_(MARKET.is_(None), func.coalesce(col(Staff.market_id), MARKET) == MARKET)
"""Who works for the whole program is seen from every market."""

PEOPLE = Statement(
    select(col(Staff.id), col(Staff.role), col(Staff.name))
    .where(col(Staff.program_id) == PROGRAM, DESK)
    .order_by(col(Staff.name), col(Staff.id))
    .limit(MOST)
)
SHOPS: Select[int, str] = (
    select(col(Shop.id), col(Shop.name))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(col(Market.program_id) == PROGRAM, seen_in(col(Market.id)))
)
SHOPS_TO_CHOOSE = Statement(SHOPS.order_by(col(Shop.name), col(Shop.id)).limit(MOST))


def _shops(dialect: str) -> Executable:
    wanted = json_rows(dialect, "wanted", id=BigInteger())
    return SHOPS.where(col(Shop.id).in_(select(wanted.c.id)))


def _staff(dialect: str) -> Executable:
    wanted = json_rows(dialect, "wanted", id=BigInteger())
    in_program = (col(Staff.program_id) == PROGRAM) & DESK
    in_shop = (col(Market.program_id) == PROGRAM) & seen_in(col(Market.id))
    return (
        select(col(Staff.id), col(Staff.name))
        .outerjoin(Shop, col(Shop.id) == col(Staff.shop_id))
        .outerjoin(Market, col(Market.id) == col(Shop.market_id))
        .where(col(Staff.id).in_(select(wanted.c.id)), or_(in_program, in_shop))
    )


SHOP_NAMES, STAFF_NAMES = Statement(_shops), Statement(_staff)


def list_actors(tx: Tx, sight: Sight) -> list[Actor]:
    """By name, also who has left; of who sees one market not the other markets' people."""
    return [Actor(*row) for row in tx.all(PEOPLE, most=PEOPLE_MAX, **sight.scope)]


def list_shops_to_choose(tx: Tx, sight: Sight) -> list[tuple[ShopId, str]]:
    """By name."""
    rows = tx.all(SHOPS_TO_CHOOSE, most=SHOPS_MAX, **sight.scope)
    return [(row[0], row[1]) for row in rows]


def list_shop_names(tx: Tx, sight: Sight, ids: Collection[int]) -> dict[int, str]:
    rows = tx.all(SHOP_NAMES, wanted=_wanted(ids), **sight.scope)
    return {row[0]: row[1] for row in rows}


def list_staff_names(tx: Tx, sight: Sight, ids: Collection[int]) -> dict[int, str]:
    rows = tx.all(STAFF_NAMES, wanted=_wanted(ids), **sight.scope)
    return {row[0]: row[1] for row in rows}


def _wanted(ids: Collection[int]) -> str:
    return orjson.dumps([{"id": one} for one in sorted(ids)]).decode()
