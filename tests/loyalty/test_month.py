"""A month of a street leaves every promise kept, and the books say what the counters were told."""

import pytest

from campaigns.invariants import check_invariants
from storage.books import Books
from storage.desk import Tx
from tests.factories import rows
from tests.loyalty.month import Diary, Month

SEEDS = (1, 2, 3)
MUST_HAPPEN = {
    "visit by code": 100,
    "visit by phone": 50,
    "visit by rotating_qr": 20,
    "visit by pin": 20,
    "replay": 50,
    "coupon earned": 50,
    "use": 30,
    "reverse": 5,
    "hold": 3,
    "release": 1,
    "cancel": 20,
    "cancel again": 5,
    "code_used": 5,
    "day_limit": 5,
    "cap_reached": 1,
}
"""A month in which nothing of this happens would prove nothing."""


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_month_keeps_every_promise(books: Books, seed: int) -> None:
    diary = await Month(books, seed).live()

    broken = {name: wrong for name, wrong in (await books.read(check_invariants)).items() if wrong}
    assert not broken
    assert {what: diary.happened[what] for what in MUST_HAPPEN} == {
        what: max(diary.happened[what], least) for what, least in MUST_HAPPEN.items()
    }
    assert await books.read(standing_visits) == sorted(diary.stands.values())
    assert await books.read(uses) == told_uses(diary)


def standing_visits(tx: Tx) -> list[int]:
    return [row[0] for row in rows(tx, "SELECT id FROM visit WHERE canceled_at IS NULL ORDER BY 1")]


def uses(tx: Tx) -> dict[int, int]:
    """How often each coupon was used and not taken back."""
    found = rows(
        tx,
        "SELECT coupon_id, sum(CASE act WHEN 'use' THEN 1 WHEN 'reverse' THEN -1 ELSE 0 END)"
        " FROM redemption GROUP BY coupon_id",
    )
    return {row[0]: int(row[1]) for row in found if row[1]}


def told_uses(diary: Diary) -> dict[int, int]:
    return {int(one): count for one, count in diary.uses.items() if count}
