"""Deletion really deletes: neither the database's files nor a backup hold a trace (L45)."""

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from campaigns.invariants import check_invariants
from loyalty.codes import issue_customer_code
from loyalty.friendship import note_channel_event
from loyalty.meeting import recognize
from loyalty.privacy import erase_customer
from loyalty.visits import stamp_by_code
from storage.books import Books
from storage.desk import Tx
from storage.models import metadata
from storage.scrub import NUMBERED, PERSONAL, scrub
from tests.conftest import START
from tests.factories import OWNER, rows
from tests.known import SEALED, WHO, Known, know_everything, make_event
from tests.loyalty.street import make_sale

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


async def erase(books: Books, known: Known) -> None:
    for customer_id in known.people:
        await books.write(erase_customer, customer_id, actor=OWNER, at=START)


def found_in(contents: Iterable[bytes], known: Known) -> set[bytes]:
    """Which traces of these people stand in any of these."""
    wanted = {*known.traces, *(word.encode() for word in SEALED)}
    return {trace for content in contents for trace in wanted if trace in content}


def sqlite_files(url: str) -> Iterator[bytes]:
    """The file, its log and its index, and a backup as operators make it."""
    path = Path(make_url(url).database or "")
    copy = path.with_suffix(".copy")
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(copy)) as backup:
        live.backup(backup)
    for one in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"), copy):
        if one.exists():
            yield one.read_bytes()


@on_sqlite
async def test_no_trace_is_left_in_the_sqlite_file_or_a_backup(
    books: Books, database_url: str
) -> None:
    known = await know_everything(books)
    assert found_in(sqlite_files(database_url), known) == set(known.traces)

    await erase(books, known)
    scrubbed = await asyncio.to_thread(scrub, database_url)

    assert scrubbed.left_out == ()
    assert found_in(sqlite_files(database_url), known) == set()


def everything_in(tx: Tx) -> Iterator[bytes]:
    """Every value of every column, as its bytes."""
    for table in metadata.sorted_tables:
        for row in rows(tx, f'SELECT * FROM "{table.name}"'):
            for value in row:
                yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


async def test_no_trace_is_left_in_any_row(books: Books) -> None:
    """On both databases, before anything is scrubbed."""
    known = await know_everything(books)
    assert await books.read(lambda tx: found_in(everything_in(tx), known)) == set(known.traces)

    await erase(books, known)

    assert await books.read(lambda tx: found_in(everything_in(tx), known)) == set()


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def analyze(url: str) -> None:
    """As the server does by itself: values of every column stand in its statistics, too."""
    with connect(url) as connection:
        connection.execute("ANALYZE")


def postgres_files(url: str) -> Iterator[bytes]:
    """Every file of this database after a checkpoint; its log is a backup's matter."""
    with connect(url) as connection:
        connection.execute("CHECKPOINT")
        sql_text = "SELECT oid::text, current_setting('data_directory') FROM pg_database"
        where = " WHERE datname = current_database()"
        oid, folder = connection.execute(sql.SQL(sql_text + where)).fetchone() or ("", "")
    path = Path(folder) / "base" / oid
    if not path.is_dir():
        pytest.skip("the server's files are not on this machine")
    for one in path.iterdir():
        yield one.read_bytes()


@on_postgres
async def test_no_trace_is_left_in_the_postgresql_files(books: Books, database_url: str) -> None:
    known = await know_everything(books)
    analyze(database_url)
    assert found_in(postgres_files(database_url), known) == set(known.traces)

    await erase(books, known)
    assert found_in(postgres_files(database_url), known) == set(known.traces)
    scrubbed = await asyncio.to_thread(scrub, database_url)

    assert scrubbed.left_out == ()
    assert found_in(postgres_files(database_url), known) == set()


async def test_scrubbing_while_serving_loses_and_disturbs_nothing(
    books: Books, database_url: str
) -> None:
    known = await know_everything(books)
    await erase(books, known)
    number = 0

    async def serve() -> None:
        nonlocal number
        while not scrubbing.done():
            number += 1
            event = make_event(f"S-{number}")
            assert await books.write(note_channel_event, known.street.channel_id, event, START)
            await books.read(rows, "SELECT count(*) FROM customer")

    scrubbing = asyncio.create_task(asyncio.to_thread(scrub, database_url))
    await serve()

    assert (await scrubbing).left_out == ()
    sql_text = "SELECT count(*) FROM inbound_event WHERE external_id LIKE 'S-%'"
    assert await books.read(rows, sql_text) == [(number,)]
    assert not any((await books.read(check_invariants)).values())


async def test_what_comes_in_later_about_a_deleted_person_is_not_written_about(
    books: Books,
) -> None:
    """Kakao tells us of a block, or tells us again what it told before."""
    known = await know_everything(books)
    await erase(books, known)

    assert not await books.write(
        note_channel_event, known.street.channel_id, make_event("R-1"), START
    )
    assert await books.write(note_channel_event, known.street.channel_id, make_event("R-2"), START)

    app_user_id = str(WHO.app_user_id).encode()
    assert app_user_id not in await books.read(lambda tx: found_in(everything_in(tx), known))


def points_to_customers(table: Any) -> bool:
    return any(key.column.table.name == "customer" for key in table.foreign_keys)


def test_every_table_about_people_is_scrubbed() -> None:
    about_people = {table.name for table in metadata.sorted_tables if points_to_customers(table)}

    assert about_people < {*PERSONAL, *NUMBERED}


def test_every_table_that_points_to_a_person_lets_them_go() -> None:
    """Webhooks are told apart by their own number, and are blanked; a joining code that was said
    stays used, by nobody; all else goes along.
    """
    kept = {
        table.name
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "customer" and key.ondelete != "CASCADE"
    }

    assert kept == {"inbound_event", "join_code"}


@pytest.mark.parametrize("table", ["customer", "coupon", "visit"])
async def test_the_number_of_a_deleted_row_is_never_given_again(books: Books, table: str) -> None:
    """Messages, redemptions and the audit log go on naming it."""
    known = await know_everything(books)
    ((last,),) = await books.read(rows, f"SELECT max(id) FROM {table}")
    for customer_id in (*known.people, *known.street.customers):
        await books.write(erase_customer, customer_id, actor=OWNER, at=START)
    assert await books.read(rows, f"SELECT count(*) FROM {table}") == [(0,)]

    await books.write(come_anew, known)

    ((first,),) = await books.read(rows, f"SELECT min(id) FROM {table}")
    assert first > last


def come_anew(tx: Tx, known: Known) -> None:
    """The same chat again: a visit, and the coupon it earns."""
    who = recognize(tx, known.street.channel_id, WHO, START)
    digits = issue_customer_code(tx, known.street.channel_id, who, START).digits
    assert stamp_by_code(tx, known.shop_id, digits, make_sale(), START).earned
