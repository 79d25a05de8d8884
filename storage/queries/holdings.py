"""What regulars have in hand: cards, coupons, and what their shop will owe them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Executable, and_, bindparam, case, func, or_, select
from sqlmodel import col

from domain.people import CustomerId, ShopId
from domain.regulars import OpenCard, Rhythm
from domain.visits import PROVEN, VisitWay
from storage.desk import Tx
from storage.models.cards import CardRules, HeldCard, Tally
from storage.models.coupons import Coupon
from storage.models.customers import Membership
from storage.models.visits import Visit
from storage.queries.regulars import USABLE, wanted_ids, wanted_rows
from storage.statements import Statement
from storage.terms import CARD_TERMS

OPEN_CARDS_MAX = 100_000


class CardInHand(NamedTuple):
    stamps: int
    needed: int


def _coupons_of(dialect: str) -> Executable:
    wanted = wanted_rows(dialect)
    owed = case((col(Coupon.owed_at).is_not(None), 1), else_=0)
    return (
        select(
            col(Coupon.customer_id),
            func.sum(case((USABLE, 1), else_=0)),
            func.sum(owed),
        )
        .join(wanted, wanted.c.id == col(Coupon.customer_id))
        .where(col(Coupon.shop_id) == bindparam("of_shop"))
        .group_by(col(Coupon.customer_id))
    )


WORKS = and_(
    col(Tally.shop_id) == bindparam("of_shop"),
    col(Tally.closed_at).is_(None),
    or_(col(Tally.lapses_at).is_(None), col(Tally.lapses_at) > bindparam("at")),
)
CARD_OF = and_(
    col(HeldCard.tally_id) == col(Tally.id), col(HeldCard.number) == col(Tally.card_number)
)
STAMPS = col(Tally.stamps) - col(HeldCard.starts_after)


def _cards_of(dialect: str) -> Executable:
    wanted = wanted_rows(dialect)
    return (
        select(col(Tally.customer_id), STAMPS, col(CardRules.terms))
        .join(wanted, wanted.c.id == col(Tally.customer_id))
        .join(HeldCard, CARD_OF)
        .join(CardRules, col(CardRules.id) == col(HeldCard.rules_id))
        .where(WORKS)
    )


COUPONS_OF = Statement(_coupons_of)
CARDS_OF = Statement(_cards_of)
OPEN_CARDS = Statement(
    select(
        STAMPS,
        col(HeldCard.rules_id),
        col(Membership.visits),
        col(Membership.visit_days),
        col(Membership.first_visit_at),
        col(Membership.last_visit_at),
    )
    .select_from(Tally)
    .join(HeldCard, CARD_OF)
    .join(
        Membership,
        and_(
            col(Membership.shop_id) == col(Tally.shop_id),
            col(Membership.customer_id) == col(Tally.customer_id),
        ),
    )
    .where(WORKS)
    .order_by(col(Tally.id).desc())
    .limit(OPEN_CARDS_MAX)
)
TERMS = Statement(
    select(col(CardRules.id), col(CardRules.terms)).where(
        col(CardRules.shop_id) == bindparam("of_shop")
    )
)
WAYS = Statement(
    select(col(Visit.way), func.count())
    .where(
        col(Visit.shop_id) == bindparam("of_shop"),
        col(Visit.canceled_at).is_(None),
        col(Visit.visited_at) > bindparam("since"),
    )
    .group_by(col(Visit.way))
)


def list_coupons_of(
    tx: Tx, shop_id: ShopId, ids: Sequence[CustomerId], at: datetime
) -> dict[CustomerId, tuple[int, int]]:
    """How many coupons each may use, and how many rewards each had too early."""
    rows = tx.all(COUPONS_OF, of_shop=shop_id, wanted=wanted_ids(ids), at=at)
    return {CustomerId(row[0]): (int(row[1]), int(row[2])) for row in rows}


def list_cards_of(
    tx: Tx, shop_id: ShopId, ids: Sequence[CustomerId], at: datetime
) -> dict[CustomerId, CardInHand]:
    rows = tx.all(CARDS_OF, of_shop=shop_id, wanted=wanted_ids(ids), at=at)
    return {CustomerId(row[0]): CardInHand(row[1], CARD_TERMS.read(row[2]).needed) for row in rows}


def list_open_cards(tx: Tx, shop_id: ShopId, at: datetime) -> list[OpenCard]:
    """Every unfinished card that still works, with how its holder comes."""
    needed = {row[0]: CARD_TERMS.read(row[1]).needed for row in tx.all(TERMS, of_shop=shop_id)}
    cards = (
        OpenCard(stamps=row[0], needed=needed[row[1]], rhythm=Rhythm(*row[2:]))
        for row in tx.all(OPEN_CARDS, of_shop=shop_id, at=at)
    )
    return [card for card in cards if card.stamps < card.needed]


def count_ways(tx: Tx, shop_id: ShopId, since: datetime) -> tuple[int, int]:
    """Visits since: all of them, and those that were proven."""
    counts = {VisitWay(row[0]): row[1] for row in tx.all(WAYS, of_shop=shop_id, since=since)}
    return sum(counts.values()), sum(counts.get(way, 0) for way in PROVEN)
