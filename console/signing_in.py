"""Coming in from the chat: the link shows a button, and only the button uses it up.

KakaoTalk opens links to draw a preview; so the page says nothing of whose link it is.
"""

from aiohttp import web
from aiohttp_session import new_session

from console.answers import html, see_other
from console.joining import HOME, home_of_visitor
from console.keys import BOOKS, NOW
from console.pages import render
from console.sessions import STAFF
from domain.refusals import Conflict, NotFound
from subsidy.signing_in import open_link, sign_in


async def show_entry(request: web.Request) -> web.Response:
    token, at = request.match_info["token"], request.app[NOW]()
    try:
        await request.app[BOOKS].read(open_link, token, at)
    except (Conflict, NotFound):
        if home := await home_of_visitor(request):
            return see_other(home)
        raise
    return html(render("entry.html", token=token))


async def enter(request: web.Request) -> web.Response:
    token, at = request.match_info["token"], request.app[NOW]()
    staff = await request.app[BOOKS].write(sign_in, token, at)
    session = await new_session(request)
    session[STAFF] = staff.staff_id
    return see_other(HOME[staff.role])
