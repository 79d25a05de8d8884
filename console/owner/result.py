"""What became of the news: all of them in a list, one of them in numbers and words, live while
it leaves. Stopping it stands in result_stop.py.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from campaigns.booking import DryRun, cancel_campaign
from campaigns.fairness import LeftOut, name_people
from campaigns.learning import Learned, learn
from campaigns.rest import find_rest, list_rests, try_rest
from campaigns.results import Result, left_out_of, list_campaigns
from campaigns.watching import Watched, watch
from console.answers import html, say, see_other, show
from console.charts import shares, widths
from console.headers import with_scripts
from console.keys import BOOKS, NOW, OWNER, SETTINGS
from console.pages import render
from domain.campaigns import BRAND_SENDERS, CampaignState, SenderName
from domain.people import CampaignId, ShopId
from domain.ways import WAY_WORDS, WayFacts
from storage.desk import Tx
from storage.queries.places import get_shop

REFRESH_SECONDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A result with the names of those for whom there was no money, what it brought, and by which
    way others could still be reached: `second` is what they would get. `rests`: what became of it
    where that was done.
    """

    watched: Watched
    left_out: LeftOut
    learned: Learned | None
    rest: WayFacts | None
    second: DryRun | None
    rests: Sequence[Result]
    shop_name: str

    @property
    def is_brand(self) -> bool:
        """KakaoTalk writes marks of its own on what the others would get."""
        return self.rest is not None and self.rest.sender in BRAND_SENDERS


async def show_list(request: web.Request) -> web.Response:
    campaigns = await request.app[BOOKS].read(list_campaigns, request[OWNER].shop_id)
    return await show(request, "owner/campaigns.html", campaigns=campaigns)


async def show_result(request: web.Request) -> web.Response:
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    campaign_id, offered = campaign_id_of(request), request.app[SETTINGS].senders
    seen = await request.app[BOOKS].read(read_result, shop_id, campaign_id, offered, at)
    compared = seen.learned.compared if seen.learned else None
    page = await show(
        request,
        "owner/result.html",
        seen=seen,
        watched=seen.watched,
        left_out=seen.left_out,
        learned=seen.learned,
        rest=seen.rest,
        widths=widths(compared.sent, compared.held_out) if compared else None,
        bar=shares(seen.watched.result),
        way_words=WAY_WORDS,
        refresh_seconds=REFRESH_SECONDS,
    )
    return with_scripts(page) if seen.watched.is_moving else page


async def show_now(request: web.Request) -> web.Response:
    """The part that changes while it leaves, for the script of its page."""
    shop_id, at = request[OWNER].shop_id, request.app[NOW]()
    watched = await request.app[BOOKS].read(watch, shop_id, campaign_id_of(request), at)
    return html(render("owner/result_now.html", watched=watched, bar=shares(watched.result)))


def read_result(
    tx: Tx, shop_id: ShopId, campaign_id: CampaignId, offered: Collection[SenderName], at: datetime
) -> Seen:
    """Nothing is learned of what still leaves. Raises NotFound."""
    watched = watch(tx, shop_id, campaign_id, at)
    result = watched.result
    people = left_out_of(tx, shop_id, campaign_id) if result.left_out else []
    is_leaving = result.state in (CampaignState.RUNNING, CampaignState.PAUSED)
    rest = find_rest(tx, shop_id, campaign_id, offered, at)
    is_offered = rest is not None and result.state is not CampaignState.PAUSED
    second = try_rest(tx, shop_id, campaign_id, rest, at) if rest and is_offered else None
    return Seen(
        watched=watched,
        left_out=name_people(tx, shop_id, people, at),
        learned=None if is_leaving else learn(tx, shop_id, result, at),
        rest=rest,
        second=second,
        rests=list_rests(tx, shop_id, campaign_id),
        shop_name=get_shop(tx, shop_id).name,
    )


async def cancel(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    campaign_id = campaign_id_of(request)
    await request.app[BOOKS].write(
        cancel_campaign, owner.shop_id, campaign_id, actor=owner.actor, at=at
    )
    await say(request, "campaign_canceled")
    return see_other(f"/owner/campaigns/{campaign_id}")


def campaign_id_of(request: web.Request) -> CampaignId:
    return CampaignId(int(request.match_info["id"]))
