"""Inviting a shop's owner: the link is shown once, in the answer itself."""

from datetime import datetime

from aiohttp import web

from console.forms import read_form
from console.keys import BOOKS, MANAGER, NOW, SETTINGS, Manager
from console.manager.shop import get_own_shop, shop_id_of, show_sheet
from domain.people import ShopId
from domain.refusals import Invalid
from storage.desk import Tx
from subsidy.invitations import invite_owner


async def invite(request: web.Request) -> web.Response:
    form = await read_form(request)
    name, at = form.text("name"), request.app[NOW]()
    try:
        token = await request.app[BOOKS].write(
            _invite, request[MANAGER], shop_id_of(request), name, at
        )
    except Invalid as refusal:
        return await show_sheet(request, form=form, wrong=refusal.fields)
    return await show_sheet(request, invited_url=request.app[SETTINGS].join_url(token))


def _invite(tx: Tx, manager: Manager, shop_id: ShopId, name: str, at: datetime) -> str:
    get_own_shop(tx, manager, shop_id)
    return invite_owner(tx, shop_id, name=name, actor=manager.actor, at=at)
