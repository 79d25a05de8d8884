"""What a market's shops share: opening it, starting it, and who may use how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, new_key, read_form, read_last_day, read_won
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.acts import acting, read_number
from console.manager.reading import NOT_COVERED, Mistakes
from domain.people import GrantId, MarketId, ShopId
from domain.refusals import Invalid, OverBudget
from storage.desk import Tx
from storage.queries.places import list_markets
from storage.queries.pots import ShopShare
from subsidy.offering import Offer
from subsidy.pots import Pot, get_pot, list_pots, list_shares, open_pot, set_cap, start_pot


@dataclass(frozen=True, slots=True, kw_only=True)
class PotsView:
    pots: Sequence[Pot]
    markets: Sequence[tuple[MarketId, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PotView:
    pot: Pot
    shares: Sequence[ShopShare]


async def show_pots(request: web.Request) -> web.Response:
    return await _show_pots(request, Form(), {})


async def open_new(request: web.Request) -> web.Response:
    form = await read_form(request)
    manager, at = request[MANAGER], request.app[NOW]()
    try:
        offer = _read_offer(form)
        pot_id = await request.app[BOOKS].write(_open, manager, form, offer, at)
    except Invalid as refusal:
        return await _show_pots(request, form, refusal.fields)
    except OverBudget:
        return await _show_pots(request, form, {"amount": NOT_COVERED})
    await say(request, "pot_opened")
    return see_other(f"/manager/pots/{pot_id}")


async def show_pot(request: web.Request) -> web.Response:
    return await show_one(request, Form(), {})


async def start(request: web.Request) -> web.Response:
    manager, pot_id, at = request[MANAGER], pot_id_of(request), request.app[NOW]()
    await request.app[BOOKS].write(start_pot, acting(manager), pot_id, at)
    await say(request, "pot_started")
    return see_other(f"/manager/pots/{pot_id}")


async def save_cap(request: web.Request) -> web.Response:
    form = await read_form(request)
    manager, pot_id, at = request[MANAGER], pot_id_of(request), request.app[NOW]()
    try:
        cap_jeon = read_won(form, "cap")
        await request.app[BOOKS].write(set_cap, acting(manager), pot_id, _shop(form), cap_jeon, at)
    except Invalid as refusal:
        return await show_one(request, form, refusal.fields)
    await say(request, "cap_saved")
    return see_other(f"/manager/pots/{pot_id}")


def pot_id_of(request: web.Request) -> GrantId:
    return GrantId(int(request.match_info["id"]))


async def show_one(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    seen = await request.app[BOOKS].read(read_pot, manager, pot_id_of(request), at)
    return await show(
        request,
        "manager/pot.html",
        status=422 if wrong else 200,
        seen=seen,
        form=form,
        wrong=wrong,
        manager=manager,
    )


def read_pot(tx: Tx, manager: Manager, pot_id: GrantId, at: datetime) -> PotView:
    by = acting(manager)
    return PotView(pot=get_pot(tx, by, pot_id, at), shares=list_shares(tx, by, pot_id))


def read_pots(tx: Tx, manager: Manager, at: datetime) -> PotsView:
    return PotsView(
        pots=list_pots(tx, acting(manager), at), markets=list_markets(tx, manager.program_id)
    )


def _open(tx: Tx, manager: Manager, form: Form, offer: Offer, at: datetime) -> GrantId:
    chosen = [
        market_id
        for market_id, _, _ in list_markets(tx, manager.program_id)
        if str(market_id) == form.text("market")
    ]
    if not chosen:
        raise Invalid({"market": "어느 시장인지 골라 주세요."})
    key = form.text("form_key")
    return open_pot(tx, acting(manager), chosen[0], offer, form_key=key, at=at)


def _shop(form: Form) -> ShopId:
    shop_id = read_number(form.text("shop"))
    if not shop_id:
        raise Invalid({"shop": "어느 가게인지 골라 주세요."})
    return ShopId(shop_id)


def _read_offer(form: Form) -> Offer:
    """Raises Invalid with everything that is wrong at once."""
    wrong = Mistakes()
    amount_jeon = wrong.read(read_won, form, "amount")
    start_by = wrong.read(read_last_day, form, "start_by")
    expires_at = wrong.read(read_last_day, form, "expires_at")
    cap_jeon = wrong.read(read_won, form, "shop_cap") if form.text("shop_cap") else None
    if amount_jeon is not None and cap_jeon is not None and cap_jeon > amount_jeon:
        wrong.found["shop_cap"] = "공동 지원금보다 많아요. 그보다 작게 적어 주세요."
    if wrong.found or amount_jeon is None or start_by is None or expires_at is None:
        raise Invalid(wrong.found)
    return Offer(
        amount_jeon=amount_jeon,
        start_by=start_by,
        expires_at=expires_at,
        shop_cap_jeon=cap_jeon,
    )


async def _show_pots(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    seen = await request.app[BOOKS].read(read_pots, manager, at)
    return await show(
        request,
        "manager/pots.html",
        status=422 if wrong else 200,
        seen=seen,
        form=form,
        wrong=wrong,
        form_key=form.text("form_key") or new_key(),
        manager=manager,
    )
