"""Which of a shop's regulars a segment means (domain/segments.py), as a condition in SQL."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.birthdays import Birthday, celebrated_on
from domain.campaigns import HELD_OUT, SAME_NUMBER, MessageState
from domain.coupons import CouponState
from domain.segments import EVERYBODY, Condition, Joined, Segment, What, as_plain, of_plain
from domain.time import in_kst, kst_instant
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.campaigns import Message, Run
from storage.models.cards import CardRules, HeldCard, Tally
from storage.models.coupons import Coupon
from storage.models.customers import Customer, Membership
from storage.models.visits import Visit
from storage.queries.birthdays import BIRTHDAY, KNOWS_BIRTHDAY
from storage.queries.holdings import CARD_OF, STAMPS, WORKS
from storage.queries.regulars import SEEN_AT, is_quiet
from storage.statements import json_rows, one_of

Meaning = Callable[[str, str, Condition], ColumnElement[bool]]
"""A condition in one dialect, its parameters under a name of their own."""

Chosen = Select[int]
WHO = col(Membership.customer_id)
AT_HAND = frozenset({What.JOINED_WITHIN, What.NOT_SEEN_FOR, What.GONE_QUIET})
NOT_RECEIVED = (MessageState.REFUSED, MessageState.CANCELED, MessageState.FAILED)
Born = aliased(Customer)
YEAR_DAYS = 366
"""A longer span has every birthday in it."""


def segment_text(segment: Segment) -> str:
    """As a campaign keeps it: nothing for every regular."""
    return "" if segment == EVERYBODY else orjson.dumps(as_plain(segment)).decode()


def segment_of(text: str) -> Segment:
    return of_plain(orjson.loads(text)) if text else EVERYBODY


def clause_of(segment: Segment, dialect: str) -> ColumnElement[bool]:
    """True for a membership that the segment means.

    Its statement names the shop `of_shop` and needs `params_of`.
    """
    clauses = [_clause(dialect, f"s{number}", one) for number, one in enumerate(segment.parts)]
    happened = clauses.pop() if segment.event else true()
    if segment.but:
        happened = and_(happened, _has_none_of(dialect))
    if not clauses:
        return happened
    # What stands in the membership first: SQLite looks no further than it must.
    told = zip(segment.conditions, clauses, strict=False)
    ranked = [clause for one, clause in sorted(told, key=lambda pair: pair[0].what not in AT_HAND)]
    chosen = and_(*ranked) if segment.joined is Joined.ALL else or_(*ranked)
    return and_(chosen, happened)


def params_of(tx: Tx, segment: Segment, at: datetime) -> Mapping[str, Any]:
    """The parameters of `clause_of` at an instant, `at` among them."""
    params: dict[str, Any] = {"at": at}
    if segment.but:
        params["but"] = orjson.dumps([{"id": one} for one in segment.but]).decode()
    for number, one in enumerate(segment.parts):
        if one.what in MEANINGS_OF_BIRTHDAYS:
            params[f"s{number}_days"] = _hashes(tx, one, at)
        elif one.what in DAYS_AHEAD:
            first = _midnight(at, DAYS_AHEAD[one.what] * one.number)
            params[f"s{number}_first"] = first
            params[f"s{number}_next"] = first + timedelta(days=1)
        else:
            within = one.days if one.what is What.VISITED_OFTEN else one.number
            params[f"s{number}_since"] = at - timedelta(days=within)
    return params


def _has_none_of(dialect: str) -> ColumnElement[bool]:
    """What is on its way counts, and so do having been held out and having it on a handset that is
    another's, too: one look at an index for each campaign.
    """
    campaigns = json_rows(dialect, "but", id=BigInteger())
    is_theirs = and_(*[col(Message.state) != state for state in NOT_RECEIVED])
    had = (
        select(literal(1))
        .select_from(campaigns)
        .join(
            Run,
            and_(
                col(Run.campaign_id) == campaigns.c.id, col(Run.shop_id) == col(Membership.shop_id)
            ),
        )
        .join(Message, and_(col(Message.run_id) == col(Run.id), col(Message.customer_id) == WHO))
        .where(or_(is_theirs, one_of(col(Message.code), HELD_OUT, *SAME_NUMBER)))
        .correlate(Membership)
    )
    return ~had.exists()


def _clause(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:
    """Where the books do not know (no visit yet), a condition is not met, and its opposite is."""
    meant = MEANINGS[one.what](dialect, name, one)
    return meant.is_not(true()) if one.is_not else meant


def _midnight(at: datetime, days: int) -> datetime:
    """With which the Korean day in so many days begins."""
    return kst_instant(in_kst(at).date() + timedelta(days=days), time())


def _since(name: str) -> Any:
    return bindparam(f"{name}_since", type_=INSTANT)


def _on_day(name: str, column: Any) -> ColumnElement[bool]:
    first, behind = (bindparam(f"{name}_{end}", type_=INSTANT) for end in ("first", "next"))
    return and_(column >= first, column < behind)


def _joined_within(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return and_(col(Membership.joined_at) > _since(name))


def _not_seen_for(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return and_(_since(name) >= SEEN_AT)


def _gone_quiet(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return is_quiet(dialect)


def _visited_often(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    """The visit that makes them so many was since then: no more of them are looked at. What the
    membership knows spares most regulars even that.
    """
    nth = (
        select(col(Visit.visited_at))
        .where(
            col(Visit.shop_id) == col(Membership.shop_id),
            col(Visit.customer_id) == WHO,
            col(Visit.canceled_at).is_(None),
        )
        .order_by(col(Visit.visited_at).desc())
        .limit(1)
        .offset(one.number - 1)
        .correlate(Membership)
        .scalar_subquery()
    )
    lately = col(Membership.last_visit_at) > _since(name)
    if one.number == 1:
        return and_(lately)
    return and_(
        lately,
        col(Membership.visits) >= one.number,
        or_(col(Membership.first_visit_at) > _since(name), nth > _since(name)),
    )


def _birthday(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    days = json_rows(dialect, f"{name}_days", hash=String())
    born: Chosen = select(col(Born.id)).join(days, days.c.hash == col(Born.birthday_hash))
    return and_(WHO.in_(born), KNOWS_BIRTHDAY)


def _rules(dialect: str, name: str) -> FromClause:
    """How many stamps fill each of the shop's cards (domain/cards.py); its terms are read once."""
    terms = col(CardRules.terms)
    needed = {
        "sqlite": func.json_extract(terms, "$.needed", type_=Integer()),
        "postgresql": cast(cast(terms, JSONB)["needed"].astext, Integer),
    }
    return (
        select(col(CardRules.id), needed[dialect].label("needed"))
        .where(col(CardRules.shop_id) == bindparam("of_shop"))
        .cte(f"{name}_rules", nesting=True)
        .prefix_with("MATERIALIZED")
    )


