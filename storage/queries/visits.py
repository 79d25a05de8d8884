"""Visits of regulars, and where a regular stands in a shop."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlmodel import col

from domain.people import CustomerId, ShopId, TallyId, VisitId
from domain.regulars import Rhythm
from domain.visits import Doubt, Place, VisitWay
from storage.desk import Tx
from storage.models.customers import Customer, Membership
from storage.models.places import Shop
from storage.models.visits import Visit
from storage.statements import Statement, inserting

VISITS_MAX = 10_000
DOUBTED_MAX = 50


class VisitView(NamedTuple):
    """One visit as it was written down."""

    visit_id: VisitId
    shop_id: ShopId
    customer_id: CustomerId
    key: str
    way: VisitWay
    items: int
    spend_won: int | None
    stamps: int
    tally_id: TallyId | None
    actor: str
    visited_at: datetime
    recorded_at: datetime
    canceled_at: datetime | None


class NewVisit(NamedTuple):
    """A visit to write down; `code` is the issue of the code that showed it."""

    shop_id: ShopId
    customer_id: CustomerId
    key: str
    way: VisitWay
    code: str | None
    items: int
    spend_won: int | None
    stamps: int
    tally_id: TallyId | None
    doubt: Doubt | None
    actor: str
    visited_at: datetime
    recorded_at: datetime


class Member(NamedTuple):
    """A regular's rhythm as the membership has it, and whether they want to be told."""

    visits: int
    visit_days: int
    first_visit_at: datetime | None
    last_visit_at: datetime | None
    is_told: bool

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.visits, self.visit_days, self.first_visit_at, self.last_visit_at)


VIEW = tuple(
    col(getattr(Visit, "id" if name == "visit_id" else name)) for name in VisitView._fields
)
OF_PERSON = (
    col(Visit.shop_id) == bindparam("of_shop"),
    col(Visit.customer_id) == bindparam("of_customer"),
    col(Visit.canceled_at).is_(None),
)
THIS_MEMBER = (
    col(Membership.shop_id) == bindparam("of_shop"),
    col(Membership.customer_id) == bindparam("of_customer"),
)
INSERT_VISIT = Statement(inserting(Visit, *NewVisit._fields).returning(col(Visit.id)))
VISIT_BY_KEY = Statement(
    select(*VIEW).where(
        col(Visit.shop_id) == bindparam("of_shop"), col(Visit.key) == bindparam("of_key")
    )
)
FIND_VISIT = Statement(
    select(*VIEW).where(
        col(Visit.id) == bindparam("of_visit"), col(Visit.shop_id) == bindparam("of_shop")
    )
)
CANCEL_VISIT = Statement(
    update(Visit)
    .where(col(Visit.id) == bindparam("of_visit"), col(Visit.canceled_at).is_(None))
    .values(canceled_at=bindparam("at"))
)
LOCK_MEMBER = Statement(
    select(*(col(getattr(Membership, name)) for name in Member._fields))
    .where(*THIS_MEMBER)
    .with_for_update()
)
KEEP_CUSTOMER = Statement(
    select(col(Customer.id))
    .where(col(Customer.id) == bindparam("of_customer"))
    .with_for_update(read=True, key_share=True)
)
SAVE_RHYTHM = Statement(
    update(Membership)
    .where(*THIS_MEMBER)
    .values({name: bindparam(name) for name in Member._fields if name != "is_told"})
)
COUNT_BETWEEN = Statement(
    select(func.count()).where(
        *OF_PERSON,
        col(Visit.visited_at) >= bindparam("since"),
        col(Visit.visited_at) < bindparam("until"),
    )
)
VISIT_TIMES = Statement(
    select(col(Visit.visited_at))
    .where(*OF_PERSON)
    .order_by(col(Visit.visited_at))
    .limit(VISITS_MAX)
)
PLACE = Statement(
    select(col(Shop.latitude), col(Shop.longitude)).where(
        col(Shop.id) == bindparam("of_shop"), col(Shop.latitude).is_not(None)
    )
)
ELSEWHERE = Statement(
    select(col(Shop.latitude), col(Shop.longitude), col(Visit.visited_at))
    .join(Shop, col(Shop.id) == col(Visit.shop_id))
    .where(
        col(Visit.customer_id) == bindparam("of_customer"),
        col(Visit.shop_id) != bindparam("of_shop"),
        col(Visit.visited_at) > bindparam("since"),
        col(Visit.visited_at) < bindparam("until"),
        col(Visit.canceled_at).is_(None),
        col(Shop.latitude).is_not(None),
    )
    .limit(20)
)


