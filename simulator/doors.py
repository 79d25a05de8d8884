"""Forms of the world's own pages: read safely, and back to where they stood."""

from collections.abc import Mapping

from aiohttp import web

from simulator.pages import see_other

SAME_SITE = ("same-origin", "none")


async def read_form(request: web.Request) -> dict[str, str]:
    """The fields of a form of ours; a form on another site is refused."""
    if request.headers.get("Sec-Fetch-Site", "none") not in SAME_SITE:
        raise web.HTTPForbidden(text="다른 사이트에서 온 요청이에요.")
    return {name: str(value).strip() for name, value in (await request.post()).items()}


def back_to(form: Mapping[str, str]) -> web.Response:
    """To the page that the form stood on: one of ours."""
    back = form.get("back", "/")
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    return see_other(back if is_ours else "/")
