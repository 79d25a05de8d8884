"""What followed a run: who came, who refused, who pressed. Whoever was deleted meanwhile is not
among those who came or refused, on neither side: of them we no longer know whether they did.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, func, select
from sqlmodel import col

from domain.campaigns import HELD_OUT, MessageState
from domain.people import Friend, RunId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Message
from storage.models.customers import Customer, Membership
from storage.models.visits import Visit
from storage.queries.messages import STANDING
from storage.statements import Statement


class Sides(NamedTuple):
    """People who got a message, all whom the lot sent it to whatever became of it, and all whom
    it held out.
    """

    got: int
    sent: int
    held_out: int


class Stops(NamedTuple):
    """Who got it and refuses now, since it left; `blocked` of them also blocked the channel."""

    stopped: int
    blocked: int


GOT = col(Message.state) == MessageState.DELIVERED
SENT = col(Message.chunk_id).is_not(None)
HELD = col(Message.code) == HELD_OUT
IS_KNOWN = col(Membership.customer_id).is_not(None)
KNOWN = Statement(
    select(
        *(func.count(case((and_(IS_KNOWN, side), 1))) for side in (GOT, SENT, HELD)),
        func.count(col(Message.pressed_at)),
    )
    .select_from(Message)
    .outerjoin(Membership, STANDING)
    .where(col(Message.run_id) == bindparam("of_run"), col(Message.shop_id) == bindparam("of_shop"))
)
VISITORS = select(col(Visit.customer_id)).where(
    col(Visit.shop_id) == bindparam("of_shop"),
    col(Visit.visited_at) >= bindparam("since"),
    col(Visit.visited_at) < bindparam("until"),
    col(Visit.canceled_at).is_(None),
)
CAME = Statement(
    select(*(func.count(case((side, 1))) for side in (GOT, SENT, HELD)))
    .select_from(Message)
    .join(Membership, STANDING)
    .where(
        col(Message.run_id) == bindparam("of_run"),
        col(Message.shop_id) == bindparam("of_shop"),
        col(Message.customer_id).in_(VISITORS),
    )
)
STOPPED = Statement(
    select(func.count(), func.count(case((col(Customer.friend) == Friend.BLOCKED, 1))))
    .select_from(Membership)
    .join(Customer, col(Customer.id) == col(Membership.customer_id))
    .join(Message, STANDING)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.withdrawn_at) >= bindparam("since"),
        col(Membership.withdrawn_at) < bindparam("until"),
        col(Message.run_id) == bindparam("of_run"),
        col(Message.state) == MessageState.DELIVERED,
    )
)


def count_known(tx: Tx, shop_id: ShopId, run_id: RunId) -> tuple[Sides, int]:
    """Those of a run who are still this shop's regulars; and how many of all pressed the button."""
    row = tx.one(KNOWN, of_shop=shop_id, of_run=run_id)
    assert row is not None, "a count always answers"
    got, sent, held_out, pressed = row
    return Sides(got, sent, held_out), pressed


def count_came(
    tx: Tx, shop_id: ShopId, run_id: RunId, *, since: datetime, until: datetime
) -> Sides:
    """Those of them who visited in a span of time, each once."""
    row = tx.one(CAME, of_shop=shop_id, of_run=run_id, since=since, until=until)
    assert row is not None, "a count always answers"
    return Sides._make(row)


def count_stopped(
    tx: Tx, shop_id: ShopId, run_id: RunId, *, since: datetime, until: datetime
) -> Stops:
    """A block is a refusal, too; who took theirs back since is not counted."""
    row = tx.one(STOPPED, of_shop=shop_id, of_run=run_id, since=since, until=until)
    assert row is not None, "a count always answers"
    return Stops._make(row)
