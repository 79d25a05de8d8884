"""카카오로 들어오기: away to Kakao with secrets of this browser's own, and back with a code."""

import hmac
import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson
from aiohttp import web
from aiohttp_session import get_session, new_session

from console.answers import html, say, see_other
from console.errors import STATUS, error_page
from console.headers import in_no_cache
from console.joining import HOME, home_of_visitor
from console.keys import BOOKS, NOW, SETTINGS
from console.oidc import Attempt, Provider
from console.pages import render
from console.sessions import ACCOUNT, CHOOSING, PLACES, STAFF, known_by
from domain.people import StaffId
from domain.refusals import Conflict, NotAllowed, Refusal
from subsidy.accounts import come_in, link_account

GOOD_FOR = timedelta(minutes=10)
PROVIDER = web.AppKey("provider", Provider)

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the browser keeps meanwhile. `staff_id`: who links an account, None comes in."""

    attempt: Attempt
    staff_id: StaffId | None
    until: datetime


async def show_login(request: web.Request) -> web.Response:
    if home := await home_of_visitor(request):
        return see_other(home)
    return html(render("login.html"))


async def begin(request: web.Request) -> web.Response:
    """Kakao asks for the account anew: it stays signed in on a tablet after its owner has left us."""
    return await go_to_kakao(request, None, prompt="login")


async def go_to_kakao(
    request: web.Request, staff_id: StaffId | None, *, prompt: str
) -> web.Response:
    """By a page, not a redirect: browsers hold our `form-action` against every address that a
    form's answer leads on to, and which ones of its own Kakao goes by is Kakao's business.
    """
    attempt = Attempt.new()
    address = await request.app[PROVIDER].address(attempt, prompt=prompt)
    response = in_no_cache(html(render("to_kakao.html", address=address)))
    until = request.app[NOW]() + GOOD_FOR
    _keep(request, response, Kept(attempt, staff_id, until))
    return response


async def come_back(request: web.Request) -> web.Response:
    """Kakao sends the browser here. Whatever comes of it, the attempt is over."""
    kept = _kept(request)
    try:
        response = await _answered(request, kept)
    except Refusal as refusal:
        LOG.info("refused %s: %s", request.path, refusal)
        place = "account" if kept and kept.staff_id is not None else "login"
        response = error_page(request, STATUS[type(refusal)], refusal, place=place)
    response.del_cookie(_cookie(request), secure=request.app[SETTINGS].is_secure, httponly=True)
    return response


async def _answered(request: web.Request, kept: Kept | None) -> web.Response:
    query = request.query
    if kept is None or not hmac.compare_digest(
        query.get("state", "").encode(), kept.attempt.state.encode()
    ):
        raise NotAllowed("login_lapsed")
    if query.get("error") == "access_denied":
        raise Conflict("login_canceled")
    if "code" not in query:
        LOG.warning("Kakao refused a sign-in: %.60r", query.get("error"))
        raise NotAllowed("login_unproven")
    subject = await request.app[PROVIDER].subject(query["code"], kept.attempt)
    if kept.staff_id is not None:
        return await _link(request, kept.staff_id, subject)
    return await _come_in(request, subject)


async def _link(request: web.Request, staff_id: StaffId, subject: str) -> web.Response:
    """Only for who is still signed in as the one that began."""
    session = await get_session(request)
    if session.get(STAFF) != staff_id:
        raise NotAllowed("login_lapsed")
    await request.app[BOOKS].write(
        link_account, staff_id, subject, request.app[NOW](), here=known_by(session)
    )
    await say(request, "account_linked")
    return see_other("/account")


async def _come_in(request: web.Request, subject: str) -> web.Response:
    client_id, at = request.app[PROVIDER].client_id, request.app[NOW]()
    staff, places = await request.app[BOOKS].write(come_in, subject, client_id, None, at)
    session = await new_session(request)
    session[STAFF], session[ACCOUNT] = staff.staff_id, subject
    if places > 1:
        session[CHOOSING] = True
        return see_other(PLACES)
    return see_other(HOME[staff.role])


def _cookie(request: web.Request) -> str:
    return "__Host-dangol-login" if request.app[SETTINGS].is_secure else "dangol-login"


def _keep(request: web.Request, response: web.Response, kept: Kept) -> None:
    """Lax: Kakao's way back is a link of another site. Nobody but this browser can write it."""
    response.set_cookie(
        _cookie(request),
        orjson.dumps(asdict(kept)).hex(),
        max_age=int(GOOD_FOR.total_seconds()),
        secure=request.app[SETTINGS].is_secure,
        httponly=True,
        samesite="Lax",
    )


def _kept(request: web.Request) -> Kept | None:
    """None for what is missing, past its time, or not what we wrote."""
    try:
        facts = orjson.loads(bytes.fromhex(request.cookies.get(_cookie(request), "")))
        kept = Kept(
            attempt=Attempt(**facts["attempt"]),
            staff_id=facts["staff_id"],
            until=datetime.fromisoformat(facts["until"]),
        )
        is_good = request.app[NOW]() < kept.until and isinstance(kept.attempt.state, str)
    except (ValueError, TypeError, KeyError):
        return None
    return kept if is_good else None
