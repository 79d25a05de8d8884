"""What became of the news: all of them in a list, one of them in numbers and words."""

from datetime import datetime, timedelta

from aiohttp import web

from campaigns.booking import cancel_campaign
from campaigns.results import Result, campaign_result, list_campaigns
from console.answers import say, see_other, show
from console.charts import shares
from console.keys import BOOKS, NOW, OWNER
from domain.campaigns import CampaignState
from domain.people import CampaignId

REFRESH_SECONDS = 3
SOON = timedelta(minutes=2)


async def show_list(request: web.Request) -> web.Response:
    campaigns = await request.app[BOOKS].read(list_campaigns, request[OWNER].shop_id)
    return await show(request, "owner/campaigns.html", campaigns=campaigns)


async def show_result(request: web.Request) -> web.Response:
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    result = await request.app[BOOKS].read(campaign_result, shop_id, _campaign_id(request))
    return await show(
        request,
        "owner/result.html",
        result=result,
        bar=shares(result),
        refresh_seconds=REFRESH_SECONDS if is_moving(result, at) else None,
    )


async def cancel(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    campaign_id = _campaign_id(request)
    await request.app[BOOKS].write(
        cancel_campaign, owner.shop_id, campaign_id, actor=owner.actor, at=at
    )
    await say(request, "campaign_canceled")
    return see_other(f"/owner/campaigns/{campaign_id}")


def is_moving(result: Result, at: datetime) -> bool:
    """Whether looking again in a few seconds may show something new."""
    if result.state is CampaignState.BOOKED:
        return result.due_at <= at + SOON
    return result.waiting > 0 or result.state is CampaignState.RUNNING


def _campaign_id(request: web.Request) -> CampaignId:
    return CampaignId(int(request.match_info["id"]))
