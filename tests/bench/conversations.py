"""Whole conversations with durable writes, beside a bare echo of the same calls."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any

from tests.bench.load import Figures
from tests.bench.turns import process

SECONDS = 2.0
ROUNDS = 5
LIMITS = {"sqlite": 0.28, "postgresql": 0.15}
P99_LIMIT_MS = 50
THIRD = 1 / 3

Servers = Mapping[str, Sequence[str]]


class Talk:
    """The process that talks; one for all servers."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self._child = child

    def go(self, addresses: Sequence[str], rate: float | None = None) -> Figures:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        asked = {"addresses": addresses, "seconds": SECONDS, "rate": rate}
        self._child.stdin.write(json.dumps(asked) + "\n")
        self._child.stdin.flush()
        found: Figures = json.loads(self._child.stdout.readline())
        return found


def measure(databases: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A line a database and number of processes: medians of rounds in which all take turns.

    On SQLite there is one writing process by design, so a second one is PostgreSQL's alone.
    """
    with ExitStack() as stack:

        def start(*words: str) -> str:
            child = stack.enter_context(process("tests.bench.servers", *words))
            assert child.stdout is not None
            return child.stdout.readline().strip()

        talk = Talk(stack.enter_context(process("tests.bench.talking")))
        one = {name: start("ours", url) for name, url in databases.items()}
        servers = {"echo": [start("echo")]} | {name: [at] for name, at in one.items()}
        if "postgresql" in one:
            servers["postgresql x2"] = [
                one["postgresql"],
                start("beside", databases["postgresql"]),
            ]
        yield from _compare(talk, servers)


def _compare(talk: Talk, servers: Servers) -> Iterator[dict[str, Any]]:
    for addresses in servers.values():
        talk.go(addresses)
    rounds = [{name: talk.go(at) for name, at in servers.items()} for _ in range(ROUNDS)]
    for name, addresses in servers.items():
        if name == "echo":
            continue
        found = [one[name] for one in rounds]
        rate = THIRD * median(one["per_second"] for one in found)
        paced = [talk.go(addresses, rate) for _ in range(ROUNDS)]
        yield _line(name, found, [one["echo"]["per_second"] for one in rounds], paced)


def _line(
    name: str, ours: Sequence[Figures], echoes: Sequence[float], paced: Sequence[Figures]
) -> dict[str, Any]:
    database, _, processes = name.partition(" x")
    ratios = [one["per_second"] / echo for one, echo in zip(ours, echoes, strict=True)]
    return {
        "bench": "conversations",
        "database": database,
        "processes": int(processes or 1),
        "per_second": round(median(one["per_second"] for one in ours)),
        "echo_per_second": round(median(echoes)),
        "ratio": round(median(ratios), 3),
        "ratio_min_max": [round(min(ratios), 3), round(max(ratios), 3)],
        "limit": LIMITS[database],
        "p50_ms": round(median(one["p50_ms"] for one in ours), 1),
        "p99_ms": round(median(one["p99_ms"] for one in ours), 1),
        "third_per_second": round(median(one["per_second"] for one in paced)),
        "third_p99_ms": round(median(one["p99_ms"] for one in paced), 1),
        "third_p99_limit_ms": P99_LIMIT_MS,
        "failures": sum(one["failures"] for one in (*ours, *paced)),
    }
