"""Signing out: the session goes from our books, not only from the browser."""

from aiohttp import web
from aiohttp_session import get_session

from console.answers import html
from console.errors import can_login
from console.pages import render


async def leave(request: web.Request) -> web.Response:
    session = await get_session(request)
    session.invalidate()
    return html(render("left.html", can_login=can_login(request)))
