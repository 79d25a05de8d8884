"""A settled town, made once and copied for every life that is lived in it."""

import asyncio

import pytest

from .points import REGULARS
from .town import Town, settle_town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    path = tmp_path_factory.mktemp("town") / "settled.db"
    return asyncio.run(settle_town(f"sqlite:///{path}", REGULARS))
