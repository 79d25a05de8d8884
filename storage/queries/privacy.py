"""The personal facts of one person, unsealed for that person's own eyes (L48)."""

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from domain.birthdays import Birthday, birthday_of
from domain.people import CustomerId
from storage.desk import Tx
from storage.models.customers import Customer
from storage.queries.birthdays import BIRTHDAY
from storage.queries.customers import PHONE
from storage.statements import Statement


class Personal(NamedTuple):
    name: str | None
    phone: str | None
    birthday: Birthday | None


PERSONAL = Statement(
    select(col(Customer.name), col(Customer.phone), col(Customer.birthday)).where(
        col(Customer.id) == bindparam("of_customer")
    )
)


def find_personal(tx: Tx, customer_id: CustomerId) -> Personal:
    """All None for somebody who is not there."""
    name, phone, birthday = tx.one(PERSONAL, of_customer=customer_id) or (None, None, None)
    return Personal(
        name=name,
        phone=tx.vault.unseal(phone, purpose=PHONE) if phone else None,
        birthday=birthday_of(tx.vault.unseal(birthday, purpose=BIRTHDAY)) if birthday else None,
    )
