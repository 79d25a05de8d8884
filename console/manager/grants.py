"""Offering free cash to a shop; the owner starts it."""

from aiohttp import web

from console.answers import say, see_other
from console.forms import Form, read_form, read_last_day, read_won
from console.keys import BOOKS, MANAGER, NOW
from console.manager.shop import shop_id_of, show_sheet
from domain.refusals import Invalid, OverBudget
from subsidy.grants import offer_grant

KEY_LENGTH_MAX = 40
NOT_COVERED = "프로그램에 남은 예산보다 많아요. 금액을 줄여 주세요."


async def offer(request: web.Request) -> web.Response:
    form = await read_form(request)
    try:
        await _offer(request, form)
    except Invalid as refusal:
        return await show_sheet(request, form=form, wrong=refusal.fields)
    except OverBudget:
        return await show_sheet(request, form=form, wrong={"amount": NOT_COVERED})
    await say(request, "grant_offered")
    return see_other(f"/manager/shops/{shop_id_of(request)}")


async def _offer(request: web.Request, form: Form) -> None:
    manager = request[MANAGER]
    await request.app[BOOKS].write(
        offer_grant,
        manager.program_id,
        shop_id_of(request),
        amount_jeon=read_won(form, "amount"),
        start_by=read_last_day(form, "start_by"),
        expires_at=read_last_day(form, "expires_at"),
        form_key=form.text("form_key")[:KEY_LENGTH_MAX],
        actor=manager.actor,
        at=request.app[NOW](),
    )
