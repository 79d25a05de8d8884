"""Offering free cash to a shop; the owner starts it."""

from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from console.answers import say, see_other
from console.forms import Form, read_form, read_last_day, read_won
from console.keys import BOOKS, MANAGER, NOW
from console.manager.shop import shop_id_of, show_sheet
from domain.refusals import Invalid, OverBudget
from subsidy.offering import Offer, offer_grant

T = TypeVar("T")
NOT_COVERED = "프로그램에 남은 예산보다 많아요. 금액을 줄여 주세요."


async def offer(request: web.Request) -> web.Response:
    form = await read_form(request)
    try:
        await _offer(request, form, _read_offer(form))
    except Invalid as refusal:
        return await show_sheet(request, form=form, wrong=refusal.fields)
    except OverBudget:
        return await show_sheet(request, form=form, wrong={"amount": NOT_COVERED})
    await say(request, "grant_offered")
    return see_other(f"/manager/shops/{shop_id_of(request)}")


def _read_offer(form: Form) -> Offer:
    """Raises Invalid with everything that is wrong at once."""
    wrong: dict[str, str] = {}

    def read(reader: Callable[[Form, str], T], name: str) -> T | None:
        try:
            return reader(form, name)
        except Invalid as refusal:
            wrong.update(refusal.fields)
            return None

    amount_jeon = read(read_won, "amount")
    start_by, expires_at = read(read_last_day, "start_by"), read(read_last_day, "expires_at")
    if amount_jeon is None or start_by is None or expires_at is None:
        raise Invalid(wrong)
    return Offer(amount_jeon=amount_jeon, start_by=start_by, expires_at=expires_at)


async def _offer(request: web.Request, form: Form, read: Offer) -> None:
    manager = request[MANAGER]
    await request.app[BOOKS].write(
        offer_grant,
        manager.program_id,
        shop_id_of(request),
        read,
        form_key=form.text("form_key"),
        actor=manager.actor,
        at=request.app[NOW](),
    )
