"""Visits of regulars."""

from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import col

from domain.people import CustomerId, ShopId
from storage.desk import Tx
from storage.models.customers import Membership, Visit
from storage.statements import Statement, inserting

INSERT_VISIT = Statement(inserting(Visit, "shop_id", "customer_id", "visited_at"))
COUNT_VISIT = Statement(
    update(Membership)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
    )
    .values(visits=col(Membership.visits) + 1, last_visit_at=bindparam("at"))
)


def insert_visit(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> None:
    """Adds a visit to a membership; visits come in the order they happened."""
    tx.run(INSERT_VISIT, shop_id=shop_id, customer_id=customer_id, visited_at=at)
    tx.run(COUNT_VISIT, of_shop=shop_id, of_customer=customer_id, at=at)
