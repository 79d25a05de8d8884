"""기수: shops that take part together."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, MANAGER, NOW
from console.manager.reading import Mistakes, read_day
from domain.people import ProgramId
from domain.refusals import Conflict, Invalid
from storage.desk import Tx
from storage.queries.programs import CohortView, list_cohorts
from storage.queries.standings import count_cohorts
from subsidy.enrolling import add_cohort

PAGE = "/manager/cohorts"


async def show_cohorts(request: web.Request) -> web.Response:
    return await _show(request, Form(), {})


async def add(request: web.Request) -> web.Response:
    manager, form = request[MANAGER], await read_form(request)
    mistakes = Mistakes()
    starts_on = mistakes.read(read_day, form, "starts_on")
    ends_on = mistakes.read(read_day, form, "ends_on")
    if starts_on is None or ends_on is None:
        return await _show(request, form, mistakes.found)
    try:
        await request.app[BOOKS].write(
            add_cohort,
            manager.program_id,
            name=form.text("name"),
            starts_on=starts_on,
            ends_on=ends_on,
            actor=manager.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    except Conflict as refusal:
        if refusal.reason != "cohort_known":
            raise
        return await _show(request, form, {"name": "이미 있는 기수예요. 다른 이름을 적어 주세요."})
    await say(request, "cohort_added")
    return see_other(PAGE)


def read_cohorts(tx: Tx, program_id: ProgramId) -> Sequence[tuple[CohortView, int]]:
    """Each with how many shops it has."""
    sizes = count_cohorts(tx, program_id)
    return [(one, sizes.get(one.cohort_id, 0)) for one in list_cohorts(tx, program_id)]


async def _show(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager = request[MANAGER]
    return await show(
        request,
        "manager/cohorts.html",
        status=422 if wrong else 200,
        cohorts=await request.app[BOOKS].read(read_cohorts, manager.program_id),
        form=form,
        wrong=wrong,
        manager=manager,
    )
