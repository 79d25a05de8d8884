"""What repeats itself or follows something that happened: its rows, and what they have sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, func, select, update
from sqlmodel import col

from domain.campaigns import CampaignState, MessageKind
from domain.people import CampaignId, SeriesId, ShopId, StaffId
from domain.schedule import Repeat, SeriesNote, SeriesState, as_plain, of_plain
from storage.desk import Tx
from storage.models.campaigns import Campaign, Chunk, Run, Series
from storage.statements import Statement, insert_once, one_of, total

SERIES_MAX = 100
TIMES_MAX = 100
LIVE = (SeriesState.ON, SeriesState.PAUSED)


class SeriesView(NamedTuple):
    """`draft` is JSON (campaigns/draft_text.py); `note` is why the time `noted_at` booked nothing."""

    series_id: SeriesId
    shop_id: ShopId
    name: str
    draft: str
    repeat: Repeat
    state: SeriesState
    next_at: datetime
    note: SeriesNote | None
    noted_at: datetime | None
    staff_id: StaffId | None


class Sent(NamedTuple):
    """What a series has done: times that left, and whom they reached."""

    times: int
    delivered: int


VIEW = (
    col(Series.id),
    col(Series.shop_id),
    col(Series.name),
    col(Series.draft),
    col(Series.repeat),
    col(Series.state),
    col(Series.next_at),
    col(Series.note),
    col(Series.noted_at),
    col(Series.staff_id),
)
ONE = (col(Series.shop_id) == bindparam("of_shop"), col(Series.id) == bindparam("of_id"))
OF_SERIES = (
    col(Campaign.shop_id) == bindparam("of_shop"),
    col(Campaign.series_id) == bindparam("of_id"),
    col(Campaign.kind) == MessageKind.ADVERTISEMENT,
)
NEW = ("shop_id", "form_key", "name", "draft", "repeat", "state", "next_at", "staff_id")
INSERT = Statement(
    lambda dialect: insert_once(
        dialect, Series, **{name: bindparam(name) for name in (*NEW, "created_at")}
    )
)
BY_KEY = Statement(
    select(col(Series.id)).where(
        col(Series.shop_id) == bindparam("of_shop"), col(Series.form_key) == bindparam("of_key")
    )
)
LOCKED = Statement(select(*VIEW).where(*ONE).with_for_update())
LISTED = Statement(
    select(*VIEW)
    .where(col(Series.shop_id) == bindparam("of_shop"), one_of(col(Series.state), *LIVE))
    .order_by(col(Series.id).desc())
    .limit(SERIES_MAX)
)
NEXT_DUE = Statement(
    select(*VIEW)
    .where(col(Series.state) == SeriesState.ON, col(Series.next_at) <= bindparam("until"))
    .order_by(col(Series.next_at), col(Series.id))
    .limit(1)
)
MOVE_ON = Statement(
    update(Series)
    .where(
        *ONE,
        col(Series.state) == SeriesState.ON,
        col(Series.next_at) == bindparam("due_at"),
    )
    .values(next_at=bindparam("later"))
)
NOTE = Statement(
    update(Series).where(*ONE).values(note=bindparam("why"), noted_at=bindparam("noted"))
)
SET_STATE = Statement(
    update(Series)
    .where(*ONE, col(Series.state) == bindparam("old_state"))
    .values(
        state=bindparam("new_state"),
        next_at=bindparam("later"),
        ended_at=bindparam("ended"),
    )
)
NEWEST_STATES = Statement(
    select(col(Campaign.id), col(Campaign.state))
    .where(*OF_SERIES)
    .order_by(col(Campaign.id).desc())
    .limit(TIMES_MAX)
)
SENT = Statement(
    select(
        col(Campaign.series_id),
        func.count(col(Run.id).distinct()),
        total(col(Chunk.delivered)),
    )
    .join(Run, col(Run.campaign_id) == col(Campaign.id))
    .outerjoin(Chunk, col(Chunk.run_id) == col(Run.id))
    .where(col(Campaign.shop_id) == bindparam("of_shop"), col(Campaign.series_id).is_not(None))
    .group_by(col(Campaign.series_id))
)


def insert_series_once(
    tx: Tx, *, shop_id: ShopId, form_key: str, repeat: Repeat, **facts: object
) -> tuple[SeriesId, bool]:
    """Its id, and whether it is new. `facts`: Series' other columns."""
    written = orjson.dumps(as_plain(repeat)).decode()
    state = SeriesState.ON
    is_new = tx.run(
        INSERT, shop_id=shop_id, form_key=form_key, repeat=written, state=state, **facts
    )
    series_id = find_series_by_key(tx, shop_id, form_key)
    assert series_id is not None, "it was inserted now or before"
    return series_id, bool(is_new)


def find_series_by_key(tx: Tx, shop_id: ShopId, form_key: str) -> SeriesId | None:
    row = tx.one(BY_KEY, of_shop=shop_id, of_key=form_key)
    return SeriesId(row[0]) if row else None


def lock_series(tx: Tx, shop_id: ShopId, series_id: SeriesId) -> SeriesView | None:
    row = tx.one(LOCKED, of_shop=shop_id, of_id=series_id)
    return _view(row) if row else None


def list_series(tx: Tx, shop_id: ShopId) -> list[SeriesView]:
    """Those that have not ended, the newest first."""
    return [_view(row) for row in tx.all(LISTED, of_shop=shop_id)]


def list_series_on(tx: Tx, shop_id: ShopId) -> list[SeriesView]:
    return [one for one in list_series(tx, shop_id) if one.state is SeriesState.ON]


def find_due_series(tx: Tx, until: datetime) -> SeriesView | None:
    """Of all shops, the one that has been due the longest."""
    row = tx.one(NEXT_DUE, until=until)
    return _view(row) if row else None


def move_on(tx: Tx, series: SeriesView, next_at: datetime) -> bool:
    """One conditional UPDATE: of several who try, one gets True."""
    return bool(
        tx.run(
            MOVE_ON,
            of_shop=series.shop_id,
            of_id=series.series_id,
            due_at=series.next_at,
            later=next_at,
        )
    )


def note_series(
    tx: Tx, series: SeriesView, note: SeriesNote | None, noted_at: datetime | None
) -> None:
    tx.run(NOTE, of_shop=series.shop_id, of_id=series.series_id, why=note, noted=noted_at)


def set_series_state(
    tx: Tx, series: SeriesView, state: SeriesState, next_at: datetime, ended_at: datetime | None
) -> bool:
    """False when it was another state meanwhile."""
    return bool(
        tx.run(
            SET_STATE,
            of_shop=series.shop_id,
            of_id=series.series_id,
            old_state=series.state,
            new_state=state,
            later=next_at,
            ended=ended_at,
        )
    )


def list_times(
    tx: Tx, shop_id: ShopId, series_id: SeriesId
) -> list[tuple[CampaignId, CampaignState]]:
    """Its campaigns, the newest first."""
    rows = tx.all(NEWEST_STATES, of_shop=shop_id, of_id=series_id)
    return [(CampaignId(row[0]), CampaignState(row[1])) for row in rows]


def count_sent(tx: Tx, shop_id: ShopId) -> dict[SeriesId, Sent]:
    return {SeriesId(row[0]): Sent(row[1], row[2]) for row in tx.all(SENT, of_shop=shop_id)}


def _view(row: Sequence[Any]) -> SeriesView:
    view = SeriesView(*row)
    return view._replace(
        repeat=of_plain(orjson.loads(row[4])),
        state=SeriesState(row[5]),
        note=SeriesNote(row[7]) if row[7] else None,
    )
