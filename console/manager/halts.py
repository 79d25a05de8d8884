"""The kill switch (L21): what is halted, by whom and why; halting and lifting."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from campaigns.halting import HaltView, halt_sending, is_above, lift_halt, list_halts
from console.answers import say, see_other, show
from console.forms import Form, read_form, whole_number
from console.keys import BOOKS, MANAGER, NOW, SETTINGS, Manager
from console.manager.audit_words import taken_apart
from console.manager.shop import get_own_shop
from domain.people import HaltId, MarketId, ShopId
from domain.refusals import Invalid
from storage.desk import Tx
from storage.queries.audit_names import list_staff_names
from storage.queries.places import ShopView, list_markets
from storage.queries.trail import Sight

PAGE = "/manager/halts"
PROGRAM = "program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halts:
    """`markets` and `shop` may be chosen; `names` are of those who halted or lifted. `above` are
    those that only the program's manager lifts.
    """

    in_force: Sequence[HaltView]
    lifted: Sequence[HaltView]
    above: Collection[HaltId]
    names: Mapping[str, str]
    markets: Sequence[tuple[MarketId, str]]
    shop: ShopView | None


async def show_halts(request: web.Request) -> web.Response:
    return await _show(request, Form({"shop": request.query.get("shop", "")}), {})


async def halt(request: web.Request) -> web.Response:
    manager, form = request[MANAGER], await read_form(request)
    at = request.app[NOW]()
    try:
        await request.app[BOOKS].write(_halt, manager, form, at)
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    await say(request, "halted")
    return see_other(PAGE)


async def lift(request: web.Request) -> web.Response:
    manager = request[MANAGER]
    await request.app[BOOKS].write(
        lift_halt,
        HaltId(int(request.match_info["id"])),
        program_id=manager.program_id,
        market_id=manager.market_id,
        actor=manager.actor,
        at=request.app[NOW](),
    )
    request.app[SETTINGS].wake()
    await say(request, "halt_lifted")
    return see_other(PAGE)


def _halt(tx: Tx, manager: Manager, form: Form, at: datetime) -> HaltId:
    """What was chosen: `program`, `market:3` or `shop:12`. Raises Invalid and NotFound."""
    kind, _, number = form.text("scope").partition(":")
    chosen = whole_number(number)
    market_id, shop_id = manager.market_id, None
    match kind, chosen:
        case ("program", None) if manager.runs_program:
            pass
        case ("market", int()) if manager.sees_market(MarketId(chosen)):
            market_id = MarketId(chosen)
        case ("shop", int()):
            shop_id = ShopId(chosen)
        case _:
            raise Invalid({"scope": "어디를 멈출지 골라 주세요."})
    return halt_sending(
        tx,
        program_id=manager.program_id,
        market_id=market_id,
        shop_id=shop_id,
        reason=form.text("reason"),
        actor=manager.actor,
        at=at,
    )


async def _show(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager = request[MANAGER]
    kind, _, number = form.text("scope").partition(":")
    asked = whole_number(number if kind == "shop" else form.text("shop"))
    halts = await request.app[BOOKS].read(
        read_halts, manager, ShopId(asked) if asked is not None else None
    )
    return await show(
        request,
        "manager/halts.html",
        status=422 if wrong else 200,
        halts=halts,
        manager=manager,
        form=form,
        wrong=wrong,
    )


def read_halts(tx: Tx, manager: Manager, shop_id: ShopId | None) -> Halts:
    """Raises NotFound for a shop that this manager does not look after."""
    halts = list_halts(tx, program_id=manager.program_id, market_id=manager.market_id)
    markets = list_markets(tx, manager.program_id)
    return Halts(
        in_force=[one for one in halts if one.lifted_at is None],
        lifted=[one for one in halts if one.lifted_at is not None],
        above={one.halt_id for one in halts if is_above(one, manager.market_id)},
        names=_names(tx, manager, halts),
        markets=[(one[0], one[1]) for one in markets if manager.sees_market(one[0])],
        shop=get_own_shop(tx, manager, shop_id) if shop_id is not None else None,
    )


def _names(tx: Tx, manager: Manager, halts: Sequence[HaltView]) -> Mapping[str, str]:
    """By the actor as it is kept; nobody whom this manager does not know otherwise."""
    actors = {actor for one in halts for actor in (one.actor, one.lifted_by) if actor}
    numbers = {actor: taken_apart(actor).number for actor in actors}
    sight = Sight(manager.program_id, manager.market_id)
    known = list_staff_names(tx, sight, [one for one in numbers.values() if one is not None])
    return {actor: known[one] for actor, one in numbers.items() if one in known}
