"""POST from a provider: what became of messages, and who refused (providers.md A8, B8)."""

from aiohttp import web

from bot.bodies import REPORTS_BODY_MAX, BadCall, read_body
from bot.door import REPORTS_DOOR
from campaigns.senders import nhn_reports, solapi_reports
from domain.refusals import Invalid
from loyalty.opt_outs import note_opt_outs


async def take_solapi(request: web.Request) -> web.Response:
    """200 only after the commit: anything else is sent again, up to five times."""
    door = request.app[REPORTS_DOOR]
    given, secret = request.headers.get("X-Solapi-Secret"), door.settings.solapi_webhook_secret
    if not solapi_reports.is_genuine(given, secret):
        raise BadCall(401, "wrong_secret")
    try:
        reports = solapi_reports.read_reports(await read_body(request, REPORTS_BODY_MAX))
    except Invalid as error:
        raise BadCall(400, "malformed") from error
    await door.gathering.settle(reports)
    return web.Response()


async def take_nhn(request: web.Request) -> web.Response:
    """Of its messages, and of its text service, whose 080 number people call to refuse. 200 only
    after the commit; whether anything is sent again is not documented, so the worker asks, too.
    """
    door = request.app[REPORTS_DOOR]
    given = request.headers.get("X-Toast-Webhook-Signature")
    if not nhn_reports.is_genuine(given, door.settings.nhn_webhook_signature):
        raise BadCall(401, "wrong_secret")
    try:
        told = nhn_reports.read_hooks(await read_body(request, REPORTS_BODY_MAX), door.now())
    except Invalid as error:
        raise BadCall(400, "malformed") from error
    if told.opt_outs:
        await door.books.write(note_opt_outs, told.opt_outs, door.now())
    await door.gathering.settle(told.reports)
    return web.Response()
