"""A shop's regulars as the gate sees them: kinds of people, told apart by a number, in one set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlmodel import col

from domain.campaigns import HELD_OUT, MessageState
from domain.holdout import PRIME, Draw
from domain.people import CustomerId, Friend, RunId, ShopId
from domain.segments import EVERYBODY, Segment
from storage.desk import Tx
from storage.models.campaigns import Chunk, Message
from storage.models.customers import Customer, Membership
from storage.queries.segments import NOT_RECEIVED, clause_of, params_of
from storage.statements import Statement, json_rows

LAST = 2**62
"""Behind every customer."""

VARIANTS_MAX = 256
"""Statements kept compiled: one a segment, with and without caps."""


class AlikeFacts(NamedTuple):
    """What the gate must know of regulars who are all alike to it.

    `hears_texts`: agreed to text messages, too. `had_week`: as many advertisements of this shop within a week as it may send, or a lot that
    held them out of one; `had_day`: as many of all shops of the channel on this day (KST);
    `is_held_out`: by lot (domain/holdout.py).
    """

    friend: Friend
    is_of_age: bool
    has_consent: bool
    has_withdrawn: bool
    has_phone: bool
    hears_texts: bool
    is_resting: bool
    had_week: bool = False
    had_day: bool = False
    is_held_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom something is for, as they stand at an instant.

    `week_runs` are the shop's of this week, of which `ads_a_week` may go to one person; `had_day`
    are those who have had their day's share.
    """

    shop_id: ShopId
    at: datetime
    segment: Segment = EVERYBODY
    draw: Draw = field(default_factory=Draw)
    ads_a_week: int = 1
    week_runs: Sequence[RunId] = ()
    had_day: Sequence[CustomerId] = ()


class Span(NamedTuple):
    """Customers behind `low`, up to and with `high`."""

    low: int = 0
    high: int = LAST


class Variant(NamedTuple):
    """What of an audience changes the words of a statement, not only its parameters."""

    segment: Segment
    has_week: bool
    has_day: bool
    has_lot: bool


FRIENDS = tuple(Friend)
FACTS = len(AlikeFacts._fields) - 1
"""All but the tie to the channel are true or false."""

KINDS = tuple(
    AlikeFacts(friend, *(bool(number >> bit & 1) for bit in range(FACTS)))
    for friend in FRIENDS
    for number in range(2**FACTS)
)
"""Every kind of people that there can be, at its number."""

STANDING = (
    col(Customer.of_age_at).is_not(None),
    col(Membership.advertising_since).is_not(None),
    col(Membership.withdrawn_at).is_not(None),
    and_(col(Customer.phone_hash).is_not(None), col(Membership.phone_granted_at).is_not(None)),
    col(Membership.texts_since).is_not(None),
)
# As domain.consent.is_resting has it.
RESTS = and_(
    col(Membership.paused_at).is_not(None),
    or_(col(Membership.paused_until).is_(None), col(Membership.paused_until) > bindparam("at")),
)
OF_SHOP = col(Membership.shop_id) == bindparam("of_shop")
AGREED = col(Membership.advertising_since).is_not(None)
THEIR_OWN = col(Membership.customer_id) == col(Customer.id)
WHO = col(Membership.customer_id)
LOW, HIGH = bindparam("low", type_=BigInteger()), bindparam("high", type_=BigInteger())
BEHIND = LOW < WHO
# Said of both tables, so that PostgreSQL reads no more of either than the piece.
IN_SPAN = (BEHIND, HIGH >= WHO, col(Customer.id) > LOW, col(Customer.id) <= HIGH)


def _had_week(dialect: str) -> ColumnElement[bool]:
    """One look at an index for each run of the week; what is on its way counts, too. So does
    having been held out: else other news would go to just these, and the lot compare nothing.
    """
    runs = json_rows(dialect, "week_runs", id=BigInteger())
    is_theirs = and_(*[col(Message.state) != state for state in NOT_RECEIVED])
    had = (
        select(func.count())
        .select_from(runs)
        .join(Message, and_(col(Message.run_id) == runs.c.id, col(Message.customer_id) == WHO))
        .where(or_(is_theirs, col(Message.code) == HELD_OUT))
        .correlate(Membership)
        .scalar_subquery()
    )
    return had >= bindparam("ads_a_week", type_=Integer())


