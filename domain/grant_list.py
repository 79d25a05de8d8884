"""A list of grants for many shops: which column is what, and which row cannot be read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.people import clean_text
from domain.tables import BadLine, Cell, find_titles, text_of

ROWS_MAX = 5_000
WON_MAX = 10_000_000_000
WORDS_SHOWN_MAX = 60
TITLES: Mapping[str, Sequence[str]] = {
    "start_on": ("시작", "start"),
    "end_on": ("만료", "종료", "끝", "사용", "end"),
    "amount": ("금액", "지원금", "amount"),
    "shop": ("가게", "점포", "매장", "상호", "주소", "shop"),
}
NAMES = {"shop": "가게", "amount": "금액", "start_on": "시작 기한", "end_on": "만료일"}
WRITTEN = ("amount", "start_on", "end_on")
"""A row in which nothing of these is written is a shop that gets nothing: the file to fill in
names every shop.
"""

YEARS = range(2000, 2100)
WON = re.compile(r"(\d{1,15})(?:\.0+)?원?")
DAY = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D*|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLine:
    """One grant of the list: `shop` is an address or an exact name, both days are the last ones.

    `number` is the row in the sheet, from 1.
    """

    number: int
    shop: str
    amount_won: int
    start_on: date
    end_on: date

    @property
    def words(self) -> str:
        """What a row that is left out is shown with: its other cells may hold names and phones."""
        return self.shop[:WORDS_SHOWN_MAX]


@dataclass(frozen=True, slots=True)
class GrantList:
    """`reason` is set when nothing at all could be read."""

    lines: Sequence[GrantLine] = ()
    bad: Sequence[BadLine] = ()
    reason: str | None = None


def read_grant_list(rows: Sequence[Sequence[Cell]]) -> GrantList:
    """What can be understood, and each other row with its reason."""
    found = find_titles(rows, TITLES, needed=TITLES)
    if found is None:
        return GrantList(
            reason="첫 줄에 가게, 금액, 시작 기한, 만료일이라고 칸 이름을 적어 주세요."
        )
    begin, columns = found
    lines: list[GrantLine] = []
    bad: list[BadLine] = []
    for number, row in enumerate(rows[begin:], begin + 1):
        if not any(text_of(row[columns[kind]]) for kind in WRITTEN if columns[kind] < len(row)):
            continue
        read = _read_line(row, columns, number)
        if isinstance(read, GrantLine):
            lines.append(read)
        else:
            bad.append(read)
    if len(lines) + len(bad) > ROWS_MAX:
        return GrantList(reason=f"한 번에 {ROWS_MAX:,}곳까지 드릴 수 있어요. 나눠서 올려 주세요.")
    if not lines and not bad:
        return GrantList(reason="칸 이름 아래에 적힌 가게가 없어요.")
    return GrantList(lines, bad)


def _read_line(row: Sequence[Cell], columns: Mapping[str, int], number: int) -> GrantLine | BadLine:
    cells = {kind: row[index] if index < len(row) else None for kind, index in columns.items()}
    shop = clean_text(text_of(cells["shop"])).replace("\n", " ")
    amount, start_on, end_on = (
        _won(text_of(cells["amount"])),
        _day(cells["start_on"]),
        _day(cells["end_on"]),
    )
    missing = [NAMES[kind] for kind in NAMES if not text_of(cells[kind])]
    if missing:
        return BadLine(number, shop[:WORDS_SHOWN_MAX], f"{', '.join(missing)} 칸이 비어 있어요.")
    reasons = []
    if amount is None or not 0 < amount <= WON_MAX:
        reasons.append(f"금액을 1원에서 {WON_MAX:,}원 사이로, 원 단위까지만 적어 주세요.")
    if start_on is None:
        reasons.append("시작 기한을 2026-12-31처럼 적어 주세요.")
    if end_on is None:
        reasons.append("만료일을 2026-12-31처럼 적어 주세요.")
    if reasons or amount is None or start_on is None or end_on is None:
        return BadLine(number, shop[:WORDS_SHOWN_MAX], " ".join(reasons))
    return GrantLine(number=number, shop=shop, amount_won=amount, start_on=start_on, end_on=end_on)


def _won(words: str) -> int | None:
    found = WON.fullmatch(words.replace(",", "").replace(" ", ""))
    return int(found[1]) if found and words.isprintable() and found[1].isascii() else None


def _day(cell: Cell) -> date | None:
    """None also for a year that no grant is given in: the calendar has an end."""
    day = _any_day(cell)
    return day if day is not None and day.year in YEARS else None


def _any_day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = DAY.fullmatch(text_of(cell))
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else None
    except ValueError:
        return None
