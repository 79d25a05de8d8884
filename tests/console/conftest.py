"""The console over real HTTP, on a SQLite file of each test's own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import create_engine

from console.keys import ConsoleSettings
from storage.books import Books, open_books
from storage.models import metadata
from storage.vault import Vault
from subsidy.programs import set_first_prices
from tests.console.browser import Browser, Browsers
from tests.console.street import MONDAY_TEN, Clock, Street, build_street

PUBLIC_URL = "http://127.0.0.1:8080"


@pytest.fixture
def console_clock() -> Clock:
    return Clock()


@pytest.fixture
def console_settings() -> ConsoleSettings:
    return ConsoleSettings(public_url=PUBLIC_URL)


@pytest_asyncio.fixture
async def console_books(tmp_path: Path) -> AsyncIterator[Books]:
    url = f"sqlite:///{tmp_path / 'console.db'}"
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    async with open_books(url, Vault(bytes(32))) as books:
        await books.write(set_first_prices, MONDAY_TEN - timedelta(days=365))
        yield books


@pytest_asyncio.fixture
async def street(console_books: Books) -> Street:
    return await console_books.write(build_street, "보람")


@pytest_asyncio.fixture
async def other_street(console_books: Books, street: Street) -> Street:
    return await console_books.write(build_street, "이웃")


@pytest_asyncio.fixture
async def browsers(
    console_books: Books, console_clock: Clock, console_settings: ConsoleSettings
) -> AsyncIterator[Browsers]:
    ready = Browsers(console_books, console_clock, console_settings)
    yield ready
    for browser in ready.opened:
        await browser.client.close()


@pytest_asyncio.fixture
async def stranger(browsers: Browsers) -> Browser:
    return await browsers.open()


@pytest_asyncio.fixture
async def owner(browsers: Browsers, street: Street) -> Browser:
    return await browsers.open(street.owner)


@pytest_asyncio.fixture
async def manager(browsers: Browsers, street: Street) -> Browser:
    return await browsers.open(street.manager)
