"""The demo's start page: doors without a key. No other command opens them."""

from collections.abc import Mapping

from aiohttp import web

from console.headers import HEADERS
from console.pages import render
from console.sessions import sign_in_directly
from dangol.street import OpenShop, Street
from dangol.wiring import House
from domain.people import StaffId
from domain.time import Now
from storage.queries.places import get_shop


def add(house: House, street: Street, *, phones: Mapping[str, str], now: Now) -> None:
    """Mounts the doors on a demo's application.

    `phones`: the addresses of `customer`, `owner`, and `feed`, where the world is watched.
    """
    by_slug = {shop.plan.slug: shop for shop in street.shops}

    async def start(request: web.Request) -> web.Response:
        del request
        body = render("demo/start.html", shops=street.shops, phones=phones)
        return web.Response(text=body, content_type="text/html", headers=HEADERS)

    async def come_in(staff_id: StaffId, where: str) -> web.Response:
        response = web.Response(status=303, headers={"Location": where})
        await sign_in_directly(
            response, staff_id, books=house.books, now=now, settings=house.console
        )
        return response

    async def owner(request: web.Request) -> web.Response:
        return await come_in(_shop(request).owner_id, "/owner")

    async def manager(request: web.Request) -> web.Response:
        who = request.match_info.get("who", "manager")
        if who not in street.desk:
            raise web.HTTPNotFound(text="그런 담당자가 없어요.")
        return await come_in(street.desk[who], "/manager")

    async def picture(request: web.Request) -> web.Response:
        shop = await house.books.read(get_shop, _shop(request).shop_id)
        return web.Response(status=302, headers={"Location": f"/media/{shop.picture_id}"})

    def _shop(request: web.Request) -> OpenShop:
        slug = request.match_info.get("slug", street.shops[0].plan.slug)
        if slug not in by_slug:
            raise web.HTTPNotFound(text="그런 가게가 없어요.")
        return by_slug[slug]

    house.app.add_routes(
        [
            web.get("/", start),
            web.get("/demo/owner", owner),
            web.get("/demo/owner/{slug}", owner),
            web.get("/demo/manager", manager),
            web.get("/demo/manager/{who}", manager),
            web.get("/demo/picture/{slug}", picture),
        ]
    )
