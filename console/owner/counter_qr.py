"""The QR codes of the counter: one that changes by itself, one on paper with the staff's PIN."""

from collections.abc import Mapping

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS
from console.owner.qr import code_of, inline_code
from domain.refusals import Invalid
from loyalty.links import qr_token
from loyalty.pins import has_pin, set_pin
from storage.queries.places import get_shop

REFRESH_SECONDS = 20
"""Sooner than the code changes, so that what is shown has always just begun or still works."""


async def show_code(request: web.Request) -> web.Response:
    shop_id, books = request[OWNER].shop_id, request.app[BOOKS]
    shop = await books.read(get_shop, shop_id)
    token = await books.read(qr_token, shop_id, request.app[NOW]())
    link = request.app[SETTINGS].scan_url(token)
    return await show(
        request,
        "owner/counter_qr.html",
        shop=shop,
        link=link,
        drawing=inline_code(link),
        refresh_seconds=REFRESH_SECONDS,
    )


async def show_settings(request: web.Request) -> web.Response:
    return await _show_settings(request, {})


async def save_pin(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    words = (await read_form(request)).text("pin")
    try:
        await request.app[BOOKS].write(set_pin, owner.shop_id, words, actor=owner.actor, at=at)
    except Invalid as refusal:
        return await _show_settings(request, refusal.fields)
    await say(request, "pin_saved")
    return see_other("/owner/counter/pin")


async def draw_stamp_code(request: web.Request) -> web.Response:
    shop = await request.app[BOOKS].read(get_shop, request[OWNER].shop_id)
    drawing = code_of(request.app[SETTINGS].stamp_url(shop.slug))
    return web.Response(body=drawing, content_type="image/svg+xml")


async def show_poster(request: web.Request) -> web.Response:
    shop = await request.app[BOOKS].read(get_shop, request[OWNER].shop_id)
    return await show(request, "owner/counter_poster.html", shop=shop)


async def _show_settings(request: web.Request, wrong: Mapping[str, str]) -> web.Response:
    is_set = await request.app[BOOKS].read(has_pin, request[OWNER].shop_id)
    status = 422 if wrong else 200
    return await show(request, "owner/counter_pin.html", status=status, is_set=is_set, wrong=wrong)
