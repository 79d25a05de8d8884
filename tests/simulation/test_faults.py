"""Each fault at each endpoint once: nobody twice, our books true, every won right (E14, E15)."""

from pathlib import Path

import pytest

from domain.campaigns import MessageState, SenderName

from .conftest import Settled
from .faults import start_of
from .points import ALONE, EMPTY, FEW, POINTS, REGULARS, TALK, Point, live_through

ARRIVING = {
    (SenderName.KAKAO_EVENT, REGULARS): 247,
    (SenderName.SOLAPI, REGULARS): 245,
    (SenderName.KAKAO_EVENT, FEW): 60,
    (SenderName.SOLAPI, FEW): 58,
    (SenderName.SOLAPI_LMS, FEW): 61,
    (SenderName.NHN, FEW): 58,
    (SenderName.NHN, ALONE): 1,
    (SenderName.SOLAPI_ALIMTALK, FEW): 19,
    (SenderName.NHN_ALIMTALK, FEW): 19,
}
"""Of 250 and, in the chat, 2 without a number: not 4 who blocked the channel and 1 who refuses. Of
60, 1 blocked it; a text message reaches them all the same, and 2 who are no friends. Of 20 who are
told something, 1 blocked it."""

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"
ROWS = frozenset(DOCUMENT.read_text().splitlines())


@pytest.mark.parametrize("point", POINTS, ids=str)
async def test_a_fault_costs_nobody_a_message_or_a_won(
    settled: Settled, tmp_path: Path, point: Point
) -> None:
    verdict = await live_through(await settled(point.regulars), tmp_path, point)

    assert not verdict.broken
    assert verdict.most_per_handset <= 1
    if not point.is_traceless and point.endpoint != TALK:
        assert verdict.count(MessageState.DELIVERED) == _arriving(point)


def _arriving(point: Point) -> int:
    """A notice that the account could not pay for has failed, and waits for the chat."""
    if point.kind == EMPTY and point.sender is SenderName.SOLAPI_ALIMTALK:
        return 0
    return ARRIVING[point.sender, point.regulars]


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_the_table_of_the_documentation_has_a_row_for_every_fault(point: Point) -> None:
    start = start_of(point)

    assert any(row.startswith(start) and row.endswith("| kept |") for row in ROWS)
