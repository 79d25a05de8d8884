"""All acts of the subsidy in any order against a few dictionaries (I1-I3, I10, F1-F6)."""

import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis.stateful
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import run_state_machine_as_test

from tests.postgres import create_database, drop_database
from tests.subsidy.machine.managing import Managing

SHORT, DEEP = 40, 500
SHORT_LIVES = {"sqlite": 100, "postgresql": 20}
DEEP_TRIES = {"sqlite": 12, "postgresql": 4}
"""Hypothesis begins each try with the dullest life and then varies what it has, so that a few
tries of a few lives see more than one of many.
"""
LIVES_A_TRY = 3
ROOM = 4
"""Five hundred acts draw about 10,000 bytes of chance, more than Hypothesis gives a life."""


@pytest.fixture
def place(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Makes a migrated database for each life."""
    if database == "sqlite":
        template = request.getfixturevalue("sqlite_template")

        def copy() -> str:
            path = shutil.copyfile(template, tmp_path / f"{uuid4().hex}.db")
            return f"sqlite:///{path}"

        yield copy
        return
    server = request.getfixturevalue("postgres_url")
    template = request.getfixturevalue("postgres_template")
    made: list[str] = []

    def clone() -> str:
        made.append(f"dangol_{uuid4().hex}")
        for old in made[:-1]:
            drop_database(server, old)
        del made[:-1]
        return create_database(server, made[0], template)

    yield clone
    for last in made:
        drop_database(server, last)


@pytest.mark.timeout(300)
def test_the_subsidy_keeps_up_with_dictionaries(database: str, place: Callable[[], str]) -> None:
    live(place, tuple(Phase), lives=SHORT_LIVES[database], steps=SHORT)


@pytest.mark.timeout(300)
def test_and_still_does_after_five_hundred_acts(
    database: str, place: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = engine.BUFFER_SIZE * ROOM
    for module in (engine, hypothesis.stateful):
        monkeypatch.setattr(module, "BUFFER_SIZE", room)
    longest = [
        live(place, (Phase.generate,), lives=LIVES_A_TRY, steps=DEEP)
        for _ in range(DEEP_TRIES[database])
    ]

    assert max(longest) >= DEEP


def live(place: Callable[[], str], phases: Collection[Phase], *, lives: int, steps: int) -> int:
    """How many steps the longest of these lives had in which money moved."""
    lived = [0]

    class Life(Managing):
        def new_url(self) -> str:
            return place()

        def teardown(self) -> None:
            lived.append(self.steps if self.should.grants else 0)
            super().teardown()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return max(lived)
