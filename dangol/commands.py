"""What the commands share: a piece of work done in the books, once."""

import os
from collections.abc import Callable
from typing import TypeVar

from dangol import serving
from dangol.settings import data_key, database_url
from storage.books import open_books
from storage.desk import Tx
from storage.vault import Vault

T = TypeVar("T")


def in_books(work: Callable[[Tx], T]) -> T:
    """Runs one piece of work in the database of the environment. Raises SettingsError."""
    url, vault = database_url(os.environ), Vault(data_key(os.environ))

    async def once() -> T:
        async with open_books(url, vault) as books:
            return await books.write(work)

    return serving.run(once)
