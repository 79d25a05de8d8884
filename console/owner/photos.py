"""Photographs that come with the sending form, cut and kept at once even where something else is
wrong: the message's own, and one for each of its parts.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from aiohttp import web

from console.forms import Form
from console.keys import BOOKS, NOW, OWNER
from console.owner.parts_typed import ROWS_MAX, with_picture
from console.owner.shapes import ALONE
from console.owner.words import Words
from domain.campaigns import BubbleKind
from domain.parts import PICTURE, field_of
from domain.refusals import Invalid
from domain.ways import PictureShape
from subsidy.shops import Focus, add_picture, card_picture, forget_crops

FOCUSES: Final = frozenset(Focus)
PHOTO, FOCUS = "photo", "focus"
PART_SHAPES: Final[Mapping[str, PictureShape]] = {BubbleKind.ITEMS: PictureShape.ITEM}
"""As what a part's picture is cut; all others are as wide as the message's own."""


async def with_photos(
    request: web.Request, words: Words, form: Form
) -> tuple[Words, Mapping[str, str]]:
    """The words with the pictures that came along, and what is wrong with any of them, beside the
    field it came from.
    """
    wrong: dict[str, str] = {}
    if (body := form.file(PHOTO)) is not None:
        try:
            kept = await _keep(request, body, _focus(form, FOCUS), PictureShape.PICTURE)
            words = replace(words, picture_id=kept, way=_pictured(words))
        except Invalid as refusal:
            wrong |= refusal.fields
    for index in range(ROWS_MAX):
        body = form.file(field_of(index, PHOTO))
        if body is None:
            continue
        shape = PART_SHAPES.get(words.way, PictureShape.SLIDE)
        focus = _focus(form, field_of(index, FOCUS))
        try:
            kept = await _keep(request, body, focus, shape)
            words = replace(words, rows=with_picture(words.rows, index, kept))
            await _forget_others(request, body, focus, shape, words)
        except Invalid as refusal:
            wrong |= {field_of(index, PICTURE): one for one in refusal.fields.values()}
    return words, wrong


def _pictured(words: Words) -> str:
    """Who gives words alone a photograph wants it seen."""
    return BubbleKind.PICTURE if words.way == ALONE else words.way


async def _keep(request: web.Request, body: bytes, focus: Focus, shape: PictureShape) -> str:
    """Its id. Raises Invalid(picture)."""
    # Cutting a large photograph takes a while: not on the thread that everyone waits for.
    card = await asyncio.to_thread(card_picture, body, focus, shape)
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    return await request.app[BOOKS].write(add_picture, shop_id, card, at, shape=shape)


async def _forget_others(
    request: web.Request, body: bytes, focus: Focus, shape: PictureShape, words: Words
) -> None:
    """Somebody who tries all three crops of a photograph keeps the last."""
    others = [
        await asyncio.to_thread(card_picture, body, other, shape)
        for other in Focus
        if other is not focus
    ]
    chosen = (words.picture_id or "", *(row.picture for row in words.rows))
    await request.app[BOOKS].write(forget_crops, request[OWNER].shop_id, others, but=chosen)


def _focus(form: Form, name: str) -> Focus:
    chosen = form.text(name)
    return Focus(chosen) if chosen in FOCUSES else Focus.MIDDLE
