"""A sheet that a page hands back to us until it is decided: nothing is kept here."""

import base64
import binascii
import zlib
from collections.abc import Sequence

import orjson

from domain.bills import text_of
from domain.paper import Cell
from domain.refusals import Invalid

KEPT_CHARS_MAX = 8 * 1024 * 1024
UNPACKED_BYTES_MAX = 64 * 1024 * 1024
TOO_LARGE = "파일이 너무 커요. 필요한 칸만 남겨서 올려 주세요."
LOST = "파일을 다시 골라 주세요."

Rows = Sequence[Sequence[Cell]]


def pack(rows: Rows) -> str:
    """The sheet as a hidden field can hold it. Raises Invalid(sheet) when it is too large."""
    texts = [[text_of(cell) for cell in row] for row in rows]
    packed = base64.b64encode(zlib.compress(orjson.dumps(texts))).decode()
    if len(packed) > KEPT_CHARS_MAX:
        raise Invalid({"sheet": TOO_LARGE})
    return packed


def unpack(packed: str) -> list[list[Cell]]:
    """What `pack` made; a form may say anything. Raises Invalid(sheet)."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(base64.b64decode(packed, validate=True), UNPACKED_BYTES_MAX)
        rows = orjson.loads(text)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise Invalid({"sheet": LOST}) from error
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Invalid({"sheet": LOST})
    return [[cell if isinstance(cell, str) else "" for cell in row] for row in rows]
