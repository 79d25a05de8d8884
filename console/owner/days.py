"""The shop's calendar: closed weekdays, closed days, and "sold out" for today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from campaigns.shop_days import close_day, close_weekdays, open_day, say_sold_out, shop_days
from console.answers import say, see_other, show
from console.forms import Form, read_form
from console.keys import BOOKS, NOW, OWNER
from domain.campaigns import CampaignState
from domain.people import ShopId
from domain.refusals import Invalid
from domain.schedule import ShopDays
from domain.time import in_kst
from storage.desk import Tx
from storage.queries.campaigns import CampaignRow, list_campaigns

PAGE = "/owner/days"
WEEKDAYS = range(7)
LOOKED_AT_MAX = 200


@dataclass(frozen=True, slots=True)
class Calendar:
    """`today` is the Korean day, `meets` are booked campaigns that fall on a day not open,
    `leaving` those that no closed day stops any more, asked for while today is one.
    """

    today: date
    days: ShopDays
    coming: tuple[date, ...]
    meets: tuple[CampaignRow, ...]
    leaving: tuple[CampaignRow, ...]

    @property
    def is_sold_out(self) -> bool:
        return self.days.sold_out_on == self.today


async def show_days(request: web.Request) -> web.Response:
    return await _show(request, {})


async def save_weekdays(request: web.Request) -> web.Response:
    form, owner, at = await read_form(request), request[OWNER], request.app[NOW]()
    chosen = [day for day in WEEKDAYS if form.text(f"closed_{day}")]
    try:
        await request.app[BOOKS].write(
            close_weekdays, owner.shop_id, chosen, actor=owner.actor, at=at
        )
    except Invalid as refusal:
        return await _show(request, refusal.fields, frozenset(chosen))
    await say(request, "days_saved")
    return see_other(PAGE)


async def close(request: web.Request) -> web.Response:
    form, owner, at = await read_form(request), request[OWNER], request.app[NOW]()
    try:
        day = _day(form)
        await request.app[BOOKS].write(close_day, owner.shop_id, day, actor=owner.actor, at=at)
    except Invalid as refusal:
        return await _show(request, refusal.fields, typed=form.text("day"))
    await say(request, "days_saved")
    return see_other(PAGE)


async def open_again(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    day = _day(await read_form(request))
    await request.app[BOOKS].write(open_day, owner.shop_id, day, actor=owner.actor, at=at)
    await say(request, "days_saved")
    return see_other(PAGE)


async def sell_out(request: web.Request) -> web.Response:
    """Says it, or takes it back."""
    owner, at = request[OWNER], request.app[NOW]()
    is_sold_out = (await read_form(request)).text("sold_out") == "1"
    await request.app[BOOKS].write(
        say_sold_out, owner.shop_id, is_sold_out=is_sold_out, actor=owner.actor, at=at
    )
    await say(request, "sold_out" if is_sold_out else "not_sold_out")
    return see_other(PAGE)


def read_calendar(tx: Tx, shop_id: ShopId, at: datetime) -> Calendar:
    days, today = shop_days(tx, shop_id), in_kst(at).date()
    newest = list_campaigns(tx, shop_id, LOOKED_AT_MAX)
    booked = [one for one in newest if one.state is CampaignState.BOOKED]
    running = [one for one in newest if one.state is CampaignState.RUNNING]
    return Calendar(
        today=today,
        days=days,
        coming=tuple(sorted(day for day in days.closed_days if day >= today)),
        meets=tuple(one for one in booked if not one.keeps_day and not days.is_open(one.due_at)),
        leaving=() if days.is_open(at) else tuple(running),
    )


def _day(form: Form) -> date:
    try:
        return date.fromisoformat(form.text("day"))
    except ValueError:
        raise Invalid({"day": "날짜를 골라 주세요."}) from None


async def _show(
    request: web.Request,
    wrong: Mapping[str, str],
    chosen: frozenset[int] | None = None,
    *,
    typed: str = "",
) -> web.Response:
    calendar = await request.app[BOOKS].read(
        read_calendar, request[OWNER].shop_id, request.app[NOW]()
    )
    return await show(
        request,
        "owner/days.html",
        status=422 if wrong else 200,
        calendar=calendar,
        closed=calendar.days.closed_weekdays if chosen is None else chosen,
        typed=typed,
        wrong=wrong,
    )
