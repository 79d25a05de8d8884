"""At which hours of the Korean day a shop is visited."""

from datetime import datetime

from sqlalchemy import Executable, Integer, bindparam, cast, func, select
from sqlmodel import col

from domain.people import ShopId
from storage.desk import Tx
from storage.models.visits import Visit
from storage.statements import Statement


def _hours(dialect: str) -> Executable:
    visited = col(Visit.visited_at)
    if dialect == "sqlite":
        hour = cast(func.strftime("%H", visited, "+9 hours"), Integer)
    else:
        hour = cast(func.extract("hour", func.timezone("Asia/Seoul", visited)), Integer)
    return (
        select(hour.label("hour"), func.count())
        .where(
            col(Visit.shop_id) == bindparam("of_shop"),
            col(Visit.canceled_at).is_(None),
            visited > bindparam("since"),
        )
        .group_by("hour")
    )


HOURS = Statement(_hours)


def list_visit_hours(tx: Tx, shop_id: ShopId, since: datetime) -> dict[int, int]:
    """Visits that stand, by the hour in which they were made."""
    return {row[0]: row[1] for row in tx.all(HOURS, of_shop=shop_id, since=since)}
