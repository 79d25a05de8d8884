"""Codes of a shop's page that say in the chat which shop is meant."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Executable, Integer, bindparam, select, update
from sqlmodel import col

from domain.people import ChannelId, CustomerId, ShopId
from storage.desk import Tx
from storage.models.customers import JoinCode as Row
from storage.statements import Fresh, Statement, upsert


class JoinCode(NamedTuple):
    """`used_by` is empty again once that person has been deleted, `used_at` is not."""

    shop_id: ShopId
    expires_at: datetime
    used_by: CustomerId | None
    used_at: datetime | None


PLACE = ("channel_id", "digits")
FIELDS = ("shop_id", "issued_at", "expires_at")


def _put(dialect: str) -> Executable:
    """Takes the place of a code that ended before `free_since`; touches nothing otherwise."""

    def changed(fresh: Fresh) -> dict[str, object]:
        return {name: fresh[name] for name in FIELDS} | {"used_by": None, "used_at": None}

    values: dict[str, object] = {name: bindparam(name) for name in (*PLACE, *FIELDS)}
    is_free = col(Row.expires_at) <= bindparam("free_since")
    return upsert(dialect, Row, PLACE, values, changed, is_free)


PUT = Statement(_put)
HERE = (
    col(Row.channel_id) == bindparam("of_channel"),
    col(Row.digits) == bindparam("of_digits"),
)
FIND = Statement(
    select(col(Row.shop_id), col(Row.expires_at), col(Row.used_by), col(Row.used_at)).where(*HERE)
)
UNUSED = Statement(
    select(col(Row.digits), col(Row.expires_at))
    .where(
        col(Row.shop_id) == bindparam("of_shop"),
        col(Row.expires_at) > bindparam("after"),
        col(Row.used_at).is_(None),
    )
    .limit(bindparam("most", type_=Integer()))
)
USE = Statement(
    update(Row)
    .where(*HERE, col(Row.used_at).is_(None))
    .values(used_by=bindparam("by"), used_at=bindparam("at"))
)


def put_join_code(
    tx: Tx,
    place: tuple[ChannelId, str],
    shop_id: ShopId,
    issued_at: datetime,
    expires_at: datetime,
    free_since: datetime,
) -> bool:
    """False when another code still has this place: it ended after `free_since`."""
    channel_id, digits = place
    return bool(
        tx.run(
            PUT,
            channel_id=channel_id,
            digits=digits,
            shop_id=shop_id,
            issued_at=issued_at,
            expires_at=expires_at,
            free_since=free_since,
        )
    )


def find_join_code(tx: Tx, channel_id: ChannelId, digits: str) -> JoinCode | None:
    """What these digits last were in this channel, used or not."""
    row = tx.one(FIND, of_channel=channel_id, of_digits=digits)
    return JoinCode._make(row) if row else None


def list_unused_codes(
    tx: Tx, shop_id: ShopId, after: datetime, most: int
) -> list[tuple[str, datetime]]:
    """Digits and end of codes that nobody has said yet and that are good beyond `after`."""
    return [(row[0], row[1]) for row in tx.all(UNUSED, of_shop=shop_id, after=after, most=most)]


def use_join_code_once(
    tx: Tx, channel_id: ChannelId, digits: str, customer_id: CustomerId, at: datetime
) -> bool:
    """False when somebody has used it: whoever comes first has it."""
    return bool(tx.run(USE, of_channel=channel_id, of_digits=digits, by=customer_id, at=at))
