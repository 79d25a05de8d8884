"""Settled towns, each made once and copied for every life that is lived in it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from .points import REGULARS
from .town import Town, settle_town

Settled = Callable[[int], Awaitable[Town]]
"""A town of so many regulars."""


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    towns: dict[int, Town] = {}

    async def of(regulars: int) -> Town:
        if regulars not in towns:
            path = tmp_path_factory.mktemp("town") / "settled.db"
            towns[regulars] = await settle_town(f"sqlite:///{path}", regulars)
        return towns[regulars]

    return of


@pytest.fixture(scope="session")
def town(settled: Settled) -> Town:
    async def make() -> Town:
        return await settled(REGULARS)

    return asyncio.run(make())
