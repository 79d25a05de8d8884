"""A script: reads a workbook from stdin and says its cells as JSON, in a process of its own.

A file of a few kilobytes may name a cell so far out that the reader asks for hundreds of
gigabytes and takes its process along. So this one has little memory and nothing else to lose.
"""

import io
import json
import resource
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

SCRIPT = Path(__file__)
MEMORY_BYTES_MAX = 1024 * 1024 * 1024
UNREADABLE = 3
"""What the process says by its end: this is no workbook."""


def main() -> int:
    with suppress(ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    rows_max, columns_max = map(int, sys.argv[1:])
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=rows_max)
    except (CalamineError, IndexError):
        return UNREADABLE
    json.dump([[_plain(cell) for cell in row[:columns_max]] for row in rows], sys.stdout)
    return 0


def _plain(cell: object) -> object:
    """Days as a list of one, so that they are told from text."""
    if isinstance(cell, date):
        return [cell.isoformat()]
    return cell if isinstance(cell, str | int | float) else str(cell)


if __name__ == "__main__":
    sys.exit(main())
