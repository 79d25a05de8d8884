"""Security headers on every page of the console."""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

# Pictures may stand at another public address than the one a page was opened at.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' https: http: data:; script-src 'none'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


SCRIPT_POLICY = CONTENT_POLICY.replace("script-src 'none'", "script-src 'self'")


def with_scripts(response: web.Response) -> web.Response:
    """For the few pages that have a script, from a file of ours."""
    response.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return response


def in_no_cache(response: web.Response) -> web.Response:
    """For pages that hold what stands nowhere with us: no browser keeps it either."""
    response.headers["Cache-Control"] = "no-store"
    return response


KEEP_FOR_A_YEAR = "public, max-age=31536000, immutable"


@web.middleware
async def long_lived(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A file whose address changes with its content never has to be asked for again."""
    response = await handler(request)
    if "v" in request.query:
        response.headers["Cache-Control"] = KEEP_FOR_A_YEAR
    return response


@web.middleware
async def with_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
