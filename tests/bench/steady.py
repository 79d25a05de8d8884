"""A steady load from a process of its own: so many requests a second, each at its own time.

A request is sent when its time has come, answered or not what went before, and its latency counts
from that time: who is kept waiting does not lighten the load.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import uvloop

from tests.bench.load import HEADER_END, Figures, Score, figures

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Steady:
    def __init__(self, address: str, requests: Sequence[bytes], per_second: float) -> None:
        where = urlsplit(address)
        self._host, self._port = where.hostname, where.port
        self._requests = requests
        self._pause = 1.0 / per_second
        self._free: list[Connection] = []
        self._score = Score()
        self._since = time.perf_counter()

    def take(self) -> Figures:
        """The figures since they were last taken."""
        score, since = self._score, self._since
        self._score, self._since = Score(), time.perf_counter()
        return figures(score.latencies, score.failures, self._since - since)

    async def run(self) -> None:
        """Until canceled."""
        due, number = time.perf_counter(), 0
        async with asyncio.TaskGroup() as group:
            while True:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(self._call(self._requests[number % len(self._requests)], due))
                due, number = due + self._pause, number + 1

    async def _call(self, request: bytes, due: float) -> None:
        score = self._score
        connection = self._free.pop() if self._free else None
        reader, writer = connection or await asyncio.open_connection(self._host, self._port)
        writer.write(request)
        head = (await reader.readuntil(HEADER_END)).lower()
        length = int(head[head.index(b"content-length:") + 15 :].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        score.latencies.append(time.perf_counter() - due)
        score.failures += b" 200 " not in head[:20]
        self._free.append((reader, writer))


async def main() -> None:
    """Reads `{address, per_second, requests: [hex]}`; then each line is answered with figures."""
    given = json.loads(sys.stdin.readline())
    requests = [bytes.fromhex(one) for one in given["requests"]]
    steady = Steady(given["address"], requests, given["per_second"])
    calling = asyncio.create_task(steady.run())
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps(steady.take()) + "\n")
        sys.stdout.flush()
    calling.cancel()


if __name__ == "__main__":
    uvloop.run(main())
