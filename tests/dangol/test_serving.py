"""The whole house over real HTTP: health, pictures, and what is not there."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from dangol import public, serving
from dangol.pictures import draw_picture
from dangol.settings import Settings, SettingsError
from dangol.stage import HOST
from dangol.wiring import House, open_house
from storage.desk import Tx
from storage.vault import KEY_BYTES
from subsidy.shops import add_picture, card_picture
from tests.conftest import Clock
from tests.factories import make_street

PATIENCE_SECONDS = 20
JPEG_START = b"\xff\xd8\xff"
COLORS = ((250, 236, 214), (255, 214, 150), (190, 112, 48))


@pytest_asyncio.fixture
async def house(database_url: str, clock: Clock) -> AsyncIterator[House]:
    settings = Settings(
        database_url=database_url, data_key=bytes(KEY_BYTES), public_url="https://shop.example"
    )
    async with open_house(settings, clock.now) as opened:
        yield opened


@pytest_asyncio.fixture
async def browser(house: House) -> AsyncIterator[ClientSession]:
    async with serving.listening(house.app, HOST, 0) as address, ClientSession(address) as session:
        yield session


async def status(browser: ClientSession, path: str) -> int:
    async with browser.get(path) as answer:
        return answer.status


async def test_a_living_house_says_so(browser: ClientSession, house: House) -> None:
    house.worker.wake()
    assert await status(browser, "/healthz") == 200
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await status(browser, "/readyz") == 200:
                return
            await asyncio.sleep(0.05)


async def test_a_database_that_hangs_is_not_ready_within_two_seconds(
    browser: ClientSession, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()
    stuck = house.books.read(lambda _tx: gate.wait(10))
    begun = time.monotonic()
    try:
        assert await status(browser, "/readyz") == 503
        assert time.monotonic() - begun < 2
        assert await status(browser, "/healthz") == 200
    finally:
        gate.set()
        await stuck
    assert caplog.text.count("the database does not answer") == 1


async def test_a_database_that_fails_is_not_ready(
    browser: ClientSession, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_tx: Tx) -> None:
        raise OSError("the server closed the connection")

    monkeypatch.setattr(public, "find_last_beat", fail)

    assert await status(browser, "/readyz") == 503
    assert caplog.text.count("the database does not answer") == 1


async def test_metrics_can_be_scraped(browser: ClientSession) -> None:
    async with browser.get("/metrics") as answer:
        assert "dangol_campaigns_booked 0.0" in await answer.text()


async def test_a_picture_is_served_for_ever(
    browser: ClientSession, house: House, clock: Clock
) -> None:
    street = await house.books.write(make_street, people=0)
    card = card_picture(draw_picture(COLORS, 1))
    picture_id = await house.books.write(add_picture, street.shop_id, card, clock.now())

    async with browser.get(f"/media/{picture_id}") as answer:
        assert (await answer.read()).startswith(JPEG_START)
        assert answer.content_type == "image/jpeg"
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/media/" + "0" * 64,
        "/media/x",
        "/media/%00",
        "/nothing",
        "/demo/owner",
        "/reports/solapi",
        "/s/%00",
        "/s/a%00",
        "/s/nowhere",
        "/s/%EA%B0%80%0A",
        "/join/%00",
        "/join/%ED%A0%80",
    ],
)
async def test_what_is_not_there_is_not_found(browser: ClientSession, path: str) -> None:
    """The demo's doors exist in the demo only; without a provider nobody may report."""
    assert await status(browser, path) == 404


async def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    async with serving.listening(web.Application(), HOST, 0) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(SettingsError, match=f"port {port} is taken"):
            async with serving.listening(web.Application(), HOST, port):
                pass
