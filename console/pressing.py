"""`/g/{token}`: the owner's own button in an advertisement, on its way to where it leads.

No log-in and no page. Presses are an estimate: whoever gets the link passed on counts as the one
it was sent to, and a machine that hides what it is counts as a person.
"""

import re

from aiohttp import web
from yarl import URL

from campaigns.presses import find_address, press_button
from console.keys import BOOKS, NOW

# KakaoTalk's own scraper calls itself `facebookexternalhit/1.1; kakaotalk-scrap/1.0`; the browser
# inside KakaoTalk, which people use, calls itself `KAKAOTALK 10.8.3` and must count.
PREVIEW = re.compile(r"scrap|facebookexternalhit|bot\b|crawl|spider|preview|fetch", re.IGNORECASE)
AHEAD = ("prefetch", "preview", "prerender")


async def follow(request: web.Request) -> web.Response:
    """What draws a preview is led on as well, and not counted."""
    token, books = request.match_info["token"], request.app[BOOKS]
    if is_person(request):
        url = await books.write(press_button, token, request.app[NOW]())
    else:
        url = await books.read(find_address, token)
    # Kept by no cache: a later press of somebody else must come by here, too.
    # A name in Korean is written as name servers know it: a header is ASCII.
    location = str(URL(url))
    return web.Response(
        status=302,
        headers={"Location": location, "Cache-Control": "no-store", "X-Robots-Tag": "none"},
    )


def is_person(request: web.Request) -> bool:
    """As far as a request tells: it wants the page now, and does not call itself a machine."""
    agent = request.headers.get("User-Agent", "")
    purpose = (request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or "").lower()
    is_ahead = any(word in purpose for word in AHEAD)
    return request.method == "GET" and bool(agent) and not PREVIEW.search(agent) and not is_ahead
