"""Reading a body within its limit, and saying no in clear JSON."""

import logging

import orjson
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from bot.words import say

CHAT_BODY_MAX = 64 * 1024
REPORTS_BODY_MAX = 8 * 1024 * 1024
JSON = {"Content-Type": "application/json"}
BROKEN = (HttpProcessingError, web.RequestPayloadError)
"""What aiohttp raises for bodies that contradict their own headers."""

LOG = logging.getLogger(__name__)


class BadCall(Exception):
    """A call that gets no answer but a status and a sentence; `why` names a block of errors.j2."""

    def __init__(self, status: int, why: str, **facts: object) -> None:
        super().__init__(f"{status} {why}")
        self.status = status
        self.sentence = say("errors", why, **facts)


def json_answer(body: bytes) -> web.Response:
    return web.Response(body=body, headers=JSON)


async def read_body(request: web.Request, size_max: int) -> bytes:
    """The whole body; raises BadCall 413 or 400 (not what its headers say it is).

    Our own limit, as a sub-application has none.
    """
    if (request.content_length or 0) > size_max:
        raise BadCall(413, "too_large", kib=size_max // 1024)
    try:
        return await _read_within(request, size_max)
    except BROKEN as error:
        raise BadCall(400, "malformed") from error


async def _read_within(request: web.Request, size_max: int) -> bytes:
    content = request.content
    body = await content.readany()
    if content.at_eof():
        return body
    parts, size = [body], len(body)
    while not content.at_eof() and size <= size_max:
        parts.append(await content.readany())
        size += len(parts[-1])
    if size > size_max:
        raise BadCall(413, "too_large", kib=size_max // 1024)
    return b"".join(parts)


@web.middleware
async def clear_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong, the caller gets a status and one sentence."""
    try:
        return await handler(request)
    except BadCall as bad:
        LOG.info("refused a call to %s: %s", request.path, bad)
        return _error(bad.status, bad.sentence)
    except web.HTTPException as error:
        return _error(error.status, say("errors", "no_route"))
    except Exception:
        LOG.exception("could not answer a call to %s", request.path)
        return _error(500, say("errors", "bug"))


def _error(status: int, sentence: str) -> web.Response:
    body = orjson.dumps({"error": sentence})
    return web.Response(status=status, body=body, headers=JSON)
