"""The people of one moment's turns and how they stand, as sets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    String,
    bindparam,
    case,
    false,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import col

from domain.people import ChannelId, CustomerId, Friend, ShopId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.customers import Customer, Membership
from storage.models.places import Shop
from storage.queries.customers import PERSON, Call, Person, ShopStanding, refreshed
from storage.statements import Statement, json_rows, upsert_rows

CALLER: Mapping[str, TypeEngine[Any]] = {
    "channel_id": BigInteger(),
    "bot_user_key": String(),
    "plusfriend_user_key": String(),
    "app_user_id": String(),
    "friend": String(),
}
FOUND = (*PERSON, col(Customer.channel_id), col(Customer.bot_user_key))
OF_MEMBER = ShopStanding._fields[ShopStanding._fields.index("joined_at") :]
OF_SHOP = ShopStanding._fields[1 : -len(OF_MEMBER)]

Row = tuple[object, ...]


def _see_again(dialect: str) -> Executable:
    """Who says nothing new about themselves: half of what an upsert costs, which writes every
    index anew. It leaves out whoever it does not find so.
    """
    rows = json_rows(dialect, "callers", **CALLER)
    at = bindparam("at", type_=INSTANT)

    def is_known(name: str) -> ColumnElement[bool]:
        return or_(rows.c[name].is_(None), rows.c[name] == col(getattr(Customer, name)))

    is_added = rows.c.friend == Friend.ADDED
    return (
        update(Customer)
        .where(
            col(Customer.channel_id) == rows.c.channel_id,
            col(Customer.bot_user_key) == rows.c.bot_user_key,
            col(Customer.friend) == rows.c.friend,
            is_known("plusfriend_user_key"),
            is_known("app_user_id"),
        )
        .values(last_seen_at=at, friend_at=case((is_added, at), else_=col(Customer.friend_at)))
        .returning(*FOUND)
    )


def _see_all(dialect: str) -> Executable:
    """`SEE` for a set of callers; in key order, so that two sets never wait in a ring."""
    rows = json_rows(dialect, "callers", **CALLER)
    at = bindparam("at", type_=INSTANT)
    times = [at.label(name) for name in ("friend_at", "created_at", "last_seen_at")]
    source = (
        select(*rows.c, *times, false().label("is_staff"))
        .where(true())
        .order_by(rows.c.bot_user_key)
    )
    key = ("channel_id", "bot_user_key")
    return upsert_rows(dialect, Customer, key, source, refreshed).returning(*FOUND)


def _shops(dialect: str) -> Executable:
    rows = json_rows(dialect, "channels", channel_id=BigInteger())
    return (
        select(col(Shop.channel_id), col(Shop.id), *(col(getattr(Shop, name)) for name in OF_SHOP))
        .select_from(rows)
        .join(Shop, col(Shop.channel_id) == rows.c.channel_id)
        .order_by(col(Shop.channel_id), col(Shop.id))
    )


def _memberships(dialect: str) -> Executable:
    rows = json_rows(dialect, "people", customer_id=BigInteger())
    own = col(Membership.customer_id) == rows.c.customer_id
    return (
        select(
            col(Membership.customer_id),
            col(Membership.shop_id),
            *(col(getattr(Membership, name)) for name in OF_MEMBER),
        )
        .select_from(rows)
        .join(Membership, own)
    )


SEE_AGAIN = Statement(_see_again)
SEE_ALL = Statement(_see_all)
SHOPS = Statement(_shops)
MEMBERSHIPS = Statement(_memberships)


def meet_people(tx: Tx, calls: Sequence[Call]) -> list[tuple[Person, list[ShopStanding]]]:
    """`see_person` for callers who are all different, and how each stands with their
    channel's shops: three statements for the whole set, one more when somebody is new; in the
    order of the calls.
    """
    at = max(call.at for call in calls)
    # PostgreSQL writes no index anew for what did not change: there the upsert is the quicker.
    people = _see(tx, SEE_AGAIN, calls, at) if tx.dialect == "sqlite" else {}
    news = [call for call in calls if _key(call) not in people]
    if news:
        people |= _see(tx, SEE_ALL, news, at)
    seen = [people[_key(call)] for call in calls]
    shops = _list_shops(tx, {call.channel_id for call in calls})
    known = _list_memberships(tx, seen)
    return [
        (person, _standings(shops.get(call.channel_id, []), known.get(person.customer_id)))
        for person, call in zip(seen, calls, strict=True)
    ]


def _key(call: Call) -> tuple[ChannelId, str]:
    return call.channel_id, call.caller.bot_user_key


def _see(
    tx: Tx, statement: Statement, calls: Sequence[Call], at: datetime
) -> dict[tuple[ChannelId, str], Person]:
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
    rows = tx.all(statement, callers=orjson.dumps(callers).decode(), at=at)
    return {(row[-2], row[-1]): Person._make(row[:-2]) for row in rows}


def _list_shops(tx: Tx, channels: Collection[ChannelId]) -> Mapping[ChannelId, list[ShopStanding]]:
    """As a stranger sees them; all strangers of a moment share them."""
    asked = orjson.dumps([{"channel_id": one} for one in channels]).decode()
    found: dict[ChannelId, list[ShopStanding]] = {}
    for channel_id, *shop in tx.all(SHOPS, channels=asked):
        found.setdefault(channel_id, []).append(ShopStanding(*shop))
    return found


def _list_memberships(
    tx: Tx, people: Sequence[Person]
) -> Mapping[CustomerId, Mapping[ShopId, Row]]:
    asked = orjson.dumps([{"customer_id": one.customer_id} for one in people]).decode()
    found: dict[CustomerId, dict[ShopId, Row]] = {}
    for row in tx.all(MEMBERSHIPS, people=asked):
        found.setdefault(row[0], {})[row[1]] = row[2:]
    return found


def _standings(shops: list[ShopStanding], own: Mapping[ShopId, Row] | None) -> list[ShopStanding]:
    if own is None:
        return shops
    return [
        ShopStanding._make((*shop[: -len(OF_MEMBER)], *own[shop.shop_id]))
        if shop.shop_id in own
        else shop
        for shop in shops
    ]
