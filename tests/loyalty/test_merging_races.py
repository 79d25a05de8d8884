"""The counter goes on while two identities become one: nothing is lost, nothing counted twice."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from domain.people import CustomerId
from loyalty.codes import issue_customer_code
from loyalty.paper import stamp_by_phone
from loyalty.sales import Sale
from loyalty.visits import cancel_visit, stamp_by_code
from storage.books import Books, open_books
from storage.desk import Tx
from storage.vault import Vault
from tests.conftest import START
from tests.factories import Street, change, phone_of, rows
from tests.loyalty.merging import (
    OPEN,
    OWNER,
    broken,
    merge,
    open_shop_with_card,
    paper_person,
    stamp,
)

Work = Callable[[], "asyncio.Future[Any]"]
READING_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Pause:
    """A merge that is done and not committed yet, until it is let go."""

    is_done: Event = field(default_factory=Event)
    may_go: Event = field(default_factory=Event)


def merge_slowly(tx: Tx, street: Street, other: CustomerId, pause: Pause) -> None:
    merge(tx, street, other)
    pause.is_done.set()
    assert pause.may_go.wait(10)


async def meanwhile(books: Books, street: Street, other: CustomerId, *works: Work) -> None:
    """Begins these works while a merge is under way: they have read what is about to change."""
    pause = Pause()
    merging = books.write(merge_slowly, street, other, pause)
    await asyncio.to_thread(pause.is_done.wait, 10)
    running = [work() for work in works]
    await asyncio.sleep(READING_SECONDS)
    pause.may_go.set()
    await asyncio.gather(merging, *running)


async def test_a_stamp_that_comes_in_meanwhile_is_not_lost(
    books: Books, database_url: str, vault: Vault
) -> None:
    """The counter names the one who goes, while another process merges the two."""
    street = await books.write(open_shop_with_card, 50)
    shop_id, paper = street.shop_id, await books.write(paper_person, street.shop_id, 60)
    sql = "UPDATE customer SET phone = NULL, phone_hash = NULL WHERE id <> :paper"
    await books.write(change, sql, paper=paper)
    shown = await books.write(issue_customer_code, street.channel_id, paper, START)
    by_code, by_phone = (Sale(key=key, actor=OWNER) for key in ("code", "phone"))
    async with (
        open_books(database_url, vault) as counter,
        open_books(database_url, vault) as till,
    ):
        await meanwhile(
            books,
            street,
            paper,
            lambda: counter.write(stamp_by_code, shop_id, shown.digits, by_code, START),
            lambda: till.write(stamp_by_phone, shop_id, phone_of(60), by_phone, START),
        )

    assert await books.read(broken) == []
    whose = "SELECT customer_id, count(*), sum(stamps) FROM visit GROUP BY customer_id"
    assert await books.read(rows, whose) == [(street.customers[0], 2, 2)]


async def test_a_sale_undone_meanwhile_is_taken_back_once(
    books: Books, database_url: str, vault: Vault
) -> None:
    street = await books.write(open_shop_with_card, 50)
    shop_id, paper = street.shop_id, await books.write(paper_person, street.shop_id, 60)
    sale = await books.write(stamp, shop_id, paper, 3)
    await books.write(stamp, shop_id, street.customers[0], 1)
    async with open_books(database_url, vault) as counter:
        await meanwhile(
            books,
            street,
            paper,
            lambda: counter.write(cancel_visit, shop_id, sale, actor=OWNER, at=START),
        )

    assert await books.read(broken) == []
    assert [row[2] for row in await books.read(rows, OPEN)] == [1]
