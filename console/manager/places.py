"""Where a shop stands: two visits too far apart for the time between them are flagged."""

from datetime import datetime

from aiohttp import web

from console.answers import say, see_other
from console.forms import read_form
from console.keys import BOOKS, MANAGER, NOW, Manager
from console.manager.shop import get_own_shop, shop_id_of, show_sheet
from domain.people import ShopId
from domain.refusals import Invalid
from storage.desk import Tx
from subsidy.shops import place_shop


async def save_place(request: web.Request) -> web.Response:
    form, shop_id = await read_form(request), shop_id_of(request)
    words, at = form.text("place"), request.app[NOW]()
    try:
        await request.app[BOOKS].write(_place, request[MANAGER], shop_id, words, at)
    except Invalid as refusal:
        return await show_sheet(request, form=form, wrong=refusal.fields)
    await say(request, "shop_saved")
    return see_other(f"/manager/shops/{shop_id}")


def _place(tx: Tx, manager: Manager, shop_id: ShopId, words: str, at: datetime) -> None:
    get_own_shop(tx, manager, shop_id)
    place_shop(tx, shop_id, words, actor=manager.actor, at=at)
