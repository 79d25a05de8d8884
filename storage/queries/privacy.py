"""The personal facts of one person, unsealed for that person's own eyes (L48)."""

from typing import NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlmodel import col

from domain.birthdays import Birthday, birthday_of
from domain.people import CustomerId, ShopId
from storage.desk import Tx
from storage.models.customers import Customer, Membership
from storage.queries.birthdays import BIRTHDAY
from storage.queries.customers import PHONE
from storage.statements import Statement


class Personal(NamedTuple):
    name: str | None
    phone: str | None
    birthday: Birthday | None


IN_SHOP = and_(
    col(Membership.customer_id) == col(Customer.id),
    col(Membership.shop_id) == bindparam("of_shop"),
)
PERSONAL = Statement(
    select(col(Membership.name), col(Customer.phone), col(Customer.birthday))
    .outerjoin(Membership, IN_SHOP)
    .where(col(Customer.id) == bindparam("of_customer"))
)


def find_personal(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> Personal:
    """The name is this shop's; all None for somebody who is not there."""
    row = tx.one(PERSONAL, of_shop=shop_id, of_customer=customer_id)
    name, phone, birthday = row or (None, None, None)
    return Personal(
        name=name,
        phone=tx.vault.unseal(phone, purpose=PHONE) if phone else None,
        birthday=birthday_of(tx.vault.unseal(birthday, purpose=BIRTHDAY)) if birthday else None,
    )
