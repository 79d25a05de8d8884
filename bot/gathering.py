"""Delivery reports that come while others are being written, settled as one set (limits.md 5)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.settle import settle_reports
from domain.campaigns import Report
from domain.time import Now
from storage.books import Books


@dataclass(frozen=True, slots=True)
class Delivered:
    """The reports of one call, and who waits for them to be settled."""

    reports: Sequence[Report]
    settled: "asyncio.Future[None]"


class Gathering:
    """Whoever calls is answered after the commit, so that a lost set is told to us again."""

    def __init__(self, books: Books, now: Now) -> None:
        self._books = books
        self._now = now
        self._waiting: list[Delivered] = []
        self._task: asyncio.Task[None] | None = None

    async def settle(self, reports: Sequence[Report]) -> None:
        """Returns when these reports are committed; raises what settling them raises."""
        if not reports:
            return
        delivered = Delivered(reports, asyncio.get_running_loop().create_future())
        self._waiting.append(delivered)
        if self._task is None:
            self._task = asyncio.create_task(self._settle_all())
        await delivered.settled

    async def close(self) -> None:
        if self._task is not None:
            await self._task

    async def _settle_all(self) -> None:
        """One set after the other: what arrives while one is written makes the next, so that the
        sets grow with the crowd and nobody alone has to wait.
        """
        while self._waiting:
            await asyncio.sleep(0)  # whoever came in with this turn of the loop belongs to it
            taken, self._waiting = self._waiting, []
            await self._settle_set(taken)
        self._task = None

    async def _settle_set(self, taken: list[Delivered]) -> None:
        reports = [report for one in taken for report in one.reports]
        try:
            await self._books.write_batch(settle_reports, reports, self._now())
        except Exception as error:  # noqa: BLE001 - belongs to those who wait
            if len(taken) == 1:
                _tell(taken[0], error)
                return
            for one in taken:  # one bad call must not keep its neighbors' reports out
                await self._settle_set([one])
        else:
            for one in taken:
                _tell(one, None)


def _tell(delivered: Delivered, error: Exception | None) -> None:
    if delivered.settled.done():
        return
    if error is None:
        delivered.settled.set_result(None)
    else:
        delivered.settled.set_exception(error)
