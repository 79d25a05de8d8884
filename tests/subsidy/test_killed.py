"""The process that books, posts and lapses may be killed at any instant."""

import random

import pytest

from tests.subsidy.killing import survive

KILLS = 10
PROCESSES = {"sqlite": 1, "postgresql": 2}


@pytest.mark.timeout(120)
def test_money_is_right_after_every_kill_and_work_goes_on(database: str, database_url: str) -> None:
    """I1-I3, I10."""
    seed = random.SystemRandom().randrange(1_000_000)

    found = survive(database_url, KILLS, seed, processes=PROCESSES[database])

    assert not found.broken, f"seed {seed}"
    assert found.kills >= KILLS
    assert found.idle < found.kills // 2, "most of them died before they did anything"
    assert found.open_chunks == 0, "what the dead left open can be settled"
