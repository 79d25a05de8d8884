"""Who may pass: a middleware for each role, between the session and the form check."""

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session

from console.keys import BOOKS, MANAGER, OWNER, Manager, Owner
from console.sessions import STAFF
from domain.people import Role, StaffId
from domain.refusals import NotAllowed, NotFound
from storage.queries.staff import StaffView, get_staff

ID = "{id}"
CLERK_MAY = frozenset(
    {
        ("GET", "/owner"),
        ("GET", "/owner/counter"),
        ("POST", "/owner/counter"),
        ("GET", f"/owner/counter/visits/{ID}"),
        ("POST", f"/owner/counter/visits/{ID}/cancel"),
        ("POST", "/owner/counter/coupons"),
        ("GET", f"/owner/counter/coupons/{ID}"),
        ("POST", f"/owner/counter/coupons/{ID}/reverse"),
        ("POST", "/owner/counter/list"),
        ("GET", "/owner/counter/shell"),
        ("GET", "/owner/counter/worker.js"),
        ("GET", "/owner/counter/qr"),
        ("GET", "/owner/questions"),
        ("POST", f"/owner/questions/{ID}/answer"),
        ("POST", f"/owner/questions/{ID}/close"),
        ("GET", "/owner/chat"),
        ("POST", "/owner/chat"),
        ("POST", "/owner/chat/part"),
        ("POST", "/owner/leave"),
    }
)
"""What a clerk may open and press: the day, the counter, the questions and their own chat. All
else is the owner's: sending, money, settings, people, what is taken away as a file. The chat's
own table is CLERK_DOES in bot/owner/conversation.py.
"""


@web.middleware
async def only_staff(request: web.Request, handler: Handler) -> web.StreamResponse:
    staff = await _signed_in(request, Role.OWNER, Role.CLERK)
    assert staff.shop_id is not None, "staff have a shop"
    if staff.role is Role.CLERK and not clerk_may(request):
        raise NotAllowed("owners_only")
    request[OWNER] = Owner(staff.staff_id, staff.shop_id, staff.name, staff.role)
    return await handler(request)


@web.middleware
async def only_managers(request: web.Request, handler: Handler) -> web.StreamResponse:
    staff = await _signed_in(request, Role.MANAGER)
    assert staff.program_id is not None, "a manager has a program"
    request[MANAGER] = Manager(staff.staff_id, staff.program_id, staff.name)
    return await handler(request)


def clerk_may(request: web.Request) -> bool:
    """An address that is none is looked up further on: nothing there belongs to anybody."""
    resource = request.match_info.route.resource
    if resource is None:
        return True
    method = "GET" if request.method == "HEAD" else request.method
    return (method, resource.canonical) in CLERK_MAY


async def _signed_in(request: web.Request, *roles: Role) -> StaffView:
    session = await get_session(request)
    if STAFF not in session:
        raise NotAllowed("sign_in")
    try:
        staff = await request.app[BOOKS].read(get_staff, StaffId(session[STAFF]))
    except NotFound:  # removed a moment ago: their session went with them
        raise NotAllowed("sign_in") from None
    if staff.role not in roles:
        raise NotAllowed(f"only_{roles[0]}")
    return staff
