"""Kakao accounts that let staff in: which belongs to whom, and to which places one leads."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, bindparam, delete, func, select
from sqlmodel import col

from domain.people import ChannelId, Role, StaffId
from storage.desk import Tx
from storage.models.customers import Customer
from storage.models.places import Market, Program, Shop
from storage.models.staff import Staff, StaffAccount, StaffChat
from storage.queries.staff import STAYS
from storage.statements import Statement, upsert

PLACES_MAX = 20


class PlaceOfAccount(NamedTuple):
    """A shop, market or program that an account leads to, and as whom."""

    staff_id: StaffId
    role: Role
    place_name: str


def _places() -> Select[int, Role, str]:
    return (
        select(
            col(Staff.id),
            col(Staff.role),
            func.coalesce(col(Shop.name), col(Market.name), col(Program.name), ""),
        )
        .outerjoin(Shop, col(Shop.id) == col(Staff.shop_id))
        .outerjoin(Market, col(Market.id) == col(Staff.market_id))
        .outerjoin(Program, col(Program.id) == col(Staff.program_id))
        .where(STAYS)
        .order_by(col(Staff.id))
        .limit(PLACES_MAX)
    )


PLACES = Statement(
    _places()
    .join(StaffAccount, col(StaffAccount.staff_id) == col(Staff.id))
    .where(col(StaffAccount.subject) == bindparam("of_subject"))
)
PLACES_BY_CHAT = Statement(
    _places()
    .add_columns(col(Customer.channel_id))
    .join(StaffChat, col(StaffChat.staff_id) == col(Staff.id))
    .join(Customer, col(Customer.id) == col(StaffChat.customer_id))
    .where(col(Customer.app_user_id) == bindparam("of_subject"))
)
CHANNEL_BY_CHAT = Statement(
    select(col(Customer.channel_id))
    .join(StaffChat, col(StaffChat.customer_id) == col(Customer.id))
    .where(col(StaffChat.staff_id) == bindparam("of_staff"), col(Customer.app_user_id).is_not(None))
)
ACCOUNT = Statement(
    select(col(StaffAccount.subject), col(StaffAccount.linked_at)).where(
        col(StaffAccount.staff_id) == bindparam("of_staff")
    )
)
SAVE = Statement(
    lambda dialect: upsert(
        dialect,
        StaffAccount,
        ("staff_id",),
        {name: bindparam(name) for name in ("staff_id", "subject", "linked_at")},
        lambda fresh: {"subject": fresh.subject, "linked_at": fresh.linked_at},
    )
)
DELETE = Statement(delete(StaffAccount).where(col(StaffAccount.staff_id) == bindparam("of_staff")))


class Account(NamedTuple):
    subject: str
    linked_at: datetime


def list_places(tx: Tx, subject: str) -> list[PlaceOfAccount]:
    """Where this account was linked by who was signed in there, and still works."""
    return [PlaceOfAccount._make(row) for row in tx.all(PLACES, of_subject=subject)]


def list_places_by_chat(tx: Tx, subject: str) -> list[tuple[PlaceOfAccount, ChannelId]]:
    """Where a paired chat speaks for staff and its person has this number, and in which channel.

    The number means that person only if the channel's bot uses the app that was signed in to.
    """
    rows = tx.all(PLACES_BY_CHAT, of_subject=subject)
    return [(PlaceOfAccount._make(row[:3]), ChannelId(row[3])) for row in rows]


def find_channel_by_chat(tx: Tx, staff_id: StaffId) -> ChannelId | None:
    """Where a paired chat speaks for them and its person has a number, as `list_places_by_chat`."""
    row = tx.one(CHANNEL_BY_CHAT, of_staff=staff_id)
    return ChannelId(row[0]) if row else None


def find_account(tx: Tx, staff_id: StaffId) -> Account | None:
    row = tx.one(ACCOUNT, of_staff=staff_id)
    return Account._make(row) if row else None


def save_account(tx: Tx, staff_id: StaffId, subject: str, at: datetime) -> None:
    """From now on this is the account that is linked, and no other."""
    tx.run(SAVE, staff_id=staff_id, subject=subject, linked_at=at)


def delete_account(tx: Tx, staff_id: StaffId) -> bool:
    """False when none was linked."""
    return bool(tx.run(DELETE, of_staff=staff_id))
