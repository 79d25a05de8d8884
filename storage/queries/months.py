"""Months of a program that were closed: their lines and hashes; and posts, as somebody told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Executable, Text, bindparam, func, insert, select, update
from sqlmodel import col

from domain.people import MarketId, ProgramId, ShopId, StatementId
from storage.desk import Tx
from storage.models.journal import AuditLine
from storage.models.places import Program
from storage.models.statements import MonthStatement, PostCount, StatementLine
from storage.statements import Statement, inserting, json_rows, upsert

LISTED_MAX = 1_200
"""A hundred years."""

CLOSE_MONTH = "close_month"


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    statement_id: StatementId
    program_id: ProgramId
    month: date
    closed_at: datetime
    actor: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class FrozenLine:
    number: int
    market_id: MarketId | None
    shop_id: ShopId | None
    content: str
    hash: str


MONTH = (
    col(MonthStatement.id),
    col(MonthStatement.program_id),
    col(MonthStatement.month),
    col(MonthStatement.closed_at),
    col(MonthStatement.actor),
    col(MonthStatement.previous_hash),
    col(MonthStatement.hash),
)
MONTHS_OF_PROGRAM = Statement(
    select(*MONTH)
    .where(col(MonthStatement.program_id) == bindparam("of_program"))
    .order_by(col(MonthStatement.month))
    .limit(LISTED_MAX)
)
MONTHS = Statement(
    select(*MONTH).order_by(col(MonthStatement.program_id), col(MonthStatement.month))
)
LOCK_PROGRAM = Statement(
    select(col(Program.created_at))
    .where(col(Program.id) == bindparam("of_program"))
    .with_for_update(key_share=True)  # rows that point at the program may still be written
)
OPENED_AT = Statement(
    select(col(Program.created_at)).where(col(Program.id) == bindparam("of_program"))
)
INSERT_MONTH = Statement(
    inserting(
        MonthStatement, "program_id", "month", "closed_at", "actor", "previous_hash", "hash"
    ).returning(col(MonthStatement.id))
)
SAVE_HASH = Statement(
    update(MonthStatement)
    .where(col(MonthStatement.id) == bindparam("of_id"))
    .values(hash=bindparam("hash"))
)


def _insert_lines(dialect: str) -> Executable:
    rows = json_rows(
        dialect,
        "lines",
        number=BigInteger(),
        market_id=BigInteger(),
        shop_id=BigInteger(),
        content=Text(),
        hash=Text(),
    )
    names = ("number", "market_id", "shop_id", "content", "hash")
    source = select(
        bindparam("of_statement", type_=BigInteger()), *(rows.c[name] for name in names)
    )
    return insert(StatementLine).from_select(
        ["statement_id", *names], source, include_defaults=False
    )


INSERT_LINES = Statement(_insert_lines)
LINE = (
    col(StatementLine.number),
    col(StatementLine.market_id),
    col(StatementLine.shop_id),
    col(StatementLine.content),
    col(StatementLine.hash),
)
OF_STATEMENT = col(StatementLine.statement_id) == bindparam("of_statement")
LINES = Statement(
    select(*LINE)
    .where(
        OF_STATEMENT,
        col(StatementLine.number) > bindparam("after"),
        func.coalesce(col(StatementLine.market_id), 0)
        == func.coalesce(
            bindparam("of_market", type_=BigInteger()), col(StatementLine.market_id), 0
        ),
    )
    .order_by(col(StatementLine.number))
    .limit(bindparam("most", type_=BigInteger()))
)
LINE_OF_SHOP = Statement(
    select(*LINE).where(OF_STATEMENT, col(StatementLine.shop_id) == bindparam("of_shop"))
)
WRITTEN = ("posts", "written_at", "actor")
SAVE_POSTS = Statement(
    lambda dialect: upsert(
        dialect,
        PostCount,
        ("shop_id", "month"),
        {name: bindparam(name) for name in ("shop_id", "month", *WRITTEN)},
        lambda fresh: {name: getattr(fresh, name) for name in WRITTEN},
    )
)
CLOSINGS = Statement(
    select(col(AuditLine.book), col(AuditLine.details))
    .where(col(AuditLine.act) == CLOSE_MONTH)
    .order_by(col(AuditLine.id))
)


def get_opened_at(tx: Tx, program_id: ProgramId, *, locks: bool = False) -> datetime:
    """When the program began; `locks` keeps everybody else from closing a month of it."""
    row = tx.one(LOCK_PROGRAM if locks else OPENED_AT, of_program=program_id)
    assert row is not None, "a program is never deleted"
    opened_at: datetime = row[0]
    return opened_at


def list_closed(tx: Tx, program_id: ProgramId) -> list[ClosedMonth]:
    """Oldest first."""
    return [ClosedMonth(*row) for row in tx.all(MONTHS_OF_PROGRAM, of_program=program_id)]


def list_all_closed(tx: Tx) -> list[ClosedMonth]:
    """Of every program, in order."""
    return [ClosedMonth(*row) for row in tx.all(MONTHS)]


def list_closings(tx: Tx) -> list[tuple[str, str]]:
    """Book and details of every audit line that closed a month."""
    return [(row[0], row[1]) for row in tx.all(CLOSINGS)]


def insert_month(tx: Tx, **facts: Any) -> StatementId:
    """`facts` are the columns of MonthStatement by name."""
    row = tx.one(INSERT_MONTH, **facts)
    assert row is not None
    return StatementId(row[0])


def save_hash(tx: Tx, statement_id: StatementId, digest: str) -> None:
    """What all lines come to: known only when the last of them is written."""
    tx.run(SAVE_HASH, of_id=statement_id, hash=digest)


def insert_lines(tx: Tx, statement_id: StatementId, lines: Sequence[FrozenLine]) -> None:
    tx.run(INSERT_LINES, of_statement=statement_id, lines=orjson.dumps(list(lines)).decode())


def list_frozen(
    tx: Tx, statement_id: StatementId, market_id: MarketId | None, after: int, most: int
) -> list[FrozenLine]:
    """A page of a closed month's lines by number; of one market only its own."""
    found = tx.all(LINES, of_statement=statement_id, of_market=market_id, after=after, most=most)
    return [FrozenLine(*row) for row in found]


def find_frozen(tx: Tx, statement_id: StatementId, shop_id: ShopId) -> FrozenLine | None:
    row = tx.one(LINE_OF_SHOP, of_statement=statement_id, of_shop=shop_id)
    return FrozenLine(*row) if row else None


def save_posts(
    tx: Tx, shop_id: ShopId, month: date, posts: int, *, actor: str, at: datetime
) -> None:
    tx.run(SAVE_POSTS, shop_id=shop_id, month=month, posts=posts, written_at=at, actor=actor)
