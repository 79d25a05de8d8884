"""Works of one moment that begin together: one set, each on its own feet."""

import asyncio
from collections.abc import Sequence

from domain.refusals import Conflict
from storage.books import Books
from storage.desk import Tx
from tests.storage.counters import add, amount, make_counters


async def test_works_of_one_moment_begin_together_and_each_gets_its_own_part(
    books: Books,
) -> None:
    sets: list[list[int]] = []

    def gather(tx: Tx, items: Sequence[int]) -> list[int]:
        del tx
        sets.append(list(items))
        return [10 * item for item in items]

    def work(tx: Tx, part: int) -> int:
        del tx
        return part + 1

    answers = await asyncio.gather(*[books.write_gathered(gather, work, n) for n in range(20)])

    assert answers == [10 * n + 1 for n in range(20)]
    assert [item for some in sets for item in some] == list(range(20))
    assert len(sets) < 20


async def test_one_of_a_gathered_set_may_fail_alone(books: Books) -> None:
    await books.write(make_counters)

    def gather(tx: Tx, items: Sequence[int]) -> list[int]:
        add(tx, "b")
        return list(items)

    def work(tx: Tx, part: int) -> None:
        add(tx)
        if part == 3:
            raise Conflict("third")

    works = [books.write_gathered(gather, work, n) for n in range(6)]
    answers = await asyncio.gather(*works, return_exceptions=True)

    assert [isinstance(one, Conflict) for one in answers] == [n == 3 for n in range(6)]
    assert await books.read(amount) == 5


async def test_whose_work_fails_keeps_nobody_else_out_of_the_common_commit(books: Books) -> None:
    """A flood of refusals must not cost everyone a commit of their own."""
    await books.write(make_counters)
    begun: list[int] = []

    def gather(_tx: Tx, items: Sequence[int]) -> list[int]:
        begun.append(len(items))
        return list(items)

    def work(tx: Tx, part: int) -> None:
        add(tx)
        if part in (3, 11):
            raise Conflict("no")

    works = [books.write_gathered(gather, work, n) for n in range(20)]
    answers = await asyncio.gather(*works, return_exceptions=True)

    assert [n for n, one in enumerate(answers) if isinstance(one, Conflict)] == [3, 11]
    assert await books.read(amount) == 18
    assert begun == [20, 19, 18, 1, 1]


async def test_where_many_fail_everyone_is_done_alone_in_their_order(books: Books) -> None:
    await books.write(make_counters)

    def take(tx: Tx) -> int:
        """Ten places: whoever comes first has one."""
        taken = amount(tx)
        if taken == 10:
            raise Conflict("full")
        add(tx)
        return taken

    answers = await asyncio.gather(*[books.write(take) for _ in range(30)], return_exceptions=True)

    assert answers[:10] == list(range(10))
    assert all(isinstance(one, Conflict) for one in answers[10:])
