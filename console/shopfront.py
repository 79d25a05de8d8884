"""The page behind a shop's QR code: what one gets, and the way into the chat."""

from aiohttp import web

from console.answers import html
from console.keys import BOOKS, SETTINGS
from console.pages import render
from domain.refusals import NotFound
from storage.queries.places import find_shop_by_slug


async def show_shopfront(request: web.Request) -> web.Response:
    shop = await request.app[BOOKS].read(find_shop_by_slug, request.match_info["slug"])
    if shop is None:
        raise NotFound("shop")
    channel = f"{request.app[SETTINGS].chat_link}/{shop.channel_public_id}"
    return html(render("public/shop.html", shop=shop, channel=channel))
