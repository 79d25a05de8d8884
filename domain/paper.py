"""An old paper list of regulars: which column is what, and which line cannot be taken over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.people import DISPLAY_NAME_MAX, clean_text, normal_phone
from domain.tables import BadLine, Cell, find_titles, text_of

LINES_MAX = 5_000
STAMPS_MAX = 100
TITLES: Mapping[str, Sequence[str]] = {
    "phone": ("전화", "휴대폰", "휴대전화", "핸드폰", "연락처", "폰번호", "phone", "mobile"),
    "stamps": ("도장", "스탬프", "적립", "stamp"),
    "last": ("마지막", "최근", "최종", "방문일"),
    "name": ("이름", "성함", "성명", "고객명", "손님", "고객", "회원", "단골", "name"),
}
DAY = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})")
COUNT = re.compile(r"(\d{1,6})(?:\.0+)?\s*(?:개|장|번|회)?")
WITHOUT_ZERO = re.compile(r"1[016789]\d{7,8}")
"""A spreadsheet takes a number for a sum and drops the 0 it begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One regular of the list; `number` is the line in the sheet, from 1."""

    number: int
    phone: str
    name: str | None = None
    stamps: int = 0
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class PaperList:
    """`reason` is set when nothing at all could be read."""

    lines: Sequence[PaperLine] = ()
    bad: Sequence[BadLine] = ()
    reason: str | None = None


def read_paper(rows: Sequence[Sequence[Cell]], today: date) -> PaperList:
    """What may be taken over, and each other line with its reason."""
    found = find_titles(rows, TITLES, needed=("phone",))
    if found is None:
        return PaperList(reason="‘전화번호’라고 적힌 칸이 없어요. 첫 줄에 칸 이름을 적어 주세요.")
    begin, columns = found
    lines: list[PaperLine] = []
    bad: list[BadLine] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[begin:], begin + 1):
        if not any(text_of(cell) for cell in row):
            continue
        read = _read_line(row, columns, number, today)
        if isinstance(read, PaperLine) and read.phone in seen:
            read = _bad(row, number, f"{seen[read.phone]}번째 줄과 전화번호가 같아요")
        if isinstance(read, BadLine):
            bad.append(read)
            continue
        seen[read.phone] = number
        lines.append(read)
    if len(lines) + len(bad) > LINES_MAX:
        return PaperList(reason=f"한 번에 {LINES_MAX:,}분까지 옮길 수 있어요. 나눠서 올려 주세요.")
    if not lines and not bad:
        return PaperList(reason="칸 이름 아래에 적힌 손님이 없어요.")
    return PaperList(lines, bad)


def _read_line(
    row: Sequence[Cell], columns: Mapping[str, int], number: int, today: date
) -> PaperLine | BadLine:
    cells = {kind: row[index] for kind, index in columns.items() if index < len(row)}
    words = text_of(cells.get("phone"))
    digits = _phone(words)
    name = clean_text(text_of(cells.get("name"))).replace("\n", " ")
    stamps = _count(text_of(cells.get("stamps")))
    last_on = _day(cells.get("last"))
    reason = None
    if not words:
        reason = "전화번호가 없어요"
    elif digits is None:
        reason = "휴대폰 번호 모양이 아니에요"
    elif len(name) > DISPLAY_NAME_MAX:
        reason = f"이름이 {DISPLAY_NAME_MAX}자를 넘어요"
    elif stamps is None or stamps > STAMPS_MAX:
        reason = f"도장은 0개에서 {STAMPS_MAX}개 사이의 숫자로 적어 주세요"
    elif last_on and last_on > today:
        reason = "마지막 방문이 오늘보다 뒤예요"
    if reason or digits is None or stamps is None:
        return _bad(row, number, reason or "")
    return PaperLine(number=number, phone=digits, name=name or None, stamps=stamps, last_on=last_on)


def _bad(row: Sequence[Cell], number: int, reason: str) -> BadLine:
    return BadLine(number, " · ".join(text_of(cell) for cell in row if text_of(cell))[:60], reason)


def _phone(words: str) -> str | None:
    digits = normal_phone(words)
    if digits is None and WITHOUT_ZERO.fullmatch(words.replace("-", "").replace(" ", "")):
        digits = normal_phone(f"0{words}")
    return digits if digits and digits.isascii() else None


def _count(words: str) -> int | None:
    if not words:
        return 0
    found = COUNT.fullmatch(words)
    return int(found[1]) if found else None


def _day(cell: Cell) -> date | None:
    """What is no date is left out: nothing depends on it."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = DAY.search(text_of(cell))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
