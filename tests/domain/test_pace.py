"""A bucket for each key: a burst, then so many a second, and a bounded memory."""

import pytest

from domain.pace import Pace


def test_a_burst_is_let_through_and_then_so_many_a_second() -> None:
    pace = Pace[str](3, 2.0, 10)

    at_once = [pace.wait("a", 100.0) for _ in range(4)]
    later = [pace.wait("a", 101.0) for _ in range(3)]

    assert [bool(wait) for wait in at_once] == [False, False, False, True]
    assert [bool(wait) for wait in later] == [False, False, True]


def test_the_answer_is_how_long_to_wait() -> None:
    pace = Pace[str](1, 2.0, 10)
    pace.wait("a", 100.0)

    wait = pace.wait("a", 100.0)

    assert wait == pytest.approx(0.5)
    assert pace.wait("a", 100.0 + wait) == 0


def test_asking_too_early_costs_nothing() -> None:
    pace = Pace[str](1, 1.0, 10)
    early = [pace.wait("a", 100.0 + tenth / 10) for tenth in range(10)]

    assert [bool(wait) for wait in early] == [False, *[True] * 9]
    assert pace.wait("a", 101.0) == 0


def test_one_key_takes_nothing_from_another() -> None:
    pace = Pace[str](1, 1.0, 10)
    pace.wait("a", 100.0)

    assert pace.wait("a", 100.0)
    assert pace.wait("b", 100.0) == 0


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    pace = Pace[str](2, 1.0, 10)
    pace.wait("a", 100.0)

    assert [bool(pace.wait("a", 9_999.0)) for _ in range(3)] == [False, False, True]


def test_a_long_list_leaves_a_debt() -> None:
    pace = Pace[str](5, 1.0, 10)
    assert pace.wait("a", 100.0, 8) == 0

    assert pace.wait("a", 103.0) == pytest.approx(1.0)
    assert pace.wait("a", 104.0) == 0


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    pace = Pace[str](1, 1.0, 10)
    pace.wait("a", 100.0)

    assert pace.wait("a", 50.0)


def test_the_memory_is_bounded_and_forgets_who_was_silent_longest() -> None:
    pace = Pace[int](1, 0.001, 3)
    for key in (1, 2, 3, 1, 4):
        pace.wait(key, 100.0)

    assert list(pace.left) == [3, 1, 4]
