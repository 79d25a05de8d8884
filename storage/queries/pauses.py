"""Pauses that no owner has chosen, each said to an owner once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from domain.campaigns import CampaignState, MessageKind, PauseReason
from domain.people import CampaignId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign
from storage.statements import Statement, one_of

SAID_MAX = 3
FOR_OTHERS = (PauseReason.ERRORS, PauseReason.HALT, PauseReason.WAY)


class Paused(NamedTuple):
    campaign_id: CampaignId
    body: str
    paused_for: PauseReason


UNSAID = (
    col(Campaign.shop_id) == bindparam("of_shop"),
    col(Campaign.state) == CampaignState.PAUSED,
    col(Campaign.kind) == MessageKind.ADVERTISEMENT,
    one_of(col(Campaign.paused_for), *FOR_OTHERS),
    col(Campaign.pause_said_at).is_(None),
)
LIST_UNSAID = Statement(
    select(col(Campaign.id), col(Campaign.body), col(Campaign.paused_for))
    .where(*UNSAID)
    .order_by(col(Campaign.id))
    .limit(SAID_MAX)
)
SAY = Statement(
    update(Campaign)
    .where(*UNSAID, col(Campaign.id) == bindparam("of_campaign"))
    .values(pause_said_at=bindparam("at"))
)


def list_unsaid_pauses(tx: Tx, shop_id: ShopId) -> Sequence[Paused]:
    return [Paused._make(row) for row in tx.all(LIST_UNSAID, of_shop=shop_id)]


def say_pause_once(tx: Tx, shop_id: ShopId, campaign_id: CampaignId, at: datetime) -> bool:
    """Whether nobody had said it yet."""
    return bool(tx.run(SAY, of_shop=shop_id, of_campaign=campaign_id, at=at))
