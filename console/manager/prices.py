"""값: every price list with its history; a new price begins today or later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, MANAGER, NOW
from console.manager.reading import Mistakes, begins_on, read_day, read_whole
from domain.campaigns import MessageKind
from domain.money import JEON_PER_WON, Jeon, Price, Tariff
from domain.people import ProgramId
from domain.refusals import Invalid
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.programs import list_program_ids
from subsidy.prices import NewPrice, add_price, list_by_tariff

PAGE = "/manager/prices"
NET_TEXT_MAX = 12
TARIFFS: Mapping[str, Tariff] = {tariff.value: tariff for tariff in Tariff}
KINDS: Mapping[str, MessageKind] = {kind.value: kind for kind in MessageKind}

Lists = Mapping[tuple[Tariff, MessageKind, bool], Sequence[Price]]


async def show_prices(request: web.Request) -> web.Response:
    at = request.app[NOW]()
    begun = Form({"vat": "10", "rounds_to": "100", "valid_from": in_kst(at).date().isoformat()})
    return await _show(request, begun, {})


async def add(request: web.Request) -> web.Response:
    manager, form, at = request[MANAGER], await read_form(request), request.app[NOW]()
    try:
        await request.app[BOOKS].write(
            add_price,
            read_price(form, at),
            of_program=manager.program_id,
            actor=manager.actor,
            at=at,
        )
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    await say(request, "price_added")
    return see_other(PAGE)


def read_price(form: Form, at: datetime) -> NewPrice:
    """Raises Invalid with everything that is wrong at once."""
    mistakes = Mistakes()
    tariff, kind = TARIFFS.get(form.text("tariff")), KINDS.get(form.text("kind"))
    if tariff is None or kind is None:
        mistakes.found["tariff"] = "어느 값인지 골라 주세요."
    net = mistakes.read(read_net, form, "net")
    vat = mistakes.read(read_whole, form, "vat")
    rounding = mistakes.read(read_whole, form, "rounds_to")
    day = mistakes.read(read_day, form, "valid_from")
    if tariff is None or kind is None or net is None or vat is None or not rounding or not day:
        raise Invalid(mistakes.found or {"rounds_to": "올림을 골라 주세요."})
    try:
        valid_from = begins_on(day, at)
    except OverflowError:
        raise Invalid({"valid_from": "날짜를 골라 주세요."}) from None
    return NewPrice(
        tariff=tariff,
        kind=kind,
        is_targeted=bool(form.text("is_targeted")),
        net_jeon=net,
        vat_percent=vat,
        rounds_to_jeon=rounding,
        valid_from=valid_from,
    )


def read_net(form: Form, name: str) -> Jeon:
    """Won with at most two places (`15`, `15.5`); raises Invalid."""
    text = form.text(name).replace(",", "").removesuffix("원").strip()
    try:
        jeon = Decimal(text) * JEON_PER_WON if len(text) <= NET_TEXT_MAX else Decimal("NaN")
        is_whole = jeon.is_finite() and jeon == jeon.to_integral_value()
    except InvalidOperation:
        is_whole = False
    if not is_whole:
        raise Invalid({name: "값을 원으로 적어 주세요. 예: 15 또는 15.5"})
    return Jeon(int(jeon))


def read_lists(tx: Tx, program_id: ProgramId) -> tuple[Lists, bool]:
    """The lists, and whether they are this program's alone."""
    return list_by_tariff(tx), list_program_ids(tx) == [program_id]


async def _show(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager = request[MANAGER]
    lists, is_alone = await request.app[BOOKS].read(read_lists, manager.program_id)
    return await show(
        request,
        "manager/prices.html",
        status=422 if wrong else 200,
        lists=lists,
        is_alone=is_alone,
        form=form,
        wrong=wrong,
        manager=manager,
    )
