"""The counter's page: one field, and what happened here today."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from console.answers import show
from console.headers import with_scripts
from console.keys import BOOKS, NOW, OWNER
from console.owner.counter_words import Typed, new_key
from console.pages import asset
from domain.people import ShopId
from domain.rules import Per
from domain.visits import PROVEN, kst_day
from loyalty.pins import PinLock, find_pin_lock
from storage.desk import Tx
from storage.queries.cards import get_rules, list_cards
from storage.queries.counter import UseLine, VisitLine, list_today, list_used
from storage.queries.places import ShopView, get_shop

KEPT = ("console.css", "counter.js", "counter_worker.js")
"""What the page is made of, without a network as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """What stands around the one field; without a day it is the shell kept for no network."""

    shop: ShopView
    is_per_item: bool
    has_card: bool
    visits: list[VisitLine] | None = None
    used: list[UseLine] | None = None
    pin_lock: PinLock | None = None
    now: datetime | None = None


async def show_form(request: web.Request, typed: Typed, wrong: Mapping[str, str]) -> web.Response:
    till = await request.app[BOOKS].read(read_till, request[OWNER].shop_id, request.app[NOW]())
    return await _show_till(request, till, typed, wrong)


async def show_shell(request: web.Request) -> web.Response:
    """The counter without its day: a phone keeps it for when there is no network, and people's
    names do not belong there.
    """
    till = await request.app[BOOKS].read(read_shell, request[OWNER].shop_id)
    return await _show_till(request, till, Typed(key=new_key()), {})


async def _show_till(
    request: web.Request, till: Till, typed: Typed, wrong: Mapping[str, str]
) -> web.Response:
    page = await show(
        request,
        "owner/counter.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        till=till,
        typed=typed,
        wrong=wrong,
        proven=PROVEN,
        worker=_worker(till),
    )
    return with_scripts(page)


def _worker(till: Till) -> str:
    """The address of the script that keeps the shell; another shell is another address."""
    parts = (*map(asset, KEPT), str(till.shop.shop_id), str(till.is_per_item), str(till.has_card))
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"/owner/counter/worker.js?v={digest[:12]}"


def read_till(tx: Tx, shop_id: ShopId, at: datetime) -> Till:
    since, _ = kst_day(at)
    visits, used = list_today(tx, shop_id, since), list_used(tx, shop_id, since)
    lock = find_pin_lock(tx, shop_id, at)
    return replace(read_shell(tx, shop_id), visits=visits, used=used, pin_lock=lock, now=at)


def read_shell(tx: Tx, shop_id: ShopId) -> Till:
    return Till(
        shop=get_shop(tx, shop_id),
        is_per_item=get_rules(tx, shop_id).per is Per.ITEM,
        has_card=bool(list_cards(tx, shop_id)),
    )
