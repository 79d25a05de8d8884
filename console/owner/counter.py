"""The counter: one field for a visit or a coupon, what it did, and the way to undo it."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import read_form
from console.guessing import write_counted
from console.keys import BOOKS, NOW, OWNER, Owner
from console.owner.counter_coupons import show_found
from console.owner.counter_page import show_form
from console.owner.counter_words import Typed, new_key, read_typed, sale_of, wrong_of
from domain.coupons import CouponState
from domain.people import ShopId, VisitId
from domain.refusals import Conflict, Invalid, NotFound
from domain.regulars import tier_of
from domain.visits import CANCEL_WITHIN, PROVEN
from loyalty.paper import stamp_by_phone
from loyalty.tallies import CardStanding, find_standing
from loyalty.visits import Stamped, cancel_visit, stamp_by_code
from storage.desk import Tx
from storage.queries.cards import get_rules
from storage.queries.counter import Unlocked, find_who, list_unlocked
from storage.queries.paper import is_on_paper
from storage.queries.visits import VisitView, find_visit, list_visit_times


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitShown:
    """One visit as it stands now, with what it earned; `number` counts this person's visits."""

    visit: VisitView
    who: str | None
    tier: str
    number: int
    card: CardStanding | None
    earned: list[Unlocked]
    canceled: list[Unlocked]
    owed: list[Unlocked]
    can_cancel: bool
    is_paper: bool


async def show_counter(request: web.Request) -> web.Response:
    """`?code=` comes from the QR on a customer's coupon; nothing is used before it is pressed."""
    code = request.query.get("code", "")
    typed = Typed(key=new_key(), who=code, scanned=code)
    return await show_form(request, typed if typed.is_code else Typed(key=new_key()), {})


async def take_visit(request: web.Request) -> web.Response:
    typed = read_typed(await read_form(request))
    try:
        stamped = await write_visit(request, typed, request.app[NOW]())
    except (Conflict, Invalid, NotFound) as refusal:
        if refusal.reason == "code_of_coupon":
            return await show_found(request, typed, {})
        return await show_form(request, typed, wrong_of(refusal))
    if stamped.paid:
        await say(request, "reward_paid")
    return see_other(f"/owner/counter/visits/{stamped.visit_id}")


async def write_visit(
    request: web.Request, typed: Typed, at: datetime, *, happened_at: datetime | None = None
) -> Stamped:
    """Raises as `take` does; wrong codes are counted."""
    owner, books = request[OWNER], request.app[BOOKS]
    return await write_counted(
        books, owner.shop_id, at, lambda tx: take(tx, owner, typed, at, happened_at=happened_at)
    )


def take(
    tx: Tx, owner: Owner, typed: Typed, at: datetime, *, happened_at: datetime | None = None
) -> Stamped:
    """Four digits are a customer's code, anything longer a phone number.

    Raises Invalid, and NotFound and Conflict as `stamp_by_code` does.
    """
    sale = sale_of(typed, owner, happened_at)
    if typed.is_code:
        return stamp_by_code(tx, owner.shop_id, typed.digits, sale, at)
    return stamp_by_phone(tx, owner.shop_id, typed.who, sale, at)


async def show_visit(request: web.Request) -> web.Response:
    shown = await request.app[BOOKS].read(
        read_shown, request[OWNER].shop_id, _visit_id(request), request.app[NOW]()
    )
    return await show(request, "owner/counter_visit.html", shown=shown, proven=PROVEN)


def read_shown(tx: Tx, shop_id: ShopId, visit_id: VisitId, at: datetime) -> VisitShown:
    """Raises NotFound(`visit`)."""
    visit = find_visit(tx, shop_id, visit_id)
    if visit is None:
        raise NotFound("visit")
    person = shop_id, visit.customer_id
    times = list_visit_times(tx, *person)
    unlocked = list_unlocked(tx, shop_id, visit_id)
    return VisitShown(
        visit=visit,
        who=find_who(tx, *person),
        tier=tier_of(get_rules(tx, shop_id).tiers, times, at).name,
        number=len(times),
        card=find_standing(tx, *person, at),
        earned=[one for one in unlocked if not one.owed_at and one.state is CouponState.READY],
        canceled=[one for one in unlocked if one.state is CouponState.CANCELED],
        owed=[one for one in unlocked if one.owed_at],
        can_cancel=visit.canceled_at is None and at - visit.recorded_at <= CANCEL_WITHIN,
        is_paper=is_on_paper(tx, visit.customer_id),
    )


async def cancel(request: web.Request) -> web.Response:
    owner, visit_id = request[OWNER], _visit_id(request)
    await request.app[BOOKS].write(
        cancel_visit, owner.shop_id, visit_id, actor=owner.actor, at=request.app[NOW]()
    )
    return see_other(f"/owner/counter/visits/{visit_id}")


def _visit_id(request: web.Request) -> VisitId:
    return VisitId(int(request.match_info["id"]))
