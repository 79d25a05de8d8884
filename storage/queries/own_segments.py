"""Segments that shops put together and keep under names of their own."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from domain.people import OwnSegmentId, ShopId
from domain.segments import Segment
from storage.desk import Tx
from storage.models.campaigns import OwnSegment as Row
from storage.queries.segments import segment_of, segment_text
from storage.statements import Statement, insert_once

LISTED_MAX = 50


class OwnSegment(NamedTuple):
    segment_id: OwnSegmentId
    name: str
    segment: Segment


VIEW = (col(Row.id), col(Row.name), col(Row.segment))
OF_SHOP = col(Row.shop_id) == bindparam("of_shop")
KEPT = col(Row.retired_at).is_(None)
ONE = (OF_SHOP, col(Row.id) == bindparam("of_id"))
NEW = ("shop_id", "form_key", "name", "segment", "made_at")
KEEP = Statement(
    lambda dialect: insert_once(dialect, Row, **{name: bindparam(name) for name in NEW})
)
BY_KEY = Statement(select(col(Row.id)).where(OF_SHOP, col(Row.form_key) == bindparam("of_key")))
BY_ID = Statement(select(*VIEW).where(*ONE))
LISTED = Statement(select(*VIEW).where(OF_SHOP, KEPT).order_by(col(Row.id)).limit(LISTED_MAX))
RETIRE = Statement(update(Row).where(*ONE, KEPT).values(retired_at=bindparam("at")))


def keep_once(
    tx: Tx, *, shop_id: ShopId, form_key: str, name: str, segment: Segment, at: datetime
) -> tuple[OwnSegmentId, bool]:
    """Its id, and whether it is new."""
    is_new = tx.run(
        KEEP,
        shop_id=shop_id,
        form_key=form_key,
        name=name,
        segment=segment_text(segment),
        made_at=at,
    )
    kept_id = find_id_by_key(tx, shop_id, form_key)
    assert kept_id is not None, "it was kept now or before"
    return kept_id, bool(is_new)


def find_id_by_key(tx: Tx, shop_id: ShopId, form_key: str) -> OwnSegmentId | None:
    row = tx.one(BY_KEY, of_shop=shop_id, of_key=form_key)
    return OwnSegmentId(row[0]) if row else None


def find_own_segment(tx: Tx, shop_id: ShopId, segment_id: OwnSegmentId) -> OwnSegment | None:
    row = tx.one(BY_ID, of_shop=shop_id, of_id=segment_id)
    return _view(row) if row else None


def list_own_segments(tx: Tx, shop_id: ShopId) -> list[OwnSegment]:
    """The oldest first."""
    return [_view(row) for row in tx.all(LISTED, of_shop=shop_id)]


def retire(tx: Tx, shop_id: ShopId, segment_id: OwnSegmentId, at: datetime) -> bool:
    return bool(tx.run(RETIRE, of_shop=shop_id, of_id=segment_id, at=at))


def _view(row: tuple[Any, ...]) -> OwnSegment:
    return OwnSegment(OwnSegmentId(row[0]), row[1], segment_of(row[2]))
