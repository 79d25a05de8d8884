"""The shop as its customers see it: contact, hours, words and picture."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from aiohttp import web

from campaigns.ways import list_ways, why_no_texts
from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS
from console.owner.reward import whole
from domain.campaigns import SenderName
from domain.enquiries import REPLY_HOURS
from domain.refusals import Invalid
from domain.ways import WAY_WORDS
from loyalty.shop_facts import describe_shop
from storage.queries.certificates import may_text
from storage.queries.places import ShopView, get_shop
from storage.queries.shop_facts import ShopFacts, get_shop_facts
from subsidy.shops import card_picture, change_shop, hang_picture
from subsidy.texting import let_text

FACTS = ("contact", "hours", "address", "welcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an owner may change, as text."""

    contact: str
    hours: str
    address: str
    welcome: str


async def show_shop(request: web.Request) -> web.Response:
    shop = await request.app[BOOKS].read(get_shop, request[OWNER].shop_id)
    return await _show_form(request, shop, _facts_of(shop), {})


async def save_shop(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    facts = _read_facts(await read_form(request))
    try:
        await request.app[BOOKS].write(
            change_shop, owner.shop_id, **asdict(facts), actor=owner.actor, at=at
        )
    except Invalid as refusal:
        shop = await request.app[BOOKS].read(get_shop, owner.shop_id)
        return await _show_form(request, shop, facts, refusal.fields)
    await say(request, "shop_saved")
    return see_other("/owner/shop")


async def save_answers(request: web.Request) -> web.Response:
    """What the chat answers by itself."""
    owner, at = request[OWNER], request.app[NOW]()
    form = await read_form(request)
    facts = ShopFacts(form.text("menu"), form.text("parking"), whole(form.text("reply_hours")) or 0)
    try:
        await request.app[BOOKS].write(
            describe_shop, owner.shop_id, facts, actor=owner.actor, at=at
        )
    except Invalid as refusal:
        shop = await request.app[BOOKS].read(get_shop, owner.shop_id)
        return await _show_form(request, shop, _facts_of(shop), refusal.fields, facts)
    await say(request, "shop_saved")
    return see_other("/owner/shop")


async def save_texting(request: web.Request) -> web.Response:
    """Whether news may go as text messages, too (L18)."""
    owner, at = request[OWNER], request.app[NOW]()
    form = await read_form(request)
    is_on = form.text("may_text") == "1"
    await request.app[BOOKS].write(let_text, owner.shop_id, is_on=is_on, actor=owner.actor, at=at)
    await say(request, "texting_saved")
    return see_other("/owner/shop#texting")


async def save_picture(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    form = await read_form(request)
    try:
        # Cutting a large photograph takes a while: not on the thread that everyone waits for.
        card = await asyncio.to_thread(card_picture, _photo(form))
        await request.app[BOOKS].write(hang_picture, owner.shop_id, card, actor=owner.actor, at=at)
    except Invalid as refusal:
        shop = await request.app[BOOKS].read(get_shop, owner.shop_id)
        return await _show_form(request, shop, _facts_of(shop), refusal.fields)
    await say(request, "picture_saved")
    return see_other("/owner/shop")


def _photo(form: Form) -> bytes:
    body = form.file("photo")
    if body is None:
        raise Invalid({"picture": "사진을 먼저 골라 주세요."})
    return body


def _read_facts(form: Form) -> Facts:
    return Facts(**{name: form.text(name) for name in FACTS})


def _facts_of(shop: ShopView) -> Facts:
    return Facts(**{name: getattr(shop, name) or "" for name in FACTS})


async def _show_form(
    request: web.Request,
    shop: ShopView,
    facts: Facts,
    wrong: Mapping[str, str],
    answers: ShopFacts | None = None,
) -> web.Response:
    books, settings = request.app[BOOKS], request.app[SETTINGS]
    known = await books.read(get_shop_facts, shop.shop_id)
    ways = await books.read(list_ways, shop.shop_id, settings.senders)
    return await show(
        request,
        "owner/shop.html",
        status=422 if wrong else 200,
        shop=shop,
        facts=facts,
        answers=answers or known,
        hours_choices=REPLY_HOURS,
        wrong=wrong,
        shop_url=settings.shop_url(shop.slug),
        can_text=SenderName.SOLAPI_LMS in settings.senders,
        may_text=await books.read(may_text, shop.shop_id),
        no_texts=await books.read(why_no_texts, shop.shop_id, request.app[NOW]()),
        ways={WAY_WORDS[way]: way for way in ways},
        owner=request[OWNER],
    )
