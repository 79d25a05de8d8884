"""One street and one Chromium for all of these tests; each test opens windows of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.place import Place, open_place
from tests.browser.stage import (
    NO_CHROMIUM,
    PATIENCE_MS,
    Street,
    Windows,
    chromium_path,
    open_chromium,
    running_street,
)

PEOPLE = 400


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    if chromium_path() is None:
        pytest.fail(NO_CHROMIUM, pytrace=False)
    with running_street(tmp_path_factory.mktemp("street"), PEOPLE) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with open_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def windows(chromium: Browser) -> AsyncIterator[Windows]:
    """Fails the test when a console said something wrong: a script, a policy, a lost file."""
    opened = Windows(chromium)
    yield opened
    await opened.close()
    assert opened.problems == []


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path, sqlite_template: Path, chromium: Browser) -> AsyncIterator[Place]:
    path = tmp_path / "place.db"
    copyfile(sqlite_template, path)
    async with open_place(path, chromium) as opened:
        yield opened
