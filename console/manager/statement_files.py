"""A statement as a file, CSV or XLSX: a row a line, the sum last, no more in memory than a page."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import IO

from xlsxwriter import Workbook

from console.spreadsheets import BOM, won_in_cell, words_in_cell
from domain.money import JEON_PER_WON, Tariff
from domain.statements import Line, Purse, Subject
from domain.subsidy import TransferCode
from domain.time import in_kst
from storage.queries.months import ClosedMonth

COLUMN_WIDTH = 15
WHOLE, BROKEN = "#,##0", "#,##0.0#"

Pages = AsyncIterator[Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Column:
    """A title and what stands under it: words, a count, or money in jeon, shown in won."""

    title: str
    read: Callable[[Line], str | int | None]
    is_money: bool = False

    @property
    def heading(self) -> str:
        return f"{self.title}(원)" if self.is_money else self.title


SUBJECT_WORDS = {
    Subject.BUDGET: "프로그램 예산",
    Subject.OPERATING: "운영비",
    Subject.POT: "공동 지원금",
    Subject.SHOP: "가게",
    Subject.PROGRAM: "합계",
}
FREE_CAME = {
    TransferCode.FUND: "예산 받음",
    TransferCode.GRANT: "지급 받음",
    TransferCode.MOVE: "옮겨 옴",
    TransferCode.RESTORE: "회수 되돌림",
    TransferCode.CLAW_BACK: "회수해 옴",
    TransferCode.BY_HAND: "직접 보낸 소식 고침",
}
FREE_WENT = {
    TransferCode.FUND: "운영비로 나눔",
    TransferCode.GRANT: "지급함",
    TransferCode.MOVE: "옮겨 감",
    TransferCode.RESTORE: "회수 되돌려 줌",
    TransferCode.CLAW_BACK: "회수됨",
    TransferCode.MESSAGE: "소식에 씀",
    TransferCode.BY_HAND: "직접 보낸 소식",
    TransferCode.LAPSE: "소멸",
}
OWN_CAME = {TransferCode.TOP_UP: "충전"}
OWN_WENT = {TransferCode.REFUND: "환불", TransferCode.MESSAGE: "소식에 씀"}
TARIFF_WORDS = {
    Tariff.KAKAO_EVENT: "챗봇 소식",
    Tariff.SOLAPI: "브랜드 메시지",
    Tariff.SOLAPI_ALIMTALK: "알림톡",
    Tariff.SOLAPI_LMS: "문자",
    Tariff.NHN: "브랜드 메시지 (NHN)",
    Tariff.NHN_ALIMTALK: "알림톡 (NHN)",
    Tariff.CHANNEL_MESSAGE: "직접 보낸 메시지",
}


def _money(title: str, read: Callable[[Line], int]) -> Column:
    return Column(title, read, is_money=True)


def _of_purse(
    label: str,
    purse_of: Callable[[Line], Purse],
    came: dict[TransferCode, str],
    went: dict[TransferCode, str],
) -> list[Column]:
    """From the opening to the closing: every column of came adds, every one of went takes."""
    return [
        _money(f"{label} 처음", lambda line: purse_of(line).opening_jeon),
        *(_came(label, words, purse_of, code) for code, words in came.items()),
        *(_went(label, words, purse_of, code) for code, words in went.items()),
        _money(f"{label} 끝", lambda line: purse_of(line).closing_jeon),
        _money(f"{label} 끝에 예약", lambda line: purse_of(line).held_jeon),
        _money(f"{label} 돌아온 예약", lambda line: purse_of(line).voided_jeon),
        _money(f"{label} 만료된 예약", lambda line: purse_of(line).expired_jeon),
    ]


def _came(label: str, words: str, purse_of: Callable[[Line], Purse], code: TransferCode) -> Column:
    return _money(f"{label} + {words}", lambda line: purse_of(line).came.get(code, 0))


def _went(label: str, words: str, purse_of: Callable[[Line], Purse], code: TransferCode) -> Column:
    return _money(f"{label} - {words}", lambda line: purse_of(line).went.get(code, 0))


def _value(words: str, tariff: Tariff) -> Column:
    def spent(line: Line) -> int:
        return sum(one.jeon for one in line.spendings if one.tariff is tariff)

    return _money(f"{words} 값", spent)


COLUMNS: Sequence[Column] = (
    Column("구분", lambda line: SUBJECT_WORDS[line.subject]),
    Column("이름", lambda line: line.name),
    Column("시장", lambda line: line.market_name),
    Column("가게 번호", lambda line: line.shop_id),
    *_of_purse("지원금", lambda line: line.free, FREE_CAME, FREE_WENT),
    *_of_purse("가게 돈", lambda line: line.own, OWN_CAME, OWN_WENT),
    _money("공동 지원금에서 씀", lambda line: line.pot_jeon),
    *(_value(words, tariff) for tariff, words in TARIFF_WORDS.items()),
    Column("메시지 보내려 함", lambda line: sum(one.asked for one in line.sent)),
    Column("메시지 도착", lambda line: line.delivered),
    Column("메시지 실패", lambda line: line.failed),
    Column("보내지 않음", lambda line: line.left_out),
    Column("친구인 단골", lambda line: line.friends),
    Column("도착한 소식", lambda line: line.messages),
    Column("직접 보냈다는 소식", lambda line: line.told_by_hand),
    Column("게시글", lambda line: line.posts),
)


def sealed_columns(closed: ClosedMonth | None) -> Sequence[Column]:
    """And whether the month is closed, its hash beside the sum."""
    state = f"{in_kst(closed.closed_at):%Y-%m-%d %H:%M} 마감" if closed else "마감 전"
    proof = closed.hash if closed else None
    return (
        *COLUMNS,
        Column("마감", lambda _: state),
        Column("확인 값", lambda line: proof if line.subject is Subject.PROGRAM else None),
    )


async def write_csv(pages: Pages, closed: ClosedMonth | None) -> AsyncIterator[bytes]:
    """UTF-8, page by page. Money in won with its fraction; words are never a formula."""
    columns = sealed_columns(closed)
    yield (BOM + _rows([[one.heading for one in columns]])).encode()
    async for lines in pages:
        yield _rows([[_text(column, line) for column in columns] for line in lines]).encode()


def _rows(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _text(column: Column, line: Line) -> str:
    match column.read(line):
        case None:
            return ""
        case str(words):
            return words_in_cell(words)
        case number:
            return won_in_cell(number) if column.is_money else str(number)


async def write_xlsx(pages: Pages, closed: ClosedMonth | None, name: str) -> IO[bytes]:
    """An open file at its beginning, gone when closed; its rows wait on the disk, too."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by who sends it
    sheet = _Workbook(file, sealed_columns(closed), name)
    async for lines in pages:
        await asyncio.to_thread(sheet.add, lines)
    await asyncio.to_thread(sheet.finish)
    file.seek(0)
    return file


