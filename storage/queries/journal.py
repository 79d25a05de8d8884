"""The audit log's chains and the webhooks that came in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Executable, String, bindparam, insert, select, tuple_, update
from sqlmodel import col

from domain.audit import FIRST_HASH, Act, End, line_hash
from storage.columns import INSTANT
from storage.desk import Tx
from storage.models.journal import AuditBook, AuditLine, Heartbeat, InboundEvent
from storage.statements import Statement, insert_once, inserting, json_rows, upsert

Line = tuple[str, int, Act, str, str]
"""Book, number, act, the hash of the line before, hash."""

FIRST_LINE = ("", 0)
"""What every line comes after."""

OPEN_BOOK = Statement(
    lambda dialect: insert_once(
        dialect, AuditBook, book=bindparam("book"), number=0, hash=FIRST_HASH
    )
)
LOCK_BOOK = Statement(
    select(col(AuditBook.number), col(AuditBook.hash))
    .where(col(AuditBook.book) == bindparam("book"))
    .with_for_update()
)
MOVE_BOOK = Statement(
    update(AuditBook)
    .where(col(AuditBook.book) == bindparam("of_book"))
    .values(number=bindparam("number"), hash=bindparam("hash"))
)
INSERT_LINE = Statement(
    inserting(
        AuditLine,
        "book",
        "number",
        "at",
        "actor",
        "act",
        "subject",
        "details",
        "previous_hash",
        "hash",
    )
)


def _insert_lines(dialect: str) -> Executable:
    texts = ("actor", "act", "subject", "details", "previous_hash", "hash")
    rows = json_rows(dialect, "lines", number=BigInteger(), **{name: String() for name in texts})
    source = select(
        bindparam("book", type_=String()),
        bindparam("at", type_=INSTANT),
        rows.c.number,
        *[rows.c[name] for name in texts],
    )
    columns = ["book", "at", "number", *texts]
    return insert(AuditLine).from_select(columns, source, include_defaults=False)


INSERT_LINES = Statement(_insert_lines)
LINE = (
    col(AuditLine.book),
    col(AuditLine.number),
    col(AuditLine.actor),
    col(AuditLine.act),
    col(AuditLine.subject),
    col(AuditLine.at),
    col(AuditLine.details),
    col(AuditLine.previous_hash),
    col(AuditLine.hash),
)
AFTER = tuple_(col(AuditLine.book), col(AuditLine.number)) > tuple_(
    bindparam("after_book", type_=String()), bindparam("after_number", type_=BigInteger())
)
LIST_ALL = Statement(select(*LINE).order_by(col(AuditLine.book), col(AuditLine.number)))
LIST_LINES = Statement(
    select(*LINE)
    .where(AFTER)
    .order_by(col(AuditLine.book), col(AuditLine.number))
    .limit(bindparam("most", type_=BigInteger()))
)
LIST_ENDS = Statement(select(col(AuditBook.book), col(AuditBook.number), col(AuditBook.hash)))
INSERT_INBOUND = Statement(
    lambda dialect: insert_once(
        dialect,
        InboundEvent,
        **{
            name: bindparam(name)
            for name in (
                "source",
                "external_id",
                "kind",
                "body",
                "customer_id",
                "happened_at",
                "received_at",
            )
        },
    )
)
BEAT = Statement(
    lambda dialect: upsert(
        dialect,
        Heartbeat,
        ("worker",),
        {"worker": bindparam("worker"), "beat_at": bindparam("beat_at")},
        lambda fresh: {"beat_at": fresh.beat_at},
    )
)
LAST_BEAT = Statement(
    select(col(Heartbeat.beat_at)).order_by(col(Heartbeat.beat_at).desc()).limit(1)
)


def append_audit(tx: Tx, book: str, act: Act) -> None:
    """Adds one line at the end of a chain; lines of one book are written one at a time."""
    last, previous_hash = _lock_end(tx, book)
    number = last + 1
    digest = line_hash(book, number, act, previous_hash)
    tx.run(
        INSERT_LINE,
        book=book,
        number=number,
        at=act.at,
        actor=act.actor,
        act=act.act,
        subject=act.subject,
        details=act.details,
        previous_hash=previous_hash,
        hash=digest,
    )
    tx.run(MOVE_BOOK, of_book=book, number=number, hash=digest)


def append_audits(tx: Tx, book: str, acts: Sequence[Act]) -> None:
    """The same for many acts of one moment, in their order, as one set."""
    if not acts:
        return
    at = acts[0].at
    assert all(act.at == at for act in acts), "they have one moment"
    number, digest = _lock_end(tx, book)
    lines = []
    for act in acts:
        previous_hash, number = digest, number + 1
        digest = line_hash(book, number, act, previous_hash)
        lines.append(
            {
                "number": number,
                "actor": act.actor,
                "act": act.act,
                "subject": act.subject,
                "details": act.details,
                "previous_hash": previous_hash,
                "hash": digest,
            }
        )
    tx.run(INSERT_LINES, book=book, at=at, lines=orjson.dumps(lines).decode())
    tx.run(MOVE_BOOK, of_book=book, number=number, hash=digest)


def _lock_end(tx: Tx, book: str) -> End:
    """How a chain ends, held until this transaction is over."""
    row = tx.one(LOCK_BOOK, book=book)
    if row is None:
        tx.run(OPEN_BOOK, book=book)
        row = tx.one(LOCK_BOOK, book=book)
        assert row is not None, "the book was opened in the line above"
    return row[0], row[1]


def list_audit(tx: Tx) -> list[Line]:
    """All lines, chain by chain."""
    return [line_of(row) for row in tx.all(LIST_ALL)]


def list_lines(tx: Tx, after: tuple[str, int], most: int) -> list[Line]:
    """The same page by page: what follows a book and number."""
    rows = tx.all(LIST_LINES, after_book=after[0], after_number=after[1], most=most)
    return [line_of(row) for row in rows]


def list_ends(tx: Tx) -> dict[str, End]:
    """How each book says it ends."""
    return {row[0]: (row[1], row[2]) for row in tx.all(LIST_ENDS)}


def line_of(row: tuple[Any, ...]) -> Line:
    act = Act(actor=row[2], act=row[3], subject=row[4], at=row[5], details=row[6])
    return row[0], row[1], act, row[7], row[8]


def insert_inbound_once(
    tx: Tx, *, source: str, external_id: str, kind: str, body: str, **facts: object
) -> bool:
    """Keeps a webhook; False when this id was kept before.

    `facts`: `customer_id` (or None), `happened_at`, `received_at`.
    """
    return bool(
        tx.run(
            INSERT_INBOUND, source=source, external_id=external_id, kind=kind, body=body, **facts
        )
    )


def beat(tx: Tx, worker: str, at: datetime) -> None:
    tx.run(BEAT, worker=worker, beat_at=at)


def find_last_beat(tx: Tx) -> datetime | None:
    row = tx.one(LAST_BEAT)
    return row[0] if row else None
