"""Chats that speak for staff: codes that pair them, whom a chat speaks for, ways into the console."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, exists, select, update
from sqlmodel import col

from domain.people import ChannelId, CustomerId, Friend, Role, ShopId, StaffId
from storage.desk import Tx
from storage.models.customers import Customer
from storage.models.places import Shop
from storage.models.staff import ChatDraft, PairingCode, SignInLink, Staff, StaffChat
from storage.statements import Statement, inserting, upsert

SEATS_MAX = 20
KEPT_FOR_WORDS = timedelta(days=1)
"""How long a link is remembered after its end: to say that it has ended, not that it never was."""


class Seat(NamedTuple):
    """One shop that a chat speaks for, and as whom."""

    staff_id: StaffId
    role: Role
    shop_id: ShopId
    name: str
    shop_name: str

    @property
    def actor(self) -> str:
        return f"{self.role}:{self.staff_id}"


class PairingView(NamedTuple):
    staff_id: StaffId
    channel_id: ChannelId
    expires_at: datetime
    used_at: datetime | None


class LinkView(NamedTuple):
    staff_id: StaffId
    expires_at: datetime
    used_at: datetime | None


SEATS = Statement(
    select(col(Staff.id), col(Staff.role), col(Staff.shop_id), col(Staff.name), col(Shop.name))
    .join(StaffChat, col(StaffChat.staff_id) == col(Staff.id))
    .join(Shop, col(Shop.id) == col(Staff.shop_id))
    .where(col(StaffChat.customer_id) == bindparam("of_customer"), col(Staff.left_at).is_(None))
    .order_by(col(Shop.id), col(Staff.id))
    .limit(SEATS_MAX)
)
PAIRED = Statement(
    select(col(StaffChat.staff_id), col(StaffChat.paired_at))
    .join(Staff, col(Staff.id) == col(StaffChat.staff_id))
    .where(col(Staff.shop_id) == bindparam("of_shop"))
    .limit(50)
)
FIND_CHAT = Statement(
    select(col(StaffChat.customer_id)).where(col(StaffChat.staff_id) == bindparam("of_staff"))
)
FRIEND = Statement(
    select(col(Customer.friend))
    .join(StaffChat, col(StaffChat.customer_id) == col(Customer.id))
    .where(col(StaffChat.staff_id) == bindparam("of_staff"))
)
SAVE_CHAT = Statement(
    lambda dialect: upsert(
        dialect,
        StaffChat,
        ("staff_id",),
        {name: bindparam(name) for name in ("staff_id", "customer_id", "paired_at")},
        lambda fresh: {"customer_id": fresh.customer_id, "paired_at": fresh.paired_at},
    )
)
DELETE_CHAT = Statement(delete(StaffChat).where(col(StaffChat.staff_id) == bindparam("of_staff")))
MARK_PERSON = Statement(
    update(Customer)
    .where(col(Customer.id) == bindparam("of_customer"))
    .values(is_staff=exists().where(col(StaffChat.customer_id) == col(Customer.id)))
)
INSERT_CODE = Statement(
    inserting(PairingCode, "digits_hash", "staff_id", "channel_id", "made_at", "expires_at")
)
FIND_CODE = Statement(
    select(
        col(PairingCode.staff_id),
        col(PairingCode.channel_id),
        col(PairingCode.expires_at),
        col(PairingCode.used_at),
    ).where(col(PairingCode.digits_hash) == bindparam("of_digits"))
)
CLAIM_CODE = Statement(
    update(PairingCode)
    .where(
        col(PairingCode.digits_hash) == bindparam("of_digits"),
        col(PairingCode.used_at).is_(None),
        col(PairingCode.expires_at) > bindparam("at"),
    )
    .values(used_at=bindparam("at"))
)
DELETE_CODES = Statement(
    delete(PairingCode).where(col(PairingCode.staff_id) == bindparam("of_staff"))
)
INSERT_LINK = Statement(inserting(SignInLink, "token_hash", "staff_id", "made_at", "expires_at"))
FIND_LINK = Statement(
    select(col(SignInLink.staff_id), col(SignInLink.expires_at), col(SignInLink.used_at)).where(
        col(SignInLink.token_hash) == bindparam("of_token")
    )
)
CLAIM_LINK = Statement(
    update(SignInLink)
    .where(
        col(SignInLink.token_hash) == bindparam("of_token"),
        col(SignInLink.used_at).is_(None),
        col(SignInLink.expires_at) > bindparam("at"),
    )
    .values(used_at=bindparam("at"))
)
DELETE_LINKS = Statement(
    delete(SignInLink).where(col(SignInLink.staff_id) == bindparam("of_staff"))
)
DELETE_OLD_LINKS = Statement(
    delete(SignInLink).where(col(SignInLink.expires_at) <= bindparam("at"))
)
DELETE_DRAFT_OF = Statement(
    delete(ChatDraft).where(col(ChatDraft.staff_id) == bindparam("of_staff"))
)


def list_seats(tx: Tx, customer_id: CustomerId) -> list[Seat]:
    """The shops that this chat speaks for; empty for everybody else."""
    return [
        Seat(StaffId(row[0]), Role(row[1]), ShopId(row[2]), row[3], row[4])
        for row in tx.all(SEATS, of_customer=customer_id)
    ]


def list_paired(tx: Tx, shop_id: ShopId) -> dict[StaffId, datetime]:
    """Who of a shop has a chat, and since when."""
    return {StaffId(row[0]): row[1] for row in tx.all(PAIRED, of_shop=shop_id)}


def find_chat(tx: Tx, staff_id: StaffId) -> CustomerId | None:
    row = tx.one(FIND_CHAT, of_staff=staff_id)
    return CustomerId(row[0]) if row else None


def find_friend(tx: Tx, staff_id: StaffId) -> Friend | None:
    """Whether the chat of this person added the channel; None for who has no chat."""
    row = tx.one(FRIEND, of_staff=staff_id)
    return Friend(row[0]) if row else None


def save_chat(tx: Tx, staff_id: StaffId, customer_id: CustomerId, at: datetime) -> None:
    """From now on this chat speaks for them, and no other does."""
    before = find_chat(tx, staff_id)
    tx.run(SAVE_CHAT, staff_id=staff_id, customer_id=customer_id, paired_at=at)
    for one in {before, customer_id} - {None}:
        tx.run(MARK_PERSON, of_customer=one)


def delete_chat(tx: Tx, staff_id: StaffId) -> bool:
    """False when no chat spoke for them. What was being written there goes with it."""
    customer_id = find_chat(tx, staff_id)
    tx.run(DELETE_DRAFT_OF, of_staff=staff_id)
    if customer_id is None:
        return False
    tx.run(DELETE_CHAT, of_staff=staff_id)
    tx.run(MARK_PERSON, of_customer=customer_id)
    return True


def insert_pairing(
    tx: Tx,
    digits_hash: str,
    staff_id: StaffId,
    channel_id: ChannelId,
    *,
    made_at: datetime,
    expires_at: datetime,
) -> None:
    """In the place of every code this person had."""
    tx.run(DELETE_CODES, of_staff=staff_id)
    tx.run(
        INSERT_CODE,
        digits_hash=digits_hash,
        staff_id=staff_id,
        channel_id=channel_id,
        made_at=made_at,
        expires_at=expires_at,
    )


def find_pairing(tx: Tx, digits_hash: str) -> PairingView | None:
    row = tx.one(FIND_CODE, of_digits=digits_hash)
    return PairingView._make(row) if row else None


def claim_pairing(tx: Tx, digits_hash: str, at: datetime) -> bool:
    """False when it was used or is past its time; only one caller ever gets True."""
    return bool(tx.run(CLAIM_CODE, of_digits=digits_hash, at=at))


def delete_pairings(tx: Tx, staff_id: StaffId) -> None:
    tx.run(DELETE_CODES, of_staff=staff_id)


def insert_link(
    tx: Tx, token_hash: str, staff_id: StaffId, *, made_at: datetime, expires_at: datetime
) -> None:
    """In the place of every link this person had; nobody's old ones are kept."""
    delete_links(tx, staff_id)
    tx.run(DELETE_OLD_LINKS, at=made_at - KEPT_FOR_WORDS)
    tx.run(
        INSERT_LINK,
        token_hash=token_hash,
        staff_id=staff_id,
        made_at=made_at,
        expires_at=expires_at,
    )


def find_link(tx: Tx, token_hash: str) -> LinkView | None:
    row = tx.one(FIND_LINK, of_token=token_hash)
    return LinkView._make(row) if row else None


def claim_link(tx: Tx, token_hash: str, at: datetime) -> bool:
    """False when it was used or is past its time; only one caller ever gets True."""
    return bool(tx.run(CLAIM_LINK, of_token=token_hash, at=at))


def delete_links(tx: Tx, staff_id: StaffId) -> None:
    tx.run(DELETE_LINKS, of_staff=staff_id)
