"""Refusals and failures as pages with a sentence; a bug is logged here, once."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from console.answers import html
from console.keys import SETTINGS
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
        LOG.info("refused %s: %s", _route(request), refusal)
        return error_page(request, STATUS.get(type(refusal), HTTPStatus.CONFLICT), refusal)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return error_page(request, error.status)
    except Exception:
        LOG.exception("failed %s %s", request.method, _route(request))
        return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _route(request: web.Request) -> str:
    """The address as it stands in the table: an invitation's token is a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "?"


def can_login(request: web.Request) -> bool:
    """Whether people may come in with a Kakao account here."""
    settings = request.config_dict.get(SETTINGS)
    return settings is not None and settings.login is not None


def error_page(
    request: web.Request,
    status: int,
    refusal: Refusal | None = None,
    *,
    place: str | None = None,
) -> web.Response:
    """Words and the way out are chosen by the template, from the status, code and place: the
    first part of the address, unless another is named.
    """
    reason = refusal.reason if refusal else ""
    sentences = list(refusal.fields.values()) if isinstance(refusal, Invalid) else []
    return html(
        render(
            "error.html",
            status=status,
            reason=reason,
            sentences=sentences,
            place=place or request.path.split("/")[1],
            can_login=can_login(request),
        ),
        status=status,
    )
