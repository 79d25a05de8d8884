"""Offering free cash to a shop; the owner starts it."""

from datetime import datetime

from aiohttp import web

from console.answers import say, see_other
from console.forms import Form, read_form, read_last_day, read_won
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.reading import NOT_COVERED, Mistakes, read_whole
from console.manager.shop import get_own_shop, shop_id_of, show_sheet
from domain.people import GrantId, ShopId
from domain.refusals import Conflict, Invalid, NotFound, OverBudget
from storage.desk import Tx
from subsidy.offering import Offer, offer_grant

NOT_IN_POT = "공동 지원금에 남은 돈보다 많아요. 금액을 줄여 주세요."
NO_POT = "어느 공동 지원금에서 드릴지 골라 주세요."
POT_WORDS = {
    "pot": NO_POT,
    "pot_over": "이미 끝난 공동 지원금이에요. 다른 공동 지원금을 골라 주세요.",
}


async def offer(request: web.Request) -> web.Response:
    form = await read_form(request)
    try:
        await _offer(request, form, _read_offer(form, request[MANAGER]))
    except Invalid as refusal:
        return await show_sheet(request, form=form, wrong=refusal.fields)
    except OverBudget:
        words = NOT_IN_POT if form.text("pot") else NOT_COVERED
        return await show_sheet(request, form=form, wrong={"amount": words})
    except (NotFound, Conflict) as refusal:
        if refusal.reason not in POT_WORDS:
            raise
        return await show_sheet(request, form=form, wrong={"pot": POT_WORDS[refusal.reason]})
    await say(request, "grant_offered")
    return see_other(f"/manager/shops/{shop_id_of(request)}")


def _read_offer(form: Form, manager: Manager) -> Offer:
    """Raises Invalid with everything that is wrong at once.

    The program's budget is the program manager's to give; a market's manager gives out of its pots.
    """
    mistakes = Mistakes()
    amount_jeon = mistakes.read(read_won, form, "amount")
    start_by = mistakes.read(read_last_day, form, "start_by")
    expires_at = mistakes.read(read_last_day, form, "expires_at")
    pot = mistakes.read(read_whole, form, "pot") if form.text("pot") else None
    if pot is None and not manager.runs_program:
        mistakes.found["pot"] = NO_POT
    if mistakes.found or amount_jeon is None or start_by is None or expires_at is None:
        raise Invalid(mistakes.found)
    return Offer(
        amount_jeon=amount_jeon,
        start_by=start_by,
        expires_at=expires_at,
        pot_id=GrantId(pot) if pot is not None else None,
    )


async def _offer(request: web.Request, form: Form, read: Offer) -> None:
    manager, shop_id, at = request[MANAGER], shop_id_of(request), request.app[NOW]()
    key = form.text("form_key")
    await request.app[BOOKS].write(_offer_own, manager, shop_id, read, form_key=key, at=at)


def _offer_own(
    tx: Tx, manager: Manager, shop_id: ShopId, read: Offer, *, form_key: str, at: datetime
) -> None:
    get_own_shop(tx, manager, shop_id)
    offer_grant(
        tx, manager.program_id, shop_id, read, form_key=form_key, actor=manager.actor, at=at
    )
