"""Grants as their owner sees them, and the button that starts one (F1, F4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.keys import BOOKS, NOW, OWNER
from domain.people import GrantId, ShopId
from domain.subsidy import GrantState
from storage.desk import Tx
from storage.queries.wallets import WalletView, find_wallet
from subsidy.closing import find_end
from subsidy.forecast import Forecast, read_forecast
from subsidy.grants import GrantView, start_grant
from subsidy.stories import GrantStory, PotStory, list_grant_stories, list_pot_stories

USABLE = (GrantState.STARTED, GrantState.EXPIRED)
"""What came back to a grant that is over may still be used while its terms allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purses:
    """All the money that may pay for a shop's news; `ended_at`: when its program was closed."""

    grants: Sequence[GrantStory]
    pots: Sequence[PotStory]
    wallet: WalletView | None
    forecast: Forecast
    ended_at: datetime | None


def waiting_grants(grants: Sequence[GrantView]) -> list[GrantView]:
    return [grant for grant in grants if grant.state is GrantState.OFFERED]


def last_use(grant: GrantView) -> datetime:
    """Until when what is left of it may be used."""
    return grant.returned_until if grant.state is GrantState.EXPIRED else grant.expires_at


async def show_grants(request: web.Request) -> web.Response:
    at = request.app[NOW]()
    purses = await request.app[BOOKS].read(read_purses, request[OWNER].shop_id, at)
    return await show(request, "owner/grants.html", purses=purses)


def read_purses(tx: Tx, shop_id: ShopId, at: datetime) -> Purses:
    return Purses(
        grants=list_grant_stories(tx, shop_id, at),
        pots=list_pot_stories(tx, shop_id, at),
        wallet=find_wallet(tx, shop_id),
        forecast=read_forecast(tx, shop_id, at),
        ended_at=find_end(tx, shop_id),
    )


async def start(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    grant_id = GrantId(int(request.match_info["id"]))
    await request.app[BOOKS].write(start_grant, owner.shop_id, grant_id, actor=owner.actor, at=at)
    await say(request, "grant_started")
    return see_other("/owner")
