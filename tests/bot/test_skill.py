"""The skill's door: callers, payload variants, bad input, and what is never stored."""

import asyncio
import logging

import orjson
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from storage.models.customers import Customer
from storage.queries.places import save_channel_secrets
from tests.bot.conftest import OLD_SECRET, SECRET, Bot, Chat, Json, channel_secrets, load

PEOPLE = select(
    col(Customer.bot_user_key),
    col(Customer.plusfriend_user_key),
    col(Customer.app_user_id),
    col(Customer.friend),
).order_by(col(Customer.id))
COUNT = select(func.count(col(Customer.id)))


@pytest.mark.parametrize(
    ("name", "plusfriend", "app_user", "friend"),
    [
        ("channel.json", "Ab3dEf6hIj9k", "3012345678", "added"),
        ("channel_stranger.json", "Zb3dEf6hIj9k", None, "none"),
        ("channel_newer.json", "Yb3dEf6hIj9k", "3012345679", "added"),
    ],
)
async def test_channel_traffic_is_answered_and_the_person_remembered(
    bot: Bot, name: str, plusfriend: str, app_user: str | None, friend: str
) -> None:
    payload = load(name)
    said = await bot.chat.call(payload)

    assert said.status == 200
    assert said.body["version"] == "2.0"
    assert "'내 정보'" in said.texts
    key = payload["userRequest"]["user"]["id"]
    assert await bot.rows(PEOPLE) == [(key, plusfriend, app_user, friend)]


@pytest.mark.parametrize("name", ["skill_test_button.json", "builder_test.json"])
async def test_test_surfaces_are_answered_and_never_stored(bot: Bot, name: str) -> None:
    payload = load(name)
    for words in (payload["userRequest"]["utterance"], "무료 수신거부", "01012345678"):
        payload["userRequest"]["utterance"] = words
        said = await bot.chat.call(payload)
        assert said.status == 200
        assert "저장하지 않아요" in said.texts

    assert await bot.rows(COUNT) == [(0,)]


@pytest.mark.parametrize(
    "part",
    ["contexts", "flow", "intent", "action"],
)
async def test_parts_that_may_be_missing(bot: Bot, part: str) -> None:
    payload = load("channel.json")
    del payload[part]

    assert (await bot.chat.call(payload)).status == 200


@pytest.mark.parametrize("extra", [None, "null", {}, "", [], 3, {"do": None}, {"do": ["join"]}])
async def test_odd_client_extras_count_as_none(bot: Bot, extra: object) -> None:
    said = await bot.chat.say("도움말", extra)

    assert said.status == 200
    assert "'내 정보'" in said.texts


async def test_a_friend_tie_is_noted_both_ways(bot: Bot) -> None:
    chat = bot.chat
    await chat.say("안녕")
    assert (await bot.rows(PEOPLE))[0][3] == "added"
    chat.is_friend = False
    await chat.say("안녕")

    assert (await bot.rows(PEOPLE))[0][3] == "none"


@pytest.mark.parametrize("secret", [None, "", "wrong", "s3cret-of-the-heade", "비밀"])
async def test_a_wrong_secret_is_turned_away(bot: Bot, secret: str | None) -> None:
    chat = Chat(bot.client, secret=secret)
    said = await chat.say("도움말")

    assert said.status == 401
    assert said.body == {"error": "인증 값이 맞지 않아요."}
    assert await bot.rows(COUNT) == [(0,)]


async def test_two_secrets_are_valid_while_they_are_changed_over(bot: Bot) -> None:
    assert (await Chat(bot.client, secret=OLD_SECRET).say("도움말")).status == 200


async def test_a_secret_with_another_header_name_is_found(bot: Bot) -> None:
    secrets = orjson.loads(channel_secrets()) | {"header_name": "X-Other"}
    await bot.books.write(save_channel_secrets, bot.channel_id, orjson.dumps(secrets).decode())

    assert (await bot.chat.say("도움말")).status == 401


async def test_an_unknown_bot_is_not_found(bot: Bot) -> None:
    said = await Chat(bot.client, bot_id="nobody").say("도움말")

    assert said.status == 404
    assert "error" in said.body


