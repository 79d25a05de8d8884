"""Resources for every test: the books on SQLite and on PostgreSQL, a vault, a clock.

A test that asks for `books` runs on both databases. One that needs a single database says
`@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from storage.books import Books, open_books
from storage.migrate import migrate
from storage.vault import KEY_BYTES, Vault
from tests.postgres import CannotStart, create_database, drop_database, running_postgres

settings.register_profile(
    "dangol",
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("dangol")

DATABASES = ("sqlite", "postgresql")
START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # a Wednesday, 10:00 KST


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        self.at += by
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(range(KEY_BYTES)))


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """The name of the database system that a test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "books.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A superuser's URL; without a server the whole session fails in one line."""
    try:
        with running_postgres() as url:
            yield url
    except CannotStart as reason:
        pytest.exit(f"no PostgreSQL to test on: {reason}", returncode=1)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database, cloned for each test."""
    name = f"dangol_template_{os.getpid()}_{uuid4().hex[:8]}"
    migrate(create_database(postgres_url, name))
    yield name
    drop_database(postgres_url, name)


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database of this test's own."""
    if database == "sqlite":
        path = request.getfixturevalue("tmp_path") / "books.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    template = request.getfixturevalue("postgres_template")
    name = f"dangol_test_{os.getpid()}_{uuid4().hex[:8]}"
    yield create_database(server, name, template)
    drop_database(server, name)


@pytest_asyncio.fixture
async def books(database_url: str, vault: Vault) -> AsyncIterator[Books]:
    async with open_books(database_url, vault) as opened:
        yield opened
