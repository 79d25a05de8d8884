"""What the commands share: a piece of work done in the books, once."""

import os
from collections.abc import Callable
from typing import TypeVar

from dangol import serving
from dangol.settings import SettingsError, data_key, database_url
from storage.books import open_books
from storage.desk import Tx
from storage.migrate import is_current
from storage.vault import Vault

T = TypeVar("T")


def check_current(url: str) -> None:
    """Raises SettingsError when the database has not been brought up to date."""
    if not is_current(url):
        raise SettingsError("the database is not up to date: run dangol migrate first")


def in_books(work: Callable[[Tx], T]) -> T:
    """Runs one piece of work in the database of the environment. Raises SettingsError."""
    url, vault = database_url(os.environ), Vault(data_key(os.environ))
    check_current(url)

    async def once() -> T:
        async with open_books(url, vault) as books:
            return await books.write(work)

    return serving.run(once)
