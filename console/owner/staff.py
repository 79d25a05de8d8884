"""함께 일하는 사람: who may come in, as whom, and whose chat speaks for the shop."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS, Owner
from domain.people import Role, ShopId, StaffId
from domain.refusals import Conflict, Invalid, NotFound
from storage.desk import Tx
from storage.queries.staff import OpenInvitation, list_open_invitations, list_staff
from subsidy.invitations import cancel_invitation, invite_staff
from subsidy.pairing import part_chat
from subsidy.staff import Colleague, list_colleagues, remove_staff

PAGE = "/owner/staff"
ROLES: Mapping[str, Role] = {"owner": Role.OWNER, "clerk": Role.CLERK}


async def show_staff(request: web.Request) -> web.Response:
    return await _show(request)


async def invite(request: web.Request) -> web.Response:
    """The answer itself shows the link, once."""
    owner, form = request[OWNER], await read_form(request)
    name, role = form.text("name"), ROLES.get(form.text("role"))
    if role is None:
        return await _show(request, name=name, wrong={"role": "어떤 일을 할지 골라 주세요."})
    try:
        token = await request.app[BOOKS].write(
            invite_staff, owner.shop_id, role, name=name, actor=owner.actor, at=request.app[NOW]()
        )
    except Invalid as refusal:
        return await _show(request, name=name, role=role, wrong=refusal.fields)
    return await _show(request, invited_url=request.app[SETTINGS].join_url(token))


async def remove(request: web.Request) -> web.Response:
    owner, staff_id = request[OWNER], _staff_id(request)
    try:
        await request.app[BOOKS].write(
            remove_staff, owner.shop_id, staff_id, actor=owner.actor, at=request.app[NOW]()
        )
    except Conflict as refusal:
        await say(request, refusal.reason)
        return see_other(PAGE)
    except NotFound:  # pressed twice: they have left already
        return see_other(PAGE)
    await say(request, "staff_removed")
    return see_other(PAGE)


async def cancel(request: web.Request) -> web.Response:
    owner, invitation_id = request[OWNER], int(request.match_info["id"])
    is_canceled = await request.app[BOOKS].write(
        cancel_invitation, owner.shop_id, invitation_id, actor=owner.actor, at=request.app[NOW]()
    )
    await say(request, "invitation_canceled" if is_canceled else "invitation_gone")
    return see_other(PAGE)


async def part(request: web.Request) -> web.Response:
    owner, staff_id = request[OWNER], _staff_id(request)
    with suppress(NotFound):
        await request.app[BOOKS].write(part_colleague, owner, staff_id, request.app[NOW]())
    await say(request, "chat_parted")
    return see_other(PAGE)


def read_staff(
    tx: Tx, shop_id: ShopId, at: datetime
) -> tuple[list[Colleague], list[OpenInvitation]]:
    return list_colleagues(tx, shop_id), list_open_invitations(tx, shop_id, at)


def part_colleague(tx: Tx, owner: Owner, staff_id: StaffId, at: datetime) -> bool:
    """Raises NotFound(`staff`) for whoever does not work in this owner's shop."""
    if staff_id not in {one.staff_id for one in list_staff(tx, owner.shop_id)}:
        raise NotFound("staff")
    return part_chat(tx, staff_id, actor=owner.actor, at=at)


async def _show(
    request: web.Request,
    *,
    name: str = "",
    role: Role = Role.CLERK,
    wrong: Mapping[str, str] | None = None,
    invited_url: str | None = None,
) -> web.Response:
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    people, waiting = await request.app[BOOKS].read(read_staff, shop_id, at)
    return await show(
        request,
        "owner/staff.html",
        status=422 if wrong else 200,
        people=people,
        waiting=waiting,
        owner=request[OWNER],
        name=name,
        role=role,
        wrong=wrong or {},
        invited_url=invited_url,
    )


def _staff_id(request: web.Request) -> StaffId:
    return StaffId(int(request.match_info["id"]))
