"""A host that answers what a test has written down, for answers the pretend world never gives."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer


class Said(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Asked(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def said(value: object, status: int = 200) -> Said:
    return Said(status, orjson.dumps(value))


HANG_UP = Said(0, b"")


@dataclass(slots=True)
class Host:
    """Gives its answers in order; the last one again and again."""

    answers: list[Said]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        path = str(request.rel_url)
        self.asked.append(Asked(request.method, path, dict(request.headers), body))
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if given is HANG_UP:
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=given.status or 200, body=given.body, headers=given.headers)


@asynccontextmanager
async def host(answers: Sequence[Said]) -> AsyncIterator[Host]:
    one = Host(list(answers))
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", one.answer)
    server = TestServer(app)
    await server.start_server()
    one.url = str(server.make_url("")).rstrip("/")
    try:
        yield one
    finally:
        await server.close()
