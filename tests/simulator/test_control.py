"""The world driven from outside by JSON, as another process does it."""

from simulator.wire import Json

from .conftest import BOT_ID, Sim, text_reply


async def post(sim: Sim, path: str, json: Json) -> Json:
    return dict(await (await sim.client.post(f"/sim/{path}", json=json)).json())


async def get(sim: Sim, path: str) -> Json:
    return dict(await (await sim.client.get(f"/sim/{path}")).json())


async def test_people_become_friends_in_bulk(sim: Sim) -> None:
    people = [
        {"name": f"손님{n}", "phone": f"0102000{n:04d}", "person_id": f"q{n}"} for n in range(3)
    ]
    key = "ab" * 33
    people[0]["bot_user_keys"] = {BOT_ID: key}  # type: ignore[assignment]  # JSON, not a str map

    added = await post(sim, "people", {"people": people})
    await post(sim, "friends", {"bot_id": BOT_ID, "people": ["q0", "q1"]})

    assert added["added"] == ["q0", "q1", "q2"]
    assert sim.world.is_friend("q1", BOT_ID)
    assert not sim.world.is_friend("q2", BOT_ID)
    assert sim.world.bot_user_key("q0", BOT_ID) == key


async def test_a_bot_and_an_account_are_set_up(sim: Sim) -> None:
    bot = {
        "bot_id": "b2", "name": "모모커피", "channel_public_id": "_m", "channel_uuid": "@m",
        "skill_url": "http://127.0.0.1:1/", "skill_header": ["X", "y"], "blocks": {"쿠폰": "c"},
    }  # fmt: skip
    account = {"api_key": "K2", "api_secret": "S", "pf_ids": {"PF": "b2"}, "balance_won": 7}

    await post(sim, "bots", bot)
    await post(sim, "accounts", account)

    assert sim.world.bot("b2").skill_header == ("X", "y")
    assert sim.world.accounts["K2"].balance_won == 7


async def test_saying_and_pressing_return_what_appeared(sim: Sim) -> None:
    person_id, bot_id = sim.here
    chip = {"label": "쿠폰", "action": "message", "messageText": "쿠폰"}
    sim.server.reply = lambda _: text_reply("네", quickReplies=[chip])
    where = {"person_id": person_id, "bot_id": bot_id}

    said = await post(sim, "say", {**where, "text": "안녕"})
    pressed = await post(sim, "press", {**where, "label": "쿠폰"})

    assert [one["text"] for one in said["entries"]] == ["안녕", "네"]
    assert [one["kind"] for one in pressed["entries"]] == ["words", "message"]
    chat = await get(sim, f"chats/{person_id}/{bot_id}")
    assert [one["text"] for one in chat["entries"]] == ["안녕", "네", "쿠폰", "네"]
    assert chat["relation"] == "ADDED"


async def test_the_handset_is_summed_up(sim: Sim) -> None:
    key = sim.person.bot_user_keys[BOT_ID]
    talk = {
        "event": {"name": "promotion"},
        "user": [{"type": "botUserKey", "id": key}],
        "params": {"run": "r1"},
    }
    rest = {"Authorization": "KakaoAK rest-key"}
    for _ in range(2):
        await sim.client.post(f"/v2/bots/{BOT_ID}/talk", json=talk, headers=rest)
    await post(sim, "idle", {})

    assert await get(sim, "handset/summary?tag=run&value=r1") == {
        "people": 1, "deliveries": 2, "max_per_person": 2,
    }  # fmt: skip
    assert (await get(sim, "handset/summary?tag=run&value=r2"))["deliveries"] == 0
    assert (await get(sim, "handset/summary?tag=run"))["max_per_person"] == 2
    listed = await get(sim, "handset/deliveries?after=1")
    assert listed["total"] == 2
    assert listed["deliveries"][0]["shown_text"] == "안녕하세요"


async def test_a_wrong_setting_changes_nothing(sim: Sim) -> None:
    wrong = {"empty_outputs": "silent", "report_form": "round"}

    assert "error" in await post(sim, "settings", wrong)
    assert sim.settings.empty_outputs == "fail"
    assert (await post(sim, "settings", {"report_batch_max": 5}))["changed"] == ["report_batch_max"]


async def test_faults_are_armed_and_cleared(sim: Sim) -> None:
    fault = {"endpoint": "GET /cash/*", "kind": "http_500", "times": 2}

    assert len((await post(sim, "faults", fault))["armed"]) == 1
    assert (await sim.client.get("/cash/v1/balance")).status == 500
    assert (await get(sim, "faults"))["happened"] == [
        {"point": "GET /cash/v1/balance", "kind": "http_500"}
    ]
    assert (await post(sim, "faults", {"clear": True}))["armed"] == []


async def test_reset_forgets_everybody(sim: Sim) -> None:
    await post(sim, "reset", {})

    assert sim.world.people == {}
    assert len(sim.world.handset) == 0


async def test_what_a_call_leaves_out_or_does_not_know_is_named(sim: Sim) -> None:
    person_id = next(iter(sim.world.people))

    empty = await post(sim, "say", {"text": "안녕"})
    nobody = await post(sim, "say", {"person_id": "x9", "bot_id": BOT_ID, "text": "안녕"})
    no_bot = await post(sim, "enter", {"person_id": person_id, "bot_id": "y9"})

    assert empty == {"error": "ValueError: missing: person_id, bot_id"}
    assert "person_id x9" in nobody["error"]
    assert "bot_id y9" in no_bot["error"]
