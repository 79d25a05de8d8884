"""Who may pass: a middleware for each role, between the session and the form check."""

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session

from console.csrf import SAFE_METHODS
from console.keys import BOOKS, KNOWN, MANAGER, OWNER, Manager, Owner
from console.sessions import CHOOSING, PLACES, STAFF
from domain.people import Role, StaffId
from domain.refusals import NotAllowed, NotFound
from storage.queries.staff import StaffView, get_staff

ID = "{id}"
HAND = "{hand}"
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

MARKET_MAY = frozenset(
    {
        ("GET", "/manager"),
        ("GET", "/manager/shops/new"),
        ("POST", "/manager/shops"),
        ("GET", f"/manager/shops/{ID}"),
        ("POST", f"/manager/shops/{ID}/grants"),
        ("POST", f"/manager/shops/{ID}/invitations"),
        ("POST", f"/manager/shops/{ID}/place"),
        ("GET", f"/manager/shops/{ID}/wallet"),
        ("POST", f"/manager/shops/{ID}/by-hand"),
        ("POST", f"/manager/shops/{ID}/by-hand/{HAND}/correct"),
        ("POST", f"/manager/shops/{ID}/enrollment"),
        ("GET", "/manager/losing"),
        ("GET", "/manager/halts"),
        ("POST", "/manager/halts"),
        ("POST", f"/manager/halts/{ID}/lift"),
        ("GET", "/manager/statutory"),
        ("POST", "/manager/statutory/channels"),
        ("GET", "/manager/templates"),
        ("POST", "/manager/templates"),
        ("GET", "/manager/doubts"),
        ("POST", f"/manager/doubts/{ID}"),
        ("GET", "/manager/statements"),
        ("GET", "/manager/statements/{month}"),
        ("GET", "/manager/statements/{month}/file.csv"),
        ("GET", "/manager/statements/{month}/file.xlsx"),
        ("GET", f"/manager/statements/{{month}}/shops/{ID}"),
        ("POST", f"/manager/statements/{{month}}/shops/{ID}/posts"),
        ("GET", "/manager/trail"),
        ("GET", f"/manager/trail/grants/{ID}"),
        ("GET", f"/manager/trail/accounts/{ID}"),
        ("GET", f"/manager/trail/campaigns/{ID}"),
        ("GET", f"/manager/trail/chunks/{ID}"),
        ("GET", f"/manager/trail/messages/{ID}"),
        ("GET", f"/manager/trail/transfers/{ID}"),
        ("GET", "/manager/audit"),
        ("GET", "/manager/audit/check"),
        ("GET", "/manager/audit.{format}"),
        ("GET", "/manager/acts"),
        ("GET", f"/manager/acts/{ID}"),
        ("POST", f"/manager/acts/{ID}/approve"),
        ("POST", f"/manager/acts/{ID}/dismiss"),
        ("POST", f"/manager/acts/{ID}/undo"),
        ("GET", "/manager/bulk"),
        ("POST", "/manager/bulk"),
        ("GET", "/manager/bulk/file.xlsx"),
        ("GET", "/manager/bulk/file.csv"),
        ("GET", "/manager/claw-back"),
        ("POST", "/manager/claw-back"),
        ("GET", "/manager/extend"),
        ("POST", "/manager/extend"),
        ("GET", f"/manager/grants/{ID}"),
        ("POST", f"/manager/grants/{ID}/extend"),
        ("POST", f"/manager/grants/{ID}/move"),
        ("POST", f"/manager/grants/{ID}/claw-back"),
        ("GET", "/manager/pots"),
        ("GET", f"/manager/pots/{ID}"),
        ("POST", f"/manager/pots/{ID}/start"),
        ("POST", "/manager/leave"),
    }
)
"""What the manager of one market may open and press, each only for that market; all else is the
program manager's: terms, prices, cohorts, people, budget, operating money, closing.
"""
AUDITOR_MAY_POST = frozenset(
    {
        ("POST", "/manager/bills"),
        ("POST", "/manager/bills/differences.csv"),
        ("POST", "/manager/leave"),
    }
)
"""An auditor opens every page of the program and changes nothing; comparing a bill writes nothing."""


@web.middleware
async def only_staff(request: web.Request, handler: Handler) -> web.StreamResponse:
    staff = await _signed_in(request, Role.OWNER, Role.CLERK)
    assert staff.shop_id is not None, "staff have a shop"
    if staff.role is Role.CLERK and not _may(request, CLERK_MAY):
        raise NotAllowed("owners_only")
    request[OWNER] = Owner(staff.staff_id, staff.shop_id, staff.name, staff.role)
    return await handler(request)


@web.middleware
async def only_managers(request: web.Request, handler: Handler) -> web.StreamResponse:
    staff = await _signed_in(request, Role.MANAGER, Role.MARKET_MANAGER, Role.AUDITOR)
    assert staff.program_id is not None, "a manager has a program"
    if staff.role is Role.MARKET_MANAGER and not _may(request, MARKET_MAY):
        raise NotAllowed("program_managers_only")
    is_reading = request.method in SAFE_METHODS
    if staff.role is Role.AUDITOR and not is_reading and not _may(request, AUDITOR_MAY_POST):
        raise NotAllowed("auditors_read")
    request[MANAGER] = Manager(
        staff.staff_id, staff.program_id, staff.name, staff.role, staff.market_id
    )
    return await handler(request)


@web.middleware
async def only_known(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whoever is signed in: for what people may do about themselves."""
    request[KNOWN] = await _signed_in(request, *Role)
    return await handler(request)


def _may(request: web.Request, table: frozenset[tuple[str, str]]) -> bool:
    """An address that is none is looked up further on: nothing there belongs to anybody."""
    resource = request.match_info.route.resource
    if resource is None:
        return True
    method = "GET" if request.method == "HEAD" else request.method
    return (method, resource.canonical) in table


async def _signed_in(request: web.Request, *roles: Role) -> StaffView:
    session = await get_session(request)
    if STAFF not in session:
        raise NotAllowed("sign_in")
    if CHOOSING in session and request.path != PLACES:
        raise NotAllowed("choose_place")
    try:
        staff = await request.app[BOOKS].read(get_staff, StaffId(session[STAFF]))
    except NotFound:  # removed a moment ago: their session went with them
        raise NotAllowed("sign_in") from None
    if staff.role not in roles:
        raise NotAllowed(f"only_{roles[0]}")
    return staff
