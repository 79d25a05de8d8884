"""약관: every version with its dates; a new one is looked at before it is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form, read_won
from console.keys import BOOKS, MANAGER, NOW
from console.manager.reading import Mistakes, begins_on, read_day, read_whole
from domain.money import JEON_PER_WON
from domain.people import ProgramId
from domain.refusals import Conflict, Invalid
from domain.subsidy import VatRule
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.programs import TermsView, find_terms, list_terms
from subsidy.terms import Effect, NewTerms, add_terms, see_effect

PAGE = "/manager/terms"
RULES: Mapping[str, VatRule] = {rule.value: rule for rule in VatRule}


async def show_terms(request: web.Request) -> web.Response:
    return await _show(request)


async def preview(request: web.Request) -> web.Response:
    """Writes nothing; the answer says what would change, and has the button that does it."""
    form, at = await read_form(request), request.app[NOW]()
    try:
        new = read_terms(form, at)
        effect = await request.app[BOOKS].read(see_effect, request[MANAGER].program_id, new, at)
    except Invalid as refusal:
        return await _show(request, form=form, wrong=refusal.fields)
    return await _show(request, form=form, new=new, effect=effect)


async def save(request: web.Request) -> web.Response:
    manager, form, at = request[MANAGER], await read_form(request), request.app[NOW]()
    try:
        new, after = read_terms(form, at), read_whole(form, "after")
        await request.app[BOOKS].write(
            add_terms, manager.program_id, new, after=after, actor=manager.actor, at=at
        )
    except Invalid as refusal:
        return await _show(request, form=form, wrong=refusal.fields)
    except Conflict as refusal:
        if refusal.reason != "terms_changed":
            raise
        await say(request, refusal.reason)
        return see_other(PAGE)
    await say(request, "terms_added")
    return see_other(PAGE)


def read_terms(form: Form, at: datetime) -> NewTerms:
    """Raises Invalid with everything that is wrong at once."""
    mistakes = Mistakes()
    sales_jeon = mistakes.read(read_won, form, "sales_max")
    months = mistakes.read(read_whole, form, "new_months")
    days = mistakes.read(read_whole, form, "returned_days")
    rule = mistakes.read(_read_rule, form, "vat_rule")
    valid_from = mistakes.read(lambda form, name: _read_start(form, name, at), form, "valid_from")
    if sales_jeon is None or months is None or days is None or not rule or not valid_from:
        raise Invalid(mistakes.found)
    return NewTerms(
        body=form.text("body"),
        sales_max_won=sales_jeon // JEON_PER_WON,
        new_months=months,
        vat_rule=rule,
        returned_days=days,
        valid_from=valid_from,
    )


def _read_rule(form: Form, name: str) -> VatRule:
    if form.text(name) not in RULES:
        raise Invalid({name: "부가세를 어떻게 할지 골라 주세요."})
    return RULES[form.text(name)]


def _read_start(form: Form, name: str, at: datetime) -> datetime:
    day = read_day(form, name)
    try:
        return begins_on(day, at)
    except OverflowError:
        raise Invalid({name: "날짜를 골라 주세요."}) from None


def read_page(
    tx: Tx, program_id: ProgramId, at: datetime
) -> tuple[Sequence[TermsView], TermsView | None]:
    """All versions, the newest first, and the one in force."""
    return list_terms(tx, program_id)[::-1], find_terms(tx, program_id, at)


async def _show(
    request: web.Request,
    *,
    form: Form | None = None,
    wrong: Mapping[str, str] | None = None,
    new: NewTerms | None = None,
    effect: Effect | None = None,
) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    versions, current = await request.app[BOOKS].read(read_page, manager.program_id, at)
    return await show(
        request,
        "manager/terms.html",
        status=422 if wrong else 200,
        versions=versions,
        current=current,
        form=form or _as_it_is(versions[0], at),
        wrong=wrong or {},
        new=new,
        effect=effect,
        manager=manager,
    )


def _as_it_is(newest: TermsView, at: datetime) -> Form:
    """A new version begins with the words of the last one."""
    return Form(
        {
            "body": newest.body,
            "sales_max": f"{newest.sales_max_won:,}",
            "new_months": str(newest.new_months),
            "vat_rule": newest.vat_rule,
            "returned_days": str(newest.returned_days),
            "valid_from": in_kst(at).date().isoformat(),
        }
    )
