"""A few rounds of the soak on each database: two workers, faults, restarts, refusals at once."""

from pathlib import Path

import pytest

from tests.postgres import create_database, drop_database

from .soak import live_round
from .town import settle_town

SEEDS = range(2)
REGULARS = 120


async def test_rounds_of_the_soak_keep_every_promise(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url, name = f"sqlite:///{tmp_path}/settled.db", "dangol_soak_template"
    if database == "postgresql":
        url = create_database(request.getfixturevalue("postgres_url"), name)
    town = await settle_town(url, REGULARS)

    rounds = [await live_round(town, tmp_path, seed) for seed in SEEDS]

    assert [one.problems for one in rounds] == [[]] * len(SEEDS)
    if database == "postgresql":
        drop_database(request.getfixturevalue("postgres_url"), name)