DOUBTED = Statement(
    select(col(Visit.visited_at))
    .where(
        col(Visit.shop_id) == bindparam("of_shop"),
        col(Visit.visited_at) >= bindparam("since"),
        col(Visit.doubt).is_not(None),
        col(Visit.canceled_at).is_(None),
    )
    .order_by(col(Visit.visited_at).desc())
    .limit(DOUBTED_MAX)
)


def insert_visit(tx: Tx, visit: NewVisit) -> VisitId:
    row = tx.one(INSERT_VISIT, **visit._asdict())
    assert row is not None, "an insert returns its row"
    return VisitId(row[0])


def find_visit_by_key(tx: Tx, shop_id: ShopId, key: str) -> VisitView | None:
    """What a request with this key has written before."""
    row = tx.one(VISIT_BY_KEY, of_shop=shop_id, of_key=key)
    return VisitView._make(row) if row else None


def find_visit(tx: Tx, shop_id: ShopId, visit_id: VisitId) -> VisitView | None:
    row = tx.one(FIND_VISIT, of_shop=shop_id, of_visit=visit_id)
    return VisitView._make(row) if row else None


def cancel_visit_once(tx: Tx, visit_id: VisitId, at: datetime) -> bool:
    return bool(tx.run(CANCEL_VISIT, of_visit=visit_id, at=at))


def lock_member(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> Member | None:
    """The first lock of everything that changes what a regular has in a shop."""
    row = tx.one(LOCK_MEMBER, of_shop=shop_id, of_customer=customer_id)
    return Member._make(row) if row else None


def lock_customer(tx: Tx, customer_id: CustomerId) -> bool:
    """Nobody merges or deletes this person until we are done; False when somebody has."""
    return tx.one(KEEP_CUSTOMER, of_customer=customer_id) is not None


def save_rhythm(tx: Tx, shop_id: ShopId, customer_id: CustomerId, rhythm: Rhythm) -> None:
    tx.run(
        SAVE_RHYTHM,
        of_shop=shop_id,
        of_customer=customer_id,
        visits=rhythm.visits,
        visit_days=rhythm.days,
        first_visit_at=rhythm.first_at,
        last_visit_at=rhythm.last_at,
    )


def count_visits_between(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, since: datetime, until: datetime
) -> int:
    row = tx.one(COUNT_BETWEEN, of_shop=shop_id, of_customer=customer_id, since=since, until=until)
    assert row is not None, "a count always answers"
    return int(row[0])


def list_visit_times(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[datetime]:
    """When this person came, canceled visits left out; the first first."""
    return [row[0] for row in tx.all(VISIT_TIMES, of_shop=shop_id, of_customer=customer_id)]


def find_place(tx: Tx, shop_id: ShopId) -> Place | None:
    row = tx.one(PLACE, of_shop=shop_id)
    return Place(row[0], row[1]) if row else None


def list_elsewhere(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, since: datetime, until: datetime
) -> list[tuple[Place, datetime]]:
    """This customer's visits in the channel's other shops whose place is known."""
    rows = tx.all(ELSEWHERE, of_shop=shop_id, of_customer=customer_id, since=since, until=until)
    return [(Place(row[0], row[1]), row[2]) for row in rows]


def list_doubted(tx: Tx, shop_id: ShopId, since: datetime) -> list[datetime]:
    """When somebody was seen here who cannot have come from where they were seen before.

    For managers alone: a shop would learn from it where else its regulars go (L54).
    """
    return [row[0] for row in tx.all(DOUBTED, of_shop=shop_id, since=since)]
