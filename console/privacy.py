"""A shop's privacy page: who holds what, why, until when, and how to see or end it (L54, L60)."""

from collections.abc import Collection, Mapping

from aiohttp import web

from console.answers import html
from console.keys import BOOKS, SETTINGS
from console.pages import render
from console.shopfront import get_by_slug
from domain.campaigns import PRODUCTS, Product, SenderName
from domain.consent import TEXT_VERSION
from domain.enquiries import ENQUIRY_KEPT
from domain.keeping import CODE_KEPT, DUTIES, NOTICE_KEPT, What
from storage.desk import Tx
from storage.queries.places import ShopView, get_channel, get_program

TAKE_NUMBERS: Mapping[str, frozenset[SenderName]] = {
    "솔라피(SOLAPI)": frozenset(
        {SenderName.SOLAPI, SenderName.SOLAPI_ALIMTALK, SenderName.SOLAPI_LMS}
    ),
    "NHN 클라우드(NHN Cloud)": frozenset({SenderName.NHN, SenderName.NHN_ALIMTALK}),
}
"""The providers that get phone numbers, and by which ways."""


async def show_privacy(request: web.Request) -> web.Response:
    slug, settings = request.match_info["slug"], request.app[SETTINGS]
    shop, program, contact = await request.app[BOOKS].read(read_privacy, slug)
    page = render(
        "public/privacy.html",
        shop=shop,
        program=program,
        contact=contact,
        channel=settings.chat_url(shop.channel_public_id),
        helpers=_helpers(settings.senders),
        duty=DUTIES[What.ADVERTISING_PROOF],
        code_days=CODE_KEPT.days,
        notice_days=NOTICE_KEPT.days,
        enquiry_days=ENQUIRY_KEPT.days,
        version=TEXT_VERSION,
    )
    return html(page)


def read_privacy(tx: Tx, slug: str) -> tuple[ShopView, str, str | None]:
    """The shop, the program it takes part in, and whom to ask. Raises NotFound(`shop`)."""
    shop = get_by_slug(tx, slug)
    program, _, _ = get_program(tx, shop.program_id)
    contact = shop.contact or get_channel(tx, shop.channel_id).service_number
    return shop, program, contact


def _helpers(senders: Collection[SenderName]) -> dict[str, str]:
    """Who gets phone numbers here, and as what they bring the messages."""
    found = {name: ways.intersection(senders) for name, ways in TAKE_NUMBERS.items()}
    return {name: _brought(ways) for name, ways in found.items() if ways}


def _brought(ways: Collection[SenderName]) -> str:
    products = {PRODUCTS[one] for one in ways}
    said = {"카카오톡": products - {Product.LMS}, "문자": products & {Product.LMS}}
    return "·".join(word for word, there in said.items() if there)
