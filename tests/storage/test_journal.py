"""The audit chains under many hands at once, and webhooks kept once (I12, L20)."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

import pytest

from domain.audit import FIRST_HASH, Act, line_hash
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.journal import (
    append_audit,
    append_audits,
    beat,
    find_last_beat,
    insert_inbound_once,
    list_audit,
)
from storage.vault import Vault
from tests.conftest import START
from tests.factories import change, make_street

ACT = Act(actor="owner:1", act="test", subject="shop:1", at=START, details="식빵 🥐")


def is_whole(tx: Tx) -> bool:
    """Every chain starts at its beginning and each line carries the hash before it."""
    for _, lines in groupby(list_audit(tx), key=lambda line: line[0]):
        previous = FIRST_HASH
        for number, (book, told, act, carried, digest) in enumerate(lines, start=1):
            if told != number or carried != previous:
                return False
            if digest != line_hash(book, number, act, previous):
                return False
            previous = digest
    return True


def write_line(tx: Tx, book: str, number: int) -> None:
    append_audit(tx, book, replace(ACT, details=str(number), at=START + timedelta(seconds=number)))


async def test_the_chain_is_whole_after_many_lines_at_once(
    books: Books, database_url: str, vault: Vault
) -> None:
    async def keep_writing(desk: Books, first: int) -> None:
        for number in range(first, first + 20):
            await desk.write(write_line, f"shop:{number % 2}", number)

    async with open_books(database_url, vault) as other:
        desks = [books, other if database_url.startswith("postgresql") else books]
        await asyncio.gather(*[keep_writing(desks[part % 2], part * 20) for part in range(4)])

    lines = await books.read(list_audit)
    assert {act.details for _, _, act, _, _ in lines} == {str(one) for one in range(80)}
    assert await books.read(is_whole)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_second_hand_waits_for_the_end_of_the_chain(
    books: Books, database_url: str, vault: Vault
) -> None:
    await books.write(write_line, "shop:1", 1)
    written, never = threading.Event(), threading.Event()

    def write_slowly(tx: Tx) -> None:
        write_line(tx, "shop:1", 2)
        written.set()
        never.wait(0.3)

    async with open_books(database_url, vault) as other:
        slow = asyncio.ensure_future(books.write(write_slowly))
        await asyncio.to_thread(written.wait, 10)
        await asyncio.gather(slow, other.write(write_line, "shop:1", 3))

    assert [act.details for _, _, act, _, _ in await books.read(list_audit)] == ["1", "2", "3"]
    assert await books.read(is_whole)


async def test_business_acts_leave_whole_chains(books: Books) -> None:
    await books.write(make_street)

    assert len(await books.read(list_audit)) > 5
    assert await books.read(is_whole)


async def test_work_that_is_rolled_back_leaves_no_gap(books: Books) -> None:
    def write_and_fail(tx: Tx) -> None:
        write_line(tx, "shop:1", 2)
        raise LookupError

    await books.write(write_line, "shop:1", 1)
    with pytest.raises(LookupError):
        await books.write(write_and_fail)
    await books.write(write_line, "shop:1", 3)

    assert [line[1] for line in await books.read(list_audit)] == [1, 2]
    assert await books.read(is_whole)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_line SET details = 'x' WHERE number = 2",
        "UPDATE audit_line SET actor = 'owner:2' WHERE number = 2",
        "UPDATE audit_line SET at = '2026-11-25 01:00:09+00:00' WHERE number = 2",
        "DELETE FROM audit_line WHERE number = 2",
        "UPDATE audit_line SET number = 9 WHERE number = 2",
    ],
)
async def test_a_line_changed_behind_our_back_is_noticed(books: Books, sql: str) -> None:
    for number in range(3):
        await books.write(write_line, "shop:1", number)

    assert await books.write(change, sql) == 1

    assert not await books.read(is_whole)


def keep(tx: Tx, external_id: str, source: str = "kakao_channel") -> bool:
    return insert_inbound_once(
        tx,
        source=source,
        external_id=external_id,
        kind="added",
        body="{}",
        customer_id=None,
        happened_at=START,
        received_at=START,
    )


async def test_a_webhook_is_kept_once_however_often_it_comes(books: Books) -> None:
    taken = await asyncio.gather(*[books.write(keep, "event-1") for _ in range(20)])

    assert sorted(taken) == [False] * 19 + [True]


async def test_the_same_id_from_another_source_is_another_webhook(books: Books) -> None:
    assert await books.write(keep, "event-1")
    assert await books.write(keep, "event-1", "solapi")


async def test_the_newest_beat_of_any_worker_counts(books: Books) -> None:
    assert await books.read(find_last_beat) is None

    for worker, minutes in (("a", 1), ("b", 3), ("a", 2)):
        await books.write(beat, worker, START + timedelta(minutes=minutes))

    assert await books.read(find_last_beat) == START + timedelta(minutes=3)


async def test_many_lines_as_a_set_are_a_chain_like_one_by_one(books: Books) -> None:
    acts = [replace(ACT, subject=f"grant:{number}") for number in range(3)]
    first, one, more = ([*acts], ACT, [*acts])

    await books.write(append_audits, "shop:1", first)
    await books.write(append_audit, "shop:1", one)
    await books.write(append_audits, "shop:1", more)
    await books.write(append_audits, "shop:1", [])

    lines = await books.read(list_audit)
    assert [line[2] for line in lines] == [*first, one, *more]
    assert await books.read(is_whole)
