"""A load of keep-alive HTTP/1.1 requests from a process of its own: counts and latencies."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

CONNECTIONS = 32
"""As limits.md 1 was measured: 9,600-12,000 echoes a second at 2.5 ms are about thirty at once."""

Figures = dict[str, float]
HEADER_END = b"\r\n\r\n"


@dataclass(slots=True)
class Score:
    latencies: list[float] = field(default_factory=list)
    failures: int = 0


class Caller(asyncio.Protocol):
    """One connection: the next request leaves when the last answer is complete."""

    def __init__(self, requests: Sequence[bytes], first: int, score: Score, until: float) -> None:
        self._requests, self._next, self._score, self._until = requests, first, score, until
        self._buffer = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has another base
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += CONNECTIONS

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(HEADER_END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(self._buffer) < end + len(HEADER_END) + length:
            return
        self._buffer = b""
        now = time.perf_counter()
        self._score.latencies.append(now - self._sent_at)
        self._score.failures += b" 200 " not in head[:20]
        if now < self._until:
            self._send()
        else:
            self._transport.close()
            self.done.set_result(None)


async def press(host: str, port: int, requests: Sequence[bytes], seconds: float) -> Score:
    score, loop = Score(), asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    callers = [Caller(requests, index, score, until) for index in range(CONNECTIONS)]
    for caller in callers:
        await loop.create_connection(lambda one=caller: one, host, port)  # type: ignore[misc]  # a lambda's default
    await asyncio.gather(*[caller.done for caller in callers])
    return score


def figures(latencies: Sequence[float], failures: int, took: float) -> Figures:
    ordered = sorted(latencies)
    return {
        "per_second": len(ordered) / took,
        "p50_ms": 1000 * ordered[len(ordered) // 2],
        "p99_ms": 1000 * ordered[int(len(ordered) * 0.99)],
        "failures": failures,
    }


def main() -> None:
    """Reads `{host, port, seconds, requests: [hex]}` a line, answers a line of figures."""
    for line in sys.stdin:
        given = json.loads(line)
        requests = [bytes.fromhex(one) for one in given["requests"]]
        started = time.perf_counter()
        score = uvloop.run(press(given["host"], given["port"], requests, given["seconds"]))
        took = time.perf_counter() - started
        found = figures(score.latencies, score.failures, took)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
