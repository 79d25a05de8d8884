"""The storage thread: many in one commit, each on its own feet, nothing lost (style-guide 9)."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.refusals import Conflict
from storage.books import Books, open_books
from storage.desk import Desk, Tx
from storage.drivers import SqliteLink
from storage.errors import Busy, ConstraintBroken
from storage.vault import Vault
from tests.factories import rows
from tests.storage.counters import add, amount, make_counters, read_then_write

TOGETHER = 200


async def test_two_hundred_increments_at_once_make_two_hundred(
    books: Books, database_url: str, vault: Vault
) -> None:
    """From two processes: a command beside the server, on SQLite too."""
    await books.write(make_counters)

    async def keep_adding(desk: Books) -> None:
        for _ in range(TOGETHER // 4):
            await desk.write(read_then_write)

    async with open_books(database_url, vault) as other:
        await asyncio.gather(*[keep_adding(desk) for desk in (books, other, books, other)])

    assert await books.read(amount) == TOGETHER


async def test_people_and_batches_together_lose_nothing(books: Books) -> None:
    await books.write(make_counters)

    await asyncio.gather(
        *[books.write(read_then_write) for _ in range(50)],
        *[books.write_batch(read_then_write) for _ in range(50)],
    )

    assert await books.read(amount) == 100


async def test_a_failing_piece_of_work_rolls_back_only_itself(books: Books) -> None:
    await books.write(make_counters)

    def add_and_fail(tx: Tx) -> None:
        add(tx, by=1_000)
        raise Conflict("no")

    works: list[Callable[[Tx], None]] = [add, add_and_fail, add, add_and_fail, add]
    results = await asyncio.gather(*[books.write(work) for work in works], return_exceptions=True)

    assert [type(one) for one in results if one] == [Conflict, Conflict]
    assert await books.read(amount) == 3


async def test_a_broken_rule_of_the_database_rolls_back_only_itself(books: Books) -> None:
    await books.write(make_counters)

    results = await asyncio.gather(
        books.write(add),
        books.write(add, by=-1_000),
        books.write(add),
        return_exceptions=True,
    )

    assert isinstance(results[1], ConstraintBroken)
    assert await books.read(amount) == 2


async def test_each_caller_gets_its_own_answer(books: Books) -> None:
    await books.write(make_counters)

    def numbered(tx: Tx, number: int) -> int:
        add(tx)
        return number

    assert await asyncio.gather(*[books.write(numbered, n) for n in range(100)]) == list(range(100))


async def test_what_is_committed_is_seen_and_what_failed_is_not(books: Books) -> None:
    await books.write(make_counters)
    await books.write(add)
    with pytest.raises(ConstraintBroken):
        await books.write(add, by=-1_000)

    assert await books.read(amount) == 1


async def test_a_reader_sees_only_what_is_committed(books: Books) -> None:
    await books.write(make_counters)
    written, may_commit = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        add(tx)
        written.set()
        assert may_commit.wait(10)

    writing = asyncio.ensure_future(books.write(slow))
    await asyncio.to_thread(written.wait, 10)
    during = await books.read(amount)
    may_commit.set()
    await writing

    assert (during, await books.read(amount)) == (0, 1)


async def test_a_reader_cannot_write(books: Books) -> None:
    await books.write(make_counters)

    with pytest.raises(Exception, match=r"readonly|read-only"):
        await books.read(add)

    assert await books.read(amount) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_people_go_before_batches(books: Books) -> None:
    """SQLite has one writer: whoever waits for an answer is served first."""
    await books.write(make_counters)
    order: list[str] = []
    begun, may_go_on = threading.Event(), threading.Event()

    def first(_tx: Tx) -> None:
        begun.set()
        assert may_go_on.wait(10)

    def note(_tx: Tx, who: str) -> None:
        order.append(who)

    waiting = [asyncio.ensure_future(books.write_batch(first))]
    await asyncio.to_thread(begun.wait, 10)
    waiting += [asyncio.ensure_future(books.write_batch(note, "batch")) for _ in range(3)]
    waiting += [asyncio.ensure_future(books.write(note, "person")) for _ in range(3)]
    await asyncio.sleep(0)
    may_go_on.set()
    await asyncio.gather(*waiting)

    assert order == ["person"] * 3 + ["batch"] * 3


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_deadlock_is_settled_by_doing_the_work_again(
    books: Books, database_url: str, vault: Vault
) -> None:
    """Two processes take the same two rows in opposite order."""
    await books.write(make_counters)
    barrier = threading.Barrier(2)
    tries: list[str] = []

    def cross(tx: Tx, one: str, other: str) -> None:
        tries.append(one)
        add(tx, one)
        if len(tries) <= 2:
            barrier.wait(10)
        add(tx, other)

    async with open_books(database_url, vault) as second:
        await asyncio.gather(books.write(cross, "a", "b"), second.write(cross, "b", "a"))

    assert len(tries) > 2
    assert [await books.read(amount, name) for name in "ab"] == [2, 2]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_work_that_stays_busy_is_given_up_after_some_tries(books: Books) -> None:
    tries = 0

    def busy(_tx: Tx) -> None:
        nonlocal tries
        tries += 1
        raise Busy("again")

    with pytest.raises(Busy):
        await books.write(busy)

    assert 2 <= tries <= 10


async def test_busy_work_is_done_again_and_then_counts_once(books: Books) -> None:
    await books.write(make_counters)
    tries = 0

    def busy_at_first(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        add(tx)
        if tries == 1:
            raise Busy("again")

    await books.write(busy_at_first)

    assert (tries, await books.read(amount)) == (2, 1)


async def test_a_caller_that_went_away_keeps_nobody_waiting(books: Books) -> None:
    await books.write(make_counters)
    gone = asyncio.ensure_future(books.write(add))
    gone.cancel()

    await books.write(add)

    assert await books.read(amount) in (1, 2)


async def test_what_was_handed_in_is_done_before_closing(database_url: str, vault: Vault) -> None:
    async with open_books(database_url, vault) as books:
        await books.write(make_counters)
        waiting = [asyncio.ensure_future(books.write(add)) for _ in range(20)]
        await asyncio.sleep(0)

    await asyncio.gather(*waiting)
    async with open_books(database_url, vault) as again:
        assert await again.read(amount) == 20


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_lost_connection_is_opened_again(books: Books) -> None:
    await books.write(make_counters)
    with pytest.raises(Exception, match="terminat"):
        await books.write(rows, "SELECT pg_terminate_backend(pg_backend_pid())")

    await books.write(add)

    assert await books.read(amount) == 1


class Breaking(SqliteLink):
    """A connection that dies once, between a work's last statement and its rollback."""

    is_broken = False

    def rollback(self) -> None:
        if self.is_broken:
            self.is_broken = False
            raise sqlite3.OperationalError("disk I/O error")
        super().rollback()


async def test_a_connection_that_dies_at_its_rollback_is_replaced(
    tmp_path: Path, vault: Vault
) -> None:
    link = Breaking(str(tmp_path / "books.db"), read_only=False)
    desk = Desk(link, "sqlite", vault, name="test")
    await desk.submit(make_counters, is_batch=False)
    link.is_broken = True

    def fail(tx: Tx) -> None:
        add(tx)
        raise Conflict("on purpose")

    with pytest.raises(Conflict):
        await desk.submit(fail, is_batch=False)
    assert await desk.submit(amount, is_batch=False) == 0
    await desk.close()
