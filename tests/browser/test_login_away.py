"""카카오로 들어오기 where Kakao goes on by another origin of its own, as the real one does."""

from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from playwright.async_api import Browser, Page, expect

from console.keys import KakaoLogin
from simulator.app import build
from simulator.settings import Settings
from simulator.values import LoginApp
from simulator.world import World
from tests.browser.place import Place, looks_right, open_place
from tests.browser.stage import HOST
from tests.console.street import Clock

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEY = "login-key"
ELSEWHERE = "localhost"
"""The same server under another name: to a browser that is another origin."""


@web.middleware
async def by_another_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path == "/oauth/authorize" and request.url.host == HOST:
        return web.Response(status=302, headers={"Location": str(request.url.with_host(ELSEWHERE))})
    return await handler(request)


@pytest_asyncio.fixture(loop_scope="session")
async def kakao() -> AsyncIterator[tuple[World, str]]:
    """The pretend one and its address."""
    world, settings = World(Clock(), seed=7), Settings()
    world.add_person(name="김보람", phone="01000000001", app_user_id="3012345678")
    app = build(world, settings)
    app.middlewares.append(by_another_origin)
    async with TestServer(app, host=HOST) as server:
        settings.public_url = str(server.make_url("")).rstrip("/")
        yield world, settings.public_url


@pytest_asyncio.fixture(loop_scope="session")
async def shop(
    tmp_path: Path, sqlite_template: Path, chromium: Browser, kakao: tuple[World, str]
) -> AsyncIterator[Place]:
    world, issuer = kakao
    path = tmp_path / "place.db"
    copyfile(sqlite_template, path)
    login = KakaoLogin(client_id=KEY, client_secret="", issuer=issuer)
    async with open_place(path, chromium, login=login) as opened:
        back = f"{opened.url}/login/kakao/back"
        world.add_app(LoginApp(client_id=KEY, redirect_uris=frozenset({back})))
        yield opened


async def agree(page: Page) -> None:
    """On Kakao's pages, which stand at the other origin."""
    await page.get_by_role("button", name="김보람").click()
    assert page.url.startswith(f"http://{ELSEWHERE}:")


async def test_an_account_is_linked_and_lets_in_by_way_of_another_origin(shop: Place) -> None:
    phone = await shop.open(has_scripts=False)
    await phone.goto(f"{shop.url}/account")
    await phone.get_by_role("button", name="카카오계정 이어 두기").click()
    await agree(phone)
    await phone.get_by_role("button", name="동의하고 계속하기").click()
    await expect(phone).to_have_url(f"{shop.url}/account")
    await expect(phone.get_by_role("status")).to_contain_text("카카오계정을 이었어요")
    await looks_right(phone)

    tablet = await shop.open(is_owner=False, has_scripts=False)
    await tablet.goto(f"{shop.url}/login")
    await tablet.get_by_role("button", name="카카오로 들어오기").click()
    await tablet.get_by_role("button", name="김보람").click()
    await expect(tablet).to_have_url(f"{shop.url}/owner")


async def test_the_page_that_leads_on_has_a_link_for_who_is_not_led(shop: Place) -> None:
    """Some browsers follow no refreshing."""
    page = await shop.open(is_owner=False)
    begun = await page.request.post(f"{shop.url}/login/kakao")
    markup = (await begun.text()).replace('http-equiv="refresh"', "")
    await page.route("**/login", lambda route: route.fulfill(body=markup, content_type="text/html"))
    await page.goto(f"{shop.url}/login")
    await looks_right(page)
    await page.get_by_role("link", name="카카오로 가기").click()
    await expect(page.get_by_role("heading", name="누구로 들어갈까요?")).to_be_visible()
