"""법정 안내: what the law wants people told and what became of it (L13, L14); sanctions (K8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form, read_last_day, whole_number
from console.keys import BOOKS, MANAGER, NOW, Manager
from domain.people import ChannelId
from domain.refusals import Invalid, NotFound
from domain.statutory import StatutoryKind, StatutoryState
from storage.desk import Tx
from storage.queries.sanctions import ChannelStanding, list_channels_of
from storage.queries.statutory_counts import Failed, count_statutory, list_undeliverable
from subsidy.channels import bar_channel

PAGE = "/manager/statutory"
CHOOSE = "톡채널을 골라 주세요."
OVER = "오늘이나 그 뒤의 날짜를 골라 주세요."


@dataclass(frozen=True, slots=True)
class Line:
    """How many notices of a kind are in each state, and how many were or are late."""

    states: Mapping[StatutoryState, int]
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statutory:
    lines: Mapping[StatutoryKind, Line]
    failed: Sequence[Failed]
    channels: Sequence[ChannelStanding]


async def show_statutory(request: web.Request) -> web.Response:
    return await _show(request, Form(), {})


async def bar(request: web.Request) -> web.Response:
    """Notes a sanction, or with `act=free` that it is over."""
    manager, form = request[MANAGER], await read_form(request)
    at = request.app[NOW]()
    try:
        until = None if form.text("act") == "free" else _until(form, at)
        await request.app[BOOKS].write(_bar, manager, form, until, at)
    except Invalid as refusal:
        return await _show(request, form, refusal.fields)
    await say(request, "channel_barred" if until else "channel_freed")
    return see_other(PAGE)


def _until(form: Form, at: datetime) -> datetime:
    until = read_last_day(form, "until")
    if until <= at:
        raise Invalid({"until": OVER})
    return until


def _bar(tx: Tx, manager: Manager, form: Form, until: datetime | None, at: datetime) -> None:
    chosen = whole_number(form.text("channel"))
    if chosen is None:
        raise Invalid({"channel": CHOOSE})
    seen = list_channels_of(tx, manager.program_id, manager.market_id)
    if all(one.channel_id != chosen for one in seen):
        raise NotFound("channel")
    who = manager.actor
    bar_channel(tx, manager.program_id, ChannelId(chosen), until, actor=who, at=at)


def read_statutory(tx: Tx, manager: Manager, at: datetime) -> Statutory:
    scope = manager.program_id, manager.market_id
    counts = count_statutory(tx, *scope, at)
    return Statutory(
        lines={
            kind: Line(
                {one.state: one.people for one in counts if one.kind is kind},
                sum(one.late for one in counts if one.kind is kind),
            )
            for kind in StatutoryKind
        },
        failed=list_undeliverable(tx, *scope),
        channels=list_channels_of(tx, *scope),
    )


async def _show(request: web.Request, form: Form, wrong: Mapping[str, str]) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    return await show(
        request,
        "manager/statutory.html",
        status=422 if wrong else 200,
        seen=await request.app[BOOKS].read(read_statutory, manager, at),
        at=at,
        form=form,
        wrong=wrong,
        manager=manager,
    )
