"""The page behind a shop's QR code: what one gets, and the way into the chat."""

from aiohttp import web

from console.answers import html
from console.keys import BOOKS, SETTINGS
from console.pages import render
from domain.refusals import NotFound
from storage.desk import Tx
from storage.queries.places import ShopView, find_shop_by_slug
from subsidy.shops import SLUG


async def show_shopfront(request: web.Request) -> web.Response:
    shop = await request.app[BOOKS].read(get_by_slug, request.match_info["slug"])
    channel = f"{request.app[SETTINGS].chat_link}/{shop.channel_public_id}"
    return html(render("public/shop.html", shop=shop, channel=channel))


def get_by_slug(tx: Tx, slug: str) -> ShopView:
    """Raises NotFound, without asking the database for what no shop could be called."""
    shop = find_shop_by_slug(tx, slug) if SLUG.fullmatch(slug) else None
    if shop is None:
        raise NotFound("shop")
    return shop
