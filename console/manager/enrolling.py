"""How a shop takes part: its cohort, and what it has shown to qualify for the program's money."""

from datetime import date, datetime

from aiohttp import web

from console.answers import say, see_other
from console.forms import Form, read_form, read_won
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.reading import Mistakes, read_day, read_whole
from console.manager.shop import get_own_shop, shop_id_of, show_sheet
from domain.eligibility import Standing
from domain.money import JEON_PER_WON
from domain.people import CohortId, ShopId
from domain.refusals import Invalid, NotFound
from storage.desk import Tx
from subsidy.enrolling import enroll_shop

Taking = tuple[Standing, CohortId | None]


async def save_enrollment(request: web.Request) -> web.Response:
    form, shop_id = await read_form(request), shop_id_of(request)
    manager, at = request[MANAGER], request.app[NOW]()
    try:
        await request.app[BOOKS].write(_enroll, manager, shop_id, read_taking(form), at)
    except Invalid as refusal:
        return await show_sheet(request, form=form, wrong=refusal.fields)
    await say(request, "enrollment_saved")
    return see_other(f"/manager/shops/{shop_id}")


def read_taking(form: Form) -> Taking:
    """What was not filled in has not been shown. Raises Invalid with everything that is wrong."""
    mistakes = Mistakes()
    sales = mistakes.read(_read_sales, form, "yearly_sales")
    opened_on = mistakes.read(_read_opening, form, "opened_on")
    cohort_id = mistakes.read(_read_cohort, form, "cohort")
    if mistakes.found:
        raise Invalid(mistakes.found)
    standing = Standing(
        yearly_sales_won=sales,
        opened_on=opened_on,
        has_business_wallet=bool(form.text("has_business_wallet")),
    )
    return standing, cohort_id


def enroll(tx: Tx, manager: Manager, shop_id: ShopId, taking: Taking, at: datetime) -> None:
    """Raises Invalid, also for a cohort of another program."""
    standing, cohort_id = taking
    try:
        enroll_shop(
            tx,
            manager.program_id,
            shop_id,
            standing,
            cohort_id=cohort_id,
            actor=manager.actor,
            at=at,
        )
    except NotFound as refusal:
        if refusal.reason != "cohort":
            raise
        raise Invalid({"cohort": "목록에서 기수를 골라 주세요."}) from None


def _enroll(tx: Tx, manager: Manager, shop_id: ShopId, taking: Taking, at: datetime) -> None:
    get_own_shop(tx, manager, shop_id)
    enroll(tx, manager, shop_id, taking, at)


def _read_sales(form: Form, name: str) -> int | None:
    return read_won(form, name) // JEON_PER_WON if form.text(name) else None


def _read_opening(form: Form, name: str) -> date | None:
    return read_day(form, name) if form.text(name) else None


def _read_cohort(form: Form, name: str) -> CohortId | None:
    return CohortId(read_whole(form, name)) if form.text(name) else None