def _had_day(dialect: str) -> ColumnElement[bool]:
    people = json_rows(dialect, "had_day", id=BigInteger())
    return WHO.in_(select(people.c.id))


def _held_out() -> ColumnElement[bool]:
    """`Draw.holds_out` in SQL."""
    a, b = bindparam("lot_a", type_=BigInteger()), bindparam("lot_b", type_=BigInteger())
    lot = (a * (WHO % literal(PRIME, BigInteger())) + b) % literal(PRIME, BigInteger()) % 100
    return lot < bindparam("lot_percent", type_=Integer())


def _kind(dialect: str, variant: Variant) -> ColumnElement[int]:
    """A person's place in `KINDS`; what is true of nobody is not asked."""
    facts = (
        *STANDING,
        RESTS,
        _had_week(dialect) if variant.has_week else None,
        _had_day(dialect) if variant.has_day else None,
        _held_out() if variant.has_lot else None,
    )
    assert len(facts) == FACTS, "a fact is missing"
    ties = [(col(Customer.friend) == one, at * 2**FACTS) for at, one in enumerate(FRIENDS)]
    number: ColumnElement[int] = case(*ties)
    for bit, fact in enumerate(facts):
        if fact is not None:
            number += case((fact, 2**bit), else_=0)
    return number


def _people(dialect: str, variant: Variant, *conditions: Any) -> FromClause:
    return (
        select(WHO.label("customer_id"), _kind(dialect, variant).label("kind"))
        .join(Customer, THEIR_OWN)
        .where(
            OF_SHOP,
            *IN_SPAN,
            clause_of(variant.segment, dialect),
            *conditions,
        )
        .subquery("people")
    )


def _judged(dialect: str, variant: Variant) -> Select[*tuple[Any, ...]]:
    """Who agreed to advertising, each with the gate's verdict on their kind."""
    people = _people(dialect, variant, AGREED)
    verdicts = select(json_rows(dialect, "verdicts", kind=Integer(), code=String()))
    # Read once; nested, because SQLite counts the rows of a statement that begins with INSERT.
    told = verdicts.cte("told", nesting=True).prefix_with("MATERIALIZED")
    return select(people.c.customer_id, told.c.code).join(told, told.c.kind == people.c.kind)


def _count(dialect: str, variant: Variant) -> Executable:
    people = _people(dialect, variant)
    return select(people.c.kind, func.count()).group_by(people.c.kind)


def _allowed(dialect: str, variant: Variant) -> Executable:
    judged = _judged(dialect, variant).subquery("judged")
    return select(judged.c.customer_id).where(judged.c.code.is_(None))


def _insert(dialect: str, variant: Variant) -> Executable:
    """Messages for a piece of the audience, those who may get it in chunks without a gap."""
    judged = _judged(dialect, variant).subquery("judged")
    is_allowed = judged.c.code.is_(None)
    nth = func.row_number().over(partition_by=is_allowed, order_by=judged.c.customer_id)
    placed = select(judged, nth.label("nth")).subquery("placed")
    run, size = bindparam("run_id", type_=BigInteger()), bindparam("size", type_=Integer())
    before = bindparam("before", type_=Integer())
    is_its_chunk = and_(
        placed.c.code.is_(None),
        col(Chunk.run_id) == run,
        col(Chunk.number) == (before + placed.c.nth - 1) // size,
    )
    state = case(
        (placed.c.code.is_(None), literal(MessageState.WAITING.value, String())),
        else_=literal(MessageState.REFUSED.value, String()),
    )
    source = (
        select(
            bindparam("shop_id", type_=BigInteger()),
            run,
            placed.c.customer_id,
            col(Chunk.id),
            state,
            placed.c.code,
            false(),
        )
        .select_from(placed)
        .outerjoin(Chunk, is_its_chunk)
        .order_by(placed.c.customer_id)
    )
    names = ["shop_id", "run_id", "customer_id", "chunk_id", "state", "code", "is_charged"]
    return insert(Message).from_select(names, source, include_defaults=False)


