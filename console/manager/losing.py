"""Which shops will lose free cash in the next 30 days, as they send now, the largest loss first."""

from aiohttp import web

from console.answers import show
from console.keys import BOOKS, MANAGER, NOW
from domain.money import Jeon
from domain.time import day_end
from subsidy.forecast import DAYS_AHEAD, list_losing

SHOWN_MAX = 200


async def show_losing(request: web.Request) -> web.Response:
    manager, at = request[MANAGER], request.app[NOW]()
    losing = await request.app[BOOKS].read(list_losing, manager.program_id, manager.market_id, at)
    return await show(
        request,
        "manager/losing.html",
        manager=manager,
        losing=losing[:SHOWN_MAX],
        count=len(losing),
        lost_jeon=Jeon(sum(one.lost_jeon for one in losing)),
        unstarted_jeon=Jeon(sum(one.unstarted_jeon for one in losing)),
        ends_at=day_end(at, DAYS_AHEAD),
        days=DAYS_AHEAD,
    )
