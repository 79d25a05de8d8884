"""Wiping what deletions leave behind in a database's own files; safe while serving.

`secure_delete` zeroes deleted rows on SQLite, but pages that were split before keep copies,
and the log keeps all until it is emptied. PostgreSQL only marks rows as dead.
"""

import sqlite3
import time
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from storage.drivers import BUSY_TIMEOUT_MS, dialect_of

LOCK_TIMEOUT_MS = 1_000
TRIES_MAX = 10
PAUSE_SECONDS = 0.5
PERSONAL = (
    "customer",
    "membership",
    "note",
    "enquiry",
    "consent_choice",
    "inbound_event",
    "till_request",
    "given_stamps",
)
"""Written anew: they hold what is a person's, sealed or as a keyed hash."""

NUMBERED = (
    "visit",
    "tally",
    "held_card",
    "coupon",
    "counter_code",
    "join_code",
    "staff_chat",
    "notice",
    "statutory_notice",
    "tries",
    "kept_record",
)
"""Only tidied: without the person their numbers point to nobody."""

STATISTICS = "pg_statistic"
"""PostgreSQL's planner keeps common values of every column; they are counted anew first."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """`left_out` names what somebody was using all the time: run it again."""

    left_out: tuple[str, ...] = ()


def scrub(url: str) -> Scrubbed:
    """Takes connections of its own; for a thread or a command, never for a transaction."""
    if dialect_of(url) == "sqlite":
        path = make_url(url).database
        assert path, "SQLite lives in a file"
        return _scrub_sqlite(path)
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return _scrub_postgres(plain)


def _scrub_sqlite(path: str) -> Scrubbed:
    """The file is written anew from what is live, then the log is emptied.

    Others read meanwhile; who writes waits as for any long transaction.
    """
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1_000)
    try:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA synchronous=FULL")
        for _ in range(TRIES_MAX):
            if _emptied(connection):
                return Scrubbed()
            time.sleep(PAUSE_SECONDS)
    finally:
        connection.close()
    return Scrubbed((path,))


def _emptied(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("VACUUM")
        is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return not is_busy


def _scrub_postgres(conninfo: str) -> Scrubbed:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        busy = [name for name in PERSONAL if not _rewritten(connection, name)]
        for name in (*busy, *NUMBERED):
            connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(name)))
        if not _rewritten(connection, STATISTICS, counts=False):
            busy.append(STATISTICS)
    return Scrubbed(tuple(busy))


def _rewritten(
    connection: psycopg.Connection[tuple[object, ...]], table: str, *, counts: bool = True
) -> bool:
    """False when somebody would not let go of the table: it is left for the next time."""
    way = sql.SQL("FULL, ANALYZE" if counts else "FULL")
    statement = sql.SQL("VACUUM ({}) {}").format(way, sql.Identifier(table))
    for _ in range(TRIES_MAX):
        try:
            connection.execute(statement)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            time.sleep(PAUSE_SECONDS)
        else:
            return True
    return False
