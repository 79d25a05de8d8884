"""The five seconds: late turns are answered honestly, by callback where there is one."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import orjson
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.deadline import Late, is_allowed, within
from bot.door import SEEN_AFTER_SECONDS
from storage.books import Books
from tests.bot.conftest import Chat, Clock, Json, Web, open_shop, settings, whole
from tests.factories import change, rows

Open = Callable[[web.Application], Awaitable[Web]]
SHORT_SECONDS = 0.05
BREAK = "ALTER TABLE audit_line RENAME TO audit_lost"
MEND = "ALTER TABLE audit_lost RENAME TO audit_line"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://bot-api.kakao.com/v1/bots/b/callback/t", True),
        ("http://bot-api.kakao.com/v1/bots/b/callback/t", False),
        ("https://bot-api.kakao.com.evil.example/x", False),
        ("https://bot-api.kakao.com@evil.example/x", False),
        ("https://user@bot-api.kakao.com/x", False),
        ("https://bot-api.kakao.com:8443/x", False),
        ("https://evil.example/bot-api.kakao.com", False),
        ("file:///etc/passwd", False),
        ("//bot-api.kakao.com/x", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_answers_go_to_the_platform_only(url: str, allowed: bool) -> None:
    assert is_allowed(url, "bot-api.kakao.com") is allowed


@pytest.mark.parametrize(
    ("url", "host", "allowed"),
    [
        ("http://127.0.0.1:9000/x", "127.0.0.1:9000", True),
        ("http://127.0.0.1:9001/x", "127.0.0.1:9000", False),
        ("http://169.254.169.254/x", "169.254.169.254", False),
    ],
)
def test_plain_http_is_for_the_simulator_at_home(url: str, host: str, allowed: bool) -> None:
    assert is_allowed(url, host) is allowed


async def test_work_in_time_gives_its_result() -> None:
    assert await within(asyncio.ensure_future(asyncio.sleep(0, 5)), 1) == 5


async def test_late_work_goes_on() -> None:
    work = asyncio.ensure_future(asyncio.sleep(SHORT_SECONDS, 5))
    with pytest.raises(Late):
        await within(work, 0)

    assert await work == 5


async def test_a_time_out_inside_the_work_is_its_own() -> None:
    async def fail() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await within(asyncio.ensure_future(fail()), 1)


@dataclass(slots=True)
class Platform:
    """Takes callbacks as Kakao does."""

    url: str = ""
    taken: list[tuple[str, Json]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((request.path, orjson.loads(await request.read())))
        self.came.set()
        return web.json_response({"taskId": "t", "status": "SUCCESS", "timestamp": 1})


@pytest_asyncio.fixture
async def platform(open_client: Open) -> Platform:
    made = Platform()
    app = web.Application()
    app.router.add_post("/{path:.*}", made.take)
    client = await open_client(app)
    made.url = str(client.make_url("")).rstrip("/")
    return made


@dataclass(slots=True)
class Slow:
    """A bot whose storage thread is held until the test lets go."""

    chat: Chat
    books: Books
    gate: threading.Event
    held: asyncio.Future[bool]

    async def let_go(self) -> None:
        self.gate.set()
        await self.held


@pytest_asyncio.fixture
async def slow(
    bot_books: Books,
    clock: Clock,
    platform: Platform,
    open_client: Open,
) -> Slow:
    await bot_books.write(open_shop)
    client = await open_client(
        whole(
            bot_books,
            clock,
            settings(
                callback_host=platform.host,
                budget_seconds=SHORT_SECONDS,
                seen_after_seconds=SEEN_AFTER_SECONDS,
            ),
        )
    )
    chat, gate = Chat(client), threading.Event()
    await chat.client.post("/kakao/skill", data=b"")
    await bot_books.read(lambda _: None)
    held = asyncio.ensure_future(bot_books.write(lambda _: gate.wait(20)))
    await asyncio.sleep(0)
    return Slow(chat, bot_books, gate, held)


async def test_a_late_turn_promises_and_then_keeps_its_promise_once(
    slow: Slow, platform: Platform
) -> None:
    url = f"{platform.url}/v1/bots/b/callback/token-1"
    said = await slow.chat.say("단골 되기", callbackUrl=url)
    assert said.body == {"version": "2.0", "useCallback": True}
    assert platform.taken == []

    await slow.let_go()
    await asyncio.wait_for(platform.came.wait(), 5)
    ((path, body),) = platform.taken
    assert path == "/v1/bots/b/callback/token-1"
    assert "만 14세 이상이신가요?" in str(body)
    assert "useCallback" not in body


@pytest.mark.parametrize("url", [None, "https://evil.example/collect"])
async def test_without_a_callback_of_the_platform_the_answer_is_short_and_honest(
    slow: Slow, platform: Platform, url: str | None
) -> None:
    said = await slow.chat.say("단골 되기", callbackUrl=url)

    assert said.status == 200
    assert "늦어지고 있어요" in said.texts
    await slow.let_go()
    assert "만 14세" in (await slow.chat.say("단골 되기")).texts
    assert platform.taken == []


async def test_a_late_turn_is_still_written(slow: Slow) -> None:
    await slow.chat.say("단골 되기")
    await slow.let_go()

    assert await slow.books.write(rows, "SELECT asking FROM customer") == [("age",)]


async def test_words_said_before_the_question_could_be_seen_answer_nothing(slow: Slow) -> None:
    """L42: the text comes first, and it was still on its way."""
    await slow.chat.say("단골 되기")
    await slow.chat.say("네")
    await slow.let_go()
    await slow.chat.say("도움말")

    assert await slow.books.read(rows, "SELECT * FROM membership") == []


async def test_stopping_waits_for_what_was_promised(slow: Slow, platform: Platform) -> None:
    await slow.chat.say("도움말", callbackUrl=f"{platform.url}/late")
    closing = asyncio.ensure_future(slow.chat.client.close())
    await asyncio.sleep(SHORT_SECONDS)
    await slow.let_go()
    await closing

    assert [path for path, _ in platform.taken] == ["/late"]


async def test_a_platform_that_does_not_answer_harms_nobody(slow: Slow, platform: Platform) -> None:
    await slow.chat.say("도움말", callbackUrl=f"http://{platform.host}/x\n")
    dead = TestServer(web.Application())
    client = TestClient(dead)
    await client.start_server()
    await client.close()
    await slow.let_go()

    assert "'내 정보'" in (await slow.chat.say("도움말")).texts


async def test_a_refusal_after_the_promise_is_said_kindly(slow: Slow, platform: Platform) -> None:
    pressed = {"do": "use_coupon", "coupon": "999"}
    said = await slow.chat.say("쿠폰 쓰기", pressed, callbackUrl=f"{platform.url}/late")
    assert said.body == {"version": "2.0", "useCallback": True}

    await slow.let_go()
    await asyncio.wait_for(platform.came.wait(), 5)
    ((_, body),) = platform.taken
    assert "찾으시는 것이 여기에 없어요" in str(body)


async def test_a_turn_that_fails_after_the_promise_says_so_and_leaves_nothing(
    slow: Slow, platform: Platform
) -> None:
    """The audit log's last statement fails: the membership of the same turn is not there."""
    breaking = asyncio.ensure_future(slow.books.write(change, BREAK))
    await asyncio.sleep(0)
    pressed = {"do": "of_age", "shop": "1"}
    url = f"{platform.url}/late"
    said = await slow.chat.say("네, 14세 이상이에요", pressed, callbackUrl=url)
    assert said.body == {"version": "2.0", "useCallback": True}

    await slow.let_go()
    await breaking
    await asyncio.wait_for(platform.came.wait(), 5)
    ((_, body),) = platform.taken
    assert "지금 문제가 생겨서 답을 못 드렸어요" in str(body)
    assert "useCallback" not in body
    for table in ("membership", "consent_choice"):
        assert await slow.books.read(rows, f"SELECT * FROM {table}") == []
    await slow.books.write(change, MEND)
    assert "단골이 되셨어요" in (await slow.chat.say("네, 14세 이상이에요", pressed)).texts


async def test_turns_of_one_person_that_are_late_each_keep_their_own_promise(
    slow: Slow, platform: Platform
) -> None:
    for number, words in enumerate(("단골 되기", "도움말")):
        said = await slow.chat.say(words, callbackUrl=f"{platform.url}/{number}")
        assert said.body == {"version": "2.0", "useCallback": True}

    await slow.let_go()
    await slow.chat.client.close()
    taken = {path: str(body) for path, body in platform.taken}
    assert [path for path, _ in platform.taken] == ["/0", "/1"]
    assert "만 14세 이상이신가요?" in taken["/0"]
    assert "'내 정보'" in taken["/1"]
