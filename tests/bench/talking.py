"""People who talk with the bot, from a process of their own: each connection has its own."""

import asyncio
import json
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop

from bot.words import say
from tests.bench.load import CONNECTIONS, HEADER_END, Figures, figures
from tests.bench.talks import Call, lanes

KEY_BYTES = 33
SORRY = tuple(say("trouble", words)[:30].encode() for words in ("bug", "late", "slow_down"))
"""What is no answer to anything that is said here."""


@dataclass(slots=True)
class Score:
    latencies: list[float] = field(default_factory=list)
    failures: int = 0


class Talker(asyncio.Protocol):
    """One connection: a line leaves when the one before is answered, and not before it is due.

    `every` is the time between two lines, None for as fast as it goes. Whoever waits for a late
    answer has waited since the next line was due.
    """

    def __init__(
        self, lane: Sequence[Call], until: float, every: float | None, wait: float
    ) -> None:
        self._lane, self._until, self._every = lane, until, every
        self._due = time.perf_counter() + wait
        self._next = 0
        self._stranger = ""
        self._buffer = b""
        self.score = Score()
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has another base
        self._go_on()

    def _go_on(self) -> None:
        now = time.perf_counter()
        if now >= self._until:
            self._transport.close()
            self.done.set_result(None)
        elif self._every is None or now >= self._due:
            self._send(now if self._every is None else self._due)
        else:
            asyncio.get_running_loop().call_later(self._due - now, self._send_now)

    def _send_now(self) -> None:
        self._send(time.perf_counter())

    def _send(self, since: float) -> None:
        self._sent_at = since
        self._due += self._every or 0
        self._call = call = self._lane[self._next % len(self._lane)]
        self._next += 1
        if call.is_strange and call.is_first:
            self._stranger = secrets.token_hex(KEY_BYTES)
        self._transport.write(call.by(self._stranger) if call.is_strange else call.request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(HEADER_END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.index(b"content-length:") + 15
        if len(self._buffer) < end + len(HEADER_END) + int(head[at:].split(b"\r\n", 1)[0]):
            return
        answer, self._buffer = self._buffer, b""
        self.score.latencies.append(time.perf_counter() - self._sent_at)
        self.score.failures += not _is_right(answer, self._call.answer)
        self._go_on()


def _is_right(answer: bytes, words: bytes) -> bool:
    """An echo says the words back, too."""
    return (
        answer.startswith(b"HTTP/1.1 200 ")
        and words in answer
        and not any(sorry in answer for sorry in SORRY)
    )


async def talk(
    addresses: Sequence[str], given: Sequence[Sequence[Call]], seconds: float, rate: float | None
) -> Figures:
    """`rate`: lines a second of all connections together."""
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    every = CONNECTIONS / rate if rate else None
    talkers = [
        Talker(lane, started + seconds, every, number / rate if rate else 0)
        for number, lane in enumerate(given)
    ]
    for number, one in enumerate(talkers):
        where = urlsplit(addresses[number % len(addresses)])
        host, port = where.hostname, where.port
        await loop.create_connection(lambda one=one: one, host, port)  # type: ignore[misc,arg-type]  # uvloop
    await asyncio.gather(*[one.done for one in talkers])
    took = time.perf_counter() - started
    latencies = [each for one in talkers for each in one.score.latencies]
    return figures(latencies, sum(one.score.failures for one in talkers), took)


def main() -> None:
    """Reads `{addresses, seconds, rate}` a line, answers a line of figures."""
    given = lanes(CONNECTIONS)
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        found = uvloop.run(talk(asked["addresses"], given, asked["seconds"], asked["rate"]))
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
