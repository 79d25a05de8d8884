"""What one HTTP request proves (providers.md E, last table)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from campaigns.senders.attempts import AFTER_SECONDS_MAX, Line
from domain.refusals import Retryable, TooMany, Unknown

from .conftest import unused_url
from .fakes import HANG_UP, Said, host

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw(talk: Talk) -> AsyncIterator[str]:
    """A server below HTTP, for one connection."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await talk(reader, writer)
        writer.close()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await ended.wait()


async def ask(url: str, method: str = "POST", timeout_seconds: float = 5) -> int:
    line = Line(url, timeout_seconds=timeout_seconds)
    try:
        return (await line.ask(method, "/x", {}, b"{}")).status
    finally:
        await line.close()


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 409, 413])
async def test_a_clear_answer_is_handed_over(status: int) -> None:
    async with host([Said(status, b"{}")]) as one:
        assert await ask(one.url) == status


@pytest.mark.parametrize("status", [302, 408, 500, 502, 503, 504])
async def test_an_answer_that_proves_nothing_is_unknown(status: int) -> None:
    async with host([Said(status, b"<html>")]) as one:
        with pytest.raises(Unknown):
            await ask(one.url)


async def test_too_many_requests_may_come_again() -> None:
    async with host([Said(429, b"")]) as one:
        with pytest.raises(Retryable):
            await ask(one.url)


SAID_AT = "Wed, 25 Nov 2026 01:00:00 GMT"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 30 ", 30),
        ("86400", AFTER_SECONDS_MAX),
        ("Wed, 25 Nov 2026 01:00:20 GMT", 20),
        ("Wed, 25 Nov 2026 00:59:00 GMT", 0),
        ("Thu, 26 Nov 2026 01:00:00 GMT", AFTER_SECONDS_MAX),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
    ],
)
async def test_too_many_requests_say_how_long_to_wait(told: str, seconds: float | None) -> None:
    """RFC 9110, 10.2.3: both forms; a date is meant beside the clock that wrote it."""
    headers = {"Retry-After": told, "Date": SAID_AT}
    async with host([Said(429, b"", headers)]) as one:
        with pytest.raises(TooMany) as caught:
            await ask(one.url)

    assert caught.value.after_seconds == seconds


async def test_too_many_requests_need_not_say_it() -> None:
    async with host([Said(429, b"")]) as one:
        with pytest.raises(TooMany) as caught:
            await ask(one.url)

    assert caught.value.after_seconds is None


async def test_no_connection_means_nothing_was_done() -> None:
    with pytest.raises(Retryable):
        await ask(unused_url())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET"])
async def test_a_request_is_made_once_although_its_answer_was_lost(method: str) -> None:
    """providers.md trap 2: aiohttp would repeat all of these but POST, signature and all."""
    async with host([HANG_UP, Said(200, b"{}")]) as one:
        with pytest.raises(Unknown):
            await ask(one.url, method)

        assert len(one.asked) == 1


async def test_a_server_that_dies_after_taking_a_request_leaves_it_unknown() -> None:
    """A second try that found nobody must not make the first look as if it never left."""
    listening: list[asyncio.Server] = []

    async def die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        listening[0].close()
        writer.transport.abort()

    server = await asyncio.start_server(die, "127.0.0.1", 0)
    listening.append(server)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(Unknown):
        await ask(url, "PUT")


async def test_half_an_answer_is_unknown() -> None:
    async def half(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()

    async with raw(half) as url:
        with pytest.raises(Unknown):
            await ask(url)


async def test_no_answer_in_time_is_unknown() -> None:
    async def keep_silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side has had enough

    async with raw(keep_silent) as url:
        with pytest.raises(Unknown):
            await ask(url, timeout_seconds=0.1)
