"""Each fault at each endpoint once: nobody twice, our books true, every won right (E14, E15)."""

import asyncio
from pathlib import Path

import pytest

from domain.campaigns import MessageState, SenderName

from .points import POINTS, REGULARS, Point, live_through
from .town import Town, settle_town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    path = tmp_path_factory.mktemp("town") / "settled.db"
    return asyncio.run(settle_town(f"sqlite:///{path}", REGULARS))


@pytest.mark.parametrize("point", POINTS, ids=str)
async def test_a_fault_costs_nobody_a_message_or_a_won(
    town: Town, tmp_path: Path, point: Point
) -> None:
    verdict = await live_through(town, tmp_path, point)

    assert not verdict.broken
    assert verdict.most_per_handset == 1
    if point.sender is SenderName.SOLAPI:
        assert verdict.count(MessageState.FAILED) == REGULARS // 60
