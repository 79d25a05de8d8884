"""The pictures of a campaign around its sending: the dry run before, what it brought after."""

from playwright.async_api import Page

from tests.browser.pictures import take
from tests.browser.stage import Street

TO_TOP = "(one) => { one.scrollIntoView(); scrollBy(0, -16); }"


async def show_dry_run(owner: Page) -> None:
    """On the page that shows the news before it is sent."""
    await owner.locator(".total").evaluate(TO_TOP)
    await take(owner, "owner-dry-run")


async def show_what_it_brought(owner: Page, result: str) -> None:
    """`result`: the address of a result's page, some visits later."""
    await owner.goto(result)
    await owner.get_by_role("heading", name="그 뒤 7일 동안").evaluate(TO_TOP)
    await take(owner, "owner-result-later")


async def show_halts(manager: Page, street: Street) -> None:
    await manager.goto(f"{street.address}/manager/halts")
    await take(manager, "manager-halts")
