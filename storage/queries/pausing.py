"""Advertisements that rest: a pause on a membership, put there and taken off."""

from datetime import datetime

from sqlalchemy import bindparam, or_, update
from sqlmodel import col

from domain.people import CustomerId, ShopId
from storage.desk import Tx
from storage.models.customers import Membership
from storage.statements import Statement

THEIRS = (
    col(Membership.shop_id) == bindparam("of_shop"),
    col(Membership.customer_id) == bindparam("of_customer"),
)
SAVE_PAUSE = Statement(
    update(Membership)
    .where(
        *THEIRS,
        or_(
            col(Membership.paused_at).is_(None),
            col(Membership.paused_until).is_distinct_from(bindparam("paused_until")),
        ),
    )
    .values(paused_at=bindparam("paused_at"), paused_until=bindparam("paused_until"))
)
END_PAUSE = Statement(
    update(Membership)
    .where(*THEIRS, col(Membership.paused_at).is_not(None))
    .values(paused_at=None, paused_until=None)
)


def save_pause(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime, until: datetime | None
) -> bool:
    """False where it changes nothing: for no regular of this shop, or for the same pause."""
    return bool(
        tx.run(
            SAVE_PAUSE,
            of_shop=shop_id,
            of_customer=customer_id,
            paused_at=at,
            paused_until=until,
        )
    )


def end_pause(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> bool:
    """False when there was none."""
    return bool(tx.run(END_PAUSE, of_shop=shop_id, of_customer=customer_id))
