"""News that goes out by itself: what there is, when it comes next, and what it has sent."""

from collections.abc import Callable

from aiohttp import web

from campaigns.series import end_series, list_lines, pause_series, resume_series
from console.answers import say, see_other, show
from console.keys import BOOKS, NOW, OWNER
from domain.people import SeriesId

PAGE = "/owner/series"


async def show_series(request: web.Request) -> web.Response:
    at = request.app[NOW]()
    lines = await request.app[BOOKS].read(list_lines, request[OWNER].shop_id, at)
    return await show(request, "owner/series.html", lines=lines)


async def pause(request: web.Request) -> web.Response:
    return await _change(request, pause_series, "series_paused")


async def resume(request: web.Request) -> web.Response:
    return await _change(request, resume_series, "series_resumed")


async def end(request: web.Request) -> web.Response:
    return await _change(request, end_series, "series_ended")


async def _change(request: web.Request, act: Callable[..., None], said: str) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    series_id = SeriesId(int(request.match_info["id"]))
    await request.app[BOOKS].write(act, owner.shop_id, series_id, actor=owner.actor, at=at)
    await say(request, said)
    return see_other(PAGE)
