"""Resources of the loyalty tests."""

from collections.abc import AsyncIterator

import pytest_asyncio

from storage.books import Books
from storage.desk import Desk
from storage.drivers import dialect_of, open_link
from storage.vault import Vault
from tests.loyalty.crowd import DESKS, Crowd


@pytest_asyncio.fixture
async def crowd(books: Books, database_url: str, vault: Vault) -> AsyncIterator[Crowd]:
    dialect = dialect_of(database_url)
    desks = [
        Desk(open_link(database_url), dialect, vault, name=f"till-{number}")
        for number in range(DESKS)
    ]
    yield Crowd(books, desks)
    for desk in desks:
        await desk.close()
