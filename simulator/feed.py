"""Who calls whom, as it happens: the list, one call opened up, and the stream of new ones."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

import orjson
from aiohttp import web

from simulator.pages import SECURITY_HEADERS, fragment, page
from simulator.recording import (
    PARTIES,
    HttpCall,
    Said,
    masked,
    shown_body,
    shown_header,
)
from simulator.screens import frame
from simulator.world import World

LOOK_SECONDS = 0.25
BEAT_SECONDS = 15
"""A line now and then, so that nothing between takes the stream for dead."""
SHOWN_MAX = 200
AT_ONCE_MAX = 40
"""Of a campaign's thousands of calls nobody reads more in a moment; drawing them would slow it."""
HTTP_ERROR_FROM = 400


class Line(NamedTuple):
    number: int
    call: HttpCall


class Half(NamedTuple):
    """A request or an answer, as it may be seen."""

    headers: list[tuple[str, str]]
    body: str


class Feed:
    def __init__(self, world: World) -> None:
        self._world = world
        self._is_closing = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/feed", self.show),
            web.get("/feed/stream", self.stream),
            web.get(r"/feed/{number:\d+}", self.one),
        ]

    async def close(self, app: web.Application) -> None:
        """Lets go of whoever is watching, so that stopping does not wait for them."""
        del app
        self._is_closing = True

    async def show(self, request: web.Request) -> web.Response:
        party = _party(request)
        lines = list(self._lines(0, party))[-SHOWN_MAX:]
        return page(
            "feed",
            lines=list(reversed(lines)),
            parties=PARTIES,
            party=party,
            seen=self._world.calls_seen,
            **frame(self._world, request),
        )

    async def one(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        call = self._world.call_of(number)
        if call is None:
            raise web.HTTPNotFound(text="오래되어 지워진 요청이에요. 최근 500건만 남아요.")
        context = {
            "line": Line(number, call),
            "asked": _half(call.asked),
            "answered": _half(call.answered),
            "query": masked("?" + call.query)[1:] if call.query else "",
        }
        if "bare" in request.query:
            return page("feed_parts", **context)
        return page("feed_one", **context, **frame(self._world, request))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={**SECURITY_HEADERS, "Content-Type": "text/event-stream"}
        )
        await response.prepare(request)
        try:
            async for event in self._events(_party(request), _after(request, self._world)):
                await response.write(event)
        except (ConnectionError, asyncio.CancelledError):
            pass  # they closed the page
        return response

    async def _events(self, party: str, after: int) -> AsyncIterator[bytes]:
        received, silent = len(self._world.handset), 0.0
        while not self._is_closing:
            lines = list(self._lines(after, party))
            for line in lines[-AT_ONCE_MAX:]:
                yield _event("call", line.number, _told(line))
            if len(lines) > AT_ONCE_MAX:
                yield _event("skipped", lines[-1].number, {"count": len(lines) - AT_ONCE_MAX})
            after = self._world.calls_seen
            got = len(self._world.handset)
            if got != received:
                vias = {one.via for one in self._world.handset.page(received, SHOWN_MAX)}
                yield _event("received", after, {"count": got - received, "vias": sorted(vias)})
                received, silent = got, 0.0
            elif silent >= BEAT_SECONDS:
                yield b": \n\n"
                silent = 0.0
            await asyncio.sleep(LOOK_SECONDS)
            silent += LOOK_SECONDS

    def _lines(self, after: int, party: str) -> Iterator[Line]:
        for number, call in self._world.calls_after(after):
            if not party or party in (call.caller, call.callee):
                yield Line(number, call)


def _party(request: web.Request) -> str:
    party = request.query.get("party", "")
    return party if party in PARTIES else ""


def _after(request: web.Request, world: World) -> int:
    """Where the page stands, or where the line broke."""
    given = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    return int(given) if given.isdecimal() else world.calls_seen


def _told(line: Line) -> dict[str, object]:
    """The line as it stands in the list, and which way lights up."""
    call = line.call
    return {
        "html": fragment("feed_line", line=line),
        "host": call.caller if call.caller in PARTIES else call.callee,
        "good": 0 < call.status < HTTP_ERROR_FROM,
    }


def _event(kind: str, number: int, told: dict[str, object]) -> bytes:
    return b"event: %b\nid: %d\ndata: %b\n\n" % (kind.encode(), number, orjson.dumps(told))


def _half(one: Said) -> Half:
    return Half([(name, shown_header(name, value)) for name, value in one.headers], shown_body(one))
