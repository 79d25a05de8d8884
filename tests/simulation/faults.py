"""The fault table: `python -m tests.simulation.faults`, with `--markdown` for docs/faults.md."""

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from domain.campaigns import MessageState

from .points import POINTS, REGULARS, Point, live_through
from .town import settle_town
from .verdict import Verdict

STATES = (
    MessageState.DELIVERED,
    MessageState.FAILED,
    MessageState.REFUSED,
    MessageState.UNKNOWN,
)
HEADINGS = ("sender", "endpoint", "fault", *STATES, "most per handset", "won right", "verdict")
WIDTHS = (12, 40, 22, 9, 6, 7, 7, 16, 9, 7)

Row = Sequence[str]
Draw = Callable[[Row], str]


async def print_table(draw: Draw) -> int:
    """Lives through every point and prints a row for each; how many promises were broken."""
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        town = await settle_town(f"sqlite:///{folder}/settled.db", REGULARS)
        for point in POINTS:
            verdict = await live_through(town, Path(folder), point)
            broken += len(verdict.broken)
            _say(draw(row_of(point, verdict)))
            for problem in verdict.broken:
                sys.stderr.write(f"{point}: {problem}\n")
    return broken


def row_of(point: Point, verdict: Verdict) -> Row:
    return (
        point.sender,
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
    sender, endpoint, *rest = row
    return f"| {' | '.join([sender, f'`{endpoint}`', *rest])} |"


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
