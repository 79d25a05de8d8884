"""The owner's own button in a message: where it leads, and who pressed it."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from domain.people import MessageId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign, Message, Run
from storage.statements import Statement

ADDRESS = Statement(
    select(col(Campaign.button_url))
    .select_from(Message)
    .join(Run, col(Run.id) == col(Message.run_id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(col(Message.id) == bindparam("of_message"), col(Message.shop_id) == bindparam("of_shop"))
)
PRESS = Statement(
    update(Message)
    .where(
        col(Message.id) == bindparam("of_message"),
        col(Message.shop_id) == bindparam("of_shop"),
        col(Message.pressed_at).is_(None),
    )
    .values(pressed_at=bindparam("at"))
)


def find_button_url(tx: Tx, shop_id: ShopId, message_id: MessageId) -> str | None:
    """None where there is no such message of this shop, or its campaign has no button."""
    row = tx.one(ADDRESS, of_message=message_id, of_shop=shop_id)
    return row[0] if row else None


def save_pressed(tx: Tx, shop_id: ShopId, message_id: MessageId, at: datetime) -> bool:
    """The first press of this person; False for a later one."""
    return tx.run(PRESS, of_message=message_id, of_shop=shop_id, at=at) > 0
