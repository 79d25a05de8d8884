"""“왜 받았나요?”, behind the link of an advertisement: no log-in, no script (L11, L48).

Opening the page changes nothing and pressing twice is pressing once, so nothing is gained by
doing it often, and a refusal is never held back. What we did not make costs one hash and no look
into the books.
"""

from datetime import datetime

from aiohttp import web

from campaigns.why import (
    Why,
    explain_message,
    rest_from_page,
    resume_from_page,
    stop_from_page,
)
from console.answers import html
from console.keys import BOOKS, NOW, SETTINGS
from console.pages import render


async def show_why(request: web.Request) -> web.Response:
    return _page(request, await request.app[BOOKS].read(explain_message, *_asked(request)))


async def ask_to_stop(request: web.Request) -> web.Response:
    """Where the way to refuse is a link, for want of a button that speaks to the bot: one page,
    one button, nothing else to decide (L11). Previews open it, too, so that opening refuses nobody.
    """
    why: Why = await request.app[BOOKS].read(explain_message, *_asked(request))
    if why.got.advertising_since is None:
        return _page(request, why)
    return html(render("public/stop.html", why=why, token=_asked(request)[0]))


async def stop(request: web.Request) -> web.Response:
    """The answer itself is the notice of what was chosen, when and with what result (L13)."""
    return _page(request, await request.app[BOOKS].write(stop_from_page, *_asked(request)))


async def rest(request: web.Request) -> web.Response:
    return _page(request, await request.app[BOOKS].write(rest_from_page, *_asked(request)))


async def resume(request: web.Request) -> web.Response:
    return _page(request, await request.app[BOOKS].write(resume_from_page, *_asked(request)))


def _asked(request: web.Request) -> tuple[str, datetime]:
    return request.match_info["token"], request.app[NOW]()


def _page(request: web.Request, why: Why) -> web.Response:
    token, now = _asked(request)
    chat_url = request.app[SETTINGS].chat_url(why.shop.channel_public_id)
    return html(render("public/why.html", why=why, token=token, now=now, chat_url=chat_url))
