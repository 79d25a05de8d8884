"""What managers see of what the law wants people told: how much of it, and what failed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, func, or_, select
from sqlmodel import col

from domain.consent import Choice
from domain.people import MarketId, ProgramId, ShopId
from domain.statutory import StatutoryKind, StatutoryState
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.places import Market, Shop
from storage.models.regulars import StatutoryNotice
from storage.statements import Statement

LISTED_MAX = 50


class Count(NamedTuple):
    kind: StatutoryKind
    state: StatutoryState
    people: int
    late: int


class Failed(NamedTuple):
    """What could not be delivered; `code` is the rule or the platform's word for why."""

    notice_id: int
    shop_id: ShopId
    shop_name: str
    kind: StatutoryKind
    choice: Choice
    chosen_at: datetime
    settled_at: datetime
    code: str


MARKET = bindparam("of_market", type_=BigInteger())
SEEN_BY = (
    col(Market.program_id) == bindparam("of_program"),
    or_(MARKET.is_(None), col(Market.id) == MARKET),
)
COUNTS = Statement(
    select(
        col(StatutoryNotice.kind),
        col(StatutoryNotice.state),
        func.count(),
        func.count().filter(
            col(StatutoryNotice.due_at)
            < func.coalesce(col(StatutoryNotice.settled_at), bindparam("at", type_=INSTANT))
        ),
    )
    .join(Shop, col(Shop.id) == col(StatutoryNotice.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(
        *SEEN_BY,
        # A confirmation that is not asked for yet is nobody's work.
        col(StatutoryNotice.say_from) <= bindparam("at", type_=INSTANT),
    )
    .group_by(col(StatutoryNotice.kind), col(StatutoryNotice.state))
    .order_by(col(StatutoryNotice.kind), col(StatutoryNotice.state))
)
FAILED = Statement(
    select(
        col(StatutoryNotice.id),
        col(Shop.id),
        col(Shop.name),
        col(StatutoryNotice.kind),
        col(StatutoryNotice.about),
        col(StatutoryNotice.chosen_at),
        col(StatutoryNotice.settled_at),
        col(StatutoryNotice.code),
    )
    .join(Shop, col(Shop.id) == col(StatutoryNotice.shop_id))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(*SEEN_BY, col(StatutoryNotice.state) == StatutoryState.UNDELIVERABLE)
    .order_by(col(StatutoryNotice.id).desc())
    .limit(LISTED_MAX)
)


def count_statutory(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, at: datetime
) -> list[Count]:
    """By kind and state; `late` are those told after their day, or not yet told though it is
    over.
    """
    rows = tx.all(COUNTS, of_program=program_id, of_market=market_id, at=at)
    return [Count(StatutoryKind(row[0]), StatutoryState(row[1]), row[2], row[3]) for row in rows]


def list_undeliverable(tx: Tx, program_id: ProgramId, market_id: MarketId | None) -> list[Failed]:
    """The newest that could not be delivered."""
    rows = tx.all(FAILED, of_program=program_id, of_market=market_id)
    return [
        Failed._make((*row[:3], StatutoryKind(row[3]), Choice(row[4]), *row[5:7], row[7] or ""))
        for row in rows
    ]
