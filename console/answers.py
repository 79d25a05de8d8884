"""Answers to a browser: a page, or the way to another one."""

from aiohttp import web
from aiohttp_session import get_session

from campaigns.doubts import count_undecided
from campaigns.halting import find_halt_of
from console.keys import BOOKS, MANAGER, NOW, OWNER, SETTINGS, Manager
from console.pages import render
from console.sessions import CSRF, SAID
from subsidy.proposals import count_waiting


async def show(
    request: web.Request, name: str, /, *, status: int = 200, **context: object
) -> web.Response:
    """A signed-in page, with the token for its forms and what was said about the last change."""
    session = await get_session(request)
    said = session.pop(SAID, None)
    usual: dict[str, object] = {
        "csrf": session[CSRF],
        "said": said,
        "now": request.app[NOW](),
        "can_login": request.app[SETTINGS].login is not None,
    }
    if MANAGER in request:
        usual["waiting"] = await _count_waiting(request, request[MANAGER])
        usual["undecided"] = await _count_undecided(request, request[MANAGER])
    if OWNER in request:
        usual["halt"] = await request.app[BOOKS].read(find_halt_of, request[OWNER].shop_id)
    is_clerk = OWNER in request and request[OWNER].is_clerk
    return html(render(name, **usual, is_clerk=is_clerk, **context), status=status)


async def _count_waiting(request: web.Request, manager: Manager) -> int:
    """What others proposed and this manager may approve: it stands in the menu."""
    if not manager.may_act:
        return 0
    return await request.app[BOOKS].read(
        count_waiting, manager.program_id, manager.market_id, manager.staff_id
    )


async def _count_undecided(request: web.Request, manager: Manager) -> int:
    """News in doubt until a person decides: in the menu, so that no money stays held unseen."""
    program_id, market_id = manager.program_id, manager.market_id
    at = request.app[NOW]()
    return await request.app[BOOKS].read(
        count_undecided, program_id=program_id, market_id=market_id, at=at
    )


def html(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status)


def see_other(location: str) -> web.Response:
    return web.Response(status=303, headers={"Location": location})


async def say(request: web.Request, word: str) -> None:
    """What the next page says happened; the words stand in parts/words.html."""
    session = await get_session(request)
    session[SAID] = word
