"""A sheet that somebody made by hand: where its columns' names stand, and which is which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

TITLE_LINES_MAX = 10
"""A sheet may begin with a heading of its own; the columns' names stand below it."""

TITLE_DIGITS_MAX = 6
"""What has more of them is a phone number under a title, not a title."""

Cell = str | int | float | date | None
Titles = Mapping[str, Sequence[str]]
"""What each column may be called: any of these words within the cell."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read, and why; `number` is the line in the sheet, from 1."""

    number: int
    words: str
    reason: str


def text_of(cell: Cell) -> str:
    """What a person reads in a cell; a spreadsheet makes 3.0 of 3."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()


def find_titles(
    rows: Sequence[Sequence[Cell]], titles: Titles, *, needed: Collection[str]
) -> tuple[int, Mapping[str, int]] | None:
    """The first line below the columns' names, and which column is what; None where no line
    near the top has all that is `needed`.
    """
    for number, row in enumerate(rows[:TITLE_LINES_MAX], 1):
        columns: dict[str, int] = {}
        for index, cell in enumerate(row):
            kind = _kind_of(text_of(cell), titles)
            if kind and kind not in columns:
                columns[kind] = index
        if columns.keys() >= set(needed):
            return number, columns
    return None


def _kind_of(title: str, titles: Titles) -> str | None:
    plain = "".join(title.split()).lower()
    if sum(char.isdigit() for char in plain) > TITLE_DIGITS_MAX:
        return None
    return next(
        (kind for kind, words in titles.items() if any(word in plain for word in words)), None
    )
