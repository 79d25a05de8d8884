"""What else a shop has sent, or has booked, around an instant."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from domain.campaigns import CampaignState, MessageKind
from domain.people import ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Run
from storage.statements import Statement

BOOKED_MAX = 50

WEEK_BEGAN = Statement(
    select(func.min(col(Run.planned_at)))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(
        col(Run.shop_id) == bindparam("of_shop"),
        col(Run.planned_at) >= bindparam("since", type_=INSTANT),
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
    )
)
BOOKED_BETWEEN = Statement(
    select(col(Campaign.due_at))
    .where(
        col(Campaign.shop_id) == bindparam("of_shop"),
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
        col(Campaign.state) == CampaignState.BOOKED,
        col(Campaign.due_at) >= bindparam("since", type_=INSTANT),
        col(Campaign.due_at) < bindparam("before", type_=INSTANT),
    )
    .order_by(col(Campaign.due_at))
    .limit(BOOKED_MAX)
)


def find_week_began(tx: Tx, shop_id: ShopId, since: datetime) -> datetime | None:
    """When the first of the shop's advertisements since then was planned."""
    row = tx.one(WEEK_BEGAN, of_shop=shop_id, since=since)
    return row[0] if row else None


def list_booked_between(
    tx: Tx, shop_id: ShopId, since: datetime, before: datetime
) -> list[datetime]:
    """When the shop's advertisements leave that are booked from `since` until `before`."""
    given = {"since": since, "before": before}
    return [row[0] for row in tx.all(BOOKED_BETWEEN, of_shop=shop_id, **given)]
