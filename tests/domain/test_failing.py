"""When a campaign is paused for errors."""

import pytest

from domain.failing import Counts, is_failing, is_too_much


@pytest.mark.parametrize(
    ("delivered", "failed", "expected"),
    [(0, 1, True), (1, 9, True), (2, 8, False), (100, 0, False), (0, 0, False), (11, 89, False)],
)
def test_nine_in_ten_that_fail_are_a_failing_chunk(
    delivered: int, failed: int, *, expected: bool
) -> None:
    assert is_failing(delivered, failed) is expected


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        ([(0, 20)], True),
        ([(2, 18)], True),
        ([(0, 19)], False),
        ([(3, 17)], False),
        ([(0, 3), (0, 3)], False),
        ([(0, 3), (0, 3), (0, 3)], True),
        ([(0, 3), (3, 0), (0, 3)], False),
        ([(3, 0), (0, 30), (0, 30)], False),
        ([(0, 3), (0, 30), (3, 0)], False),
        ([], False),
    ],
)
def test_one_clear_chunk_or_three_small_ones_in_a_row_are_too_much(
    latest: list[Counts], *, expected: bool
) -> None:
    assert is_too_much(latest) is expected