def _stamps_missing(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:
    rules = _rules(dialect, name)
    missing = rules.c.needed - STAMPS
    nearly: Chosen = (
        select(col(Tally.customer_id))
        .join(HeldCard, CARD_OF)
        .join(rules, rules.c.id == col(HeldCard.rules_id))
        .where(WORKS, missing > 0, missing <= one.number)
    )
    return WHO.in_(nearly)


COUPONS_HERE = select(col(Coupon.customer_id)).where(
    col(Coupon.shop_id) == bindparam("of_shop"),
    one_of(col(Coupon.state), CouponState.READY, CouponState.HELD),
    col(Coupon.expires_at) > bindparam("at", type_=INSTANT),
)


def _has_coupon(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return WHO.in_(COUPONS_HERE)


def _coupon_lapses_in(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    """The last day is the one before the midnight at which it ends."""
    first, behind = (bindparam(f"{name}_{end}", type_=INSTANT) for end in ("first", "next"))
    ends = col(Coupon.expires_at)
    return WHO.in_(COUPONS_HERE.where(ends > first, ends <= behind))


def _joined_days_ago(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return _on_day(name, col(Membership.joined_at))


def _seen_days_ago(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    return _on_day(name, col(Membership.last_visit_at))


def _card_full_days_ago(dialect: str, name: str, one: Condition) -> ColumnElement[bool]:  # noqa: ARG001 - the shape of a Meaning
    """Its last reward was given: the coupon at the card's last stamp."""
    rules = _rules(dialect, name)
    ends_at = col(HeldCard.starts_after) + rules.c.needed
    filled: Chosen = (
        select(col(Coupon.customer_id))
        .join(HeldCard, col(HeldCard.tally_id) == col(Coupon.tally_id))
        .join(rules, rules.c.id == col(HeldCard.rules_id))
        .where(
            col(Coupon.shop_id) == bindparam("of_shop"),
            col(Coupon.state) != CouponState.CANCELED,
            col(Coupon.threshold) == ends_at,
            _on_day(name, col(Coupon.issued_at)),
        )
    )
    return WHO.in_(filled)


def _hashes(tx: Tx, one: Condition, at: datetime) -> str:
    """Of the birthdays that are meant, as they stand in the books."""
    today = in_kst(at).date()
    count = min(one.number, YEAR_DAYS) if one.what is What.BIRTHDAY_WITHIN else 1
    days = _celebrated(today, count)
    hashes = [tx.vault.fingerprint(str(day), purpose=BIRTHDAY) for day in sorted(days)]
    return orjson.dumps([{"hash": one_hash} for one_hash in hashes]).decode()


def _celebrated(today: date, count: int) -> set[Birthday]:
    coming = (today + timedelta(days=ahead) for ahead in range(count))
    return {birthday for day in coming for birthday in celebrated_on(day)}


MEANINGS: Mapping[What, Meaning] = {
    What.JOINED_WITHIN: _joined_within,
    What.VISITED_OFTEN: _visited_often,
    What.NOT_SEEN_FOR: _not_seen_for,
    What.GONE_QUIET: _gone_quiet,
    What.BIRTHDAY_WITHIN: _birthday,
    What.STAMPS_MISSING: _stamps_missing,
    What.HAS_COUPON: _has_coupon,
    What.JOINED_DAYS_AGO: _joined_days_ago,
    What.SEEN_DAYS_AGO: _seen_days_ago,
    What.CARD_FULL_DAYS_AGO: _card_full_days_ago,
    What.COUPON_LAPSES_IN: _coupon_lapses_in,
    What.BIRTHDAY_TODAY: _birthday,
}
MEANINGS_OF_BIRTHDAYS = frozenset({What.BIRTHDAY_WITHIN, What.BIRTHDAY_TODAY})
DAYS_AHEAD: Mapping[What, int] = {
    What.JOINED_DAYS_AGO: -1,
    What.SEEN_DAYS_AGO: -1,
    What.CARD_FULL_DAYS_AGO: -1,
    What.COUPON_LAPSES_IN: 1,
}
"""What is true on one Korean day, and whether its number counts ahead or back."""
