"""One grant: more time for it, and its free money to another shop's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, new_key, read_form, read_last_day, read_won
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.acts import acting, read_number
from console.manager.pots import show_one
from domain.grant_list import ROWS_MAX
from domain.money import Jeon
from domain.people import GrantId
from domain.refusals import Invalid, NotFound
from storage.desk import Tx
from storage.queries.bulk import ShopStanding, list_shops_in_reach
from storage.queries.grants import GrantRow
from storage.queries.places import ShopView, find_shop_by_slug, get_shop
from subsidy.acting import get_grant_in_reach
from subsidy.clawing import propose_claw_back_of
from subsidy.extending import Dates, extend_grant
from subsidy.grants import OVER, GrantView, view_grant
from subsidy.moving import check_amount, list_takers, move_money


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """A shop's grants into which money may move."""

    shop: ShopView
    grants: Sequence[GrantView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sure:
    """A move that was asked for: what is left here and what is there afterwards."""

    to: GrantView
    amount_jeon: Jeon
    left_jeon: Jeon
    there_jeon: Jeon


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantSheet:
    """`taker` is who was looked for to move money to; None when there is no such shop. `shops`
    are those to choose from.
    """

    grant: GrantView
    shop: ShopView
    is_over: bool
    taker: Taker | None
    shops: Sequence[ShopStanding]


async def show_grant(request: web.Request) -> web.Response:
    to = request.query.get("to", "")
    return await _show(request, Form({"to_shop": to}), {})


async def extend(request: web.Request) -> web.Response:
    """Also of a pot, which has a page of its own."""
    form = await read_form(request)
    manager, grant_id, at = request[MANAGER], grant_id_of(request), request.app[NOW]()
    is_pot = await request.app[BOOKS].read(_is_pot, manager, grant_id)
    try:
        dates = _read_dates(form)
        await request.app[BOOKS].write(extend_grant, acting(manager), grant_id, dates, at)
    except Invalid as refusal:
        page = show_one if is_pot else _show
        return await page(request, form, refusal.fields)
    await say(request, "grant_extended")
    return see_other(f"/manager/{'pots' if is_pot else 'grants'}/{grant_id}")


async def move(request: web.Request) -> web.Response:
    """Asks first, with what both would have then; the same pressed again moves it."""
    form = await read_form(request)
    manager, grant_id, at = request[MANAGER], grant_id_of(request), request.app[NOW]()
    try:
        amount_jeon, to_id = read_won(form, "amount"), _to(form)
        if form.text("agreed") != f"{to_id}:{amount_jeon}":
            return await _show(request, form, {}, asked=(to_id, amount_jeon))
        await request.app[BOOKS].write(
            move_money,
            acting(manager),
            grant_id,
            to_id,
            amount_jeon,
            form_key=form.text("form_key"),
            at=at,
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    await say(request, "money_moved")
    return see_other(f"/manager/grants/{grant_id}")


async def claw(request: web.Request) -> web.Response:
    """Makes the proposal for this one; a second person approves it."""
    form = await read_form(request)
    manager, grant_id, at = request[MANAGER], grant_id_of(request), request.app[NOW]()
    try:
        act_id = await request.app[BOOKS].write(
            propose_claw_back_of, acting(manager), grant_id, form_key=form.text("form_key"), at=at
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    await say(request, "act_proposed")
    return see_other(f"/manager/acts/{act_id}")


def grant_id_of(request: web.Request) -> GrantId:
    return GrantId(int(request.match_info["id"]))


def read_grant(
    tx: Tx, manager: Manager, grant_id: GrantId, to_shop: str, at: datetime
) -> GrantSheet:
    row = get_grant_in_reach(tx, acting(manager), grant_id)
    if row.shop_id is None:
        raise NotFound("grant")  # a pot has a page of its own
    grant = view_grant(row, at)
    return GrantSheet(
        grant=grant,
        shop=get_shop(tx, row.shop_id),
        is_over=grant.state in OVER,
        taker=_taker(tx, manager, row, to_shop, at),
        shops=list_shops_in_reach(tx, manager.program_id, manager.market_id, ROWS_MAX),
    )


def _taker(tx: Tx, manager: Manager, row: GrantRow, slug: str, at: datetime) -> Taker | None:
    """Found by its address only: of two shops of one name nobody can be meant."""
    shop = find_shop_by_slug(tx, slug.rstrip("/").rsplit("/", 1)[-1].lower()) if slug else None
    if shop is None or shop.program_id != manager.program_id:
        return None
    if not manager.sees_market(shop.market_id):
        return None
    takers = list_takers(tx, row, shop.shop_id, at)
    return Taker(shop=shop, grants=[view_grant(one, at) for one in takers])


def _sure(seen: GrantSheet, to_id: GrantId, amount_jeon: Jeon) -> Sure:
    takers = seen.taker.grants if seen.taker else ()
    to = next((one for one in takers if one.grant_id == to_id), None)
    if to is None:
        raise Invalid({"to": "어느 지원금으로 옮길지 골라 주세요."})
    check_amount(amount_jeon, seen.grant.left_jeon)
    return Sure(
        to=to,
        amount_jeon=amount_jeon,
        left_jeon=Jeon(seen.grant.left_jeon - amount_jeon),
        there_jeon=Jeon(to.left_jeon + amount_jeon),
    )


def _is_pot(tx: Tx, manager: Manager, grant_id: GrantId) -> bool:
    return get_grant_in_reach(tx, acting(manager), grant_id).shop_id is None


def _read_dates(form: Form) -> Dates:
    """What is left empty stays. Raises Invalid."""
    names = [name for name in ("start_by", "expires_at") if form.text(name)]
    if not names:
        raise Invalid({"expires_at": "새 날짜를 골라 주세요."})
    read = {name: read_last_day(form, name) for name in names}
    return Dates(start_by=read.get("start_by"), expires_at=read.get("expires_at"))


def _to(form: Form) -> GrantId:
    grant_id = read_number(form.text("to"))
    if not grant_id:
        raise Invalid({"to": "어느 지원금으로 옮길지 골라 주세요."})
    return GrantId(grant_id)


async def _show(
    request: web.Request,
    form: Form,
    wrong: Mapping[str, str],
    *,
    asked: tuple[GrantId, Jeon] | None = None,
) -> web.Response:
    """`asked`: where to and how much would be moved. Raises Invalid when that cannot be."""
    manager, at = request[MANAGER], request.app[NOW]()
    to_shop = form.text("to_shop")
    seen = await request.app[BOOKS].read(read_grant, manager, grant_id_of(request), to_shop, at)
    sure = _sure(seen, *asked) if asked else None
    return await show(
        request,
        "manager/grant.html",
        status=422 if wrong else 200,
        seen=seen,
        sure=sure,
        form=form,
        wrong=wrong,
        form_key=form.text("form_key") or new_key(),
        manager=manager,
    )
