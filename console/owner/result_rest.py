"""Sending the same words to whom a campaign did not reach, by the way that was offered."""

from collections.abc import Collection

from aiohttp import web

from campaigns.rest import send_rest
from console.answers import say, see_other
from console.forms import read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS
from console.owner.result import campaign_id_of
from domain.campaigns import SenderName
from domain.refusals import Conflict, Invalid


async def send(request: web.Request) -> web.Response:
    """Raises NotFound, also for another shop's. Pressed again it is the same campaign."""
    owner, campaign_id = request[OWNER], campaign_id_of(request)
    settings, form = request.app[SETTINGS], await read_form(request)
    try:
        second_id = await request.app[BOOKS].write(
            send_rest,
            owner.shop_id,
            campaign_id,
            _chosen(form.text("sender"), settings.senders),
            staff_id=owner.staff_id,
            at=request.app[NOW](),
        )
    except (Conflict, Invalid):  # the money, the hour or the people are others meanwhile
        await say(request, "rest_gone")
        return see_other(f"/owner/campaigns/{campaign_id}")
    settings.wake()
    return see_other(f"/owner/campaigns/{second_id}")


def _chosen(name: str, offered: Collection[SenderName]) -> SenderName:
    """Raises Conflict for what is none, or none of this installation's."""
    for sender in offered:
        if sender.value == name:
            return sender
    raise Conflict("no_rest")
