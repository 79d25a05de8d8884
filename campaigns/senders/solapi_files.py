"""Pictures at SOLAPI: uploaded as the kind of bubble that shows them (providers.md A9)."""

import base64
from collections.abc import Mapping
from typing import Final

import orjson

from campaigns.senders.reading import text_in
from campaigns.senders.solapi_wire import Wire
from domain.refusals import Rejected, Unknown
from domain.ways import PictureShape

FILE_BYTES_MAX: Final = 500 * 1024
TYPES: Final[Mapping[PictureShape, str]] = {
    PictureShape.PICTURE: "BMS",
    PictureShape.WIDE: "BMS_WIDE",
    PictureShape.FIRST_ITEM: "BMS_WIDE_MAIN_ITEM_LIST",
    PictureShape.ITEM: "BMS_WIDE_SUB_ITEM_LIST",
    PictureShape.SLIDE: "BMS_CAROUSEL_FEED_LIST",
    # A9 lists none of its own for one thing with a price.
    PictureShape.GOODS: "BMS",
}


async def upload(wire: Wire, picture: bytes, shape: PictureShape) -> str:
    """The file's id. Raises Retryable, Rejected or Unknown; twice is harmless."""
    if len(picture) > FILE_BYTES_MAX:
        raise Rejected("PICTURE_SIZE", f"{len(picture)} bytes")
    body = {"file": base64.b64encode(picture).decode(), "type": TYPES[shape]}
    answer = await wire.change("POST", "/storage/v1/files", orjson.dumps(body))
    file_id = text_in(answer, "fileId")
    if not file_id:
        raise Unknown("NO_FILE_ID")
    return file_id
