"""Which of a shop's regulars a segment means (domain/segments.py), as a condition in SQL."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select, true
from sqlmodel import col

from domain.segments import EVERYBODY, Condition, Joined, Segment, What, as_plain, of_plain
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.customers import Membership
from storage.models.visits import Visit
from storage.queries.regulars import SEEN_AT, is_quiet

Meaning = Callable[[str, str, Condition], ColumnElement[bool]]
"""A condition in one dialect, its parameters under a name of their own."""


def segment_text(segment: Segment) -> str:
    """As a campaign keeps it: nothing for every regular."""
    return "" if segment == EVERYBODY else orjson.dumps(as_plain(segment)).decode()


def segment_of(text: str) -> Segment:
    return of_plain(orjson.loads(text)) if text else EVERYBODY


def clause_of(segment: Segment, dialect: str) -> ColumnElement[bool]:
    """True for a membership that the segment means. Its statement needs `params_of`."""
    clauses = [
        not_(meant) if one.is_not else meant
        for number, one in enumerate(segment.conditions)
        for meant in (MEANINGS[one.what](dialect, f"s{number}", one),)
    ]
    if not clauses:
        return true()
    return and_(*clauses) if segment.joined is Joined.ALL else or_(*clauses)


def params_of(tx: Tx, segment: Segment, at: datetime) -> Mapping[str, Any]:  # noqa: ARG001 - birthdays are found by keyed hashes
    """The parameters of `clause_of` at an instant, `at` among them."""
    params: dict[str, Any] = {"at": at}
    for number, one in enumerate(segment.conditions):
        within = one.days if one.what is What.VISITED_OFTEN else one.number
        params[f"s{number}_since"] = at - timedelta(days=within)
    return params


def _since(name: str) -> Any:
    return bindparam(f"{name}_since", type_=INSTANT)


def _joined_within(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return and_(col(Membership.joined_at) > _since(name))


def _not_seen_for(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return and_(_since(name) >= SEEN_AT)


def _gone_quiet(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return is_quiet(dialect)


def _visited_often(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    visits = (
        select(func.count())
        .select_from(Visit)
        .where(
            col(Visit.shop_id) == col(Membership.shop_id),
            col(Visit.customer_id) == col(Membership.customer_id),
            col(Visit.canceled_at).is_(None),
            col(Visit.visited_at) > _since(name),
        )
        .correlate(Membership)
        .scalar_subquery()
    )
    return visits >= one.number


MEANINGS: Mapping[What, Meaning] = {
    What.JOINED_WITHIN: _joined_within,
    What.VISITED_OFTEN: _visited_often,
    What.NOT_SEEN_FOR: _not_seen_for,
    What.GONE_QUIET: _gone_quiet,
}
