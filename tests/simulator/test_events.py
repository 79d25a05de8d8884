"""The Event API and its tasks (kakao-chatbot.md 4), the channel webhook and lookup (5)."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from simulator.wire import Json

from .conftest import BOT_ID, EVENT, Sim, text_reply

TALK = f"/v2/bots/{BOT_ID}/talk"
REST = {"Authorization": "KakaoAK rest-key"}


def body(*user_ids: str, event: str = "promotion", **more: Any) -> Json:
    users = [{"type": "botUserKey", "id": one} for one in user_ids]
    return {"event": {"name": event}, "user": users, **more}


async def send(sim: Sim, json: Json, path: str = TALK) -> Json:
    response = await sim.client.post(path, json=json, headers=REST)
    assert response.status == 200
    return dict(await response.json())


async def result(sim: Sim, task_id: str) -> Json:
    await sim.background.idle()
    return dict(await (await sim.client.get(f"/v1/tasks/{task_id}", headers=REST)).json())


async def test_an_event_reaches_the_handset_through_the_skill(sim: Sim) -> None:
    key = sim.person.bot_user_keys[BOT_ID]
    json = body(key, params={"run": "r1", "chunk": "c1"})
    json["user"][0]["properties"] = {"nick": "단골"}

    task = await send(sim, json)

    done = await result(sim, task["taskId"])
    assert task["status"] == "SUCCESS"
    assert done["status"] == "ALL SUCCESS"
    assert (done["allRequestCount"], done["successCount"], done["fail"]["count"]) == (1, 1, 0)
    (asked,) = sim.server.asked
    assert asked["userRequest"]["block"]["id"] == EVENT
    assert asked["userRequest"]["params"] == {
        "surface": "Kakaotalk.plusfriend", "run": "r1", "chunk": "c1",
    }  # fmt: skip
    assert asked["userRequest"]["user"]["properties"]["nick"] == "단골"
    assert "flow" not in asked
    assert sim.world.handset.deliveries("run", "r1") == {sim.person.person_id: 1}


async def test_each_failure_is_counted_in_its_own_way(sim: Sim) -> None:
    """4.2: unknown keys are counted and not listed; strangers and blockers are listed."""
    blocker = sim.world.add_person(name="차단", phone="01000000002")
    sim.world.add_friend(blocker.person_id, BOT_ID)
    sim.world.block(blocker.person_id, BOT_ID)
    friend, blocked = sim.person.bot_user_keys[BOT_ID], blocker.bot_user_keys[BOT_ID]

    task = await send(sim, body(friend, blocked, "nobody"))

    done = await result(sim, task["taskId"])
    assert done["status"] == "2 FAIL"
    assert (done["allRequestCount"], done["successCount"]) == (3, 1)
    assert done["userKeyResolvingFailCount"] == 1
    (failure,) = done["fail"]["list"]
    assert (failure["userId"], failure["errorMsg"]["errorType"]) == (blocked, 99)


async def _status_500() -> web.Response:
    return web.Response(status=500)


async def _too_slow() -> web.Response:
    await asyncio.sleep(1)
    return web.json_response(text_reply("늦었어요"))


@pytest.mark.parametrize(
    ("reply", "error_type"),
    [
        (_status_500, 201),
        (_too_slow, 202),
        (lambda: text_reply("가" * 1001), 6),
        (lambda: {"version": "2.0", "template": {"outputs": []}}, 6),
    ],
)
async def test_a_failing_skill_fails_that_user(sim: Sim, reply: Any, error_type: int) -> None:
    sim.settings.skill_timeout_seconds = 0.2
    sim.server.reply = lambda _: reply()

    task = await send(sim, body(sim.person.bot_user_keys[BOT_ID]))

    done = await result(sim, task["taskId"])
    assert done["fail"]["list"][0]["errorMsg"]["errorType"] == error_type
    assert len(sim.world.handset) == 0


async def test_empty_outputs_may_be_silent_by_switch(sim: Sim) -> None:
    sim.settings.empty_outputs = "silent"
    sim.server.reply = lambda _: {"version": "2.0", "template": {"outputs": []}}

    task = await send(sim, body(sim.person.bot_user_keys[BOT_ID]))

    assert (await result(sim, task["taskId"]))["status"] == "ALL SUCCESS"
    assert len(sim.world.handset) == 0


async def test_an_advertisement_is_one_card_where_that_is_enforced(sim: Sim) -> None:
    sim.settings.strict_ads = True
    sim.server.reply = lambda _: text_reply("(광고) 연남빵집 오늘 반값")

    task = await send(sim, body(sim.person.bot_user_keys[BOT_ID]))

    assert (await result(sim, task["taskId"]))["status"] == "1 FAIL"


@pytest.mark.parametrize(
    "json",
    [
        body("a", event="unknown"),
        body("a", "a"),
        body(),
        body(*(f"k{n}" for n in range(101))),
        {"event": {"name": "promotion"}, "user": [{"type": "phone", "id": "010"}]},
    ],
)
async def test_a_bad_request_is_answered_with_fail(sim: Sim, json: Json) -> None:
    assert (await send(sim, json))["status"] == "FAIL"


async def test_the_dev_channel_mark_is_accepted(sim: Sim) -> None:
    task = await send(sim, body("nobody"), path=TALK.replace("/talk", "!/talk"))

    assert task["status"] == "SUCCESS"


async def test_a_wrong_key_is_refused(sim: Sim) -> None:
    wrong = {"Authorization": "KakaoAK admin-key"}

    response = await sim.client.post(TALK, json=body("a"), headers=wrong)

    assert response.status == 401


async def test_a_running_task_counts_what_is_done_so_far(sim: Sim) -> None:
    may_go = asyncio.Event()

    async def wait() -> web.Response:
        await may_go.wait()
        return web.json_response(text_reply("네"))

    sim.server.reply = lambda _: wait()
    task = await send(sim, body(sim.person.bot_user_keys[BOT_ID], "nobody"))
    await asyncio.sleep(0.05)

    response = await sim.client.get(f"/v1/tasks/{task['taskId']}", headers=REST)

    so_far = await response.json()
    may_go.set()
    assert so_far["allRequestCount"] == 2
    assert so_far["successCount"] + so_far["fail"]["count"] == 0


async def test_only_so_many_skill_calls_run_at_once(sim: Sim) -> None:
    sim.settings.event_concurrency_max = 3
    running, most = 0, 0

    async def count() -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return web.json_response(text_reply("네"))

    sim.server.reply = lambda _: count()
    keys = []
    for n in range(12):
        person = sim.world.add_person(name="손님", phone=f"0104000{n:04d}")
        sim.world.add_friend(person.person_id, BOT_ID)
        keys.append(person.bot_user_keys[BOT_ID])

    task = await send(sim, body(*keys))

    assert (await result(sim, task["taskId"]))["successCount"] == 12
    assert most == 3


@pytest.mark.parametrize("kind", ["botUserKey", "plusfriendUserKey", "appUserId"])
async def test_a_user_is_found_by_each_kind_of_id(sim: Sim, kind: str) -> None:
    ids = {
        "botUserKey": sim.person.bot_user_keys[BOT_ID],
        "plusfriendUserKey": sim.world.plusfriend_user_key(*sim.here),
        "appUserId": "3012345678",
    }
    user = {"type": kind, "id": ids[kind]}

    task = await send(sim, {"event": {"name": "promotion"}, "user": [user]})

    assert (await result(sim, task["taskId"]))["status"] == "ALL SUCCESS"


async def test_the_channel_webhook_carries_the_app_user_id(sim: Sim) -> None:
    """5.1, field by field."""
    sim.world.block(*sim.here, notify=True)
    await sim.background.idle()

    ((headers, json),) = sim.server.webhooks
    assert headers["Authorization"] == "KakaoAK admin-key"
    assert headers["User-Agent"] == "KakaoOpenAPI/1.0"
    assert headers["X-Kakao-Resource-ID"]
    assert json == {
        "event": "blocked",
        "id": "3012345678",
        "id_type": "app_user_id",
        "channel_public_id": "_abCdE",
        "channel_uuid": "@bread",
        "updated_at": "2026-11-23T01:00:00Z",
    }


async def test_without_that_consent_the_webhook_has_an_open_id(sim: Sim) -> None:
    quiet = sim.world.add_person(
        name="조용", phone="01000000003", app_user_id="77", shares_channel_state=False
    )

    sim.world.add_friend(quiet.person_id, BOT_ID, notify=True)
    await sim.background.idle()

    ((_, json),) = sim.server.webhooks
    assert (json["event"], json["id_type"]) == ("added", "open_id")
    assert json["id"] != "77"


async def test_the_relation_lookup_knows_friends_and_blockers(sim: Sim) -> None:
    path = "/v2/api/talk/channels"
    query = {"target_id_type": "user_id", "target_id": "3012345678"}
    admin = {"Authorization": "KakaoAK admin-key"}
    sim.world.block(*sim.here)

    found = await (await sim.client.get(path, params=query, headers=admin)).json()

    assert found["user_id"] == 3012345678
    assert found["channels"][0]["relation"] == "BLOCKED"
    assert (await sim.client.get(path, params=query)).status == 401
