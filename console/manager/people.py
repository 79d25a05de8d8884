"""Who runs and who reads this program: invited, canceled, removed by its managers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import Form, read_form, whole_number
from console.keys import BOOKS, MANAGER, NOW, SETTINGS
from domain.people import MarketId, ProgramId, Role, StaffId
from domain.refusals import Conflict, Invalid, NotFound
from storage.desk import Tx
from storage.queries.places import list_markets
from storage.queries.program_staff import (
    DeskMember,
    OpenDeskInvitation,
    list_desk,
    list_open_desk_invitations,
)
from subsidy.invitations import DESK_ROLES, cancel_desk_invitation, invite_to_desk
from subsidy.staff import remove_from_desk

PAGE = "/manager/people"
ROLES: Mapping[str, Role] = {role.value: role for role in DESK_ROLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    present: Sequence[DeskMember]
    waiting: Sequence[OpenDeskInvitation]
    markets: Sequence[tuple[MarketId, str]]


async def show_people(request: web.Request) -> web.Response:
    return await _show(request)


async def invite(request: web.Request) -> web.Response:
    """The answer itself shows the link, once."""
    manager, form = request[MANAGER], await read_form(request)
    role, market = ROLES.get(form.text("role")), form.text("market")
    if role is None:
        return await _show(request, form=form, wrong={"role": "어떤 일을 할지 골라 주세요."})
    market_id = whole_number(market)
    try:
        token = await request.app[BOOKS].write(
            invite_to_desk,
            manager.program_id,
            role,
            market_id=MarketId(market_id) if market_id is not None else None,
            name=form.text("name"),
            actor=manager.actor,
            at=request.app[NOW](),
        )
    except Invalid as refusal:
        return await _show(request, form=form, wrong=refusal.fields)
    return await _show(request, invited_url=request.app[SETTINGS].join_url(token))


async def cancel(request: web.Request) -> web.Response:
    manager, invitation_id = request[MANAGER], int(request.match_info["id"])
    is_canceled = await request.app[BOOKS].write(
        cancel_desk_invitation,
        manager.program_id,
        invitation_id,
        actor=manager.actor,
        at=request.app[NOW](),
    )
    await say(request, "invitation_canceled" if is_canceled else "invitation_gone")
    return see_other(PAGE)


async def remove(request: web.Request) -> web.Response:
    manager, staff_id = request[MANAGER], StaffId(int(request.match_info["id"]))
    try:
        await request.app[BOOKS].write(
            remove_from_desk,
            manager.program_id,
            staff_id,
            actor=manager.actor,
            at=request.app[NOW](),
        )
    except Conflict as refusal:
        await say(request, refusal.reason)
        return see_other(PAGE)
    except NotFound:  # pressed twice: they have left already
        return see_other(PAGE)
    await say(request, "desk_removed")
    return see_other(PAGE)


def read_people(tx: Tx, program_id: ProgramId, at: datetime) -> People:
    return People(
        present=list_desk(tx, program_id),
        waiting=list_open_desk_invitations(tx, program_id, at),
        markets=[(market_id, name) for market_id, name, _ in list_markets(tx, program_id)],
    )


async def _show(
    request: web.Request,
    *,
    form: Form | None = None,
    wrong: Mapping[str, str] | None = None,
    invited_url: str | None = None,
) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    return await show(
        request,
        "manager/people.html",
        status=422 if wrong else 200,
        people=await request.app[BOOKS].read(read_people, manager.program_id, at),
        form=form or Form(),
        wrong=wrong or {},
        invited_url=invited_url,
        manager=manager,
    )
