"""Who is meant by a phone number that called a free 080 number."""

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from domain.people import CustomerId
from storage.desk import Tx
from storage.models.customers import Customer
from storage.models.places import Channel
from storage.queries.customers import PHONE
from storage.statements import Statement

OF_NUMBER = func.replace(col(Channel.opt_out_number), "-", "") == bindparam("of_number")
OF_PHONE = (
    select(col(Customer.id))
    .join(Channel, col(Channel.id) == col(Customer.channel_id))
    .where(col(Customer.phone_hash) == bindparam("phone_hash"))
    .order_by(col(Customer.id))
)
ANYWHERE = Statement(OF_PHONE)
UNDER_NUMBER = Statement(OF_PHONE.where(OF_NUMBER))
CHANNEL_OF_NUMBER = Statement(select(col(Channel.id)).where(OF_NUMBER).limit(1))


def mark_of(tx: Tx, phone: str) -> str:
    """By which a number is found again, and which tells nobody the number."""
    return tx.vault.fingerprint(phone, purpose=PHONE)


def list_by_called(tx: Tx, phone: str, number: str) -> list[CustomerId]:
    """Who has this phone number in the channels under that 080 number; in all of them when it is
    none of ours that was called, as nobody can say then which one was meant.
    """
    digest = mark_of(tx, phone)
    if tx.one(CHANNEL_OF_NUMBER, of_number=number) is None:
        return [row[0] for row in tx.all(ANYWHERE, phone_hash=digest)]
    return [row[0] for row in tx.all(UNDER_NUMBER, phone_hash=digest, of_number=number)]
