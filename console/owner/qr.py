"""The QR code of a shop's page, and a sheet to print and put on the counter."""

import io

import segno
from aiohttp import web
from markupsafe import Markup

from console.answers import show
from console.keys import BOOKS, OWNER, SETTINGS
from storage.queries.places import get_shop

DARK = "#2f2018"
QUIET_MODULES = 2


async def draw_code(request: web.Request) -> web.Response:
    shop = await request.app[BOOKS].read(get_shop, request[OWNER].shop_id)
    drawing = code_of(request.app[SETTINGS].shop_url(shop.slug))
    return web.Response(body=drawing, content_type="image/svg+xml")


async def show_poster(request: web.Request) -> web.Response:
    shop = await request.app[BOOKS].read(get_shop, request[OWNER].shop_id)
    url = request.app[SETTINGS].shop_url(shop.slug)
    return await show(request, "owner/poster.html", shop=shop, url=url)


def code_of(url: str) -> bytes:
    """An SVG without a fixed size; a quarter of it may be dirty and it still reads."""
    drawing = io.BytesIO()
    segno.make_qr(url, error="q").save(
        drawing, kind="svg", border=QUIET_MODULES, dark=DARK, light="#fff", omitsize=True
    )
    return drawing.getvalue()


def inline_code(url: str) -> Markup:
    """The same as a piece of a page, for what changes too often to be a picture of its own."""
    drawing: str = segno.make_qr(url, error="m").svg_inline(
        border=QUIET_MODULES, dark=DARK, light="#fff", omitsize=True
    )
    return Markup(drawing)  # noqa: S704 - a drawing of ours
