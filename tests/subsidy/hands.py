"""Many hands at the same books: threads with a connection each, and processes of their own."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import TypeVar

from domain.people import ProgramId, ShopId
from domain.refusals import Refusal
from storage.errors import Busy, translated
from tests.sitting import Sitting
from tests.subsidy.booked import hold_run

T = TypeVar("T")
HANDS = 16
PROCESSES = 4
TRIES_MAX = 20
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])


class Hand(Sitting):
    """Tries again when the database asks for it, as the storage desk does."""

    def patiently(self, work: Callable[..., T], *args: object, **kwargs: object) -> T | str:
        """What the work returned, or why it was refused."""
        for _ in range(TRIES_MAX):
            try:
                return self.write(work, *args, **kwargs)
            except Refusal as refusal:
                return refusal.reason
            except Exception as error:
                if not isinstance(translated(error), Busy):
                    raise
        raise AssertionError("the database was never free")


def all_at_once(url: str, acts: Sequence[Callable[[Hand], T]]) -> list[T]:
    """Each act by a hand of its own, all beginning at one instant; what each returned."""
    start = Barrier(len(acts))

    def do(act: Callable[[Hand], T]) -> T:
        hand = Hand(url)
        try:
            start.wait(timeout=30)
            return act(hand)
        finally:
            hand.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def hold_in_processes(
    url: str, program_id: ProgramId, shop_id: ShopId, tries: int, at: datetime
) -> list[int]:
    """Each process tries to hold for one person at a time; how many it could."""
    with CONTEXT.Pool(PROCESSES) as pool:
        asked = [(url, program_id, shop_id, tries, at)] * PROCESSES
        return pool.starmap(_hold_again_and_again, asked)


def _hold_again_and_again(
    url: str, program_id: ProgramId, shop_id: ShopId, tries: int, at: datetime
) -> int:
    hand = Hand(url)
    held = [hand.patiently(hold_run, program_id, shop_id, [1], at) for _ in range(tries)]
    hand.close()
    return sum(isinstance(one, list) for one in held)
