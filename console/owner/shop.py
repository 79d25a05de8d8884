"""The shop as its customers see it: contact, hours, words and picture."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS, Owner
from domain.audit import Act, shop_book
from domain.refusals import Invalid
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.places import ShopView, get_shop
from storage.queries.places import save_shop as save_row
from subsidy.shops import add_picture, card_picture, change_shop

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


async def save_picture(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    form = await read_form(request)
    try:
        # Cutting a large photograph takes a while: not on the thread that everyone waits for.
        card = await asyncio.to_thread(card_picture, _photo(form))
        await request.app[BOOKS].write(hang_picture, owner, card, at)
    except Invalid as refusal:
        shop = await request.app[BOOKS].read(get_shop, owner.shop_id)
        return await _show_form(request, shop, _facts_of(shop), refusal.fields)
    await say(request, "picture_saved")
    return see_other("/owner/shop")


def hang_picture(tx: Tx, owner: Owner, card: bytes, at: datetime) -> None:
    """Makes a picture the shop's own, the one on its page and first in the form."""
    picture_id = add_picture(tx, owner.shop_id, card, at)
    shop = get_shop(tx, owner.shop_id)
    if shop.picture_id != picture_id:
        facts = {name: getattr(shop, name) for name in FACTS}
        save_row(tx, owner.shop_id, **facts, picture_id=picture_id)
    act = Act(actor=owner.actor, act="hang_picture", subject=f"shop:{owner.shop_id}", at=at)
    append_audit(tx, shop_book(owner.shop_id), act)


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
    request: web.Request, shop: ShopView, facts: Facts, wrong: Mapping[str, str]
) -> web.Response:
    return await show(
        request,
        "owner/shop.html",
        status=422 if wrong else 200,
        shop=shop,
        facts=facts,
        wrong=wrong,
        shop_url=request.app[SETTINGS].shop_url(shop.slug),
        owner=request[OWNER],
    )
