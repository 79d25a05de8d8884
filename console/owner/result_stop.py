"""Holding what leaves: a short pause, going on, and stopping, which is said first and then done."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from campaigns.stopping import pause_campaign, resume_campaign, stop_campaign
from campaigns.watching import look_at_stop
from console.answers import say, see_other, show
from console.keys import BOOKS, NOW, OWNER, SETTINGS
from console.owner.result import campaign_id_of
from domain.refusals import Conflict

TOO_LATE: Mapping[str, str] = {
    "campaign_state": "campaign_over",
    "closed": "campaign_closed",
    "halted": "campaign_halted",
    "too_late": "campaign_too_late",
}
"""What is said when the campaign went another way while its page stood open."""


async def pause(request: web.Request) -> web.Response:
    return await _act(request, pause_campaign, "campaign_paused")


async def resume(request: web.Request) -> web.Response:
    answer = await _act(request, resume_campaign, "campaign_resumed")
    request.app[SETTINGS].wake()
    return answer


async def show_stop(request: web.Request) -> web.Response:
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    stop = await request.app[BOOKS].read(look_at_stop, shop_id, campaign_id_of(request), at)
    return await show(request, "owner/result_stop.html", stop=stop)


async def stop(request: web.Request) -> web.Response:
    return await _act(request, stop_campaign, "campaign_stopped")


async def _act(request: web.Request, act: Callable[..., Any], said: str) -> web.Response:
    """Raises NotFound, also for another shop's."""
    owner, campaign_id = request[OWNER], campaign_id_of(request)
    try:
        await request.app[BOOKS].write(
            act, owner.shop_id, campaign_id, actor=owner.actor, at=request.app[NOW]()
        )
    except Conflict as refusal:
        if refusal.reason not in TOO_LATE:
            raise
        said = TOO_LATE[refusal.reason]
    await say(request, said)
    return see_other(f"/owner/campaigns/{campaign_id}")
