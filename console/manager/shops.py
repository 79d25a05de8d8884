"""Opening a shop in one of the program's markets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.enrolling import Taking, enroll, read_taking
from domain.people import ChannelId, MarketId, ShopId
from domain.refusals import Invalid
from storage.desk import Tx
from storage.queries.places import list_markets
from storage.queries.programs import list_cohorts
from storage.queries.staff import list_channels
from subsidy.shops import open_shop

TRADE_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A channel to open a shop in; the market is the channel's."""

    channel_id: ChannelId
    market_id: MarketId
    channel_name: str
    market_name: str


async def show_new(request: web.Request) -> web.Response:
    return await _show_form(request, Form(), {})


async def open_new(request: web.Request) -> web.Response:
    form = await read_form(request)
    manager, at = request[MANAGER], request.app[NOW]()
    try:
        shop_id = await request.app[BOOKS].write(_open, manager, form, at)
    except Invalid as refusal:
        return await _show_form(request, form, refusal.fields)
    await say(request, "shop_opened")
    return see_other(f"/manager/shops/{shop_id}")


def _open(tx: Tx, manager: Manager, form: Form, at: datetime) -> ShopId:
    chosen = [
        door for door in list_doors(tx, manager) if str(door.channel_id) == form.text("channel")
    ]
    if not chosen:
        raise Invalid({"channel": "어느 톡채널의 가게인지 골라 주세요."})
    wrong = {}
    if not 0 < len(form.text("trade")) <= TRADE_MAX:
        wrong["trade"] = f"업종을 {TRADE_MAX}자까지 적어 주세요."
    taking: Taking | None = None
    try:
        taking = read_taking(form)
    except Invalid as refusal:
        wrong.update(refusal.fields)
    try:
        shop_id = _open_behind(tx, chosen[0], manager, form, at)
        if taking:
            enroll(tx, manager, shop_id, taking, at)
    except Invalid as refusal:
        raise Invalid({**wrong, **refusal.fields}) from None
    if wrong:
        raise Invalid(wrong)
    return shop_id


def _open_behind(tx: Tx, door: Door, manager: Manager, form: Form, at: datetime) -> ShopId:
    return open_shop(
        tx,
        market_id=door.market_id,
        channel_id=door.channel_id,
        name=form.text("name"),
        trade=form.text("trade"),
        slug=form.text("slug"),
        contact=form.text("contact") or None,
        at=at,
        actor=manager.actor,
    )


def list_doors(tx: Tx, manager: Manager) -> Sequence[Door]:
    program_id = manager.program_id
    names = {market_id: name for market_id, name, _ in list_markets(tx, program_id)}
    return [
        Door(
            channel_id=channel_id,
            market_id=market_id,
            channel_name=channel_name,
            market_name=names[market_id],
        )
        for channel_id, market_id, channel_name in list_channels(tx, program_id)
        if manager.sees_market(market_id)
    ]


async def _show_form(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager = request[MANAGER]
    doors = await request.app[BOOKS].read(list_doors, manager)
    cohorts = await request.app[BOOKS].read(list_cohorts, manager.program_id)
    return await show(
        request,
        "manager/new_shop.html",
        status=422 if wrong else 200,
        doors=doors,
        cohorts=cohorts,
        form=form,
        wrong=wrong,
        manager=manager,
    )
