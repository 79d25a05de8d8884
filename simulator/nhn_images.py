"""Pictures for brand messages: their shapes, and the address KakaoTalk serves them at (B4)."""

import io
import itertools
from collections.abc import Mapping
from typing import NamedTuple

from aiohttp import web
from aiohttp.multipart import BodyPartReader
from PIL import Image, UnidentifiedImageError

from simulator.nhn_account import NhnAccount, NhnImage
from simulator.nhn_lists import page
from simulator.nhn_wire import NhnError
from simulator.settings import Settings
from simulator.wire import Json

BYTES_MAX = 5 * 1024 * 1024
WIDTH_MIN = 500
IMAGES_MAX = 1_000
SERVED_AT = "/nhn/images/{appkey}/{name}"
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg"}
PART_NAMES = ("image", "imageType")


class Shape(NamedTuple):
    """Height over width, from and to."""

    least: float
    most: float


SHAPES: Mapping[str, Shape] = {
    "IMAGE": Shape(0.5, 1.333),
    "WIDE_IMAGE": Shape(0.5, 1),
    "MAIN_WIDE_ITEMLIST_IMAGE": Shape(0.5, 0.5),
    "NORMAL_WIDE_ITEMLIST_IMAGE": Shape(1, 1),
    "CAROUSEL_FEED_IMAGE": Shape(0.5, 1.333),
    "CAROUSEL_COMMERCE_IMAGE": Shape(0.5, 1.333),
}


class Images:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._numbers = itertools.count(1)

    async def upload(self, request: web.Request, account: NhnAccount) -> Json:
        parts = await _parts(request)
        kind = str(parts["imageType"][1], "utf-8", "replace")
        name, content = parts["image"]
        if kind not in SHAPES:
            raise NhnError(-8011)
        check_picture(content, kind)
        while len(account.images) >= IMAGES_MAX:
            account.images.pop(next(iter(account.images)))
        seq = next(self._numbers)
        path = SERVED_AT.format(appkey=account.appkey, name=seq)
        url = self._settings.public_url + path
        account.images[seq] = NhnImage(seq=seq, kind=kind, name=name, url=url, content=content)
        return {"image": _shown(account.images[seq])}

    async def listed(self, request: web.Request, account: NhnAccount) -> Json:
        """The page prints one object under `image` for a list of kinds, so one is what is shown."""
        kinds = ",".join(request.query.getall("imageTypes", [])).split(",")
        if not any(kinds):
            raise NhnError(-2001, "The 'imageTypes' must not be blank.")
        found = (one for one in account.images.values() if one.kind in kinds)
        first = next(iter(page(found, request.query)), None)
        return {"image": _shown(first) if first else None}

    async def delete(self, request: web.Request, account: NhnAccount) -> Json:
        seq = request.query.get("imageSeq", "")
        if not seq.isdecimal() or account.images.pop(int(seq), None) is None:
            raise NhnError(-8003)
        return {}


def check_picture(content: bytes, kind: str) -> None:
    """Only the head is read; raises -4007 for its bytes, -8001 for what it is or its shape."""
    if len(content) > BYTES_MAX:
        raise NhnError(-4007, f"The file size is less than {BYTES_MAX}.")
    try:
        with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError):
        raise NhnError(-8001) from None
    shape = SHAPES[kind]
    if width < WIDTH_MIN or not shape.least <= round(height / width, 3) <= shape.most:
        raise NhnError(-8001)


async def _parts(request: web.Request) -> Mapping[str, tuple[str, bytes]]:
    """Both fields of the form; -9993 where one is missing, -9996 where it is no form."""
    if request.content_type != "multipart/form-data":
        raise NhnError(-9996)
    found: dict[str, tuple[str, bytes]] = {}
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if isinstance(part, BodyPartReader) and part.name in PART_NAMES:
            found[part.name] = (part.filename or "", bytes(await part.read(decode=True)))
    if len(found) < len(PART_NAMES):
        raise NhnError(-9993)
    return found


def _shown(image: NhnImage) -> Json:
    return {"imageSeq": image.seq, "imageUrl": image.url, "imageName": image.name}


def served(image: NhnImage) -> web.Response:
    is_png = image.content.startswith(b"\x89PNG")
    kind = FORMATS["PNG" if is_png else "JPEG"]
    return web.Response(
        body=image.content, content_type=kind, headers={"X-Content-Type-Options": "nosniff"}
    )