async def test_a_development_bot_is_the_same_bot(bot: Bot) -> None:
    await Chat(bot.client).say("단골 되기")
    await Chat(bot.client, bot_id=bot.chat.bot_id + "!").say("안녕")

    assert len(await bot.rows(PEOPLE)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b"{}",
        b'{"userRequest": {}}',
        b'{"bot": {"id": "x"}, "userRequest": {"user": {"id": 5}}}',
        b'{"bot": {"id": ["x"]}, "userRequest": {"user": {"id": "u"}}}',
        b'{"bot": {"id": "x"}, "userRequest": {"user": {"id": "\\ud83d"}}}',
        b'{"bot": {"id": "x"}, "userRequest": {"user": {"id": "' + b"u" * 71 + b'"}}}',
        b"[" * 30_000,
        b'{"a":' * 10_000,
    ],
)
async def test_a_malformed_call_is_refused(bot: Bot, raw: bytes) -> None:
    said = await bot.chat.post(raw)

    assert said.status == 400
    assert said.body == {"error": "요청 본문을 읽을 수 없어요."}


async def test_a_body_over_64_kib_is_refused(bot: Bot) -> None:
    payload = bot.chat.payload("가" * 30_000, None)
    said = await bot.chat.call(payload)

    assert said.status == 413
    assert "64 KiB" in said.body["error"]


async def test_a_body_of_unknown_length_is_counted(bot: Bot) -> None:
    async def slowly() -> object:
        for _ in range(80):
            yield b" " * 1024
            await asyncio.sleep(0)

    async with bot.client.post("/kakao/skill", data=slowly()) as response:
        assert response.status == 413


@pytest.mark.parametrize(
    "words",
    [
        "가" * 10_000,
        "👩‍👩‍👧‍👦🇰🇷❤️",
        "\x00\x01\x1b[31m",
        "줄\n바\r\n꿈\u2028",
        "' OR 1=1; --",
        "{{ 7*7 }} {% raw %} #{고객명}",
        "\u202e거꾸로",
        "   ",
    ],
)
async def test_any_words_get_a_kind_answer(bot: Bot, words: str) -> None:
    said = await bot.chat.say(words)

    assert said.status == 200
    assert said.labels


@pytest.mark.parametrize("path", ["skill", "channel"])
async def test_a_body_that_is_not_what_its_headers_say_is_refused(bot: Bot, path: str) -> None:
    headers = {"Content-Encoding": "gzip", "X-Dangol": SECRET}
    async with bot.client.post(f"/kakao/{path}", data=b"not gzip", headers=headers) as response:
        body: Json = orjson.loads(await response.read())
        assert response.status == 400
        assert "읽을 수 없어요" in body["error"]


async def test_half_an_emoji_is_no_reason_for_silence(bot: Bot) -> None:
    """A lone surrogate is legal JSON and illegal UTF-8."""
    raw = orjson.dumps(bot.chat.payload("@@", None))
    for half in (rb"\ud83d", rb"\udc00 \ud83d", b"\xed\xa0\xbd"):
        said = await bot.chat.post(raw.replace(b"@@", half + "단골 되기".encode()))
        assert said.status == 200
        assert "만 14세" in said.texts


async def test_half_an_emoji_as_the_pressed_words_is_stored_clean(bot: Bot) -> None:
    chat = await bot.joined()
    raw = orjson.dumps(chat.payload("@@수신거부", None)).replace(b"@@", rb"\ud83d")
    said = await chat.post(raw)

    assert "수신 거부" in said.texts


async def test_a_stop_in_a_flood_of_words_is_heard(bot: Bot) -> None:
    chat = await bot.joined()

    assert "수신 거부 처리" in (await chat.say("광고 그만 보내세요 " + "제발 " * 3_000)).texts


async def test_turns_of_one_moment_are_all_answered(bot: Bot) -> None:
    chats = [Chat(bot.client, user=f"{number:066x}") for number in range(40)]
    said = await asyncio.gather(*(chat.say("단골 되기") for chat in chats))

    assert {one.status for one in said} == {200}
    assert await bot.rows(COUNT) == [(40,)]


async def test_a_bug_is_logged_once_and_said_kindly(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """A closed table stands in for any bug: the turn is rolled back."""
    await bot.books.write(lambda tx: tx._link.run("ALTER TABLE customer RENAME TO gone", {}))
    with caplog.at_level(logging.ERROR):
        said = await bot.chat.say("도움말")

    assert said.status == 200
    assert "문제가 생겨서" in said.texts
    assert len([one for one in caplog.records if one.exc_info]) == 1


async def test_other_addresses_and_methods_are_refused_in_json(bot: Bot) -> None:
    for method, path, status in (("GET", "skill", 405), ("POST", "nothing", 404)):
        async with bot.client.request(method, f"/kakao/{path}") as response:
            body: Json = orjson.loads(await response.read())
            assert response.status == status
            assert "error" in body
