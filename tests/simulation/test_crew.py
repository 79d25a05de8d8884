"""Several machines: real processes on PostgreSQL share one queue, and one may die at any moment."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.campaigns import MessageState
from tests.postgres import create_database, drop_database

from .crew import (
    AFTER_IT_STARTED,
    BEFORE_IT_STARTS,
    REGULARS,
    kill_and_replace,
    send_by_several,
)
from .town import BLOCK_EVERY, Town, settle_town

CROWD = 1_100
"""Two chunks; `make soak` sends to five thousand."""

SEEDS = (1, 2)
WITHIN_SECONDS = 20
"""A lease of two seconds, a look, the start of another process, and the rest of the campaign on a
machine that may be busy; eight here."""


@contextmanager
def settled(server: str, name: str, regulars: int) -> Iterator[Town]:
    try:
        yield asyncio.run(settle_town(create_database(server, name), regulars))
    finally:
        drop_database(server, name)


@pytest.fixture(scope="module")
def crowd(postgres_url: str) -> Iterator[Town]:
    with settled(postgres_url, "dangol_crowd", CROWD) as town:
        yield town


@pytest.fixture(scope="module")
def few(postgres_url: str) -> Iterator[Town]:
    with settled(postgres_url, "dangol_few", REGULARS) as town:
        yield town


async def test_two_workers_with_two_schedulers_send_one_campaign_once(
    crowd: Town, tmp_path: Path
) -> None:
    """I5, and every won right; what is left of jobs is to be asked later, in vain."""
    verdict, left = await send_by_several(crowd, tmp_path, workers=2)

    assert verdict.broken == []
    assert verdict.count(MessageState.DELIVERED) == CROWD - CROWD // BLOCK_EVERY
    assert (left["runs"], left["workers"]) == (1, 2)
    assert left.get("plan", 0) + left.get("send", 0) == 0
    assert left.get("ask", 0) <= 2 * 2


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_worker_killed_before_its_chunk_started_is_replaced_within_its_lease(
    few: Town, tmp_path: Path, seed: int
) -> None:
    replaced = await kill_and_replace(few, tmp_path, seed, BEFORE_IT_STARTS)

    assert replaced.verdict.broken == []
    assert replaced.seconds < WITHIN_SECONDS


async def test_a_worker_killed_after_its_chunk_started_is_replaced_by_one_who_asks(
    few: Town, tmp_path: Path
) -> None:
    """The clock is pushed over the longer lease of what may have left."""
    replaced = await kill_and_replace(few, tmp_path, SEEDS[0], [AFTER_IT_STARTED])

    assert replaced.verdict.broken == []
    assert replaced.seconds < WITHIN_SECONDS
