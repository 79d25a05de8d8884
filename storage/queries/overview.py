"""Counts by shop, for the manager's desk: a page of shops, sought by market, cohort and name."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlmodel import col

from domain.campaigns import MessageKind
from domain.people import CohortId, MarketId, ProgramId, ShopId
from domain.time import in_kst, kst_instant
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Campaign, Run
from storage.models.customers import Membership
from storage.models.places import Market, Shop
from storage.models.programs import Cohort, Enrollment
from storage.models.statements import HandSending
from storage.statements import Statement

PAGE_SHOPS = 100
ANY = 0
ESCAPE = "!"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which shops of a program: None and empty are all of them."""

    market_id: MarketId | None = None
    cohort_id: CohortId | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ShopCounts:
    shop_id: ShopId
    name: str
    trade: str
    market_name: str
    cohort_name: str | None
    regulars: int
    consented: int
    last_sent_at: datetime | None


def _is(column: Any, name: str) -> ColumnElement[bool]:
    wanted = bindparam(name, type_=BigInteger())
    return or_(wanted == ANY, column == wanted)


def _sought(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(Shop)
        .join(Market, col(Market.id) == col(Shop.market_id))
        .outerjoin(Enrollment, col(Enrollment.shop_id) == col(Shop.id))
        .where(
            col(Market.program_id) == bindparam("of_program"),
            _is(col(Shop.market_id), "of_market"),
            _is(col(Enrollment.cohort_id), "of_cohort"),
            func.lower(col(Shop.name)).like(bindparam("like"), escape=ESCAPE),
        )
    )


def _regulars(counted: Any) -> ColumnElement[int]:
    return (
        select(counted)
        .where(col(Membership.shop_id) == col(Shop.id))
        .correlate(Shop)
        .scalar_subquery()
    )


ADVERTISED = (
    select(col(Run.id))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(col(Run.shop_id) == col(Shop.id), col(Campaign.kind) == MessageKind.ADVERTISEMENT)
    .correlate(Shop)
)
LAST_RUN = (
    select(col(Run.shop_id).label("shop_id"), func.max(col(Run.planned_at)).label("last_sent_at"))
    .join(Campaign, col(Campaign.id) == col(Run.campaign_id))
    .where(col(Campaign.kind) == MessageKind.ADVERTISEMENT)
    .group_by(col(Run.shop_id))
    .subquery()
)
"""Of all shops at once, for who goes through all of them."""

HAND_DAYS = (
    select(col(HandSending.shop_id), col(HandSending.sent_on))
    .group_by(col(HandSending.shop_id), col(HandSending.sent_on))
    # What corrects a record has its people below zero.
    .having(func.sum(col(HandSending.people)) > 0)
    .subquery()
)
LAST_BY_HAND = (
    select(HAND_DAYS.c.shop_id, func.max(HAND_DAYS.c.sent_on).label("sent_on"))
    .group_by(HAND_DAYS.c.shop_id)
    .subquery()
)
"""The last day, in Korea, of what was sent by hand and told."""

PAGE = (
    _sought(col(Shop.id).label("shop_id"), col(Enrollment.cohort_id).label("cohort_id"))
    .order_by(col(Shop.id))
    .limit(PAGE_SHOPS)
    .offset(bindparam("skipped", type_=BigInteger()))
    .subquery("page")
)
"""The ids first, so that only the shops of one page are counted."""

SHOP_COUNTS = Statement(
    select(
        col(Shop.id),
        col(Shop.name),
        col(Shop.trade),
        col(Market.name),
        col(Cohort.name),
        _regulars(func.count()),
        _regulars(func.count(col(Membership.advertising_since))),
        ADVERTISED.with_only_columns(func.max(col(Run.planned_at))).scalar_subquery(),
        LAST_BY_HAND.c.sent_on,
    )
    .select_from(PAGE)
    .join(Shop, col(Shop.id) == PAGE.c.shop_id)
    .join(Market, col(Market.id) == col(Shop.market_id))
    .outerjoin(Cohort, col(Cohort.id) == PAGE.c.cohort_id)
    .outerjoin(LAST_BY_HAND, LAST_BY_HAND.c.shop_id == PAGE.c.shop_id)
    .order_by(col(Shop.id))
)
SENT_SINCE = or_(
    exists(ADVERTISED.where(col(Run.planned_at) >= bindparam("since", type_=INSTANT))),
    col(Shop.id).in_(
        select(HAND_DAYS.c.shop_id).where(
            HAND_DAYS.c.sent_on >= bindparam("since_day", type_=Date())
        )
    ),
)
COUNT_SHOPS = Statement(
    _sought(func.count(), func.count(case((~SENT_SINCE, 1), else_=None))),
)
COUNT_REGULARS = Statement(
    select(func.count(), func.count(col(Membership.advertising_since))).where(
        col(Membership.shop_id) == bindparam("of_shop")
    )
)
EVERYTHING = Sought()


def list_shop_counts(
    tx: Tx, program_id: ProgramId, sought: Sought = EVERYTHING, *, page: int = 1
) -> list[ShopCounts]:
    """One page of a program's shops, the first opened first; `page` counts from 1."""
    skipped = (page - 1) * PAGE_SHOPS
    rows = tx.all(SHOP_COUNTS, skipped=skipped, **_wanted(program_id, sought))
    return [ShopCounts(*(*row[:-2], last_sent(*row[-2:]))) for row in rows]


def last_sent(run_at: datetime | None, by_hand_on: date | None) -> datetime | None:
    """When a shop last advertised; by hand: the beginning of that day in Korea."""
    by_hand_at = kst_instant(by_hand_on, time()) if by_hand_on else None
    return max((one for one in (run_at, by_hand_at) if one), default=None)


def count_shops(
    tx: Tx, program_id: ProgramId, since: datetime, sought: Sought = EVERYTHING
) -> tuple[int, int]:
    """How many there are, and how many of them have advertised nothing since."""
    since_day = in_kst(since).date()
    row = tx.one(COUNT_SHOPS, since=since, since_day=since_day, **_wanted(program_id, sought))
    assert row is not None
    return row[0], row[1]


def count_regulars(tx: Tx, shop_id: ShopId) -> tuple[int, int]:
    """How many regulars a shop has, and how many of them agreed to advertising."""
    row = tx.one(COUNT_REGULARS, of_shop=shop_id)
    assert row is not None
    return row[0], row[1]


def _wanted(program_id: ProgramId, sought: Sought) -> dict[str, Any]:
    name = sought.name.lower()
    for mark in (ESCAPE, "%", "_"):
        name = name.replace(mark, ESCAPE + mark)
    return {
        "of_program": program_id,
        "of_market": sought.market_id or ANY,
        "of_cohort": sought.cohort_id or ANY,
        "like": f"%{name}%",
    }
