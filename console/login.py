"""카카오로 들어오기: away to Kakao with secrets of this browser's own, and back with a code."""

import hmac
import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson
from aiohttp import web
from aiohttp_session import get_session, new_session

from console.answers import html, see_other
from console.errors import STATUS, error_page
from console.headers import CONTENT_POLICY
from console.joining import HOME, home_of_visitor
from console.keys import BOOKS, NOW, SETTINGS
from console.oidc import Attempt, Provider
from console.pages import render
from console.sessions import ACCOUNT, STAFF
from domain.people import StaffId
from domain.refusals import Conflict, NotAllowed, Refusal
from subsidy.accounts import come_in, link_account

GOOD_FOR = timedelta(minutes=10)
PLACES = "/account/places"
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
    return with_form_to_kakao(request, html(render("login.html")))


async def begin(request: web.Request) -> web.Response:
    return await go_to_kakao(request, None)


async def go_to_kakao(request: web.Request, staff_id: StaffId | None) -> web.Response:
    """Linking asks which account: on a counter's tablet it may be somebody else's."""
    attempt = Attempt.new()
    prompt = "select_account" if staff_id is not None else None
    response = see_other(await request.app[PROVIDER].address(attempt, prompt=prompt))
    until = request.app[NOW]() + GOOD_FOR
    _keep(request, response, Kept(attempt, staff_id, until))
    return response


async def come_back(request: web.Request) -> web.Response:
    """Kakao sends the browser here. Whatever comes of it, the attempt is over."""
    try:
        response = await _answered(request)
    except Refusal as refusal:
        LOG.info("refused %s: %s", request.path, refusal)
        response = error_page(request, STATUS[type(refusal)], refusal)
    response.del_cookie(_cookie(request), secure=request.app[SETTINGS].is_secure, httponly=True)
    return response


async def _answered(request: web.Request) -> web.Response:
    kept, query = _kept(request), request.query
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
    await request.app[BOOKS].write(link_account, staff_id, subject, request.app[NOW]())
    return see_other("/account")


async def _come_in(request: web.Request, subject: str) -> web.Response:
    client_id, at = request.app[PROVIDER].client_id, request.app[NOW]()
    staff, places = await request.app[BOOKS].write(come_in, subject, client_id, None, at)
    session = await new_session(request)
    session[STAFF], session[ACCOUNT] = staff.staff_id, subject
    return see_other(PLACES if places > 1 else HOME[staff.role])


def with_form_to_kakao(request: web.Request, response: web.Response) -> web.Response:
    """Browsers hold `form-action` against where a form's answer sends them, too."""
    origin = request.app[PROVIDER].origin
    policy = CONTENT_POLICY.replace("form-action 'self'", f"form-action 'self' {origin}")
    response.headers["Content-Security-Policy"] = policy
    return response


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
