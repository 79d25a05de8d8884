"""Dates of many grants: read and written as sets."""

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import BigInteger, Executable, bindparam, func, or_, select, update
from sqlmodel import col

from domain.people import GrantId, MarketId, ProgramId
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.grants import Grant
from storage.models.places import Shop
from storage.queries.grants import GRANTS, GrantRow
from storage.statements import Statement, json_rows

ANY = 0
"""Ids begin at 1."""


def _in_reach(dialect: str) -> Executable:
    ids = json_rows(dialect, "grants", id=BigInteger())
    market = func.coalesce(col(Grant.market_id), col(Shop.market_id))
    return (
        GRANTS.outerjoin(Shop, col(Shop.id) == col(Grant.shop_id))
        .where(
            col(Grant.id).in_(select(ids.c.id)),
            col(Grant.program_id) == bindparam("of_program"),
            or_(
                bindparam("of_market", type_=BigInteger()) == ANY,
                market == bindparam("of_market"),
            ),
        )
        .order_by(col(Grant.id))
    )


def _save_starts(dialect: str) -> Executable:
    ids = json_rows(dialect, "grants", id=BigInteger())
    return (
        update(Grant)
        .where(col(Grant.id).in_(select(ids.c.id)))
        .values(start_by=bindparam("new_start_by", type_=INSTANT))
    )


def _save_ends(dialect: str) -> Executable:
    ids = json_rows(dialect, "grants", id=BigInteger())
    return (
        update(Grant)
        .where(col(Grant.id).in_(select(ids.c.id)))
        .values(
            expires_at=bindparam("new_expires_at", type_=INSTANT),
            returned_until=bindparam("new_returned_until", type_=INSTANT),
        )
    )


IN_REACH = Statement(_in_reach)
SAVE_STARTS = Statement(_save_starts)
SAVE_ENDS = Statement(_save_ends)


def list_in_reach(
    tx: Tx, program_id: ProgramId, market_id: MarketId | None, grant_ids: Sequence[GrantId]
) -> list[GrantRow]:
    """Those grants and pots among these that are in reach, by id."""
    rows = tx.all(
        IN_REACH, grants=_ids(grant_ids), of_program=program_id, of_market=market_id or ANY
    )
    return [GrantRow(*row) for row in rows]


def save_starts(tx: Tx, grant_ids: Sequence[GrantId], start_by: datetime) -> None:
    tx.run(SAVE_STARTS, grants=_ids(grant_ids), new_start_by=start_by)


def save_ends(
    tx: Tx, grant_ids: Sequence[GrantId], expires_at: datetime, returned_until: datetime
) -> None:
    tx.run(
        SAVE_ENDS,
        grants=_ids(grant_ids),
        new_expires_at=expires_at,
        new_returned_until=returned_until,
    )


def _ids(ids: Sequence[int]) -> str:
    return orjson.dumps([{"id": one} for one in ids]).decode()
