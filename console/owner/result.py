"""What became of the news: all of them in a list, one of them in numbers and words."""

from datetime import datetime, timedelta

from aiohttp import web

from campaigns.booking import cancel_campaign
from campaigns.fairness import LeftOut, name_people
from campaigns.results import Result, campaign_result, left_out_of, list_campaigns
from console.answers import say, see_other, show
from console.charts import shares
from console.keys import BOOKS, NOW, OWNER
from domain.campaigns import CampaignState
from domain.people import CampaignId, ShopId
from storage.desk import Tx

REFRESH_SECONDS = 3
SOON = timedelta(minutes=2)


async def show_list(request: web.Request) -> web.Response:
    campaigns = await request.app[BOOKS].read(list_campaigns, request[OWNER].shop_id)
    return await show(request, "owner/campaigns.html", campaigns=campaigns)


async def show_result(request: web.Request) -> web.Response:
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    result, left_out = await request.app[BOOKS].read(
        read_result, shop_id, _campaign_id(request), at
    )
    return await show(
        request,
        "owner/result.html",
        result=result,
        left_out=left_out,
        bar=shares(result),
        refresh_seconds=REFRESH_SECONDS if is_moving(result, at) else None,
    )


def read_result(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, at: datetime
) -> tuple[Result, LeftOut]:
    """With the names of those for whom there was no money. Raises NotFound."""
    result = campaign_result(tx, shop_id, campaign_id)
    people = left_out_of(tx, shop_id, campaign_id) if result.left_out else []
    return result, name_people(tx, shop_id, people, at)


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
