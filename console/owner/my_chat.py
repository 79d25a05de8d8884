"""카카오톡과 연결: eight digits to say in the shop's channel, for whoever is signed in."""

from datetime import datetime

from aiohttp import web

from console.answers import say, see_other, show
from console.keys import BOOKS, NOW, OWNER, SETTINGS, Owner
from domain.people import Friend, ShopId, StaffId
from storage.desk import Tx
from storage.queries.places import ShopView, get_shop
from storage.queries.staff_chats import find_friend, list_paired
from subsidy.pairing import PairingCode, make_pairing_code, part_chat

PAGE = "/owner/chat"


async def show_chat(request: web.Request) -> web.Response:
    return await _show(request)


async def make_code(request: web.Request) -> web.Response:
    """The answer itself shows the digits, once: only their hash is kept."""
    owner, at = request[OWNER], request.app[NOW]()
    code = await request.app[BOOKS].write(make_pairing_code, owner.staff_id, at)
    return await _show(request, code)


async def part(request: web.Request) -> web.Response:
    owner, at = request[OWNER], request.app[NOW]()
    await request.app[BOOKS].write(part_chat, owner.staff_id, actor=owner.actor, at=at)
    await say(request, "chat_parted")
    return see_other(PAGE)


async def _show(request: web.Request, code: PairingCode | None = None) -> web.Response:
    owner: Owner = request[OWNER]
    shop, paired_at, friend = await request.app[BOOKS].read(
        read_chat, owner.shop_id, owner.staff_id
    )
    settings = request.app[SETTINGS]
    saying = settings.saying_url(shop.channel_search_id, code.digits) if code else None
    return await show(
        request,
        "owner/chat.html",
        shop=shop,
        paired_at=paired_at,
        friend=friend,
        code=code,
        chat_url=settings.chat_url(shop.channel_public_id),
        saying_url=saying,
    )


def read_chat(
    tx: Tx, shop_id: ShopId, staff_id: StaffId
) -> tuple[ShopView, datetime | None, Friend | None]:
    """The shop, since when a chat speaks for this person there, and whether messages reach it."""
    paired_at = list_paired(tx, shop_id).get(staff_id)
    return get_shop(tx, shop_id), paired_at, find_friend(tx, staff_id)
