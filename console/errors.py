"""Refusals and failures as pages with a sentence; a bug is logged here, once."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from console.answers import html
from console.pages import render
from domain.refusals import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    OverBudget,
    Refusal,
    Unlawful,
)

LOG = logging.getLogger(__name__)

STATUS: Mapping[type[Refusal], int] = {
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    OverBudget: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unlawful: HTTPStatus.UNPROCESSABLE_ENTITY,
}


@web.middleware
async def errors_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        LOG.info("refused %s: %s", request.path, refusal)
        return error_page(STATUS.get(type(refusal), HTTPStatus.CONFLICT), refusal)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return error_page(error.status)
    except Exception:
        LOG.exception("failed %s %s", request.method, request.path)
        return error_page(HTTPStatus.INTERNAL_SERVER_ERROR)


def error_page(status: int, refusal: Refusal | None = None) -> web.Response:
    """Words are chosen by the template, from the status and the refusal's code."""
    reason = refusal.reason if refusal else ""
    sentences = list(refusal.fields.values()) if isinstance(refusal, Invalid) else []
    return html(
        render("error.html", status=status, reason=reason, sentences=sentences), status=status
    )
