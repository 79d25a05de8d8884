"""The counts of a month's statement: shops, messages, friends, posts.

No message row is read: chunks count their people when they are settled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Executable, and_, bindparam, case, func, or_, select
from sqlmodel import col

from domain.campaigns import MessageKind
from domain.money import Tariff
from domain.people import Friend, MarketId, ProgramId, ShopId
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Run
from storage.models.customers import Customer, Membership
from storage.models.places import Market, Shop
from storage.models.statements import HandSending, PostCount
from storage.queries.statements import OF_MARKET, SINCE, UNTIL, as_ids, listed, sum_where
from storage.statements import Statement, total


@dataclass(frozen=True, slots=True)
class ShopPlace:
    shop_id: ShopId
    name: str
    market_id: MarketId
    market_name: str


@dataclass(frozen=True, slots=True)
class SentRow:
    shop_id: ShopId
    tariff: Tariff
    kind: MessageKind
    asked: int
    delivered: int
    failed: int
    left_out: int


SHOPS = Statement(
    select(col(Shop.id), col(Shop.name), col(Market.id), col(Market.name))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(
        col(Market.program_id) == bindparam("of_program"),
        col(Market.id) == OF_MARKET,
        col(Shop.id) > bindparam("after"),
    )
    .order_by(col(Shop.id))
    .limit(bindparam("most", type_=BigInteger()))
)


def _sent(dialect: str) -> Executable:
    """A run counts its people in the month it was planned, a chunk in the month it settled."""
    is_planned = and_(col(Run.planned_at) >= SINCE, col(Run.planned_at) < UNTIL)
    is_settled = and_(col(Chunk.settled_at) >= SINCE, col(Chunk.settled_at) < UNTIL)
    reached = col(Chunk.delivered) + col(Chunk.failed)
    runs = (
        select(
            col(Run.shop_id).label("shop_id"),
            col(Run.campaign_id).label("campaign_id"),
            case((is_planned, col(Run.recipients)), else_=0).label("asked"),
            case((is_planned, col(Run.recipients) - total(col(Chunk.size))), else_=0).label("out"),
            sum_where(is_settled, col(Chunk.delivered)).label("delivered"),
            sum_where(is_settled, col(Chunk.failed)).label("failed"),
            sum_where(is_settled, col(Chunk.size) - reached).label("stopped"),
        )
        .outerjoin(Chunk, col(Chunk.run_id) == col(Run.id))
        .where(
            col(Run.shop_id).in_(listed(dialect)),
            col(Run.planned_at) < UNTIL,
            or_(col(Run.finished_at).is_(None), col(Run.finished_at) >= SINCE),
        )
        .group_by(col(Run.id))
        .subquery()
    )
    return (
        select(
            runs.c.shop_id,
            col(Campaign.sender),
            col(Campaign.kind),
            total(runs.c.asked),
            total(runs.c.delivered),
            total(runs.c.failed),
            total(runs.c.out + runs.c.stopped),
        )
        .join(Campaign, col(Campaign.id) == runs.c.campaign_id)
        .group_by(runs.c.shop_id, col(Campaign.sender), col(Campaign.kind))
    )


def _by_hand(dialect: str) -> Executable:
    return (
        select(col(HandSending.shop_id), total(col(HandSending.people)))
        .where(
            col(HandSending.shop_id).in_(listed(dialect)),
            col(HandSending.recorded_at) >= SINCE,
            col(HandSending.recorded_at) < UNTIL,
        )
        .group_by(col(HandSending.shop_id))
    )


def _friends(dialect: str) -> Executable:
    return (
        select(col(Membership.shop_id), func.count())
        .join(Customer, col(Customer.id) == col(Membership.customer_id))
        .where(col(Membership.shop_id).in_(listed(dialect)), col(Customer.friend) == Friend.ADDED)
        .group_by(col(Membership.shop_id))
    )


def _posts(dialect: str) -> Executable:
    return select(col(PostCount.shop_id), col(PostCount.posts)).where(
        col(PostCount.shop_id).in_(listed(dialect)), col(PostCount.month) == bindparam("of_month")
    )


SENT = Statement(_sent)
BY_HAND = Statement(_by_hand)
FRIENDS = Statement(_friends)
POSTS = Statement(_posts)


def list_shops_after(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, after: int, most: int
) -> list[ShopPlace]:
    """A page of a program's shops, or of one market of it, by id."""
    found = tx.all(SHOPS, of_program=program_id, of_market=market_id, after=after, most=most)
    return [ShopPlace(*row) for row in found]


def list_sent(
    tx: Tx, shop_ids: Sequence[ShopId], since: datetime, until: datetime
) -> list[SentRow]:
    """Messages by sender and kind; nothing where nothing was asked for or settled."""
    wanted = as_ids(shop_ids)
    sent = [
        SentRow(row[0], Tariff(row[1]), MessageKind(row[2]), *row[3:])
        for row in tx.all(SENT, ids=wanted, since=since, until=until)
        if any(row[3:])
    ]
    by_hand = [
        SentRow(shop_id, Tariff.CHANNEL_MESSAGE, MessageKind.ADVERTISEMENT, people, people, 0, 0)
        for shop_id, people in tx.all(BY_HAND, ids=wanted, since=since, until=until)
    ]
    return sent + by_hand


def count_friends(tx: Tx, shop_ids: Sequence[ShopId]) -> dict[ShopId, int]:
    """A shop's regulars who are friends of its channel now."""
    return dict(tx.all(FRIENDS, ids=as_ids(shop_ids)))


def read_posts(tx: Tx, shop_ids: Sequence[ShopId], month: date) -> dict[ShopId, int]:
    return dict(tx.all(POSTS, ids=as_ids(shop_ids), of_month=month))