class _Workbook:
    """Rows go to the disk as they come; drawing takes time: not for the event loop."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], name: str) -> None:
        self._columns = columns
        self._book = Workbook(file, {"constant_memory": True})
        bold = self._book.add_format({"bold": True, "bg_color": "#e3efe6", "text_wrap": True})
        self._whole = self._book.add_format({"num_format": WHOLE})
        self._broken = self._book.add_format({"num_format": BROKEN})
        self._sheet = self._book.add_worksheet(name)
        self._sheet.set_column(0, len(columns) - 1, COLUMN_WIDTH)
        self._sheet.freeze_panes(1, 2)
        for number, column in enumerate(columns):
            self._sheet.write_string(0, number, column.heading, bold)
        self._row = 1

    def add(self, lines: Sequence[Line]) -> None:
        for line in lines:
            for number, column in enumerate(self._columns):
                self._write(number, column.read(line), is_money=column.is_money)
            self._row += 1

    def _write(self, number: int, value: str | int | None, *, is_money: bool) -> None:
        match value:
            case None:
                return
            case str():
                self._sheet.write_string(self._row, number, value)
            case jeon if is_money:
                look = self._broken if jeon % JEON_PER_WON else self._whole
                self._sheet.write_number(self._row, number, jeon / JEON_PER_WON, look)
            case count:
                self._sheet.write_number(self._row, number, count, self._whole)

    def finish(self) -> None:
        self._book.close()
