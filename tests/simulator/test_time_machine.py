"""The world's clock pushed forward by its pages and by other programs."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from simulator.app import build
from simulator.clock import OwnClock, iso_utc, landing, pause
from simulator.world import World

from .conftest import MONDAY_TEN, Clock, Sim

Client = TestClient[web.Request, web.Application]


class PushableClock(Clock):
    def now(self) -> datetime:
        return self.at

    def push_to(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)


@pytest.fixture
def pushable() -> PushableClock:
    return PushableClock()


@pytest_asyncio.fixture
async def client(pushable: PushableClock) -> AsyncIterator[Client]:
    opened = TestClient(TestServer(build(World(pushable.now), clock=pushable)))
    await opened.start_server()
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("leap", "at"),
    [
        ("ten_minutes", "2026-11-23T01:10:00.000Z"),
        ("hour", "2026-11-23T02:00:00.000Z"),
        ("tomorrow", "2026-11-24T01:00:00.000Z"),
        ("week", "2026-11-30T01:00:00.000Z"),
    ],
)
async def test_each_button_leads_where_it_says(
    client: Client, pushable: PushableClock, leap: str, at: str
) -> None:
    form = {"leap": leap, "back": "/feed?party=x"}
    pressed = await client.post("/clock", data=form, allow_redirects=False)

    assert (pressed.status, pressed.headers["Location"]) == (303, "/feed?party=x")
    assert iso_utc(pushable.at) == at


def test_tomorrow_is_the_day_after_in_seoul() -> None:
    """23:30 in Seoul is still today there, and already so in London."""
    late = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    early = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)

    assert landing("tomorrow", late) == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert landing("tomorrow", early) == datetime(2026, 11, 25, 1, tzinfo=UTC)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_a_button_leads_back_to_our_own_pages_only(client: Client, back: str) -> None:
    form = {"leap": "hour", "back": back}

    assert (await client.post("/clock", data=form, allow_redirects=False)).headers[
        "Location"
    ] == "/"


async def test_another_site_cannot_push(client: Client, pushable: PushableClock) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert (await client.post("/clock", data={"leap": "week"}, headers=headers)).status == 403
    assert pushable.at == MONDAY_TEN


async def test_a_program_pushes_and_asks(client: Client) -> None:
    by = await client.post("/sim/clock", json={"by_seconds": 90})
    to = await client.post("/sim/clock", json={"to": "2026-11-23T12:00:00+09:00"})
    told = await (await client.get("/sim/clock")).json()

    assert (await by.json())["now"] == "2026-11-23T01:01:30.000Z"
    assert to.status == 200
    assert (told["now"], told["can_be_pushed"]) == ("2026-11-23T03:00:00.000Z", True)


@pytest.mark.parametrize(
    "body",
    [
        {"by_seconds": -1},
        {"by_seconds": 1e12},
        {"to": "2026-11-23T09:59:59+09:00"},
        {"to": "morgen"},
        {"leap": "yesterday"},
        {},
    ],
    ids=str,
)
async def test_never_back_and_never_out_of_sight(
    client: Client, pushable: PushableClock, body: dict[str, object]
) -> None:
    assert (await client.post("/sim/clock", json=body)).status == 400
    assert pushable.at == MONDAY_TEN


async def test_a_world_on_somebody_elses_clock_has_no_buttons(sim: Sim) -> None:
    page = await (await sim.client.get("/faults")).text()

    assert "+10분" not in page
    assert (await sim.client.post("/clock", data={"leap": "hour"})).status == 409
    assert (await sim.client.post("/sim/clock", json={"by_seconds": 1})).status == 409


async def test_what_waits_comes_along() -> None:
    clock = OwnClock()
    waiting = asyncio.create_task(pause(clock.now, 3600))
    await asyncio.sleep(0.01)
    assert not waiting.done()

    clock.push_to(clock.now() + timedelta(hours=2))
    started = time.monotonic()
    await waiting

    assert time.monotonic() - started < 1


async def test_on_a_clock_that_stands_still_real_seconds_count() -> None:
    started = time.monotonic()
    await pause(lambda: MONDAY_TEN, 0.3)

    assert 0.3 <= time.monotonic() - started < 2
