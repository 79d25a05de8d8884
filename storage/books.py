"""The books: plain functions over a transaction, awaited from the event loop."""

from asyncio import Future
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Concatenate, ParamSpec, TypeVar

from storage.desk import Desk, Tx
from storage.drivers import dialect_of, open_link
from storage.vault import Vault

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
Part = TypeVar("Part")


class Books:
    """Hands work to the storage threads. Opened by `open_books`, once per process.

    On SQLite one desk writes, because SQLite has one writer; on PostgreSQL batches have a
    desk of their own, so that a long one does not keep people waiting.
    """

    def __init__(self, people: Desk, batches: Desk, reader: Desk) -> None:
        self._people = people
        self._batches = batches
        self._reader = reader

    def write(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[T]":
        """Runs work that a person waits for; committed when the future is done.

        It holds what the work returned, or raised with nothing written. The work goes on
        when the future is canceled.
        """
        return self._people.submit(_bound(work, *args, **kwargs), is_batch=False)

    def write_gathered(
        self,
        gather: Callable[[Tx, Sequence[Item]], Sequence[Part]],
        work: Callable[[Tx, Part], T],
        item: Item,
    ) -> "Future[T]":
        """Runs work that begins with the same look-up as its neighbors' of this moment.

        `gather` is called once with the items of all of them and answers in their order, so
        that a set is one statement; each work gets its own part. Otherwise like `write`.
        """
        return self._people.submit(work, is_batch=False, gather=gather, item=item)

    def write_batch(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[T]":
        """Runs work that can wait: after everything people asked for."""
        return self._batches.submit(_bound(work, *args, **kwargs), is_batch=True)

    def read(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[T]":
        """Runs work on a read-only connection beside the writer."""
        return self._reader.submit(_bound(work, *args, **kwargs), is_batch=False)


def _bound(
    work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> Callable[[Tx], T]:
    return lambda tx: work(tx, *args, **kwargs)


@asynccontextmanager
async def open_books(url: str, vault: Vault) -> AsyncIterator[Books]:
    """Opens the database at a SQLAlchemy URL; it must have been migrated."""
    dialect = dialect_of(url)

    def desk(name: str, *, read_only: bool = False) -> Desk:
        return Desk(open_link(url, read_only=read_only), dialect, vault, name=name)

    people = desk("books-write")
    batches = desk("books-batch") if dialect == "postgresql" else people
    desks = {people, batches, reader := desk("books-read", read_only=True)}
    try:
        yield Books(people, batches, reader)
    finally:
        for one in desks:
            await one.close()
