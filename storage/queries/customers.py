"""Customers, memberships and their choices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import col

from domain.consent import Choice, ConsentRecord, Purpose, is_resting
from domain.people import ChannelId, CustomerId, Friend, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.statements import (
    Fresh,
    Statement,
    insert_once,
    inserting,
    upsert,
)

PHONE = "customer.phone"


class Person(NamedTuple):
    """A customer as the chat needs them; a tuple, because every turn makes one."""

    customer_id: CustomerId
    friend: Friend
    of_age_at: datetime | None
    has_phone: bool
    asking: str | None
    asking_shop_id: ShopId | None
    asked_at: datetime | None
    is_staff: bool


class ShopStanding(NamedTuple):
    """One shop of the channel and how this person stands with it: what is the shop's, then
    what is the regular's (None for a stranger).
    """

    shop_id: ShopId
    name: str
    contact: str | None
    address: str | None
    hours: str | None
    welcome: str | None
    menu: str | None
    parking: str | None
    reply_hours: int
    picture_id: str | None
    slug: str
    joined_at: datetime | None = None
    advertising_since: datetime | None = None
    withdrawn_at: datetime | None = None
    phone_granted_at: datetime | None = None
    visits: int | None = None
    is_told: bool | None = None
    has_news: bool | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None

    @property
    def is_member(self) -> bool:
        return self.joined_at is not None

    def rests(self, at: datetime) -> bool:
        """They agreed to advertising, and let it rest at this instant."""
        is_heard = self.advertising_since is not None
        return is_heard and is_resting(self.paused_at, self.paused_until, at)


class Caller(NamedTuple):
    """Who a skill call says it is."""

    bot_user_key: str
    plusfriend_user_key: str | None
    app_user_id: str | None
    is_friend: bool


class Call(NamedTuple):
    """One call that begins a turn."""

    channel_id: ChannelId
    caller: Caller
    at: datetime


PERSON: tuple[Any, ...] = (
    col(Customer.id).label("customer_id"),
    col(Customer.friend),
    col(Customer.of_age_at),
    # SQLite 3.40 answers `IS NOT NULL` wrongly in an upsert's RETURNING.
    (func.coalesce(col(Customer.phone_hash), "") != "").label("has_phone"),
    col(Customer.asking),
    col(Customer.asking_shop_id),
    col(Customer.asked_at),
    col(Customer.is_staff),
)


def _see(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    keys = ("channel_id", "bot_user_key", "plusfriend_user_key", "app_user_id", "friend")
    values: dict[str, object] = {key: bindparam(key) for key in keys}
    values |= {key: bindparam("at") for key in ("friend_at", "created_at", "last_seen_at")}
    values["is_staff"] = False
    return upsert(dialect, Customer, ("channel_id", "bot_user_key"), values, refreshed).returning(
        *PERSON
    )


def refreshed(fresh: Fresh) -> Mapping[str, ColumnElement[Any]]:
    """isFriend is only ever true or absent; absent cannot tell a block from never added."""
    known = col(Customer.friend)
    stays_blocked = and_(known == Friend.BLOCKED, fresh.friend != Friend.ADDED)
    says_nothing_new = and_(known == fresh.friend, fresh.friend != Friend.ADDED)
    return {
        "last_seen_at": fresh.last_seen_at,
        "friend": case((stays_blocked, known), else_=fresh.friend),
        "friend_at": case((says_nothing_new, col(Customer.friend_at)), else_=fresh.friend_at),
        "plusfriend_user_key": func.coalesce(
            fresh.plusfriend_user_key, col(Customer.plusfriend_user_key)
        ),
        "app_user_id": func.coalesce(fresh.app_user_id, col(Customer.app_user_id)),
    }


SEE = Statement(_see)
ASK = Statement(
    update(Customer)
    .where(col(Customer.id) == bindparam("customer_id"))
    .values(
        asking=bindparam("question"),
        asking_shop_id=bindparam("shop_id"),
        asked_at=bindparam("asked_at"),
    )
)
CONFIRM_AGE = Statement(
    update(Customer)
    .where(col(Customer.id) == bindparam("customer_id"), col(Customer.of_age_at).is_(None))
    .values(of_age_at=bindparam("at"))
)
JOIN = Statement(
    lambda dialect: insert_once(
        dialect,
        Membership,
        shop_id=bindparam("shop_id"),
        customer_id=bindparam("customer_id"),
        joined_at=bindparam("at"),
        visits=0,
        visit_days=0,
        is_told=True,
        has_news=False,
    )
)
GRANT_ADVERTISING = Statement(
    update(Membership)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
        col(Membership.advertising_since).is_(None),
    )
    .values(
        advertising_since=bindparam("at"),
        texts_since=bindparam("texts_since", type_=INSTANT),
        withdrawn_at=None,
    )
)
WITHDRAW_ADVERTISING = Statement(
    update(Membership)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
    )
    .values(advertising_since=None, texts_since=None, withdrawn_at=bindparam("at"))
)
RECORD_CHOICE = Statement(
    inserting(
        ConsentChoice,
        "shop_id",
        "customer_id",
        "purpose",
        "choice",
        "text_version",
        "pressed",
        "chosen_at",
        "counts_from",
        "notice_at",
    )
)
CHOICES_MAX = 100
CHOICE = tuple(col(getattr(ConsentChoice, name)) for name in ConsentRecord.__slots__)
CHOICES = Statement(
    select(*CHOICE)
    .where(
        col(ConsentChoice.shop_id) == bindparam("shop_id"),
        col(ConsentChoice.customer_id) == bindparam("customer_id"),
    )
    .order_by(col(ConsentChoice.id))
    .limit(CHOICES_MAX)
)
OF_MEMBER = (
    col(Membership.shop_id) == bindparam("of_shop"),
    col(Membership.customer_id) == bindparam("of_customer"),
)
SAVE_NAME = Statement(
    update(Membership)
    .where(*OF_MEMBER, col(Membership.name).is_distinct_from(bindparam("name")))
    .values(name=bindparam("name"))
)
NAME_ONCE = Statement(
    update(Membership)
    .where(*OF_MEMBER, col(Membership.name).is_(None))
    .values(name=bindparam("name"))
)
GRANT_PHONE = Statement(
    update(Membership).where(*OF_MEMBER).values(phone_granted_at=bindparam("at"))
)
SAVE_PHONE = Statement(
    update(Customer)
    .where(col(Customer.id) == bindparam("of_customer"))
    .values(phone=bindparam("phone"), phone_hash=bindparam("phone_hash"))
)
LAST_ADVERTISING = Statement(
    select(col(ConsentChoice.choice), col(ConsentChoice.notice_at))
    .where(
        col(ConsentChoice.shop_id) == bindparam("shop_id"),
        col(ConsentChoice.customer_id) == bindparam("customer_id"),
        col(ConsentChoice.purpose) == Purpose.ADVERTISING,
    )
    .order_by(col(ConsentChoice.id).desc())
    .limit(1)
)
USING_PHONE = Statement(
    select(col(Membership.shop_id))
    .join(Customer, col(Customer.id) == col(Membership.customer_id))
    .where(
        col(Customer.id) == bindparam("of_customer"),
        col(Customer.phone_hash) == bindparam("phone_hash"),
        col(Membership.phone_granted_at).is_not(None),
    )
)
FIND_BY_APP_USER = Statement(
    select(col(Customer.id))
    .where(
        col(Customer.channel_id) == bindparam("channel_id"),
        col(Customer.app_user_id) == bindparam("app_user_id"),
    )
    .order_by(col(Customer.id))
)
FIND_BY_PHONE = Statement(
    select(col(Customer.id))
    .where(
        col(Customer.channel_id) == bindparam("channel_id"),
        col(Customer.phone_hash) == bindparam("phone_hash"),
    )
    .order_by(col(Customer.id))
)
NOTE_FRIEND = Statement(
    update(Customer)
    .where(
        col(Customer.id) == bindparam("of_customer"),
        col(Customer.friend_at) <= bindparam("at"),
    )
    .values(friend=bindparam("friend"), friend_at=bindparam("at"))
)
OF_REGULAR = (
    select(col(Membership.shop_id))
    .where(col(Membership.customer_id) == bindparam("customer_id"))
    .order_by(col(Membership.shop_id))
)
MEMBER_SHOPS = Statement(OF_REGULAR)
LOCK_MEMBERSHIPS = Statement(OF_REGULAR.with_for_update())

CONSENTED_BEFORE = Statement(
    select(col(Membership.shop_id))
    .where(
        col(Membership.customer_id) == bindparam("customer_id"),
        col(Membership.advertising_since) <= bindparam("at"),
    )
    .order_by(col(Membership.shop_id))
)


def see_person(tx: Tx, channel_id: ChannelId, caller: Caller, at: datetime) -> Person:
    """Makes or refreshes the customer behind a call and locks the row for this turn.

    One statement both remembers and reads: it is the only write of most turns.
    """
    row = tx.one(SEE, **_seen(channel_id, caller, at))
    assert row is not None, "an upsert always returns its row"
    return Person._make(row)


def _seen(channel_id: ChannelId, caller: Caller, at: datetime) -> dict[str, object]:
    return {
        "channel_id": channel_id,
        "bot_user_key": caller.bot_user_key,
        "plusfriend_user_key": caller.plusfriend_user_key,
        "app_user_id": caller.app_user_id,
        "friend": Friend.ADDED if caller.is_friend else Friend.NONE,
        "at": at,
    }


def save_question(
    tx: Tx,
    customer_id: CustomerId,
    question: str | None,
    shop_id: ShopId | None,
    asked_at: datetime,
) -> None:
    """What the bot has just asked this person, so that a bare answer is understood."""
    tx.run(ASK, customer_id=customer_id, question=question, shop_id=shop_id, asked_at=asked_at)


def confirm_age(tx: Tx, customer_id: CustomerId, at: datetime) -> None:
    tx.run(CONFIRM_AGE, customer_id=customer_id, at=at)


def insert_member_once(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> bool:
    return bool(tx.run(JOIN, shop_id=shop_id, customer_id=customer_id, at=at))


def grant_advertising(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime, *, by_text: bool
) -> bool:
    """False when consent was active already (then its date stays the first one). `by_text`: what
    was agreed to names text messages, too.
    """
    texts_since = at if by_text else None
    whose = {"of_shop": shop_id, "of_customer": customer_id}
    return bool(tx.run(GRANT_ADVERTISING, **whose, at=at, texts_since=texts_since))


def withdraw_advertising(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> None:
    tx.run(WITHDRAW_ADVERTISING, of_shop=shop_id, of_customer=customer_id, at=at)


def record_choice(
    tx: Tx,
    shop_id: ShopId,
    customer_id: CustomerId,
    record: ConsentRecord,
    counts_from: datetime | None = None,
) -> None:
    """Keeps a choice as proof; it counts from when it was made, unless said otherwise."""
    tx.run(
        RECORD_CHOICE,
        shop_id=shop_id,
        customer_id=customer_id,
        purpose=record.purpose,
        choice=record.choice,
        text_version=record.text_version,
        pressed=record.pressed,
        chosen_at=record.chosen_at,
        counts_from=counts_from or record.chosen_at,
        notice_at=record.notice_at,
    )


def list_choices(tx: Tx, shop_id: ShopId, customer_id: CustomerId) -> list[ConsentRecord]:
    rows = tx.all(CHOICES, shop_id=shop_id, customer_id=customer_id)
    return [choice_of(row) for row in rows]


def choice_of(row: tuple[Any, ...]) -> ConsentRecord:
    record = dict(zip(ConsentRecord.__slots__, row, strict=True))
    return ConsentRecord(
        **record | {"purpose": Purpose(record["purpose"]), "choice": Choice(record["choice"])}
    )


def save_name(tx: Tx, shop_id: ShopId, customer_id: CustomerId, name: str) -> bool:
    """What this shop calls its regular; no other shop of the channel sees it (L54). False when
    it was so already.
    """
    return bool(tx.run(SAVE_NAME, of_shop=shop_id, of_customer=customer_id, name=name))


def name_once(tx: Tx, shop_id: ShopId, customer_id: CustomerId, name: str) -> None:
    """A name for who has none in this shop yet."""
    tx.run(NAME_ONCE, of_shop=shop_id, of_customer=customer_id, name=name)


def grant_phone(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime | None) -> None:
    """From when this shop may use the number that was left in the chat; None for not any more."""
    tx.run(GRANT_PHONE, of_shop=shop_id, of_customer=customer_id, at=at)


def save_phone(tx: Tx, customer_id: CustomerId, digits: str | None) -> None:
    """Seals the number and keeps a keyed hash to find it by; None forgets both."""
    tx.run(
        SAVE_PHONE,
        of_customer=customer_id,
        phone=tx.vault.seal(digits, purpose=PHONE) if digits else None,
        phone_hash=tx.vault.fingerprint(digits, purpose=PHONE) if digits else None,
    )


def list_using_phone(tx: Tx, customer_id: CustomerId, digits: str) -> list[ShopId]:
    """The shops that have this very number of theirs already."""
    digest = tx.vault.fingerprint(digits, purpose=PHONE)
    rows = tx.all(USING_PHONE, of_customer=customer_id, phone_hash=digest)
    return [row[0] for row in rows]


def find_last_advertising(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId
) -> tuple[Choice, datetime | None] | None:
    """The newest choice about advertising, and when its notice was given."""
    row = tx.one(LAST_ADVERTISING, shop_id=shop_id, customer_id=customer_id)
    return (Choice(row[0]), row[1]) if row else None


def list_by_app_user(tx: Tx, channel_id: ChannelId, app_user_id: str) -> list[CustomerId]:
    return [
        row[0] for row in tx.all(FIND_BY_APP_USER, channel_id=channel_id, app_user_id=app_user_id)
    ]


def list_by_phone(tx: Tx, channel_id: ChannelId, digits: str) -> list[CustomerId]:
    digest = tx.vault.fingerprint(digits, purpose=PHONE)
    return [row[0] for row in tx.all(FIND_BY_PHONE, channel_id=channel_id, phone_hash=digest)]


def note_friend(tx: Tx, customer_id: CustomerId, friend: Friend, at: datetime) -> bool:
    """False when something newer is known already: webhooks come in any order."""
    return bool(tx.run(NOTE_FRIEND, of_customer=customer_id, friend=friend, at=at))


def list_member_shops(tx: Tx, customer_id: CustomerId) -> list[ShopId]:
    return [row[0] for row in tx.all(MEMBER_SHOPS, customer_id=customer_id)]


def lock_memberships(tx: Tx, customer_id: CustomerId) -> list[ShopId]:
    """The same, and how they stand there stays so until we are done."""
    return [row[0] for row in tx.all(LOCK_MEMBERSHIPS, customer_id=customer_id)]


def list_consented_before(tx: Tx, customer_id: CustomerId, at: datetime) -> list[ShopId]:
    """The shops whose advertising this person has agreed to since before an instant."""
    return [row[0] for row in tx.all(CONSENTED_BEFORE, customer_id=customer_id, at=at)]
