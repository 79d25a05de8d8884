"""Why somebody got a message: the message, and how that person stands with the shop."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import col

from domain.campaigns import MessageKind, MessageState
from domain.people import CustomerId, MessageId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Message, Run
from storage.models.customers import Membership
from storage.statements import Statement, one_of


class GotMessage(NamedTuple):
    """`joined_at` is None for who is no regular of the shop (any more)."""

    customer_id: CustomerId
    body: str
    left_at: datetime
    joined_at: datetime | None
    advertising_since: datetime | None
    withdrawn_at: datetime | None
    paused_at: datetime | None
    paused_until: datetime | None


NEVER_CAME = (MessageState.REFUSED, MessageState.FAILED, MessageState.CANCELED)
STANDING = and_(
    col(Membership.shop_id) == col(Message.shop_id),
    col(Membership.customer_id) == col(Message.customer_id),
)
FIND = Statement(
    select(
        col(Message.customer_id),
        col(Campaign.body),
        func.coalesce(col(Message.shown_at), col(Chunk.started_at), col(Run.planned_at)),
        col(Membership.joined_at),
        col(Membership.advertising_since),
        col(Membership.withdrawn_at),
        col(Membership.paused_at),
        col(Membership.paused_until),
    )
    .join(Run, col(Run.id) == col(Message.run_id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .outerjoin(Chunk, col(Chunk.id) == col(Message.chunk_id))
    .outerjoin(Membership, STANDING)
    .where(col(Message.id) == bindparam("of_message"), col(Message.shop_id) == bindparam("of_shop"))
)
COUNT = Statement(
    select(func.count())
    .select_from(Run)
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .join(Message, col(Message.run_id) == col(Run.id))
    .join(Chunk, col(Chunk.id) == col(Message.chunk_id))
    .where(
        col(Run.shop_id) == bindparam("of_shop"),
        col(Message.customer_id) == bindparam("of_customer"),
        col(Campaign.kind) == MessageKind.ADVERTISEMENT,
        col(Chunk.started_at) >= bindparam("since"),
        ~one_of(col(Message.state), *NEVER_CAME),
    )
)


def find_got_message(tx: Tx, shop_id: ShopId, message_id: MessageId) -> GotMessage | None:
    """A message of this shop, whether or not its person is still there."""
    row = tx.one(FIND, of_shop=shop_id, of_message=message_id)
    return GotMessage._make(row) if row else None


def count_advertisements(tx: Tx, shop_id: ShopId, customer_id: CustomerId, since: datetime) -> int:
    """Those of a shop that have left to one person and, as far as is known, came."""
    row = tx.one(COUNT, of_shop=shop_id, of_customer=customer_id, since=since)
    return row[0] if row else 0
