"""Each fault at each endpoint once: nobody twice, our books true, every won right (E14, E15)."""

from pathlib import Path

import pytest

from domain.campaigns import MessageState, SenderName

from .points import POINTS, TALK, Point, live_through
from .town import Town

ARRIVING = {SenderName.KAKAO_EVENT: 247, SenderName.SOLAPI: 245}
"""Of 250 and, in the chat, 2 without a number: not 4 who blocked the channel and 1 who refuses."""

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"


@pytest.mark.parametrize("point", POINTS, ids=str)
async def test_a_fault_costs_nobody_a_message_or_a_won(
    town: Town, tmp_path: Path, point: Point
) -> None:
    verdict = await live_through(town, tmp_path, point)

    assert not verdict.broken
    assert verdict.most_per_handset == 1
    if point.endpoint != TALK:
        assert verdict.count(MessageState.DELIVERED) == ARRIVING[point.sender]


def test_the_table_of_the_documentation_has_a_row_for_every_fault() -> None:
    rows = DOCUMENT.read_text().splitlines()

    for point in POINTS:
        start = f"| {point.sender} | `{point.endpoint}` | {point.kind} |"
        assert any(row.startswith(start) and row.endswith("| kept |") for row in rows), start
