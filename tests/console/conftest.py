"""The console over real HTTP, on a SQLite file of each test's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer

from console.keys import ConsoleSettings
from domain.people import CustomerId
from simulator.app import FAULTS, build
from simulator.faults import Faults
from simulator.settings import Settings
from simulator.values import LoginApp
from simulator.world import Person, World
from storage.books import Books, open_books
from storage.vault import Vault
from tests.console.browser import Browser, Browsers
from tests.console.counting import PHONE, put_card
from tests.console.kakao_account import KakaoAccount
from tests.console.street import Clock, Street, add_regular, build_street

PUBLIC_URL = "http://127.0.0.1:8080"
LOGIN_BACK = f"{PUBLIC_URL}/login/kakao/back"
CLIENT_ID = "k"
"""The app that the street's channel uses as well."""

LOGIN_APP = LoginApp(
    client_id=CLIENT_ID, client_secret="s3cret", redirect_uris=frozenset({LOGIN_BACK})
)


@pytest.fixture
def console_clock() -> Clock:
    return Clock()


@pytest.fixture
def console_settings() -> ConsoleSettings:
    return ConsoleSettings(public_url=PUBLIC_URL)


@pytest_asyncio.fixture
async def console_books(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Books]:
    path = tmp_path / "console.db"
    copyfile(sqlite_template, path)
    async with open_books(f"sqlite:///{path}", Vault(bytes(32))) as books:
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


@pytest_asyncio.fixture
async def regular(console_books: Books, street: Street, console_clock: Clock) -> CustomerId:
    """Someone with a phone number, in a shop with a card."""
    await console_books.write(put_card, street.shop_id, console_clock.at)
    return await console_books.write(add_regular, street.shop_id, "minji", phone=PHONE)


@pytest_asyncio.fixture
async def pretend(console_clock: Clock) -> AsyncIterator[tuple[World, TestServer, Faults]]:
    world = World(console_clock, seed=7)
    settings = Settings()
    app = build(world, settings)
    server = TestServer(app)
    await server.start_server()
    settings.public_url = str(server.make_url("")).rstrip("/")
    world.add_app(LOGIN_APP)
    yield world, server, app[FAULTS]
    await server.close()


@pytest_asyncio.fixture
async def kakao(pretend: tuple[World, TestServer, Faults]) -> AsyncIterator[KakaoAccount]:
    world, server, _ = pretend
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield KakaoAccount(world, session, str(server.make_url("")).rstrip("/"))


@pytest.fixture
def boram(kakao: KakaoAccount) -> Person:
    return kakao.world.add_person(name="김보람", phone="01000000001", app_user_id="3012345678")


@pytest.fixture
def neighbor(kakao: KakaoAccount) -> Person:
    return kakao.world.add_person(name="이웃", phone="01000000002", app_user_id="3087654321")
