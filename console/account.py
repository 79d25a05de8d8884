"""들어오는 방법: which Kakao account lets me in here, and to which other places it leads."""

from aiohttp import web
from aiohttp_session import get_session, new_session

from console.answers import say, see_other, show
from console.forms import read_form, whole_number
from console.joining import HOME
from console.keys import BOOKS, KNOWN, NOW
from console.login import PROVIDER, go_to_kakao
from console.sessions import ACCOUNT, PLACES, STAFF, known_by
from domain.people import StaffId
from domain.refusals import NotAllowed
from subsidy.accounts import come_in, part_account, places_of, ways_in

PAGE = "/account"


async def show_account(request: web.Request) -> web.Response:
    staff, session = request[KNOWN], await get_session(request)
    client_id = request.app[PROVIDER].client_id
    ways = await request.app[BOOKS].read(ways_in, staff.staff_id, client_id)
    return await show(
        request,
        "account.html",
        staff=staff,
        ways=ways,
        home=HOME[staff.role],
        has_places=ACCOUNT in session,
    )


async def link(request: web.Request) -> web.Response:
    """Kakao asks which account: on a counter's tablet it may be somebody else's."""
    return await go_to_kakao(request, request[KNOWN].staff_id, prompt="select_account")


async def part(request: web.Request) -> web.Response:
    staff_id, here = request[KNOWN].staff_id, known_by(await get_session(request))
    await request.app[BOOKS].write(part_account, staff_id, request.app[NOW](), here=here)
    await say(request, "account_parted")
    return see_other(PAGE)


async def show_places(request: web.Request) -> web.Response:
    """Only who came in with the account is shown where else it leads."""
    subject = await _account(request)
    places = await request.app[BOOKS].read(places_of, subject, request.app[PROVIDER].client_id)
    here = request[KNOWN].staff_id
    return await show(request, "account_places.html", places=places, here=here)


async def go_to_place(request: web.Request) -> web.Response:
    subject, form = await _account(request), await read_form(request)
    chosen = StaffId(whole_number(form.text("staff")) or 0)
    client_id, at = request.app[PROVIDER].client_id, request.app[NOW]()
    staff, _ = await request.app[BOOKS].write(come_in, subject, client_id, chosen, at)
    session = await new_session(request)
    session[STAFF], session[ACCOUNT] = staff.staff_id, subject
    return see_other(HOME[staff.role])


async def _account(request: web.Request) -> str:
    session = await get_session(request)
    if ACCOUNT not in session:
        raise NotAllowed("login_stranger")
    return str(session[ACCOUNT])


ACCOUNT_ROUTES = (
    web.get("", show_account),
    web.post("/link", link),
    web.post("/part", part),
    web.get(PLACES.removeprefix(PAGE), show_places),
    web.post(PLACES.removeprefix(PAGE), go_to_place),
)
