"""What a person does in a chat, and what the skill is asked then (kakao-chatbot.md 1 and 2)."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession, web

from .conftest import BOT_ID, FALLBACK, LATE, STAMP, WELCOME, Sim, text_reply


async def test_typed_words_reach_the_skill_field_by_field(sim: Sim) -> None:
    await sim.kakao.say(*sim.here, "안녕")

    (asked,) = sim.server.asked
    key = sim.person.bot_user_keys[BOT_ID]
    assert asked["intent"] == {
        "id": FALLBACK, "name": "폴백 블록", "extra": {"reason": {"code": 1, "message": "OK"}},
    }  # fmt: skip
    user_request = asked["userRequest"]
    assert user_request["timezone"] == "Asia/Seoul"
    assert user_request["params"] == {"surface": "Kakaotalk.plusfriend"}
    assert (user_request["utterance"], user_request["lang"]) == ("안녕", "ko")
    assert user_request["user"]["id"] == key
    assert len(key) == 66
    properties = user_request["user"]["properties"]
    assert properties["isFriend"] is True
    assert properties["appUserId"] == "3012345678"
    assert len(properties["plusfriendUserKey"]) == 12
    assert asked["bot"] == {"id": BOT_ID, "name": "연남빵집"}
    assert asked["contexts"] == []
    assert asked["flow"] == {"trigger": {"type": "TEXT_INPUT"}}
    assert asked["action"]["clientExtra"] == {}
    assert sim.server.headers[0]["X-Dangol"] == "s3cret"


async def test_is_friend_is_absent_for_a_stranger(sim: Sim) -> None:
    stranger = sim.world.add_person(name="손님", phone="01000000009")

    await sim.kakao.say(stranger.person_id, BOT_ID, "안녕")

    properties = sim.server.asked[0]["userRequest"]["user"]["properties"]
    assert "isFriend" not in properties
    assert "appUserId" not in properties


async def test_the_block_of_exactly_that_name_answers(sim: Sim) -> None:
    await sim.kakao.say(*sim.here, "적립하기")

    assert sim.server.asked[0]["userRequest"]["block"] == {"id": STAMP, "name": "적립하기"}


async def test_the_welcome_block_speaks_once(sim: Sim) -> None:
    first = await sim.kakao.enter(*sim.here)
    second = await sim.kakao.enter(*sim.here)

    assert [entry.via for entry in first] == ["reply"]
    assert second == []
    assert sim.server.asked[0]["userRequest"]["block"]["id"] == WELCOME


async def test_a_quick_reply_carries_block_extra_and_trigger(sim: Sim) -> None:
    chip = {"label": "적립", "action": "block", "blockId": STAMP, "extra": {"store": "s17"}}
    sim.server.reply = lambda _: text_reply("무엇을 할까요?", quickReplies=[chip])
    await sim.kakao.say(*sim.here, "안녕")

    entries = await sim.kakao.press_quick_reply(*sim.here, 0)

    asked = sim.server.asked[-1]
    assert asked["userRequest"]["block"]["id"] == STAMP
    assert asked["userRequest"]["utterance"] == "적립"
    assert asked["action"]["clientExtra"] == {"store": "s17"}
    fallback = {"id": FALLBACK, "name": "폴백 블록"}
    assert asked["flow"] == {
        "trigger": {"type": "QUICKREPLY_BUTTON_BLOCK", "referrerBlock": fallback},
        "lastBlock": fallback,
    }
    assert [entry.kind for entry in entries] == ["words", "message"]


async def test_buttons_and_rows_are_pressed_from_top_to_bottom(sim: Sim) -> None:
    card = {
        "header": {"title": "메뉴"},
        "items": [
            {"title": "그냥 글"},
            {"title": "식빵", "action": "message", "messageText": "식빵 있어요?"},
        ],
        "buttons": [{"label": "적립하기", "action": "block", "blockId": STAMP}],
    }
    sim.server.reply = lambda _: {"version": "2.0", "template": {"outputs": [{"listCard": card}]}}
    entries = await sim.kakao.say(*sim.here, "메뉴")
    position = entries[-1].position

    await sim.kakao.press_button(*sim.here, position, 0)
    await sim.kakao.press_button(*sim.here, position, 1)

    row, button = sim.server.asked[1:]
    assert row["userRequest"]["utterance"] == "식빵 있어요?"
    assert row["flow"]["trigger"]["type"] == "LIST_ITEM_MESSAGE"
    assert button["flow"]["trigger"]["type"] == "CARD_BUTTON_BLOCK"


async def test_a_context_lives_its_turns_and_no_longer(sim: Sim) -> None:
    context = {"values": [{"name": "join", "lifeSpan": 2, "params": {"store": "s17"}}]}
    sim.server.reply = lambda _: text_reply("이름은요?") | {"context": context}
    await sim.kakao.say(*sim.here, "가입")
    sim.server.reply = lambda _: text_reply("네")
    for _ in range(3):
        await sim.kakao.say(*sim.here, "김단골")

    seen = [asked["contexts"] for asked in sim.server.asked[1:]]

    params = {"store": {"value": "s17", "resolvedValue": "s17"}}
    assert seen[0] == [{"name": "join", "lifespan": 2, "ttl": 0, "params": params}]
    assert seen[1][0]["lifespan"] == 1
    assert seen[2] == []


async def _status_500() -> web.Response:
    return web.Response(status=500)


async def _not_json() -> web.Response:
    return web.Response(text="<html>")


async def _too_slow() -> web.Response:
    await asyncio.sleep(1)
    return web.json_response(text_reply("늦었어요"))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (_status_500, "HTTP 500"),
        (_not_json, "JSON"),
        (_too_slow, "시간 초과"),
        (lambda: {"template": {"outputs": []}}, "version"),
        (lambda: text_reply("가" * 1001), "1001자"),
        (lambda: text_reply("네", quickReplies=[{"label": "a", "action": "x"}]), "quickReply"),
    ],
)
async def test_a_bad_answer_becomes_a_gray_line(sim: Sim, reply: Any, reason: str) -> None:
    sim.settings.skill_timeout_seconds = 0.2
    sim.server.reply = lambda _: reply()

    entries = await sim.kakao.say(*sim.here, "안녕")

    assert entries[-1].kind == "error"
    assert reason in entries[-1].text


async def test_a_late_answer_arrives_by_callback_once(sim: Sim) -> None:
    sim.server.reply = lambda _: {
        "version": "2.0",
        "useCallback": True,
        "data": {"text": "조회 중"},
    }
    entries = await sim.kakao.say(*sim.here, "늦는 블록")
    url = sim.server.asked[0]["userRequest"]["callbackUrl"]

    async with ClientSession() as session:
        first = await (await session.post(url, json=text_reply("다 됐어요"))).json()
        second = await (await session.post(url, json=text_reply("또?"))).json()

    assert sim.server.asked[0]["userRequest"]["block"]["id"] == LATE
    assert entries[-1].text == "조회 중"
    assert (first["status"], second["status"]) == ("SUCCESS", "FAIL")
    shown = sim.world.handset.all_deliveries()
    assert [one.shown_text for one in shown] == ["다 됐어요"]


async def test_a_callback_ends_after_a_minute(sim: Sim) -> None:
    sim.server.reply = lambda _: {"version": "2.0", "useCallback": True}
    await sim.kakao.say(*sim.here, "늦는 블록")
    url = sim.server.asked[0]["userRequest"]["callbackUrl"]
    sim.clock.pass_(seconds=60)

    async with ClientSession() as session:
        answer = await (await session.post(url, json=text_reply("늦었어요"))).json()

    assert answer["status"] == "FAIL"


async def test_the_console_test_button_sends_its_own_shape(sim: Sim) -> None:
    await sim.kakao.skill_test_button(BOT_ID)

    (asked,) = sim.server.asked
    assert asked["userRequest"]["user"] == {"id": "123456", "type": "accountId", "properties": {}}
    assert asked["userRequest"]["lang"] is None
    assert asked["action"]["clientExtra"] is None
    assert "contexts" not in asked
    assert "flow" not in asked


async def test_the_builder_test_ends_in_a_line_break(sim: Sim) -> None:
    await sim.kakao.builder_test(BOT_ID, "적립하기")

    (asked,) = sim.server.asked
    assert asked["userRequest"]["utterance"] == "적립하기\n"
    assert asked["userRequest"]["params"] == {"surface": "BuilderBotTest", "ignoreMe": "true"}
    assert set(asked["userRequest"]["user"]["properties"]) == {"botUserKey"}
