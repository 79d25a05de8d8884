"""Grants as their owner sees them, and the button that starts one (F1, F4)."""

from collections.abc import Sequence

from aiohttp import web

from console.answers import say, see_other, show
from console.keys import BOOKS, NOW, OWNER
from domain.people import GrantId
from domain.subsidy import GrantState
from subsidy.grants import GrantView, list_grants, start_grant


def waiting_grants(grants: Sequence[GrantView]) -> list[GrantView]:
    return [grant for grant in grants if grant.state is GrantState.OFFERED]


async def show_grants(request: web.Request) -> web.Response:
    at = request.app[NOW]()
    grants = await request.app[BOOKS].read(list_grants, request[OWNER].shop_id, at)
    return await show(request, "owner/grants.html", grants=grants)


async def start(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    grant_id = GrantId(int(request.match_info["id"]))
    await request.app[BOOKS].write(start_grant, owner.shop_id, grant_id, actor=owner.actor, at=at)
    await say(request, "grant_started")
    return see_other("/owner")
