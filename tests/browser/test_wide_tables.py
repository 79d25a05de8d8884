"""The tables of the trail, the log and a statement, whole on a desk's screen."""

import pytest

from tests.browser.stage import DESK, Street, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")
CUT = """[...document.querySelectorAll('.scroll:has(table.tight)')]
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => `${one.innerText.slice(0, 30)} ${one.scrollWidth} ${one.clientWidth}`)"""

GREAT = """for (const one of document.querySelectorAll('.tight tbody .num:not(.pair)'))
  one.textContent = '100,000,000원';
for (const one of document.querySelectorAll('.tight tbody .num.pair'))
  one.textContent = '100,000,000원 → 99,999,983.5원'"""


async def test_no_table_is_cut_at_a_laptops_width(windows: Windows, street: Street) -> None:
    page = await windows.open(DESK)
    await page.goto(f"{street.address}/demo/manager")
    await page.goto(f"{street.address}/manager/statements")
    month = await page.locator("tbody a").first.get_attribute("href")
    places = [
        "/manager/trail",
        "/manager/trail/accounts/1",
        "/manager/trail/grants/1",
        "/manager/audit",
        "/manager/statutory",
        str(month),
    ]
    cut, without = {}, []
    for place in places:
        await page.goto(street.address + place)
        if not await page.locator(".scroll table.tight").count():
            without.append(place)
        await page.evaluate(GREAT)
        if found := await page.evaluate(CUT):
            cut[place] = found

    assert without == []
    assert cut == {}
