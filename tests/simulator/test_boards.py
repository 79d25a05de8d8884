"""The fault board and the switches, as a browser without a script gets them."""

import re
from dataclasses import fields
from html import unescape

import pytest

from simulator.app import build
from simulator.clock import system_now
from simulator.fault_board import points
from simulator.fault_words import KINDS, NOTICES, POINTS, REPORT_KINDS
from simulator.settings import Settings
from simulator.switch_words import FIXED, SWITCHES
from simulator.world import World

from .conftest import BOT_ID, Sim

TALK = "POST /v2/bots/*/talk"
ARM = {"endpoint": TALK, "kind": "http_500", "how": "once", "seconds": "1"}


async def arm(sim: Sim, **changes: str) -> tuple[int, str]:
    response = await sim.client.post("/faults", data=ARM | changes, allow_redirects=False)
    return response.status, unescape(await response.text())


async def talk_status(sim: Sim) -> int:
    return (await sim.client.post(f"/v2/bots/{BOT_ID}/talk", json={})).status


def test_every_kind_of_fault_and_every_switch_is_said_in_words() -> None:
    switches = {name for known in SWITCHES.values() for name in known}

    assert all(sentence.endswith("요.") for sentence in KINDS.values())
    assert switches | FIXED == {field.name for field in fields(Settings)}


def test_every_point_has_words_and_no_words_lack_a_point() -> None:
    found = {point.endpoint for point in points(build(World(system_now)))}

    assert found.union(NOTICES) == set(POINTS)


async def test_a_fault_is_armed_happens_and_is_gone(sim: Sim) -> None:
    status, _ = await arm(sim)
    armed = await (await sim.client.get("/faults")).text()

    assert status == 303
    assert f"{POINTS[TALK]}</b>" in armed
    assert [await talk_status(sim) for _ in range(2)] == [500, 401]
    after = await (await sim.client.get("/faults")).text()
    assert "지금은 모두 멀쩡해요." in after
    assert f"{POINTS[TALK]}</b>" in after  # among those that happened


async def test_so_many_times_or_by_chance(sim: Sim) -> None:
    await arm(sim, how="times", times="2")
    await arm(sim, how="chance", percent="25", kind="slow", seconds="7")

    first, second = sim.faults.armed()
    assert (first.times, first.probability) == (2, None)
    assert (second.times, second.probability, second.seconds) == (None, 0.25, 7)


async def test_one_is_taken_back_or_all(sim: Sim) -> None:
    for kind in ("http_500", "http_429", "slow"):
        await arm(sim, kind=kind)
    await sim.client.post("/faults/clear", data={"place": "1"})
    left = [fault.kind for fault in sim.faults.armed()]
    await sim.client.post("/faults/clear", data={})

    assert left == ["http_500", "slow"]
    assert sim.faults.armed() == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"endpoint": "POST /nowhere"}, "어디가 고장 날지"),
        ({"kind": "meteor"}, "어떻게 고장 날지"),
        ({"kind": REPORT_KINDS[0]}, "알림의 고장은 알림에만"),
        ({"endpoint": "webhooks"}, "알림의 고장은 알림에만"),
        ({"how": "times", "times": "0"}, "1부터 1,000까지"),
        ({"how": "times", "times": "²"}, "1부터 1,000까지"),
        ({"how": "chance", "percent": "101"}, "1부터 100까지"),
        ({"kind": "slow", "seconds": "-1"}, "0초부터 60초까지"),
    ],
)
async def test_what_cannot_be_is_said_beside_what_was_typed(
    sim: Sim, changes: dict[str, str], sentence: str
) -> None:
    status, page = await arm(sim, **changes)

    assert status == 422
    assert sentence in "".join(re.findall(r'class="wrong"[^>]*>([^<]+)', page))
    for name in ("times", "percent", "seconds"):
        assert f'value="{changes.get(name, "")}"' in page
    assert sim.faults.armed() == []


async def test_a_switch_is_turned(sim: Sim) -> None:
    for name, value in (
        ("strict_ads", "on"),
        ("empty_outputs", "silent"),
        ("list_delay_seconds", "2.5"),
    ):
        turned = await sim.client.post("/switches", data={"name": name, "value": value})
        assert turned.status == 200

    assert (sim.settings.strict_ads, sim.settings.empty_outputs) == (True, "silent")
    assert sim.settings.list_delay_seconds == 2.5


@pytest.mark.parametrize("value", ["many", "nan", "inf", "-1", ""])
async def test_a_number_that_is_none_stays_where_it_was_typed(sim: Sim, value: str) -> None:
    wrong = await sim.client.post("/switches", data={"name": "list_delay_seconds", "value": value})

    assert wrong.status == 422
    assert f'value="{value}"' in await wrong.text()
    assert sim.settings.list_delay_seconds == 0


async def test_the_worlds_own_address_is_no_switch(sim: Sim) -> None:
    wrong = await sim.client.post("/switches", data={"name": "public_url", "value": "http://x"})

    assert wrong.status == 400
    assert "public_url" not in await (await sim.client.get("/switches")).text()


async def test_another_site_arms_and_turns_nothing(sim: Sim) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    for url, form in (("/faults", ARM), ("/faults/clear", {}), ("/switches", {})):
        assert (await sim.client.post(url, data=form, headers=headers)).status == 403


@pytest.mark.parametrize(("kind", "count"), [("drop_reports", 0), ("duplicate_reports", 2)])
async def test_the_channels_own_notice_can_get_lost_or_come_twice(
    sim: Sim, kind: str, count: int
) -> None:
    await arm(sim, endpoint="webhooks", kind=kind)
    sim.world.block(*sim.here, notify=True)
    await sim.background.idle()

    told = [headers["X-Kakao-Resource-ID"] for headers, _ in sim.server.webhooks]
    assert (len(told), len(set(told))) == (count, min(count, 1))
