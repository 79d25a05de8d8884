"""A sheet that a page hands back to us until it is decided: nothing is kept here."""

import base64
import binascii
import zlib
from collections.abc import Sequence

import orjson

from domain.bills import LINES_MAX
from domain.refusals import Invalid
from domain.tables import TITLE_LINES_MAX, Cell, text_of

KEPT_CHARS_MAX = 8 * 1024 * 1024
UNPACKED_BYTES_MAX = 16 * 1024 * 1024
"""A hundred thousand lines of 160 bytes."""

LINE_BYTES_MAX = 16 * 1024
ROWS_MAX = LINES_MAX + TITLE_LINES_MAX
TOO_LARGE = "파일이 너무 커요. 필요한 칸만 남겨서 올려 주세요."
LOST = "파일을 다시 골라 주세요."

Rows = Sequence[Sequence[Cell]]


def pack(rows: Rows) -> str:
    """The sheet as a hidden field can hold it. Raises Invalid(sheet) when it is too large."""
    lines = [orjson.dumps([text_of(cell) for cell in row]) for row in rows]
    text = b"\n".join(lines)
    packed = base64.b64encode(zlib.compress(text)).decode()
    if len(packed) > KEPT_CHARS_MAX or not _is_sound(text):
        raise Invalid({"sheet": TOO_LARGE})
    return packed


def unpack(packed: str) -> list[list[Cell]]:
    """What `pack` made; a form may say anything. Raises Invalid(sheet)."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(base64.b64decode(packed, validate=True), UNPACKED_BYTES_MAX + 1)
        if not unpacker.eof or not _is_sound(text):
            raise Invalid({"sheet": LOST})
        return [_row(line) for line in text.split(b"\n")]
    except (binascii.Error, zlib.error, ValueError) as error:
        raise Invalid({"sheet": LOST}) from error


def _is_sound(text: bytes) -> bool:
    """Measured before anything is made of it: a few bytes may unpack to very many lines."""
    if len(text) > UNPACKED_BYTES_MAX or text.count(b"\n") >= ROWS_MAX:
        return False
    return max(map(len, text.split(b"\n"))) <= LINE_BYTES_MAX


def _row(line: bytes) -> list[Cell]:
    row = orjson.loads(line)
    if not isinstance(row, list):
        raise Invalid({"sheet": LOST})
    return [cell if isinstance(cell, str) else "" for cell in row]
