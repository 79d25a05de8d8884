"""JSON over HTTP in both directions, and the record of who called whom."""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, web

from simulator.clock import pause
from simulator.recording import HttpCall, Recorder, said

# The one place where JSON is untyped: the simulator carries other programs' JSON unread.
Json = dict[str, Any]

Handler = Callable[[web.Request], Awaitable[web.Response]]

TRANSPORT_ERRORS = (ClientError, TimeoutError, OSError)
REPLY_BYTES_MAX = 1 << 20
USER_AGENT = "KakaoOpenAPI/1.0"  # kakao-chatbot.md 5.1


NO_HEADERS: Mapping[str, str] = {}


class Reply(NamedTuple):
    """What came back: status 0 means that nothing did, and `problem` says why."""

    status: int
    body: bytes
    problem: str = ""
    headers: Mapping[str, str] = NO_HEADERS


class Call(NamedTuple):
    """One POST we make: who is spoken to, where, with what."""

    caller: str
    callee: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout_seconds: float


class Line:
    """Our one way out: a session that is open while the application runs, and the record."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._session: ClientSession | None = None

    def open(self, session: ClientSession) -> None:
        self._session = session

    async def pause(self, seconds: float) -> None:
        """Before something is carried; the world's seconds."""
        await pause(self._recorder.instant, seconds)

    async def post(self, call: Call) -> Reply:
        """POST once, never raise for what the other side does, write it into the record."""
        assert self._session is not None, "the simulator's application is not running"
        started = time.perf_counter()
        reply = await _post(self._session, call)
        elapsed_ms = (time.perf_counter() - started) * 1000
        self._recorder.record(_line(call, reply, self._recorder.instant(), elapsed_ms))
        return reply


def _line(call: Call, reply: Reply, at: datetime, elapsed_ms: float) -> HttpCall:
    path, _, query = ("/" + call.url.split("//", 1)[-1].partition("/")[2]).partition("?")
    return HttpCall(
        at=at,
        caller=call.caller,
        callee=call.callee,
        method="POST",
        path=path,
        status=reply.status,
        elapsed_ms=elapsed_ms,
        query=query,
        asked=said(call.headers, call.body),
        answered=said(reply.headers, reply.body),
        problem=reply.problem,
    )


async def _post(session: ClientSession, call: Call) -> Reply:
    try:
        async with session.post(
            call.url,
            data=call.body,
            headers=call.headers,
            timeout=ClientTimeout(total=call.timeout_seconds),
            allow_redirects=False,  # kakao-chatbot.md 5.1: redirects are not followed
        ) as response:
            body = await response.content.read(REPLY_BYTES_MAX)
            while chunk := await response.content.read(REPLY_BYTES_MAX):
                body += chunk
                if len(body) > REPLY_BYTES_MAX:
                    return Reply(response.status, b"", "too long", response.headers)
            return Reply(response.status, body, "", response.headers)
    except TimeoutError:
        return Reply(0, b"", "timeout")
    except TRANSPORT_ERRORS as error:
        return Reply(0, b"", type(error).__name__)


def answer(value: object, *, status: int = 200) -> web.Response:
    return web.Response(
        body=orjson.dumps(value), status=status, content_type="application/json", charset="utf-8"
    )


async def read_object(request: web.Request) -> Json:
    """The body as a JSON object; anything else is a ValueError."""
    body = await request.read()
    value = orjson.loads(body) if body else {}
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - callers refuse both alike
    return value


def guarded(action: Callable[[Json], Awaitable[Json]]) -> Handler:
    """A door of the control: what it does not understand is a 400 with the reason."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return answer(await action(await read_object(request)))
        except (ValueError, TypeError, KeyError, IndexError) as error:
            return answer({"error": f"{type(error).__name__}: {error}"}, status=400)

    return handle
