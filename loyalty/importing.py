"""An old paper list becomes regulars who have their stamps and nothing else (L1, L67).

Safe to repeat: each number gets its paper stamps once in a shop, whatever list it stands in.
"""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from threading import Lock

from domain.audit import Act, shop_book
from domain.cards import HeldCard, opened_for, rewards_between, rules_for
from domain.paper import LINES_MAX, PaperLine
from domain.people import ShopId
from domain.refusals import Invalid
from domain.tables import TITLE_LINES_MAX, Cell
from domain.time import kst_instant
from loyalty import workbook
from loyalty.joining import become_member
from loyalty.paper import regular_by_phone
from loyalty.regulars import give_stamps
from storage.desk import Tx
from storage.queries.cards import find_last_number, list_cards
from storage.queries.customers import name_once
from storage.queries.given_stamps import list_given_keys
from storage.queries.journal import append_audit
from storage.queries.paper import find_regular_by_phone, save_last_on_paper

MEGABYTE = 1024 * 1024
FILE_BYTES_MAX = 5 * MEGABYTE
UNPACKED_BYTES_MAX = 100 * 1024 * 1024
SECONDS_MAX = 30
ONE_AT_A_TIME = Lock()
"""A reader may take much memory, so there is one of them."""

ROWS_MAX = LINES_MAX + TITLE_LINES_MAX
COLUMNS_MAX = 40
KEY_PREFIX = "paper:"
KEY_DIGITS = 48
PURPOSE = "paper.stamps"
ZIP_MARK = b"PK\x03\x04"
TOO_LARGE = "파일이 너무 커요. 목록만 남겨서 올려 주세요."
UNREADABLE = "열 수 없는 파일이에요. 엑셀(.xlsx)이나 CSV 파일로 올려 주세요."
BROKEN = (zipfile.BadZipFile, NotImplementedError, ValueError)
"""What the library raises for archives that are none, or of a kind that nobody writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """People who are new, who were regulars before, and who had been taken over already."""

    new: int = 0
    known: int = 0
    already: int = 0
    stamps: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            new=self.new + other.new,
            known=self.known + other.known,
            already=self.already + other.already,
            stamps=self.stamps + other.stamps,
        )


def read_sheet(
    body: bytes | None, *, rows_max: int = ROWS_MAX, bytes_max: int = FILE_BYTES_MAX
) -> list[list[Cell]]:
    """The cells of an XLSX or CSV file, one line more than `rows_max` at most.

    Slow for a large file: not for the event loop. Raises Invalid(sheet).
    """
    if body is None:
        raise Invalid({"sheet": "파일을 먼저 골라 주세요."})
    if not body:
        raise Invalid({"sheet": "빈 파일이에요. 목록이 적힌 파일로 올려 주세요."})
    if len(body) > bytes_max:
        raise Invalid({"sheet": f"파일이 너무 커요. {bytes_max // MEGABYTE}MB까지 올릴 수 있어요."})
    read = _read_workbook if body.startswith(ZIP_MARK) else _read_csv
    return read(body, rows_max)


def _read_workbook(body: bytes, rows_max: int) -> list[list[Cell]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except BROKEN as error:
        raise Invalid({"sheet": UNREADABLE}) from error
    if size > UNPACKED_BYTES_MAX:
        raise Invalid({"sheet": TOO_LARGE})
    words = [sys.executable, "-I", str(workbook.SCRIPT), str(rows_max + 1), str(COLUMNS_MAX)]
    try:
        with ONE_AT_A_TIME:
            done = subprocess.run(  # noqa: S603 - our own script; the file comes by stdin
                words, input=body, capture_output=True, timeout=SECONDS_MAX, check=False
            )
    except subprocess.TimeoutExpired as error:
        raise Invalid({"sheet": TOO_LARGE}) from error
    if done.returncode:
        is_broken = done.returncode == workbook.UNREADABLE
        raise Invalid({"sheet": UNREADABLE if is_broken else TOO_LARGE})
    return [[_cell(one) for one in row] for row in json.loads(done.stdout)]


def _cell(value: str | float | list[str]) -> Cell:
    return datetime.fromisoformat(value[0]) if isinstance(value, list) else value


def _read_csv(body: bytes, rows_max: int) -> list[list[Cell]]:
    text = _decoded(body)
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        return [list(row[:COLUMNS_MAX]) for row, _ in zip(rows, range(rows_max + 1), strict=False)]
    except csv.Error as error:
        raise Invalid({"sheet": UNREADABLE}) from error


def _decoded(body: bytes) -> str:
    """UTF-8, or what Korean spreadsheets write."""
    for encoding in ("utf-8-sig", "cp949", "utf-16"):
        try:
            text = body.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid({"sheet": UNREADABLE})


def find_taken(tx: Tx, shop_id: ShopId, lines: Sequence[PaperLine]) -> set[str]:
    """The numbers among these whose paper stamps have been given already."""
    keys = list_given_keys(tx, shop_id, KEY_PREFIX)
    return {line.phone for line in lines if _key(tx, line.phone) in keys} if keys else set()


def count_coupons(tx: Tx, shop_id: ShopId, line: PaperLine) -> int:
    """How many a line would earn; 0 for who has a card here already, and that card decides."""
    rules = list_cards(tx, shop_id)
    known = find_regular_by_phone(tx, shop_id, line.phone)
    if not rules or (known is not None and find_last_number(tx, shop_id, known) is not None):
        return 0
    rules_id, terms = rules_for(1, rules)
    first, total = HeldCard(1, rules_id, terms, 0), terms.starter + line.stamps
    cards = [first, *opened_for(first, total, lambda number: rules_for(number, rules))]
    return len(rewards_between(cards, terms.starter, total))


def take_over(
    tx: Tx, shop_id: ShopId, lines: Sequence[PaperLine], *, actor: str, at: datetime
) -> Taken:
    """Some lines of a list, in one transaction: keep them few, or people wait.

    Raises Conflict(`no_card`) for stamps in a shop without a card.
    """
    taken = sum((_take(tx, shop_id, line, actor=actor, at=at) for line in lines), Taken())
    details = f"new:{taken.new} known:{taken.known} already:{taken.already}"
    act = Act(actor=actor, act="import_paper", subject=f"shop:{shop_id}", details=details, at=at)
    append_audit(tx, shop_book(shop_id), act)
    return taken


def _take(tx: Tx, shop_id: ShopId, line: PaperLine, *, actor: str, at: datetime) -> Taken:
    before = find_regular_by_phone(tx, shop_id, line.phone)
    customer_id = regular_by_phone(tx, shop_id, line.phone, actor=actor, at=at)
    become_member(tx, shop_id, customer_id, actor=actor, at=at)
    if line.name:
        name_once(tx, shop_id, customer_id, line.name)
    is_new = before is None
    last_at = kst_instant(line.last_on, time(12)) if line.last_on else None
    if last_at:
        save_last_on_paper(tx, shop_id, customer_id, min(last_at, at))
    if not line.stamps:
        return Taken(new=int(is_new), known=int(not is_new))
    given = give_stamps(
        tx,
        shop_id,
        customer_id,
        line.stamps,
        key=_key(tx, line.phone),
        happened_at=min(last_at or at, at),
        actor=actor,
        at=at,
    )
    if given is None:
        return Taken(already=1)
    return Taken(new=int(is_new), known=int(not is_new), stamps=line.stamps)


def _key(tx: Tx, digits: str) -> str:
    return f"{KEY_PREFIX}{tx.vault.fingerprint(digits, purpose=PURPOSE)[:KEY_DIGITS]}"
