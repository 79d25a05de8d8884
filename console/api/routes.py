"""Every address of the API, in one table, and the document that tells of them."""

from typing import Any, Final

import orjson
from aiohttp import web

from console.api.campaigns import CAMPAIGN_OPERATIONS
from console.api.coupons import COUPON_OPERATIONS
from console.api.document import document
from console.api.operations import PACE, Operation
from console.api.pace import till_pace
from console.api.problems import errors_as_problems
from console.api.visits import VISIT_OPERATIONS
from console.headers import with_headers
from console.keys import BOOKS, NOW, SETTINGS, ConsoleSettings
from domain.time import Now
from storage.books import Books

OPERATIONS: Final[tuple[Operation[Any], ...]] = (
    *VISIT_OPERATIONS,
    *COUPON_OPERATIONS,
    *CAMPAIGN_OPERATIONS,
)
DOCUMENT = orjson.dumps(document(OPERATIONS))


def till_api(books: Books, now: Now, settings: ConsoleSettings) -> web.Application:
    """A part with middlewares of its own: no session, no form, no page."""
    part = web.Application(middlewares=(with_headers, errors_as_problems))
    part[BOOKS], part[NOW], part[PACE], part[SETTINGS] = books, now, till_pace(), settings
    part.add_routes([web.get("/openapi.json", show_document)])
    part.add_routes([operation.route() for operation in OPERATIONS])
    return part


async def show_document(request: web.Request) -> web.Response:  # noqa: ARG001 - a handler's shape
    return web.Response(body=DOCUMENT, content_type="application/json")
