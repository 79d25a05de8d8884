"""How many people are understood: the tuned table, words never tuned to, and the cost of one."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bot.hearing.understanding import Meaning, understand
from tests.bench.turns import ROUNDS

TABLES = Path(__file__).parent.parent / "bot"
HEARD = {Meaning.STOP, Meaning.MAYBE_STOP, Meaning.PAUSE}
LIMIT_MICROSECONDS = 300

Lines = Sequence[tuple[str, str]]


def measure() -> Iterator[dict[str, Any]]:
    """Recall counts advertising that is withdrawn or rests; `clear` ones must be withdrawn."""
    table, unseen = _read("utterances.tsv"), _read("utterances_unseen.tsv")
    costs = [_microseconds([*table, *unseen]) for _ in range(ROUNDS)]
    yield {
        "bench": "understanding",
        "table": _right(table),
        "table_lines": len(table),
        "table_stop_recall": _recall(table),
        "unseen": _right(unseen),
        "unseen_lines": len(unseen),
        "unseen_stop_recall": _recall(unseen),
        "unseen_clear_stop_recall": _recall([one for one in unseen if one[1] == Meaning.STOP]),
        "per_second": round(1e6 / median(costs)),
        "microseconds": round(median(costs), 1),
        "microseconds_unknown": round(_microseconds(_unknown(table)), 1),
        "limit_microseconds": LIMIT_MICROSECONDS,
    }


def _read(name: str) -> Lines:
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(words, meaning) for words, meaning in parts]


def _right(lines: Lines) -> float:
    return round(sum(understand(words) == meaning for words, meaning in lines) / len(lines), 3)


def _recall(lines: Lines) -> float:
    stops = [words for words, meaning in lines if meaning in HEARD]
    return round(sum(understand(words) in HEARD for words in stops) / len(stops), 3)


def _unknown(lines: Lines) -> Lines:
    """These go through every rule and all examples."""
    return [one for one in lines if one[1] == Meaning.UNKNOWN]


def _microseconds(lines: Lines) -> float:
    """Of one CPU, for one utterance that is not remembered: a digit keeps it out of memory."""
    fresh = [f"{words} 7" for words, _ in lines]
    begun = time.process_time()
    for words in fresh:
        understand(words)
    return (time.process_time() - begun) / len(fresh) * 1e6
