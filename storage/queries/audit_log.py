"""The audit log as a program's people read it: their program's book and those of its shops.

Who sees one market only sees the books of its shops, and of the program's book what they did
themselves: a chain with gaps proves nothing, so files and checks leave that out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped
from sqlmodel import col

from domain.audit import End, program_book
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.journal import AuditBook, AuditLine
from storage.models.places import Market, Shop
from storage.queries.journal import AFTER, LINE, Line, line_of
from storage.queries.trail import MARKET, MOST, PROGRAM, ROWS_MAX, Sight, seen_in
from storage.statements import Statement

EVERY_SHOP = "shop:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for; None is anything. `until` is the first instant that is too late."""

    actor: str | None = None
    act: str | None = None
    book: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    line_id: int
    line: Line


SHOPS = (
    select(literal(EVERY_SHOP, String()) + cast(col(Shop.id), String()))
    .join(Market, col(Market.id) == col(Shop.market_id))
    .where(col(Market.program_id) == PROGRAM, seen_in(col(Market.id)))
)


def _in_sight(book: Mapped[str]) -> ColumnElement[bool]:
    own = and_(MARKET.is_(None), book == bindparam("program_book", type_=String()))
    return or_(own, book.in_(SHOPS))


def _text(name: str, column: Mapped[str]) -> ColumnElement[bool]:
    wanted = bindparam(name, type_=String())
    return or_(wanted.is_(None), column == wanted)


SINCE, UNTIL = bindparam("since", type_=INSTANT), bindparam("until", type_=INSTANT)
BEFORE = bindparam("before", type_=BigInteger())
OWN = and_(
    col(AuditLine.book) == bindparam("program_book", type_=String()),
    col(AuditLine.actor) == bindparam("reader", type_=String()),
)
PAGE = Statement(
    select(col(AuditLine.id), *LINE)
    .where(
        or_(_in_sight(col(AuditLine.book)), OWN),
        _text("actor", col(AuditLine.actor)),
        _text("act", col(AuditLine.act)),
        _text("book", col(AuditLine.book)),
        or_(SINCE.is_(None), col(AuditLine.at) >= SINCE),
        or_(UNTIL.is_(None), col(AuditLine.at) < UNTIL),
        or_(BEFORE.is_(None), col(AuditLine.id) < BEFORE),
    )
    .order_by(col(AuditLine.id).desc())
    .limit(MOST)
)
CHAIN = Statement(
    select(*LINE)
    .where(_in_sight(col(AuditLine.book)), _text("book", col(AuditLine.book)), AFTER)
    .order_by(col(AuditLine.book), col(AuditLine.number))
    .limit(MOST)
)
ENDS = Statement(
    select(col(AuditBook.book), col(AuditBook.number), col(AuditBook.hash)).where(
        _in_sight(col(AuditBook.book))
    )
)


def list_entries(
    tx: Tx, sight: Sight, sought: Sought, *, reader: str | None = None, before: int | None
) -> list[Entry]:
    """Newest first, a page before a line's id, and one more when another page follows.

    `reader` is the actor who looks, and sees what they did themselves.
    """
    rows = tx.all(
        PAGE,
        reader=reader,
        actor=sought.actor,
        act=sought.act,
        book=sought.book,
        since=sought.since,
        until=sought.until,
        before=before,
        most=ROWS_MAX + 1,
        **_scope(sight),
    )
    return [Entry(row[0], line_of(row[1:])) for row in rows]


def list_chain(
    tx: Tx, sight: Sight, book: str | None, after: tuple[str, int], most: int
) -> list[Line]:
    """Whole books in their order, or one, page by page."""
    rows = tx.all(
        CHAIN,
        book=book,
        after_book=after[0],
        after_number=after[1],
        most=most,
        **_scope(sight),
    )
    return [line_of(row) for row in rows]


def list_ends_seen(tx: Tx, sight: Sight) -> dict[str, End]:
    return {row[0]: (row[1], row[2]) for row in tx.all(ENDS, **_scope(sight))}


def _scope(sight: Sight) -> dict[str, object]:
    return {**sight.scope, "program_book": program_book(sight.program_id)}
