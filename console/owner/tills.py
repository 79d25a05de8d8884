"""The tills that may write down visits for a shop: tied with a token, cut off again."""

from collections.abc import Mapping

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import read_form
from console.keys import BOOKS, NOW, OWNER, SETTINGS
from domain.people import TokenId, TokenRight
from domain.refusals import Invalid
from loyalty.tills import add_till, revoke_till
from storage.queries.tills import list_tills


async def show_tills(request: web.Request) -> web.Response:
    return await _show(request)


async def add(request: web.Request) -> web.Response:
    """The answer itself shows the token, once: nothing keeps it for a page after this one."""
    owner, at = request[OWNER], request.app[NOW]()
    form = await read_form(request)
    name = form.text("name")
    may = TokenRight.SENDING if form.text("may") == TokenRight.SENDING else TokenRight.TILL
    try:
        token = await request.app[BOOKS].write(
            add_till, owner.shop_id, name, may=may, actor=owner.actor, at=at
        )
    except Invalid as refusal:
        return await _show(request, name=name, may=may, wrong=refusal.fields)
    return await _show(request, may=may, token=token)


async def revoke(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    token_id = TokenId(int(request.match_info["id"]))
    await request.app[BOOKS].write(revoke_till, owner.shop_id, token_id, actor=owner.actor, at=at)
    await say(request, "till_revoked")
    return see_other("/owner/tills")


async def _show(
    request: web.Request,
    *,
    name: str = "",
    may: TokenRight = TokenRight.TILL,
    wrong: Mapping[str, str] | None = None,
    token: str | None = None,
) -> web.Response:
    tills = await request.app[BOOKS].read(list_tills, request[OWNER].shop_id)
    return await show(
        request,
        "owner/tills.html",
        status=422 if wrong else 200,
        tills=tills,
        name=name,
        may=may,
        wrong=wrong or {},
        token=token,
        document=f"{request.app[SETTINGS].public_url.rstrip('/')}/api/v1/openapi.json",
    )
