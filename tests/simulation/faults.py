"""The fault table: `python -m tests.simulation.faults`, with `--markdown` for docs/faults.md."""

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from domain.campaigns import MessageState

from .points import POINTS, Point, live_through
from .town import Town, settle_town
from .verdict import Verdict

STATES = (
    MessageState.DELIVERED,
    MessageState.FAILED,
    MessageState.REFUSED,
    MessageState.UNKNOWN,
)
HEADINGS = (
    *("sender", "message", "endpoint", "fault"),
    *STATES,
    *("most per handset", "won right", "verdict"),
)
WIDTHS = (15, 7, 52, 32, 9, 6, 7, 7, 16, 9, 7)

Row = Sequence[str]
Draw = Callable[[Row], str]


async def print_table(draw: Draw) -> int:
    """Lives through every point and prints a row for each; how many promises were broken."""
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        towns: dict[int, Town] = {}
        for point in POINTS:
            size = point.regulars
            if size not in towns:
                towns[size] = await settle_town(f"sqlite:///{folder}/settled-{size}.db", size)
            verdict = await live_through(towns[size], Path(folder), point)
            broken += len(verdict.broken)
            _say(draw(row_of(point, verdict)))
            for problem in verdict.broken:
                sys.stderr.write(f"{point}: {problem}\n")
    return broken


def row_of(point: Point, verdict: Verdict) -> Row:
    return (
        point.sender,
        point.message,
        point.endpoint,
        point.kind,
        *(str(verdict.count(state)) for state in STATES),
        str(verdict.most_per_handset),
        "yes" if verdict.is_won_right else "NO",
        "BROKEN" if verdict.broken else "kept",
    )


def as_text(row: Row) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(row, WIDTHS, strict=True)).rstrip()


def as_markdown(row: Row) -> str:
    sender, message, endpoint, *rest = row
    return f"| {' | '.join([sender, message, f'`{endpoint}`', *rest])} |"


def start_of(point: Point) -> str:
    """How its row begins in docs/faults.md."""
    return f"| {point.sender} | {point.message} | `{point.endpoint}` | {point.kind} |"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", action="store_true", help="the table of docs/faults.md")
    given = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())  # troubles are what we are here for
    if given.markdown:
        _say(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
        return 1 if asyncio.run(print_table(as_markdown)) else 0
    _say(as_text(HEADINGS))
    return 1 if asyncio.run(print_table(as_text)) else 0


if __name__ == "__main__":
    sys.exit(main())
