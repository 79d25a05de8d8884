"""A change is taken only from our own pages, with the session's own token."""

import pytest

from console.app import OWNER_ROUTES
from console.manager.routes import MANAGER_ROUTES
from tests.console.browser import Browser, Browsers, token_on
from tests.console.street import Street

OWNER_FORMS = [route.path for route in OWNER_ROUTES if route.method == "POST"]
MANAGER_FORMS = [route.path for route in MANAGER_ROUTES if route.method == "POST"]


def address(prefix: str, path: str) -> str:
    return prefix + path.replace("{id:[0-9]{1,15}}", "1")


@pytest.mark.parametrize("path", OWNER_FORMS)
async def test_each_owner_form_refuses_without_a_token(owner: Browser, path: str) -> None:
    page = await owner.post(address("/owner", path), {"body": "x"})

    assert page.status == 403
    assert "바뀐 것은 없어요" in page.words


@pytest.mark.parametrize("path", MANAGER_FORMS)
async def test_each_manager_form_refuses_without_a_token(manager: Browser, path: str) -> None:
    assert (await manager.post(address("/manager", path), {"name": "x"})).status == 403


async def test_another_sessions_token_is_refused(
    owner: Browser, browsers: Browsers, street: Street
) -> None:
    other = await browsers.open(street.owner)
    foreign = token_on(await other.get("/owner/shop"))

    page = await owner.post("/owner/shop", {"csrf": foreign, "contact": "02-000-0000"})

    assert page.status == 403


@pytest.mark.parametrize("token", ["", "가", "\x00", "a" * 5000])
async def test_a_strange_token_is_refused_politely(owner: Browser, token: str) -> None:
    assert (await owner.post("/owner/shop", {"csrf": token})).status == 403


@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 303), ("none", 303), ("cross-site", 403), ("same-site", 403)],
)
async def test_a_form_of_another_site_is_refused(owner: Browser, site: str, status: int) -> None:
    token = token_on(await owner.get("/owner/shop"))
    fields = {"csrf": token, "contact": "02-123-4567"}

    page = await owner.post("/owner/shop", fields, headers={"Sec-Fetch-Site": site})

    assert page.status == status


async def test_another_site_cannot_press_an_invitations_button(stranger: Browser) -> None:
    page = await stranger.post("/join/token", headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status == 403
