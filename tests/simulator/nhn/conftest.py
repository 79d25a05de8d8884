"""An account at the pretend NHN Cloud, with one channel and one approved template."""

import pytest

from tests.simulator.conftest import Sim

from .cloud import Cloud, make_account


@pytest.fixture
def cloud(sim: Sim) -> Cloud:
    url = sim.bot.skill_url.removesuffix("skill")
    return Cloud(sim, sim.world.add_nhn_account(make_account(url)))
