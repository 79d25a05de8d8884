"""Which regular stands in which of a shop's tiers (C7, C8), as sets."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Executable, bindparam, case, func, select
from sqlmodel import col

from domain.people import CustomerId, ShopId
from domain.regulars import Tier
from storage.desk import Tx
from storage.models.customers import Membership
from storage.models.visits import Visit
from storage.queries.regulars import (
    EVERYBODY,
    HERE,
    Cursor,
    RegularView,
    behind,
    page_of,
    views_of,
    wanted_ids,
    wanted_rows,
)
from storage.statements import Statement

SLOTS = (1, 2, 3, 4)
"""Tiers but the first, which asks for nothing (domain/regulars.py allows five)."""

NEVER = 1_000_000_000


def _visits_in(slot: int) -> ColumnElement[int]:
    is_within = col(Visit.visited_at) > bindparam(f"since_{slot}")
    return func.sum(case((is_within, 1), else_=0)).label(f"visits_{slot}")


COUNTED = (
    select(col(Visit.customer_id).label("customer_id"), *(_visits_in(slot) for slot in SLOTS))
    .where(
        col(Visit.shop_id) == bindparam("of_shop"),
        col(Visit.canceled_at).is_(None),
        col(Visit.visited_at) > bindparam("since"),
        col(Visit.visited_at) <= bindparam("until"),
    )
    .group_by(col(Visit.customer_id))
    .subquery()
)
SLOT = case(
    *(
        (func.coalesce(COUNTED.c[f"visits_{slot}"], 0) >= bindparam(f"need_{slot}"), slot)
        for slot in SLOTS
    ),
    else_=0,
)
COUNTS_OF = COUNTED.c.customer_id == col(Membership.customer_id)


PAGE_OF_TIER = page_of(EVERYBODY.outerjoin(COUNTED, COUNTS_OF).where(bindparam("slot") == SLOT))
TIER_COUNTS = Statement(
    select(SLOT, func.count())
    .select_from(Membership)
    .outerjoin(COUNTED, COUNTS_OF)
    .where(HERE)
    .group_by(SLOT)
)


def _times_of(dialect: str) -> Executable:
    wanted = wanted_rows(dialect)
    return (
        select(col(Visit.customer_id), col(Visit.visited_at))
        .join(wanted, wanted.c.id == col(Visit.customer_id))
        .where(
            col(Visit.shop_id) == bindparam("of_shop"),
            col(Visit.canceled_at).is_(None),
            col(Visit.visited_at) > bindparam("since"),
        )
    )


TIMES_OF = Statement(_times_of)


class TierSlots(NamedTuple):
    """The tiers as parameters: the one that asks for most visits stands in slot 1."""

    ordered: Sequence[Tier]
    params: Mapping[str, object]

    def slot_of(self, tier: Tier) -> int:
        return self.ordered.index(tier) + 1 if tier in self.ordered else 0


def tier_slots(tiers: Sequence[Tier], at: datetime) -> TierSlots:
    """The first tier is slot 0: it is what is left."""
    ordered = sorted(tiers[1:], key=lambda tier: -tier.visits)
    params: dict[str, object] = {"until": at}
    for slot in SLOTS:
        tier = ordered[slot - 1] if slot <= len(ordered) else Tier("", NEVER, 0)
        params[f"since_{slot}"] = at - timedelta(days=tier.days)
        params[f"need_{slot}"] = tier.visits
    params["since"] = at - timedelta(days=max((tier.days for tier in ordered), default=0))
    return TierSlots(ordered, params)


def list_page_of_tier(
    tx: Tx, shop_id: ShopId, slots: TierSlots, slot: int, after: Cursor, limit: int
) -> list[RegularView]:
    rows = tx.all(
        PAGE_OF_TIER, of_shop=shop_id, slot=slot, **slots.params, **behind(after), limit=limit
    )
    return views_of(tx, rows)


def list_times_of(
    tx: Tx, shop_id: ShopId, ids: Sequence[CustomerId], since: datetime
) -> dict[CustomerId, list[datetime]]:
    """When each of these people came since."""
    times: dict[CustomerId, list[datetime]] = {one: [] for one in ids}
    for row in tx.all(TIMES_OF, of_shop=shop_id, wanted=wanted_ids(ids), since=since):
        times[row[0]].append(row[1])
    return times


def count_by_tier(tx: Tx, shop_id: ShopId, slots: TierSlots) -> dict[int, int]:
    """How many regulars stand in each slot."""
    return {row[0]: row[1] for row in tx.all(TIER_COUNTS, of_shop=shop_id, **slots.params)}
