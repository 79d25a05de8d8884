"""A provider's bill: which column is what, and where it and our own record part ways.

What such a bill's columns are called is documented nowhere: names we know are only a suggestion,
and a person says what is what.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from domain.money import JEON_PER_WON, Jeon
from domain.people import ChunkId, normal_phone
from domain.tables import TITLE_LINES_MAX, BadLine, Cell, text_of

LINES_MAX = 100_000
REFERENCE_MAX = 64
WORDS_SHOWN_MAX = 60
LOOKED_AT_MAX = 1_000
"""So many lines tell what a column holds."""

REFERENCES = ("groupid", "group_id", "그룹id", "그룹아이디", "taskid", "task_id", "messageid")
"""What SOLAPI and Kakao call them in their interfaces (providers.md A7, kakao-chatbot.md): the
group or task comes first, because that is what we keep.
"""

COUNTS = ("건수", "수량", "count")
AMOUNTS = ("금액", "요금", "비용", "amount", "cost", "price")
COUNT = re.compile(r"(\d{1,9})(?:\.0+)?건?")
AMOUNT = re.compile(r"(-?\d{1,12}(?:\.\d{1,6})?)원?")
IN_ONE_PIECE = re.compile(r"[!-~]+")
"""So a provider's numbers look; people's names and texts here do not."""

WITHOUT_ZERO = re.compile(r"10\d{8}")
"""A spreadsheet takes a phone number for a sum and drops the 0 it begins with."""

NO_NAME = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column is what, from 0. Without `count` a line is one message; without `amount` only
    counts are compared.
    """

    reference: int
    count: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """The columns' names, the first line below them, and what we take them for, if we know."""

    names: Sequence[str]
    begin: int
    columns: Columns | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """All that a bill says of one reference. `number`: the first of its lines in the sheet."""

    number: int
    reference: str
    count: int
    amount_jeon: Jeon | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One line a reference; `bad` are those that could not be read, and no sum contains them."""

    lines: Sequence[BillLine]
    bad: Sequence[BadLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class OurChunk:
    """What we recorded of a chunk: whom it reached, and what that cost in the bill's terms, with
    VAT or without. `slack_jeon`: the rounding of its run may lie on it. Open: not settled yet.
    """

    chunk_id: ChunkId
    shop_name: str
    reference: str | None
    started_at: datetime
    count: int
    amount_jeon: Jeon
    slack_jeon: int
    is_open: bool


class Kind(StrEnum):
    """`NOT_OURS` stands in the bill alone, `NOT_THEIRS` with us alone, `OPEN` waits for its reports;
    `ELSEWHERE` belongs to another program of this installation.
    """

    MATCHED = "matched"
    DIFFERENT = "different"
    NOT_OURS = "not_ours"
    NOT_THEIRS = "not_theirs"
    OPEN = "open"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    kind: Kind
    billed: BillLine | None = None
    ours: OurChunk | None = None

    @property
    def counts_differ(self) -> bool:
        return bool(self.billed and self.ours and self.billed.count != self.ours.count)

    @property
    def amounts_differ(self) -> bool:
        if not self.billed or not self.ours or self.billed.amount_jeon is None:
            return False
        return abs(self.billed.amount_jeon - self.ours.amount_jeon) >= self.ours.slack_jeon


def find_titles(rows: Sequence[Sequence[Cell]]) -> Titles | None:
    """The line that names the columns; None when no line of the first has two names."""
    for number, row in enumerate(rows[:TITLE_LINES_MAX], 1):
        names = [text_of(cell) for cell in row]
        plain = ["".join(name.split()).lower() for name in names]
        reference = _find(plain, REFERENCES, is_whole=True)
        if reference is not None:
            others = [name if at != reference else "" for at, name in enumerate(plain)]
            columns = Columns(
                reference=reference, count=_find(others, COUNTS), amount=_find(others, AMOUNTS)
            )
            return Titles(names=names, begin=number, columns=columns)
    for number, row in enumerate(rows[:TITLE_LINES_MAX], 1):
        names = [text_of(cell) for cell in row]
        if sum(bool(name) for name in names) > 1:
            return Titles(names=names, begin=number, columns=None)
    return None


def _find(plain: Sequence[str], words: Sequence[str], *, is_whole: bool = False) -> int | None:
    for word in words:
        for index, name in enumerate(plain):
            if name == word or (not is_whole and word in name):
                return index
    return None


def only_offered(rows: Sequence[Sequence[Cell]], titles: Titles) -> Titles:
    """Leaves a column without a name where it holds what we never compare: nobody needs the phone
    numbers, names and texts of customers to check a bill.
    """
    known = titles.columns
    wanted = {known.reference, known.count, known.amount} if known else set()
    looked_at = rows[titles.begin : titles.begin + LOOKED_AT_MAX]
    names = [
        name
        if not _is_private(name) and (at in wanted or _looks_like_numbers(looked_at, at))
        else ""
        for at, name in enumerate(titles.names)
    ]
    return replace(titles, names=names)


def without_others(rows: Sequence[Sequence[Cell]], titles: Titles) -> list[list[Cell]]:
    """The sheet, each line in its place, with nothing but the columns that are offered."""
    heading: list[list[Cell]] = [[] for _ in rows[: titles.begin - 1]]
    named: list[Cell] = [name or NO_NAME for name in titles.names]
    body = [
        [
            cell if name and not _is_private(text_of(cell)) else None
            for name, cell in zip(titles.names, row, strict=False)
        ]
        for row in rows[titles.begin :]
    ]
    return [*heading, named, *body]


def fits(words: str) -> bool:
    """Whether a cell may be a reference, a count or an amount."""
    if not words or _is_private(words):
        return False
    is_number = _count(words) is not None or read_amount(words) is not None
    return is_number or IN_ONE_PIECE.fullmatch(words) is not None


def _looks_like_numbers(rows: Sequence[Sequence[Cell]], index: int) -> bool:
    """By its first cell too: below the lines of a short bill stand sums with names of their own."""
    filled = [words for row in rows if (words := _cell(row, index))]
    return bool(filled) and (fits(filled[0]) or 2 * sum(map(fits, filled)) >= len(filled))


def _is_private(words: str) -> bool:
    digits = f"0{words}" if WITHOUT_ZERO.fullmatch(words) else words
    return len(words) > REFERENCE_MAX or normal_phone(digits) is not None


def read_bill(rows: Sequence[Sequence[Cell]], begin: int, columns: Columns) -> Bill:
    """One line a reference, in the order of the bill, and each line that cannot be read."""
    found: dict[str, BillLine] = {}
    bad: list[BadLine] = []
    for number, row in enumerate(rows[begin:], begin + 1):
        if not any(text_of(cell) for cell in row):
            continue
        read = _read_line(row, columns, number)
        if isinstance(read, BadLine):
            bad.append(read)
            continue
        known = found.get(read.reference)
        found[read.reference] = _joined(known, read) if known else read
    return Bill(lines=list(found.values()), bad=bad)


def _joined(one: BillLine, other: BillLine) -> BillLine:
    amounts = [line.amount_jeon for line in (one, other) if line.amount_jeon is not None]
    return BillLine(
        number=one.number,
        reference=one.reference,
        count=one.count + other.count,
        amount_jeon=Jeon(sum(amounts)) if amounts else None,
    )


def _read_line(row: Sequence[Cell], columns: Columns, number: int) -> BillLine | BadLine:
    reference = _cell(row, columns.reference)
    count = _count(_cell(row, columns.count)) if columns.count is not None else 1
    amount = read_amount(_cell(row, columns.amount)) if columns.amount is not None else None
    reason = None
    if not reference or len(reference) > REFERENCE_MAX:
        reason = "번호가 없어요. 합계 줄이면 그대로 두셔도 돼요"
    elif count is None:
        reason = "건수가 숫자가 아니에요"
    elif columns.amount is not None and amount is None:
        reason = "금액이 숫자가 아니에요"
    if reason or count is None:
        words = "" if _is_private(reference) else reference[:WORDS_SHOWN_MAX]
        return BadLine(number, words, reason or "")
    return BillLine(number=number, reference=reference, count=count, amount_jeon=amount)


def _cell(row: Sequence[Cell], index: int) -> str:
    return text_of(row[index]) if index < len(row) else ""


def _count(words: str) -> int | None:
    found = COUNT.fullmatch(words.replace(",", "").replace(" ", ""))
    return int(found[1]) if found else None


def read_amount(words: str) -> Jeon | None:
    """`1,650`, `16.5원`, `-16.5` (given back) as jeon; None for what is no amount."""
    found = AMOUNT.fullmatch(words.replace(",", "").replace(" ", "").replace("₩", ""))
    if found is None:
        return None
    return Jeon(int((Decimal(found[1]) * JEON_PER_WON).to_integral_value(ROUND_HALF_UP)))


def as_billed(
    posted_jeon: int, *, unit_jeon: int, net_jeon: int, vat_percent: int, has_vat: bool
) -> Jeon:
    """What was posted in a bill's terms, with VAT or without; the ledger itself holds it with VAT,
    except where free cash is drawn without (F8).
    """
    is_net = unit_jeon == net_jeon
    if is_net is not has_vat:
        return Jeon(posted_jeon)
    times, by = (100 + vat_percent, 100) if has_vat else (100, 100 + vat_percent)
    return Jeon((posted_jeon * times + by // 2) // by)


def compare(
    bill: Bill,
    chunk_of: Mapping[str, ChunkId],
    ours: Mapping[ChunkId, OurChunk],
    elsewhere: frozenset[str],
) -> list[Pair]:
    """Each reference of the bill and each of our chunks once: those of the bill in its order, then
    what it does not name.

    `chunk_of` says which references mean one of our chunks; several may mean the same one, where a
    bill has a line for each message.
    """
    billed: dict[ChunkId, BillLine] = {}
    pairs: list[Pair] = []
    for line in bill.lines:
        chunk_id = chunk_of.get(line.reference)
        if chunk_id is None:
            kind = Kind.ELSEWHERE if line.reference in elsewhere else Kind.NOT_OURS
            pairs.append(Pair(kind=kind, billed=line))
            continue
        known = billed.get(chunk_id)
        billed[chunk_id] = _joined(known, line) if known else line
    pairs += [_pair(line, ours[chunk_id]) for chunk_id, line in billed.items()]
    pairs += [
        Pair(kind=Kind.OPEN if chunk.is_open else Kind.NOT_THEIRS, ours=chunk)
        for chunk_id, chunk in ours.items()
        if chunk_id not in billed and (chunk.is_open or chunk.count)
    ]
    return pairs


def _pair(line: BillLine, chunk: OurChunk) -> Pair:
    if chunk.is_open:
        return Pair(kind=Kind.OPEN, billed=line, ours=chunk)
    pair = Pair(kind=Kind.DIFFERENT, billed=line, ours=chunk)
    if pair.counts_differ or pair.amounts_differ:
        return pair
    return Pair(kind=Kind.MATCHED, billed=line, ours=chunk)
