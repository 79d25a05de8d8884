"""Every address of the managers' part."""

from aiohttp import web

from console.leaving import leave
from console.manager import grants as offers
from console.manager import invitations, overview, places, shops
from console.manager import shop as one_shop

ID = "{id:[0-9]{1,15}}"

MANAGER_ROUTES = (
    web.get("", overview.show_overview),
    web.get("/shops/new", shops.show_new),
    web.post("/shops", shops.open_new),
    web.get(f"/shops/{ID}", one_shop.show_shop),
    web.post(f"/shops/{ID}/grants", offers.offer),
    web.post(f"/shops/{ID}/invitations", invitations.invite),
    web.post(f"/shops/{ID}/place", places.save_place),
    web.post("/leave", leave),
)
