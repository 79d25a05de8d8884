"""Pictures of the money: a month, a way through the books, the log, a pot, an owner's month."""

from playwright.async_api import Page

from tests.browser.pictures import take
from tests.browser.stage import Street

DESK_PAGES = (
    ("pots", "manager-pots"),
    ("trail", "manager-trail"),
    ("audit", "manager-audit"),
    ("losing", "manager-losing"),
)


async def show_money(manager: Page, owner: Page, street: Street) -> None:
    for path, name in DESK_PAGES:
        await manager.goto(f"{street.address}/manager/{path}")
        await take(manager, name)
    await manager.goto(f"{street.address}/manager/statements")
    await manager.locator("main table a").first.click()
    await take(manager, "manager-month")
    for path, name in (("statements", "owner-month"), ("wallet", "owner-wallet")):
        await owner.goto(f"{street.address}/owner/{path}")
        await take(owner, name)
