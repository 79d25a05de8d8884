"""Webhook turns a second with a durable write, beside a bare echo of the same body."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from tests.bench.load import Figures
from tests.bench.payloads import skill_requests

SECONDS = 2.0
ROUNDS = 5
LIMITS = {"sqlite": 0.35, "postgresql": 0.20}
SAYINGS = {"help": "도움말", "my_info": "내 정보"}
"""`help` reads and durably writes the person; `my_info` reads their choices as well. Both are
turns with a durable write, so both stand beside the limit."""


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A child that ends when its standard input is closed."""
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            yield child
        finally:
            assert child.stdin is not None
            child.stdin.close()
            child.wait()


class Load:
    """The process that calls; one for all servers, so that all are called alike."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self._child = child

    def press(self, address: str, requests: Sequence[bytes], seconds: float) -> Figures:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        where = urlsplit(address)
        asked = {
            "host": where.hostname,
            "port": where.port,
            "seconds": seconds,
            "requests": [one.hex() for one in requests],
        }
        self._child.stdin.write(json.dumps(asked) + "\n")
        self._child.stdin.flush()
        figures: Figures = json.loads(self._child.stdout.readline())
        return figures


def measure(databases: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One line a database and saying: medians of rounds in which all take turns."""
    with ExitStack() as stack:
        load = Load(stack.enter_context(process("tests.bench.load")))
        servers = {"echo": _address(stack.enter_context(process("tests.bench.servers", "echo")))}
        for name, url in databases.items():
            child = stack.enter_context(process("tests.bench.servers", "ours", url))
            servers[name] = _address(child)
        for saying, words in SAYINGS.items():
            yield from _compare(load, servers, saying, skill_requests(words))


def _address(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def _compare(
    load: Load, servers: dict[str, str], saying: str, requests: Sequence[bytes]
) -> Iterator[dict[str, Any]]:
    for address in servers.values():
        load.press(address, requests, SECONDS / 2)
    rounds: list[dict[str, Figures]] = [
        {name: load.press(at, requests, SECONDS) for name, at in servers.items()}
        for _ in range(ROUNDS)
    ]
    echoes = [one["echo"]["per_second"] for one in rounds]
    for name in servers:
        if name != "echo":
            yield _line(name, saying, [one[name] for one in rounds], echoes)


def _line(
    database: str, saying: str, ours: Sequence[Figures], echoes: Sequence[float]
) -> dict[str, Any]:
    ratios = [one["per_second"] / echo for one, echo in zip(ours, echoes, strict=True)]
    return {
        "bench": "webhook_turns",
        "database": database,
        "saying": saying,
        "per_second": round(median(one["per_second"] for one in ours)),
        "echo_per_second": round(median(echoes)),
        "ratio": round(median(ratios), 3),
        "ratio_min_max": [round(min(ratios), 3), round(max(ratios), 3)],
        "limit": LIMITS[database],
        "p50_ms": round(median(one["p50_ms"] for one in ours), 1),
        "p99_ms": round(median(one["p99_ms"] for one in ours), 1),
        "failures": sum(one["failures"] for one in ours),
    }
