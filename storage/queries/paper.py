"""Customers who are known by a phone number alone."""

from datetime import datetime

from sqlalchemy import Executable, and_, bindparam, case, or_, select, update
from sqlmodel import col

from domain.people import CustomerId, Friend, ShopId
from storage.desk import Tx
from storage.models.customers import Customer, Membership
from storage.models.places import Shop
from storage.queries.customers import PHONE
from storage.statements import Statement, insert_once

PAPER = "paper:"
"""How the key of a customer without a chat begins; KakaoTalk's keys have no colon."""

SHOWN_PHONE = case(
    (
        or_(
            col(Membership.phone_granted_at).is_not(None),
            col(Customer.bot_user_key).startswith(PAPER),
        ),
        col(Customer.phone),
    )
)
"""The sealed number where a shop may see it: left for this shop, or typed by shops alone (L54)."""

OF_SHOP = select(col(Shop.channel_id)).where(col(Shop.id) == bindparam("of_shop")).scalar_subquery()
IS_MEMBER = and_(
    col(Membership.customer_id) == col(Customer.id),
    col(Membership.shop_id) == bindparam("of_shop"),
)
BY_PHONE = Statement(
    select(col(Customer.id))
    .outerjoin(Membership, IS_MEMBER)
    .where(col(Customer.channel_id) == OF_SHOP, col(Customer.phone_hash) == bindparam("phone_hash"))
    .order_by(col(Membership.joined_at).is_(None), col(Membership.joined_at), col(Customer.id))
    .limit(1)
)


def _insert(dialect: str) -> Executable:
    names = ("bot_user_key", "phone", "phone_hash")
    values: dict[str, object] = {name: bindparam(name) for name in names}
    values |= {key: bindparam("at") for key in ("friend_at", "created_at", "last_seen_at")}
    return insert_once(
        dialect, Customer, **values, channel_id=OF_SHOP, friend=Friend.NONE, is_staff=False
    )


INSERT_PAPER = Statement(_insert)
BY_KEY = Statement(
    select(col(Customer.id)).where(
        col(Customer.channel_id) == OF_SHOP, col(Customer.bot_user_key) == bindparam("of_key")
    )
)


IS_ON_PAPER = Statement(
    select(col(Customer.bot_user_key).startswith(PAPER)).where(
        col(Customer.id) == bindparam("of_customer")
    )
)

SAVE_LAST = Statement(
    update(Membership)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
        col(Membership.visits) == 0,
    )
    .values(last_visit_at=bindparam("last_at"))
)


def find_regular_by_phone(tx: Tx, shop_id: ShopId, digits: str) -> CustomerId | None:
    digest = tx.vault.fingerprint(digits, purpose=PHONE)
    row = tx.one(BY_PHONE, of_shop=shop_id, phone_hash=digest)
    return CustomerId(row[0]) if row else None


def insert_paper_customer(tx: Tx, shop_id: ShopId, digits: str, at: datetime) -> CustomerId:
    """The same person for the same number, however often it is asked."""
    digest = tx.vault.fingerprint(digits, purpose=PHONE)
    key = f"{PAPER}{digest}"
    tx.run(
        INSERT_PAPER,
        of_shop=shop_id,
        bot_user_key=key[:70],
        phone=tx.vault.seal(digits, purpose=PHONE),
        phone_hash=digest,
        at=at,
    )
    row = tx.one(BY_KEY, of_shop=shop_id, of_key=key[:70])
    assert row is not None, "it was inserted above"
    return CustomerId(row[0])


def save_last_on_paper(tx: Tx, shop_id: ShopId, customer_id: CustomerId, last_at: datetime) -> None:
    """When a paper says they came last; visits of our own tell it better."""
    tx.run(SAVE_LAST, of_shop=shop_id, of_customer=customer_id, last_at=last_at)


def is_on_paper(tx: Tx, customer_id: CustomerId) -> bool:
    """Whether this person is known by a phone number alone."""
    row = tx.one(IS_ON_PAPER, of_customer=customer_id)
    return bool(row and row[0])
