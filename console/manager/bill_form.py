"""What a manager says about a provider's bill: whose it is, of which month, which column is what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from console.forms import Form
from console.manager.kept_sheet import ROWS_MAX, pack, unpack
from console.spreadsheets import won_in_cell
from domain.bills import (
    LINES_MAX,
    Bill,
    Columns,
    Titles,
    find_titles,
    only_offered,
    read_bill,
    without_others,
)
from domain.campaigns import SenderName
from domain.refusals import Invalid
from domain.tables import Cell
from domain.time import in_kst
from loyalty.importing import MEGABYTE, read_sheet

FILE_BYTES_MAX = 10 * MEGABYTE
MONTHS_SHOWN = 13
VAT_WORDS = {"with": True, "without": False}
KEPT_NAMES = ("reference", "count", "amount")
NO_TITLES = "칸 이름이 적힌 줄을 찾지 못했어요. 첫 줄에 칸 이름을 적어 주세요."
NO_NUMBERS = "번호로 보이는 칸이 없어요. 번호와 건수가 적힌 칸을 남겨서 올려 주세요."
TOO_LONG = f"한 번에 {LINES_MAX:,}줄까지 견줄 수 있어요. 나눠서 올려 주세요."
NOTHING_READ = "읽을 수 있는 줄이 없어요. 번호와 건수, 금액이 어느 칸인지 다시 봐 주세요."
NO_COLUMN = "번호가 적힌 칸을 골라 주세요."
TWICE = "번호, 건수, 금액은 서로 다른 칸이에요."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`month`: its first day."""

    sender: SenderName
    month: date
    has_vat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`titles` has no columns where a person is to say which is which, and names only those that
    may be shown.
    """

    rows: Sequence[Sequence[Cell]]
    titles: Titles


def months_until(at: datetime) -> list[date]:
    """The first days of the last months, this one first."""
    months = [in_kst(at).date().replace(day=1)]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def read_asked(form: Form, at: datetime) -> Asked:
    """Raises Invalid(sender, month, vat)."""
    wrong = {}
    sender = form.text("sender")
    month = {f"{one:%Y-%m}": one for one in months_until(at)}.get(form.text("month"))
    if sender not in set(SenderName):
        wrong["sender"] = "어디에서 온 청구서인지 골라 주세요."
    if month is None:
        wrong["month"] = "어느 달의 청구서인지 골라 주세요."
    if form.text("vat") not in VAT_WORDS:
        wrong["vat"] = "금액에 부가세가 들어 있는지 골라 주세요."
    if wrong or month is None:
        raise Invalid(wrong)
    return Asked(sender=SenderName(sender), month=month, has_vat=VAT_WORDS[form.text("vat")])


def open_sheet(form: Form) -> Sheet:
    """The file, or what a page of ours kept of it. Slow for a large file: not for the event loop.

    Raises Invalid(sheet).
    """
    kept = form.raw("kept")
    rows = (
        unpack(kept)
        if kept
        else read_sheet(form.file("sheet"), rows_max=ROWS_MAX, bytes_max=FILE_BYTES_MAX)
    )
    if len(rows) > ROWS_MAX:
        raise Invalid({"sheet": TOO_LONG})
    titles = find_titles(rows)
    if titles is None:
        raise Invalid({"sheet": NO_TITLES})
    offered = only_offered(rows, titles)
    if not any(offered.names):
        raise Invalid({"sheet": NO_NUMBERS})
    return Sheet(rows=rows, titles=offered)


def choose_columns(form: Form, titles: Titles) -> Columns | None:
    """What the person said, or what we know; None when it has to be asked. Raises Invalid(column)."""
    if "reference" not in form.texts:
        return None if form.text("ask") else titles.columns
    chosen = {name: _index(form, name, titles) for name in KEPT_NAMES}
    reference = chosen["reference"]
    if reference is None:
        raise Invalid({"column": NO_COLUMN})
    said = [index for index in chosen.values() if index is not None]
    if len(set(said)) < len(said):
        raise Invalid({"column": TWICE})
    return Columns(reference=reference, count=chosen["count"], amount=chosen["amount"])


def _index(form: Form, name: str, titles: Titles) -> int | None:
    known = {str(index): index for index, title in enumerate(titles.names) if title}
    return known.get(form.text(name))


def read_lines(sheet: Sheet, columns: Columns) -> Bill:
    """Raises Invalid(column) when there is nothing to compare."""
    bill = read_bill(sheet.rows, sheet.titles.begin, columns)
    if not bill.lines:
        raise Invalid({"column": NOTHING_READ})
    return bill


def keep_sheet(sheet: Sheet) -> str:
    """The columns to choose among, until they are chosen. Raises Invalid(sheet)."""
    return pack(without_others(sheet.rows, sheet.titles))


def keep_bill(bill: Bill) -> str:
    """The bill alone, for the file of the differences: neither phone numbers nor texts of it."""
    has_amounts = any(line.amount_jeon is not None for line in bill.lines)
    names = KEPT_NAMES if has_amounts else KEPT_NAMES[:-1]
    rows: list[list[Cell]] = [list(names)]
    for line in bill.lines:
        cells: list[Cell] = [line.reference, line.count, won_in_cell(line.amount_jeon)]
        rows.append(cells[: len(names)])
    return pack(rows)


def reopen_bill(form: Form) -> Bill:
    """What `keep_bill` kept. Raises Invalid(sheet)."""
    rows = unpack(form.raw("kept"))
    has_amounts = bool(rows) and len(rows[0]) == len(KEPT_NAMES)
    return read_bill(rows, 1, Columns(reference=0, count=1, amount=2 if has_amounts else None))
