"""The two databases behind one small face: connect, begin, run, commit."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

BUSY_TIMEOUT_MS = 5_000
PREPARE_AFTER = 2
STATEMENTS_CACHED = 512


class Link(Protocol):
    """One connection, used by one thread."""

    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def fetch(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]: ...
    def run(self, sql: str, values: dict[str, Any]) -> int: ...
    def close(self) -> None: ...


class SqliteLink:
    """WAL, full synchronous (a power cut loses nothing), foreign keys on, deletes wiped."""

    def __init__(self, path: str, *, read_only: bool) -> None:
        self._path, self._read_only = path, read_only
        self._begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
        self._is_open = False
        self._open()

    def _open(self) -> None:
        self._connection = sqlite3.connect(
            self._path,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS_CACHED,
        )
        self._is_open = True
        pragmas: Sequence[str] = (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"query_only={'ON' if self._read_only else 'OFF'}",
        )
        for pragma in pragmas:
            self._connection.execute(f"PRAGMA {pragma}")

    def begin(self) -> None:
        if not self._is_open:
            self._open()
        self._connection.execute(self._begin)

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def fetch(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: dict[str, Any]) -> int:
        return self._connection.execute(sql, values).rowcount

    def close(self) -> None:
        self._is_open = False
        self._connection.close()


class PostgresLink:
    """psycopg 3; statements are prepared by the server after their second use."""

    def __init__(self, conninfo: str, *, read_only: bool) -> None:
        self._conninfo = conninfo
        self._begin = (
            b"BEGIN" if not read_only else b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        )
        self._connection = self._connect()

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        connection = psycopg.connect(self._conninfo, autocommit=True)
        connection.prepare_threshold = PREPARE_AFTER
        connection.execute("SET TIME ZONE 'UTC'")
        self._cursor = connection.cursor()
        return connection

    def begin(self) -> None:
        if self._connection.closed:
            self._connection = self._connect()
        self._cursor.execute(self._begin)

    def commit(self) -> None:
        self._cursor.execute(b"COMMIT")

    def rollback(self) -> None:
        if not self._connection.closed:
            self._cursor.execute(b"ROLLBACK")

    def fetch(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._cursor.execute(sql, values).fetchall()

    def run(self, sql: str, values: dict[str, Any]) -> int:
        return self._cursor.execute(sql, values).rowcount

    def close(self) -> None:
        self._connection.close()


def dialect_of(url: str) -> str:
    """`sqlite` or `postgresql`; raises ValueError for any other database."""
    name = make_url(url).get_backend_name()
    if name not in ("sqlite", "postgresql"):
        raise ValueError(f"DANGOL_DATABASE_URL: {name} is neither sqlite nor postgresql")
    return name


def open_link(url: str, *, read_only: bool = False) -> Link:
    """A connection by a SQLAlchemy URL (`sqlite:///file.db`, `postgresql+psycopg://…`)."""
    parsed = make_url(url)
    if dialect_of(url) == "sqlite":
        assert parsed.database, "SQLite lives in a file: readers have connections of their own"
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return SqliteLink(parsed.database, read_only=read_only)
    return PostgresLink(plain_url(url), read_only=read_only)


def plain_url(url: str) -> str:
    """A SQLAlchemy URL of PostgreSQL as psycopg itself reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
