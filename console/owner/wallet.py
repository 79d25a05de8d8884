"""The shop's own money: what came in, what news took, and the owner's own stop (F5, F6)."""

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import read_form
from console.keys import BOOKS, NOW, OWNER
from domain.subsidy import WalletState
from subsidy.stories import wallet_story
from subsidy.wallets import change_wallet

OWN_STATES = {one.value: one for one in (WalletState.IN_USE, WalletState.STOPPED)}


async def show_wallet(request: web.Request) -> web.Response:
    story = await request.app[BOOKS].read(wallet_story, request[OWNER].shop_id)
    return await show(request, "owner/wallet.html", story=story)


async def change(request: web.Request) -> web.Response:
    """Stopped or in use again, by its owner; what was suspended is the program's to lift."""
    owner, at = request[OWNER], request.app[NOW]()
    new = OWN_STATES.get((await read_form(request)).text("state"))
    if new is not None:
        await request.app[BOOKS].write(
            change_wallet, owner.shop_id, new, is_owner=True, actor=owner.actor, at=at
        )
        await say(request, f"wallet_{new}")
    return see_other("/owner/wallet")
