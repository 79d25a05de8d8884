"""Who may pass: a middleware for each role, between the session and the form check."""

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session

from console.keys import BOOKS, MANAGER, OWNER, Manager, Owner
from console.sessions import STAFF
from domain.people import Role, StaffId
from domain.refusals import NotAllowed
from storage.queries.staff import StaffView, get_staff


@web.middleware
async def only_owners(request: web.Request, handler: Handler) -> web.StreamResponse:
    staff = await _signed_in(request, Role.OWNER)
    assert staff.shop_id is not None, "an owner has a shop"
    request[OWNER] = Owner(staff.staff_id, staff.shop_id, staff.name)
    return await handler(request)


@web.middleware
async def only_managers(request: web.Request, handler: Handler) -> web.StreamResponse:
    staff = await _signed_in(request, Role.MANAGER)
    assert staff.program_id is not None, "a manager has a program"
    request[MANAGER] = Manager(staff.staff_id, staff.program_id, staff.name)
    return await handler(request)


async def _signed_in(request: web.Request, role: Role) -> StaffView:
    session = await get_session(request)
    if STAFF not in session:
        raise NotAllowed("sign_in")
    staff = await request.app[BOOKS].read(get_staff, StaffId(session[STAFF]))
    if staff.role is not role:
        raise NotAllowed(f"only_{role}")
    return staff
