"""Customers, memberships and their choices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import col

from domain.consent import Choice, ConsentRecord, Purpose
from domain.people import ChannelId, CustomerId, Friend, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.customers import ConsentChoice, Customer, Membership
from storage.models.places import Shop
from storage.statements import (
    Fresh,
    Statement,
    insert_once,
    inserting,
    json_rows,
    upsert,
    upsert_rows,
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
    is_staff: bool


class ShopStanding(NamedTuple):
    """One shop of the channel and how this person stands with it."""

    shop_id: ShopId
    name: str
    contact: str | None
    address: str | None
    hours: str | None
    welcome: str | None
    joined_at: datetime | None
    advertising_since: datetime | None
    withdrawn_at: datetime | None
    phone_granted_at: datetime | None
    visits: int | None
    is_told: bool | None
    has_news: bool | None
    paused_at: datetime | None
    paused_until: datetime | None
    menu: str | None
    parking: str | None
    reply_hours: int
    picture_id: str | None

    @property
    def is_member(self) -> bool:
        return self.joined_at is not None


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
    col(Customer.is_staff),
)


def _see(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    keys = ("channel_id", "bot_user_key", "plusfriend_user_key", "app_user_id", "friend")
    values: dict[str, object] = {key: bindparam(key) for key in keys}
    values |= {key: bindparam("at") for key in ("friend_at", "created_at", "last_seen_at")}
    values["is_staff"] = False
    return upsert(dialect, Customer, ("channel_id", "bot_user_key"), values, _refreshed).returning(
        *PERSON
    )


def _refreshed(fresh: Fresh) -> Mapping[str, ColumnElement[Any]]:
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


STANDING = (
    col(Shop.id),
    col(Shop.name),
    col(Shop.contact),
    col(Shop.address),
    col(Shop.hours),
    col(Shop.welcome),
    col(Membership.joined_at),
    col(Membership.advertising_since),
    col(Membership.withdrawn_at),
    col(Membership.phone_granted_at),
    col(Membership.visits),
    col(Membership.is_told),
    col(Membership.has_news),
    col(Membership.paused_at),
    col(Membership.paused_until),
    col(Shop.menu),
    col(Shop.parking),
    col(Shop.reply_hours),
    col(Shop.picture_id),
)
SEE = Statement(_see)


def _see_all(dialect: str) -> Executable:
    """`SEE` for a set of callers; in key order, so that two sets never wait in a ring."""
    rows = json_rows(
        dialect,
        "callers",
        channel_id=BigInteger(),
        bot_user_key=String(),
        plusfriend_user_key=String(),
        app_user_id=String(),
        friend=String(),
    )
    at = bindparam("at", type_=INSTANT)
    source = select(*rows.c, at, at, at, false()).where(true()).order_by(rows.c.bot_user_key)
    names = [*rows.c.keys(), "friend_at", "created_at", "last_seen_at", "is_staff"]
    key = ("channel_id", "bot_user_key")
    inserted = upsert_rows(dialect, Customer, key, source, names, _refreshed)
    return inserted.returning(*PERSON, col(Customer.channel_id), col(Customer.bot_user_key))


def _standings(dialect: str) -> Executable:
    rows = json_rows(dialect, "met", customer_id=BigInteger(), channel_id=BigInteger())
    own = and_(
        col(Membership.shop_id) == col(Shop.id), col(Membership.customer_id) == rows.c.customer_id
    )
    return (
        select(rows.c.customer_id, *STANDING)
        .select_from(rows)
        .join(Shop, col(Shop.channel_id) == rows.c.channel_id)
        .outerjoin(Membership, own)
        .order_by(rows.c.customer_id, col(Shop.id))
    )


SEE_ALL = Statement(_see_all)
STANDINGS = Statement(_standings)
ASK = Statement(
    update(Customer)
    .where(col(Customer.id) == bindparam("customer_id"))
    .values(asking=bindparam("question"), asking_shop_id=bindparam("shop_id"))
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
    .values(advertising_since=bindparam("at"), withdrawn_at=None)
)
WITHDRAW_ADVERTISING = Statement(
    update(Membership)
    .where(
        col(Membership.shop_id) == bindparam("of_shop"),
        col(Membership.customer_id) == bindparam("of_customer"),
    )
    .values(advertising_since=None, withdrawn_at=bindparam("at"))
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
CHOICES = Statement(
    select(
        col(ConsentChoice.purpose),
        col(ConsentChoice.choice),
        col(ConsentChoice.text_version),
        col(ConsentChoice.pressed),
        col(ConsentChoice.chosen_at),
        col(ConsentChoice.notice_at),
    )
    .where(
        col(ConsentChoice.shop_id) == bindparam("shop_id"),
        col(ConsentChoice.customer_id) == bindparam("customer_id"),
    )
    .order_by(col(ConsentChoice.id))
    .limit(100)
)
OF_MEMBER = (
    col(Membership.shop_id) == bindparam("of_shop"),
    col(Membership.customer_id) == bindparam("of_customer"),
)
SAVE_NAME = Statement(update(Membership).where(*OF_MEMBER).values(name=bindparam("name")))
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
MEMBER_SHOPS = Statement(
    select(col(Membership.shop_id))
    .where(col(Membership.customer_id) == bindparam("customer_id"))
    .order_by(col(Membership.shop_id))
)

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


def meet_people(tx: Tx, calls: Sequence[Call]) -> list[tuple[Person, list[ShopStanding]]]:
    """`see_person` for callers who are all different, and how each stands with their
    channel's shops: two statements for the whole set, in the order of the calls.
    """
    callers = [
        {
            "channel_id": call.channel_id,
            "bot_user_key": call.caller.bot_user_key,
            "plusfriend_user_key": call.caller.plusfriend_user_key,
            "app_user_id": call.caller.app_user_id,
            "friend": Friend.ADDED if call.caller.is_friend else Friend.NONE,
        }
        for call in calls
    ]
    at = max(call.at for call in calls)
    rows = tx.all(SEE_ALL, callers=orjson.dumps(callers).decode(), at=at)
    people = {(row[-2], row[-1]): Person._make(row[:-2]) for row in rows}
    seen = [people[call.channel_id, call.caller.bot_user_key] for call in calls]
    standings = _list_standings(tx, seen, calls)
    return [(person, standings[person.customer_id]) for person in seen]


def _list_standings(
    tx: Tx, people: Sequence[Person], calls: Sequence[Call]
) -> Mapping[CustomerId, list[ShopStanding]]:
    met = [
        {"customer_id": person.customer_id, "channel_id": call.channel_id}
        for person, call in zip(people, calls, strict=True)
    ]
    found: dict[CustomerId, list[ShopStanding]] = {person.customer_id: [] for person in people}
    for row in tx.all(STANDINGS, met=orjson.dumps(met).decode()):
        found[row[0]].append(ShopStanding._make(row[1:]))
    return found


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
    tx: Tx, customer_id: CustomerId, question: str | None, shop_id: ShopId | None
) -> None:
    """What the bot has just asked this person, so that a bare answer is understood."""
    tx.run(ASK, customer_id=customer_id, question=question, shop_id=shop_id)


def confirm_age(tx: Tx, customer_id: CustomerId, at: datetime) -> None:
    tx.run(CONFIRM_AGE, customer_id=customer_id, at=at)


def insert_member_once(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> bool:
    return bool(tx.run(JOIN, shop_id=shop_id, customer_id=customer_id, at=at))


def grant_advertising(tx: Tx, shop_id: ShopId, customer_id: CustomerId, at: datetime) -> bool:
    """False when consent was active already (then its date stays the first one)."""
    return bool(tx.run(GRANT_ADVERTISING, of_shop=shop_id, of_customer=customer_id, at=at))


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
    return [
        ConsentRecord(
            purpose=Purpose(row[0]),
            choice=Choice(row[1]),
            text_version=row[2],
            pressed=row[3],
            chosen_at=row[4],
            notice_at=row[5],
        )
        for row in rows
    ]


def save_name(tx: Tx, shop_id: ShopId, customer_id: CustomerId, name: str) -> None:
    """What this shop calls its regular; no other shop of the channel sees it (L54)."""
    tx.run(SAVE_NAME, of_shop=shop_id, of_customer=customer_id, name=name)


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


def list_consented_before(tx: Tx, customer_id: CustomerId, at: datetime) -> list[ShopId]:
    """The shops whose advertising this person has agreed to since before an instant."""
    return [row[0] for row in tx.all(CONSENTED_BEFORE, customer_id=customer_id, at=at)]
