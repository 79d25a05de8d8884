"""Short codes at the counter, and tries that are counted."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    update,
)
from sqlmodel import col

from domain.people import ChannelId, CouponId, CustomerId, ShopId
from domain.visits import VisitWay
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.places import Shop
from storage.models.visits import CounterCode, Tries
from storage.statements import Fresh, Statement, json_rows, upsert, upsert_rows


class Code(NamedTuple):
    """What a code stands for: a customer's has no shop, a shop's no customer."""

    issue: str
    way: VisitWay
    shop_id: ShopId | None
    customer_id: CustomerId | None
    coupon_id: CouponId | None
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None


CODE = (
    col(CounterCode.issue),
    col(CounterCode.way),
    col(CounterCode.shop_id),
    col(CounterCode.customer_id),
    col(CounterCode.coupon_id),
    col(CounterCode.issued_at),
    col(CounterCode.expires_at),
    col(CounterCode.used_at),
)
FIELDS = ("issue", "way", "shop_id", "customer_id", "coupon_id", "issued_at", "expires_at")


PLACE = ("channel_id", "digits")


def _changed(fresh: Fresh) -> dict[str, object]:
    return {name: fresh[name] for name in FIELDS} | {"used_at": None}


def _is_free() -> ColumnElement[bool]:
    return col(CounterCode.expires_at) <= bindparam("free_since", type_=INSTANT)


def _put(dialect: str) -> Executable:
    """Takes the place of a code that ended before `free_since`; touches nothing otherwise."""
    values: dict[str, object] = {name: bindparam(name) for name in (*PLACE, *FIELDS)}
    return upsert(dialect, CounterCode, PLACE, values, _changed, _is_free())


def _put_all(dialect: str) -> Executable:
    """`PUT_CODE` for customers' codes of visits."""
    rows = json_rows(
        dialect,
        "codes",
        channel_id=BigInteger(),
        digits=String(),
        issue=String(),
        customer_id=BigInteger(),
    )
    source = (
        select(
            *rows.c,
            literal(VisitWay.CODE.value).label("way"),
            bindparam("issued_at", type_=INSTANT).label("issued_at"),
            bindparam("expires_at", type_=INSTANT).label("expires_at"),
        )
        .where(true())
        .order_by(rows.c.digits)
    )
    put = upsert_rows(dialect, CounterCode, PLACE, source, _changed, _is_free())
    return put.returning(col(CounterCode.channel_id), col(CounterCode.digits))


def _live_all(dialect: str) -> Executable:
    people = json_rows(dialect, "people", customer_id=BigInteger())
    is_live = and_(
        col(CounterCode.customer_id) == people.c.customer_id,
        col(CounterCode.coupon_id).is_(None),
        col(CounterCode.used_at).is_(None),
        col(CounterCode.expires_at) > bindparam("at", type_=INSTANT),
    )
    return (
        select(col(CounterCode.customer_id), col(CounterCode.digits), col(CounterCode.expires_at))
        .select_from(people)
        .join(CounterCode, is_live)
        .order_by(col(CounterCode.expires_at))
    )


PUT_CODE = Statement(_put)
PUT_CODES = Statement(_put_all)
LIVE_CODES = Statement(_live_all)
OF_SHOP = select(col(Shop.channel_id)).where(col(Shop.id) == bindparam("of_shop")).scalar_subquery()
HERE = (col(CounterCode.channel_id) == OF_SHOP, col(CounterCode.digits) == bindparam("of_digits"))
FIND_CODE = Statement(select(*CODE).where(*HERE))
IN_CHANNEL = (
    col(CounterCode.channel_id) == bindparam("of_channel"),
    col(CounterCode.digits) == bindparam("of_digits"),
)
FIND_IN_CHANNEL = Statement(select(*CODE).where(*IN_CHANNEL))
LIVE_CODE = Statement(
    select(col(CounterCode.digits), col(CounterCode.expires_at))
    .where(
        col(CounterCode.customer_id) == bindparam("of_customer"),
        func.coalesce(col(CounterCode.coupon_id), 0) == bindparam("of_coupon"),
        col(CounterCode.used_at).is_(None),
        col(CounterCode.expires_at) > bindparam("at"),
    )
    .order_by(col(CounterCode.expires_at).desc())
    .limit(1)
)
ISSUED = Statement(
    select(col(CounterCode.digits), col(CounterCode.expires_at)).where(
        col(CounterCode.shop_id) == bindparam("of_shop"),
        col(CounterCode.issue) == bindparam("of_issue"),
    )
)
USE_CODE = Statement(
    update(CounterCode)
    .where(col(CounterCode.issue) == bindparam("of_issue"), col(CounterCode.used_at).is_(None))
    .values(used_at=bindparam("at"))
)


