"""Fault points as data, and the one middleware in which they happen (providers.md E14)."""

import asyncio
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, get_args

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.wire import Json, answer

Kind = Literal[
    "close_before_reading",
    "close_after_reading",
    "close_after_acting",
    "half_reply",
    "http_500",
    "http_500_after_acting",
    "http_503_html",
    "http_429",
    "skew_403",
    "slow",
    "drop_reports",
    "duplicate_reports",
    "delay_reports",
]

FAULTS_MAX = 1_000
HAPPENED_KEPT_MAX = 1_000
SLOW_SECONDS_DEFAULT = 1.0
# No body of a 429 is documented (providers.md A5); the names of the others are.
ERRORS: Mapping[str, tuple[int, str]] = {
    "http_500": (500, "InternalError"),
    "http_429": (429, "TooManyRequests"),
    "skew_403": (403, "RequestTimeTooSkewed"),
}
HTML_503 = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"


@dataclass(slots=True, kw_only=True)
class Fault:
    """`endpoint` is a pattern such as `POST /messages/v4/groups/*/send`, or `reports` of a provider,
    or `webhooks` of the channel; the kinds that end in `_reports` are for these two.

    It happens `times` times, or with `probability` each time; with both, until `times` is used up.
    `retry_after` is what a 429 says in that header, seconds or a date: neither Kakao nor SOLAPI
    documents it, clients honour it.
    """

    endpoint: str
    kind: Kind
    times: int | None = None
    probability: float | None = None
    seconds: float = SLOW_SECONDS_DEFAULT
    retry_after: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"unknown fault {self.kind}")
        if self.times is None and self.probability is None:
            self.times = 1


class Faults:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same seed, the same bad luck
        self._armed: list[Fault] = []
        self.happened: deque[tuple[str, str]] = deque(maxlen=HAPPENED_KEPT_MAX)

    def arm(self, fault: Fault) -> None:
        if len(self._armed) >= FAULTS_MAX:
            raise ValueError("too many faults")
        self._armed.append(fault)

    def armed(self) -> list[Fault]:
        """In the order in which they are tried."""
        return list(self._armed)

    def take_back(self, place: int) -> None:
        """One of those armed; that it has happened meanwhile is no mistake."""
        if place < len(self._armed):
            del self._armed[place]

    def clear(self) -> None:
        self._armed.clear()

    def take(self, point: str) -> Fault | None:
        """The first armed fault of this point that happens now; it is then used up by one."""
        for fault in self._armed:
            if not fnmatchcase(point, fault.endpoint):
                continue
            if fault.probability is not None and self._random.random() >= fault.probability:
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._armed.remove(fault)
            self.happened.append((point, fault.kind))
            return fault
        return None

    def as_json(self) -> list[Json]:
        return [
            {
                "endpoint": fault.endpoint,
                "kind": fault.kind,
                "times": fault.times,
                "probability": fault.probability,
                "seconds": fault.seconds,
                "retry_after": fault.retry_after,
            }
            for fault in self._armed
        ]

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._armed:
            return await handler(request)
        fault = self.take(f"{request.method} {request.path}")
        if fault is None:
            return await handler(request)
        refused = await _before_acting(request, fault)
        if refused is not None:
            return refused
        response = await handler(request)  # the seam: from here on it has been done
        return await _after_acting(request, fault, response)


async def _before_acting(request: web.Request, fault: Fault) -> web.StreamResponse | None:
    if fault.kind == "close_before_reading":
        return _hang_up(request)
    if fault.kind == "close_after_reading":
        await request.read()
        return _hang_up(request)
    if fault.kind == "http_503_html":
        return web.Response(status=503, text=HTML_503, content_type="text/html")
    if fault.kind in ERRORS:
        return _error(fault)
    return None


def _error(fault: Fault) -> web.Response:
    status, code = ERRORS[fault.kind]
    refused = answer({"errorCode": code, "errorMessage": "fault"}, status=status)
    if fault.retry_after is not None:
        refused.headers["Retry-After"] = fault.retry_after
    return refused


async def _after_acting(
    request: web.Request, fault: Fault, response: web.StreamResponse
) -> web.StreamResponse:
    match fault.kind:
        case "close_after_acting":
            return _hang_up(request)
        case "half_reply":
            return await _half(request, response)
        case "http_500_after_acting":
            return web.Response(status=500, text="Internal Server Error")
        case "slow":
            await asyncio.sleep(fault.seconds)
            return response
        case _:
            return response


def _hang_up(request: web.Request) -> web.Response:
    """The peer sees a reset; what is returned here has nowhere to go."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    body = response.body if isinstance(response, web.Response) else b""
    whole = body if isinstance(body, bytes | bytearray) else b""
    cut = web.StreamResponse(status=response.status, headers={"Content-Length": str(len(whole))})
    cut.content_type = response.content_type
    await cut.prepare(request)
    await cut.write(bytes(whole[: len(whole) // 2]))
    if request.transport is not None:
        request.transport.close()  # flushes what was written, then the line is dead
    return cut
