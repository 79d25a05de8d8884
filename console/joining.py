"""Coming in by an invitation: it is shown first, and used only by pressing the button.

KakaoTalk opens links to draw a preview; that must not use them up.
"""

from datetime import datetime

from aiohttp import web
from aiohttp_session import get_session, new_session

from console.answers import html, see_other
from console.keys import BOOKS, NOW
from console.pages import render
from console.sessions import STAFF
from domain.people import Role, StaffId
from domain.refusals import Conflict, NotFound
from storage.desk import Tx
from storage.queries.staff import StaffView, get_staff
from subsidy.invitations import accept, open_invitation

HOME = {
    Role.OWNER: "/owner",
    Role.CLERK: "/owner/counter",
    Role.MANAGER: "/manager",
    Role.MARKET_MANAGER: "/manager",
    Role.AUDITOR: "/manager",
}


async def show_invitation(request: web.Request) -> web.Response:
    token, at = request.match_info["token"], request.app[NOW]()
    try:
        invitation = await request.app[BOOKS].read(open_invitation, token, at)
    except Conflict:
        if home := await home_of_visitor(request):
            return see_other(home)
        raise
    return html(render("join.html", token=token, invitation=invitation))


async def accept_invitation(request: web.Request) -> web.Response:
    token, at = request.match_info["token"], request.app[NOW]()
    staff = await request.app[BOOKS].write(_come_in, token, at)
    session = await new_session(request)
    session[STAFF] = staff.staff_id
    return see_other(HOME[staff.role])


async def home_of_visitor(request: web.Request) -> str | None:
    """Who came in on this device before presses the same old link again and again."""
    session = await get_session(request)
    if STAFF not in session:
        return None
    try:
        staff = await request.app[BOOKS].read(get_staff, StaffId(session[STAFF]))
    except NotFound:  # somebody who has left
        return None
    return HOME[staff.role]


def _come_in(tx: Tx, token: str, at: datetime) -> StaffView:
    return get_staff(tx, accept(tx, token, at))
