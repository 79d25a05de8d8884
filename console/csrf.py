"""A change is taken only from our own pages: where it came from, and a token of the session."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session

from console.forms import read_form
from console.sessions import CSRF
from domain.refusals import NotAllowed

SAFE_METHODS = ("GET", "HEAD")
OWN_SITES = ("same-origin", "none")


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Browsers that send Sec-Fetch-Site cannot be made to lie about it by another site."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in SAFE_METHODS and site not in OWN_SITES:
        raise NotAllowed("foreign_form")
    return await handler(request)


@web.middleware
async def with_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.method not in SAFE_METHODS:
        session = await get_session(request)
        given = (await read_form(request)).text(CSRF)
        if not hmac.compare_digest(given.encode(), session[CSRF].encode()):
            raise NotAllowed("stale_form")
    return await handler(request)
