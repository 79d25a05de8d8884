"""The call to a bot's skill server: the payload field by field, and what its answer means."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from simulator.chats import NO_TAGS, Block, Chat
from simulator.settings import Settings
from simulator.values import Bot, Person
from simulator.wire import Call, Json, Line
from simulator.world import World

SURFACE_CHANNEL = "Kakaotalk.plusfriend"  # kakao-chatbot.md 1.2
SURFACE_BUILDER = "BuilderBotTest"
HTTP_ERROR_FROM = 400

# Error types of Event task results (kakao-chatbot.md 4.2).
ERROR_BAD_BUBBLE = 6
ERROR_PARAMETER = 99
ERROR_SKILL_HTTP = 201
ERROR_SKILL_TIMEOUT = 202


class Turn(NamedTuple):
    """What happened in the chat that makes KakaoTalk ask the skill."""

    block: Block
    utterance: str
    trigger: str | None = None  # flow.trigger.type; None where nobody pressed or typed
    referrer: Block | None = None
    extra: Json | None = None
    params: Mapping[str, str] = NO_TAGS
    properties: Mapping[str, str] = NO_TAGS
    callback_url: str | None = None


class Answer(NamedTuple):
    reply: Json | None
    error_type: int = 0
    problem: str = ""


def channel_payload(
    world: World, person: Person, bot: Bot, turn: Turn, *, null_extra: bool
) -> Json:
    """Real channel traffic (kakao-chatbot.md 1.1 to 1.7)."""
    chat = world.chat(person.person_id, bot.bot_id)
    block = turn.block._asdict()
    user_request: Json = {
        "timezone": "Asia/Seoul",
        "params": {"surface": SURFACE_CHANNEL, **turn.params},
        "block": block,
        "utterance": turn.utterance,
        "lang": "ko",
        "user": _user(world, person, bot, turn.properties),
    }
    if turn.callback_url:
        user_request["callbackUrl"] = turn.callback_url
    payload: Json = {
        "intent": {**block, "extra": {"reason": {"code": 1, "message": "OK"}}},
        "userRequest": user_request,
        "bot": {"id": bot.bot_id + ("!" if bot.is_dev else ""), "name": bot.name},
        "action": _action(bot, turn.extra or (None if null_extra else {})),
        "contexts": _contexts(chat, world),
    }
    if turn.trigger:
        payload["flow"] = _flow(chat, turn)
    return payload


def _user(world: World, person: Person, bot: Bot, properties: Mapping[str, str]) -> Json:
    key = world.bot_user_key(person.person_id, bot.bot_id)
    known: Json = {
        **properties,
        "botUserKey": key,
        "plusfriendUserKey": world.plusfriend_user_key(person.person_id, bot.bot_id),
    }
    if person.app_user_id:
        known |= {"appUserId": person.app_user_id, "appUserStatus": "REGISTERED"}
    if world.is_friend(person.person_id, bot.bot_id):
        known["isFriend"] = True  # rule 5: absent, never false
    return {"id": key, "type": "botUserKey", "properties": known}


def _action(bot: Bot, extra: Json | None) -> Json:
    skill_id = hashlib.blake2b(bot.bot_id.encode(), digest_size=12).hexdigest()
    return {
        "id": skill_id,
        "name": bot.name,
        "params": {},
        "detailParams": {},
        "clientExtra": extra,
    }


def _contexts(chat: Chat, world: World) -> list[Json]:
    at = world.now()
    return [
        {
            "name": name,
            "lifespan": context.lifespan,  # lower-case s on this side (1.5)
            "ttl": context.ttl_seconds or 0,
            "params": {
                key: {"value": value, "resolvedValue": value}
                for key, value in context.params.items()
            },
        }
        for name, context in chat.contexts.items()
        if context.is_alive(at)
    ]


def _flow(chat: Chat, turn: Turn) -> Json:
    trigger: Json = {"type": turn.trigger}
    if turn.referrer:
        trigger["referrerBlock"] = turn.referrer._asdict()
    flow: Json = {"trigger": trigger}
    if chat.last_block:
        flow["lastBlock"] = chat.last_block._asdict()
    return flow


def skill_test_payload(bot: Bot) -> Json:
    """The console's test button (1.7): random ids, no contexts, no flow, accountId."""
    block = {"id": "q1w2e3r4t5y6u7i8o9p0a1s2", "name": "블록 이름"}
    return {
        "intent": block,
        "userRequest": {
            "timezone": "Asia/Seoul",
            "params": {"ignoreMe": "true"},
            "block": block,
            "utterance": "발화 내용",
            "lang": None,
            "user": {"id": "123456", "type": "accountId", "properties": {}},
        },
        "bot": {"id": bot.bot_id, "name": "봇 이름"},
        "action": {
            "name": "z9y8x7w6v5",
            "clientExtra": None,
            "params": {},
            "id": "l0k9j8h7g6f5d4s3a2z1x0c9",
            "detailParams": {},
        },
    }


def builder_payload(bot: Bot, block: Block, text: str, key: str) -> Json:
    """The chat test inside the builder (1.7): only botUserKey, and a trailing line break."""
    return {
        "intent": block._asdict(),
        "userRequest": {
            "timezone": "Asia/Seoul",
            "params": {"ignoreMe": "true", "surface": SURFACE_BUILDER},
            "block": block._asdict(),
            "utterance": text + "\n",
            "lang": "ko",
            "user": {"id": key, "type": "botUserKey", "properties": {"botUserKey": key}},
        },
        "bot": {"id": bot.bot_id, "name": bot.name},
        "action": _action(bot, {}),
        "contexts": [],
    }


async def ask(line: Line, settings: Settings, bot: Bot, payload: Json) -> Answer:
    headers = {"Content-Type": "application/json"}
    name, value = bot.skill_header
    if name:
        headers[name] = value
    timeout_seconds = settings.skill_timeout_seconds
    body = orjson.dumps(payload)
    got = await line.post(Call("카카오톡", bot.name, bot.skill_url, headers, body, timeout_seconds))
    if got.problem == "timeout":
        return Answer(None, ERROR_SKILL_TIMEOUT, "스킬 서버 응답 시간 초과")
    if got.status == 0:
        return Answer(None, ERROR_SKILL_HTTP, f"스킬 서버 연결 실패 ({got.problem})")
    if got.status >= HTTP_ERROR_FROM:
        return Answer(None, ERROR_SKILL_HTTP, f"스킬 서버 HTTP {got.status}")
    try:
        reply = orjson.loads(got.body)
    except orjson.JSONDecodeError:
        return Answer(None, ERROR_BAD_BUBBLE, "스킬 응답이 JSON이 아님")
    if not isinstance(reply, dict):
        return Answer(None, ERROR_BAD_BUBBLE, "스킬 응답이 객체가 아님")
    return Answer(reply)