@lru_cache(VARIANTS_MAX)
def _counting(variant: Variant) -> Statement:
    return Statement(lambda dialect: _count(dialect, variant))


@lru_cache(VARIANTS_MAX)
def _listing(variant: Variant) -> Statement:
    return Statement(lambda dialect: _allowed(dialect, variant))


@lru_cache(VARIANTS_MAX)
def _inserting(variant: Variant) -> Statement:
    return Statement(lambda dialect: _insert(dialect, variant))


PIECE = (
    select(WHO.label("customer_id"))
    .where(OF_SHOP, AGREED, BEHIND)
    .order_by(WHO)
    .limit(bindparam("most", type_=Integer()))
    .subquery("piece")
)
FIND_PIECE = Statement(select(func.max(PIECE.c.customer_id), func.count()).select_from(PIECE))
IDS = Statement(select(WHO).where(OF_SHOP, AGREED, BEHIND, HIGH >= WHO).order_by(WHO))


def find_piece(tx: Tx, shop_id: ShopId, low: int, most: int) -> tuple[Span, int]:
    """The next of those who agreed to advertising, at most so many, and how many they are."""
    row = tx.one(FIND_PIECE, of_shop=shop_id, low=low, most=most)
    assert row is not None, "a count always answers"
    return Span(low, row[0] or low), row[1]


def list_ids(tx: Tx, shop_id: ShopId, span: Span) -> list[CustomerId]:
    return [row[0] for row in tx.all(IDS, of_shop=shop_id, **span._asdict())]


def count_alike(tx: Tx, audience: Audience) -> list[tuple[AlikeFacts, int]]:
    """All regulars that the segment means, and how many of each kind."""
    counts = tx.all(_counting(_variant(audience)), **_params(tx, audience, Span()))
    return [(KINDS[kind], count) for kind, count in counts]


def list_allowed(tx: Tx, audience: Audience, verdicts: Sequence[str | None]) -> list[CustomerId]:
    """Whom the gate lets through; `verdicts` has its answer for each of `KINDS`, None for yes."""
    params = _params(tx, audience, Span())
    told = _listed(verdicts)
    return [row[0] for row in tx.all(_listing(_variant(audience)), verdicts=told, **params)]


def insert_people(
    tx: Tx,
    audience: Audience,
    run_id: RunId,
    span: Span,
    verdicts: Sequence[str | None],
    *,
    before: int,
    size: int,
) -> int:
    """A message for everybody of a span, as `list_allowed` judges; how many they are.

    Those who may get it stand in chunks of `size`, behind the `before` who do already.
    """
    return tx.run(
        _inserting(_variant(audience)),
        shop_id=audience.shop_id,
        run_id=run_id,
        verdicts=_listed(verdicts),
        before=before,
        size=size,
        **_params(tx, audience, span),
    )


def _variant(audience: Audience) -> Variant:
    return Variant(
        segment=audience.segment,
        has_week=bool(audience.week_runs),
        has_day=bool(audience.had_day),
        has_lot=audience.draw.percent > 0,
    )


def _listed(verdicts: Sequence[str | None]) -> str:
    rows = [{"kind": kind, "code": code} for kind, code in enumerate(verdicts)]
    return orjson.dumps(rows).decode()


def _params(tx: Tx, audience: Audience, span: Span) -> Mapping[str, Any]:
    return {
        **params_of(tx, audience.segment, audience.at),
        "of_shop": audience.shop_id,
        "ads_a_week": audience.ads_a_week,
        "week_runs": orjson.dumps([{"id": one} for one in audience.week_runs]).decode(),
        "had_day": orjson.dumps([{"id": one} for one in audience.had_day]).decode(),
        "lot_a": audience.draw.a,
        "lot_b": audience.draw.b,
        "lot_percent": audience.draw.percent,
        **span._asdict(),
    }
