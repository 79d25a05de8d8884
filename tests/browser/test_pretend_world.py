"""The pretend world alone, as a newcomer with a bot of their own meets it: `dangol simulate`."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from simulator.newcomer import BOT_ID, REST_API_KEY, VISITOR
from tests.browser import measures
from tests.browser.stage import DESK, STOP_SECONDS, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")
SMALL_PHONE = {"width": 375, "height": 812}
PAGES = ("/", "/guide", "/feed", "/feed/1", "/faults", "/switches")
HEADER = ("X-My-Bot", "s3cret")


@dataclass
class Bot:
    """Somebody's own skill server, in ten lines."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    async def skill(self, request: web.Request) -> web.Response:
        asked = await request.json()
        words = asked["userRequest"]["utterance"]
        self.heard.append((asked["userRequest"]["block"]["id"], request.headers.get(HEADER[0], "")))
        card = {"simpleText": {"text": f"‘{words}’라고 들었어요"}}
        return web.json_response({"version": "2.0", "template": {"outputs": [card]}})


@pytest_asyncio.fixture(loop_scope="session")
async def bot() -> AsyncIterator[Bot]:
    bot = Bot()
    app = web.Application()
    app.router.add_post("/skill", bot.skill)
    server = TestServer(app)
    await server.start_server()
    bot.url = str(server.make_url("/skill"))
    yield bot
    await server.close()


@contextmanager
def simulating(*options: str) -> Iterator[str]:
    """`dangol simulate` as anybody starts it; yields the address it prints first."""
    with subprocess.Popen(
        [sys.executable, "-m", "dangol", "simulate", "--port", "0", *options],
        stdout=subprocess.PIPE,
        text=True,
    ) as world:
        assert world.stdout
        try:
            yield world.stdout.readline().strip()
        finally:
            world.terminate()
            world.wait(STOP_SECONDS)


@pytest.fixture
def world(bot: Bot) -> Iterator[str]:
    options = ["--bot-url", bot.url, "--header", ":".join(HEADER), "--block", "쿠폰=b-coupon"]
    with simulating(*options) as address:
        yield address


async def speak_first(world: str) -> int:
    """A server asks KakaoTalk to speak to the visitor, as a campaign would."""
    body: dict[str, Any] = {
        "event": {"name": "event"},
        "user": [{"type": "appUserId", "id": "3000000001"}],
    }
    told = {"Authorization": f"KakaoAK {REST_API_KEY}"}
    url = f"{world}/v2/bots/{BOT_ID}/talk"
    async with ClientSession() as session, session.post(url, json=body, headers=told) as answer:
        return answer.status


async def test_a_newcomer_talks_pushes_the_clock_breaks_something_and_sees_it(
    windows: Windows, world: str, bot: Bot
) -> None:
    page = await windows.open(DESK, scripts=True)
    await page.goto(f"{world}/guide")
    await page.get_by_role("link", name="나의 휴대폰 열기").click()
    await page.get_by_label("메시지", exact=True).fill("쿠폰")
    await page.get_by_role("button", name="보내기").click()
    await expect(page.get_by_text("‘쿠폰’라고 들었어요")).to_be_visible()
    assert bot.heard == [("block-welcome", "s3cret"), ("b-coupon", "s3cret")]

    await page.get_by_role("button", name="내일 10시").click()
    await expect(page.locator(".top-now b")).to_have_text("오전 10:00")
    await page.get_by_label("메시지", exact=True).fill("안녕")
    await page.get_by_role("button", name="보내기").click()
    await expect(page.locator(".day")).to_have_count(2)

    await page.get_by_role("link", name="고장", exact=True).click()
    await page.get_by_label("어디가").select_option("봇이 먼저 말 걸기 (Event API)")
    await page.get_by_label("어떻게").select_option("처리하지 않고 500 오류로 대답해요.")
    await page.get_by_role("button", name="고장 내기").click()
    await expect(page.locator(".faults").first).to_contain_text("1번")

    await page.get_by_role("link", name="오가는 요청", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("지켜보고 있어요.")
    assert [await speak_first(world), await speak_first(world)] == [500, 200]
    broken = page.locator(".hop").filter(has_text="500")
    await expect(broken).to_have_count(1)
    await expect(page.locator(".hop").filter(has_text="연남")).to_have_count(0)
    await broken.locator("summary").click()
    await expect(broken.locator(".half").first).to_contain_text('"appUserId"')
    assert REST_API_KEY not in await page.content()

    await page.get_by_role("link", name="고장", exact=True).click()
    await expect(page.get_by_text("지금은 모두 멀쩡해요.")).to_be_visible()
    await expect(page.locator(".faults").last).to_contain_text("봇이 먼저 말 걸기")


@pytest.mark.parametrize("size", [SMALL_PHONE, DESK], ids=["phone", "desk"])
async def test_every_page_fits_a_thumb_and_an_eye(windows: Windows, world: str, size: Any) -> None:
    await speak_first(world)
    page = await windows.open(size)
    found = {}
    phone = f"/phones/{VISITOR}"
    for place in (phone, f"{phone}/{BOT_ID}", *PAGES):
        await page.goto(world + place)
        wrong = await measures.faults(page)
        if size is SMALL_PHONE:
            wrong += await measures.small_targets(page)
        if wrong:
            found[place] = wrong

    assert found == {}
