"""내 글: the messages that a shop keeps; used on the sending page, renamed and put away here."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from campaigns.draft_text import draft_of
from campaigns.ready_texts import rename_text, retire_text
from console.answers import say, see_other, show
from console.forms import read_form
from console.keys import BOOKS, NOW, OWNER
from domain.people import ReadyTextId
from domain.refusals import Invalid
from storage.queries.ready_texts import TEXTS_MAX, list_texts

PAGE = "/owner/texts"
NOWHERE = ReadyTextId(0)


async def show_texts(request: web.Request) -> web.Response:
    return await _show(request, NOWHERE, {})


async def rename(request: web.Request) -> web.Response:
    owner, text_id = request[OWNER], _id(request)
    name = (await read_form(request)).text("name")
    try:
        await request.app[BOOKS].write(
            rename_text,
            owner.shop_id,
            text_id,
            name,
            actor=owner.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, text_id, refusal.fields, name)
    await say(request, "text_renamed")
    return see_other(PAGE)


async def retire(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    await request.app[BOOKS].write(
        retire_text, owner.shop_id, _id(request), actor=owner.actor, at=at
    )
    await say(request, "text_retired")
    return see_other(PAGE)


async def _show(
    request: web.Request, at_id: ReadyTextId, wrong: Mapping[str, str], typed: str = ""
) -> web.Response:
    """`at_id`: whose name is wrong, and `typed` is that name."""
    texts = await request.app[BOOKS].read(list_texts, request[OWNER].shop_id)
    return await show(
        request,
        "owner/texts.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        texts=[(text, draft_of(text.draft)) for text in texts],
        at_id=at_id,
        typed=typed,
        wrong=wrong,
        texts_max=TEXTS_MAX,
    )


def _id(request: web.Request) -> ReadyTextId:
    return ReadyTextId(int(request.match_info["id"]))
