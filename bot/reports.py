"""POST from SOLAPI: what became of messages (providers.md A8)."""

from aiohttp import web

from bot.bodies import REPORTS_BODY_MAX, BadCall, read_body
from bot.door import REPORTS_DOOR
from campaigns.senders.solapi_reports import is_genuine, read_reports
from domain.refusals import Invalid


async def take_solapi(request: web.Request) -> web.Response:
    """200 only after the commit: anything else is sent again, up to five times."""
    door = request.app[REPORTS_DOOR]
    if not is_genuine(request.headers.get("X-Solapi-Secret"), door.settings.solapi_webhook_secret):
        raise BadCall(401, "wrong_secret")
    try:
        reports = read_reports(await read_body(request, REPORTS_BODY_MAX))
    except Invalid as error:
        raise BadCall(400, "malformed") from error
    await door.gathering.settle(reports)
    return web.Response()
