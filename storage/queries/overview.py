"""Counts by shop, for the manager's desk."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from domain.campaigns import MessageKind
from domain.people import ProgramId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign, Run
from storage.models.customers import Membership
from storage.models.places import Market, Shop
from storage.statements import Statement


@dataclass(frozen=True, slots=True)
class ShopCounts:
    shop_id: ShopId
    name: str
    trade: str
    market_name: str
    regulars: int
    consented: int
    last_sent_at: datetime | None


REGULARS = (
    select(
        col(Membership.shop_id).label("shop_id"),
        func.count().label("regulars"),
        func.count(col(Membership.advertising_since)).label("consented"),
    )
    .group_by(col(Membership.shop_id))
    .subquery()
)
LAST_RUN = (
    select(col(Run.shop_id).label("shop_id"), func.max(col(Run.planned_at)).label("last_sent_at"))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(col(Campaign.kind) == MessageKind.ADVERTISEMENT)
    .group_by(col(Run.shop_id))
    .subquery()
)
SHOP_COUNTS = Statement(
    select(
        col(Shop.id),
        col(Shop.name),
        col(Shop.trade),
        col(Market.name),
        func.coalesce(REGULARS.c.regulars, 0),
        func.coalesce(REGULARS.c.consented, 0),
        LAST_RUN.c.last_sent_at,
    )
    .join(Market, col(Market.id) == col(Shop.market_id))
    .outerjoin(REGULARS, REGULARS.c.shop_id == col(Shop.id))
    .outerjoin(LAST_RUN, LAST_RUN.c.shop_id == col(Shop.id))
    .where(col(Market.program_id) == bindparam("of_program"))
    .order_by(col(Shop.id))
    .limit(1000)
)
COUNT_REGULARS = Statement(
    select(func.count(), func.count(col(Membership.advertising_since))).where(
        col(Membership.shop_id) == bindparam("of_shop")
    )
)


def list_shop_counts(tx: Tx, program_id: ProgramId) -> list[ShopCounts]:
    """At most 1,000 shops of one program."""
    return [ShopCounts(*row) for row in tx.all(SHOP_COUNTS, of_program=program_id)]


def count_regulars(tx: Tx, shop_id: ShopId) -> tuple[int, int]:
    """How many regulars a shop has, and how many of them agreed to advertising."""
    row = tx.one(COUNT_REGULARS, of_shop=shop_id)
    assert row is not None
    return row[0], row[1]
