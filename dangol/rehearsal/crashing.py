"""Where a process can end: before and after every call to the books and to a sender."""

from asyncio import Future, ensure_future
from collections.abc import Callable, Mapping, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from campaigns.senders.port import Filled, Sender
from domain.campaigns import Account, Batch, Progress, Sent
from domain.people import MessageId
from storage.books import Books
from storage.desk import Tx

P = ParamSpec("P")
T = TypeVar("T")


class Crash(BaseException):
    """The process ends here; no `except Exception` sees it."""


class Fuse:
    """Blows at the given step; after that nothing of this process goes on."""

    def __init__(self, step: int) -> None:
        self._left = step
        self.is_blown = False

    def burn(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.is_blown = True
            raise Crash


class BrittleBooks(Books):
    """The real books, as a process sees them that ends at some step."""

    def __init__(self, books: Books, fuse: Fuse) -> None:
        self._real = books
        self._fuse = fuse

    def write_batch(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[T]":
        return ensure_future(self._do(lambda: self._real.write_batch(work, *args, **kwargs)))

    def read(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[T]":
        return ensure_future(self._do(lambda: self._real.read(work, *args, **kwargs)))

    async def _do(self, start: "Callable[[], Future[T]]") -> T:
        self._fuse.burn()
        result = await start()
        self._fuse.burn()
        return result


class BrittleSender:
    """A real sender over HTTP, as a process sees it that ends at some step."""

    def __init__(self, sender: Sender, fuse: Fuse) -> None:
        self._real = sender
        self._fuse = fuse
        self.name = sender.name
        self.people_max = sender.people_max

    async def open(self, batch: Batch) -> str | None:
        self._fuse.burn()
        ref = await self._real.open(batch)
        self._fuse.burn()
        return ref

    async def fill(self, batch: Batch, ref: str | None) -> Filled:
        self._fuse.burn()
        filled = await self._real.fill(batch, ref)
        self._fuse.burn()
        return filled

    async def remove(self, batch: Batch, ref: str | None, gone: Sequence[MessageId]) -> None:
        self._fuse.burn()
        await self._real.remove(batch, ref, gone)
        self._fuse.burn()

    async def send(self, batch: Batch, ref: str | None) -> str | Sent:
        self._fuse.burn()
        new_ref = await self._real.send(batch, ref)
        self._fuse.burn()
        return new_ref

    async def look(self, account: Account, ref: str, people: Mapping[str, MessageId]) -> Progress:
        self._fuse.burn()
        progress = await self._real.look(account, ref, people)
        self._fuse.burn()
        return progress

    async def close(self) -> None:
        await self._real.close()
