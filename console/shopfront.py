"""The page behind a shop's QR code: what one gets, and the way into the chat.

A plain QR cannot tell the chat which shop it hangs in, so the page shows a short code to say
there (loyalty/join_codes.py). It works when nobody presses anything, without a script.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import html
from console.keys import BOOKS, NOW, SETTINGS
from console.pages import render
from domain.coupons import CouponSource
from domain.refusals import NotFound
from loyalty.cards import CardDraft, show_cards
from loyalty.codes import ShownCode
from loyalty.join_codes import find_shown_code, issue_join_code
from storage.desk import Tx
from storage.queries.offers import list_open_offers
from storage.queries.places import ShopView, find_shop_by_slug
from subsidy.shops import SLUG

PHONE = re.compile("Android|iPhone|iPad")
GIFTS_SHOWN_MAX = 2


@dataclass(frozen=True, slots=True)
class Front:
    """What a passer-by sees: what the first card gives, and the coupons for joining."""

    shop: ShopView
    card: CardDraft | None
    gifts: tuple[str, ...]
    code: ShownCode | None


async def show_shopfront(request: web.Request) -> web.Response:
    """Looks first: writes only for a shop that may have another code."""
    slug, at = request.match_info["slug"], request.app[NOW]()
    front = await request.app[BOOKS].read(read_front, slug, at)
    code = front.code or await request.app[BOOKS].write(issue_join_code, front.shop, at)
    settings = request.app[SETTINGS]
    search_id = front.shop.channel_search_id
    is_phone = PHONE.search(request.headers.get("User-Agent", "")) is not None
    page = render(
        "public/shop.html",
        front=front,
        shop=front.shop,
        code=code,
        chat=settings.chat_url(front.shop.channel_public_id),
        friend=f"{settings.chat_link}/{front.shop.channel_public_id}/friend",
        saying=settings.saying_url(search_id, code.digits) if is_phone and code else None,
    )
    return html(page)


def read_front(tx: Tx, slug: str, at: datetime) -> Front:
    """Raises NotFound(`shop`)."""
    shop = get_by_slug(tx, slug)
    cards = show_cards(tx, shop.shop_id)
    offers = list_open_offers(tx, shop.shop_id, CouponSource.JOINING)
    return Front(
        shop=shop,
        card=cards[0] if cards else None,
        gifts=tuple(offer.terms.title for offer in offers[:GIFTS_SHOWN_MAX]),
        code=find_shown_code(tx, shop.shop_id, at),
    )


def get_by_slug(tx: Tx, slug: str) -> ShopView:
    """Raises NotFound, without asking the database for what no shop could be called."""
    shop = find_shop_by_slug(tx, slug) if SLUG.fullmatch(slug) else None
    if shop is None:
        raise NotFound("shop")
    return shop
