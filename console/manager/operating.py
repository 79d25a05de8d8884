"""운영비: what the program sets aside to say something in its own name, and what it said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, new_key, read_form, read_won
from console.keys import BOOKS, MANAGER, NOW
from console.manager.reading import NOT_COVERED
from domain.money import Jeon
from domain.people import ProgramId
from domain.refusals import Invalid, OverBudget
from domain.subsidy import AccountKind
from storage.desk import Tx
from storage.queries.ledger import get_program_account
from storage.queries.operating import Told, list_set_aside, list_told
from subsidy.money import ProgramMoney, program_money
from subsidy.operating import fund_operating

PAGE = "/manager/operating"
KEY_MAX = 40
STALE = "화면을 새로 고친 뒤 다시 눌러 주세요. 바뀐 것은 없어요."


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    money: ProgramMoney
    set_aside: Sequence[tuple[datetime, Jeon]]
    told: Sequence[Told]


async def show_operating(request: web.Request) -> web.Response:
    return await _show(request, Form(), {})


async def fund(request: web.Request) -> web.Response:
    manager, form = request[MANAGER], await read_form(request)
    key = form.text("form_key")
    if not 0 < len(key) <= KEY_MAX:
        return await _show(request, form, {"amount": STALE})
    try:
        await request.app[BOOKS].write(
            fund_operating,
            manager.program_id,
            amount_jeon=read_won(form, "amount"),
            key=key,
            actor=manager.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    except OverBudget:
        return await _show(request, form, {"amount": NOT_COVERED})
    await say(request, "operating_funded")
    return see_other(PAGE)


def read_operating(tx: Tx, program_id: ProgramId) -> Operating:
    account_id = get_program_account(tx, program_id, AccountKind.OPERATING)
    return Operating(
        money=program_money(tx, program_id),
        set_aside=list_set_aside(tx, account_id),
        told=list_told(tx, account_id),
    )


async def _show(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager = request[MANAGER]
    return await show(
        request,
        "manager/operating.html",
        status=422 if wrong else 200,
        seen=await request.app[BOOKS].read(read_operating, manager.program_id),
        form=form,
        wrong=wrong,
        form_key=form.text("form_key") or new_key(),
        manager=manager,
    )