def _count_try(dialect: str) -> Executable:
    def changed(fresh: Fresh) -> dict[str, object]:
        is_over = col(Tries.since) <= bindparam("window_since")
        return {
            "since": case((is_over, fresh.since), else_=col(Tries.since)),
            "count": case((is_over, 1), else_=col(Tries.count) + 1),
        }

    values: dict[str, object] = {"key": bindparam("key"), "since": bindparam("at"), "count": 1}
    return upsert(dialect, Tries, ("key",), values, changed)


COUNT_TRY = Statement(_count_try)
FIND_TRIES = Statement(
    select(col(Tries.count)).where(
        col(Tries.key) == bindparam("of_key"), col(Tries.since) > bindparam("window_since")
    )
)


FIND_TRIES_SINCE = Statement(
    select(col(Tries.since)).where(
        col(Tries.key) == bindparam("of_key"), col(Tries.since) > bindparam("window_since")
    )
)


def put_code(tx: Tx, channel_id: ChannelId, digits: str, code: Code, free_since: datetime) -> bool:
    """False when another code still has this place: it ended after `free_since`."""
    fields = {name: getattr(code, name) for name in FIELDS}
    return bool(
        tx.run(PUT_CODE, channel_id=channel_id, digits=digits, free_since=free_since, **fields)
    )


def put_visit_codes(
    tx: Tx,
    codes: Mapping[tuple[ChannelId, str], tuple[str, CustomerId]],
    issued_at: datetime,
    expires_at: datetime,
    free_since: datetime,
) -> set[tuple[ChannelId, str]]:
    """`put_code` for a set of places, each with its issue and customer: those that were free."""
    asked = [
        {"channel_id": channel_id, "digits": digits, "issue": issue, "customer_id": customer_id}
        for (channel_id, digits), (issue, customer_id) in codes.items()
    ]
    rows = tx.all(
        PUT_CODES,
        codes=orjson.dumps(asked).decode(),
        issued_at=issued_at,
        expires_at=expires_at,
        free_since=free_since,
    )
    return {(row[0], row[1]) for row in rows}


def list_live_codes(
    tx: Tx, people: Collection[CustomerId], at: datetime
) -> Mapping[CustomerId, tuple[str, datetime]]:
    """Digits and end of the codes for a visit that these people may still show."""
    asked = orjson.dumps([{"customer_id": one} for one in people]).decode()
    return {row[0]: (row[1], row[2]) for row in tx.all(LIVE_CODES, people=asked, at=at)}


def find_code(tx: Tx, shop_id: ShopId, digits: str) -> Code | None:
    """The code that these digits last were in the channel of a shop, used or not."""
    row = tx.one(FIND_CODE, of_shop=shop_id, of_digits=digits)
    return Code._make(row) if row else None


def find_code_in_channel(tx: Tx, channel_id: ChannelId, digits: str) -> Code | None:
    row = tx.one(FIND_IN_CHANNEL, of_channel=channel_id, of_digits=digits)
    return Code._make(row) if row else None


def find_live_code(
    tx: Tx, customer_id: CustomerId, coupon_id: CouponId | None, at: datetime
) -> tuple[str, datetime] | None:
    """Digits and end of the code that this person may still show."""
    row = tx.one(LIVE_CODE, of_customer=customer_id, of_coupon=coupon_id or 0, at=at)
    return (row[0], row[1]) if row else None


def find_issued(tx: Tx, shop_id: ShopId, issue: str) -> tuple[str, datetime] | None:
    """Digits and end of the code that a shop issued under this key."""
    row = tx.one(ISSUED, of_shop=shop_id, of_issue=issue)
    return (row[0], row[1]) if row else None


def use_code_once(tx: Tx, issue: str, at: datetime) -> bool:
    """False when it has been used: whoever comes first has it (I11)."""
    return bool(tx.run(USE_CODE, of_issue=issue, at=at))


def count_try(tx: Tx, key: str, at: datetime, window_since: datetime) -> None:
    """Counts one more try; the count begins anew when it began before `window_since`."""
    tx.run(COUNT_TRY, key=key, at=at, window_since=window_since)


def find_tries(tx: Tx, key: str, window_since: datetime) -> int:
    row = tx.one(FIND_TRIES, of_key=key, window_since=window_since)
    return row[0] if row else 0


def find_tries_since(tx: Tx, key: str, window_since: datetime) -> datetime | None:
    """When this count began; None when that was before `window_since`."""
    row = tx.one(FIND_TRIES_SINCE, of_key=key, window_since=window_since)
    return row[0] if row else None
