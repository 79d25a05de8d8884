"""Takes the pictures of README and docs, by living the main job once: `make screens`.

The street and its people are the same every time; only the date is today's.
"""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, ViewportSize

from tests.browser import steps
from tests.browser.chat_screens import show_asking, show_owners_chat, show_owners_pages
from tests.browser.money_screens import show_money
from tests.browser.pictures import FOLDER, take
from tests.browser.regulars_screens import show_loyalty
from tests.browser.result_screens import show_dry_run, show_halts, show_what_it_brought
from tests.browser.stage import DESK, PHONE, Street, Windows, open_chromium, running_street
from tests.browser.world_screens import show_items, show_world

PEOPLE = 3_000
PHONE_SCALE = 1.5
SHORT_PHONE = ViewportSize(width=390, height=730)
BAKERY = "happy-bakery"
NEIGHBORS = {"goun-tteok": "오늘 아침에 찐 인절미, 아직 따뜻해요", "bada-fish": "고등어 들어왔어요"}


async def live(windows: Windows, street: Street) -> None:
    await show_doors(windows, street)
    customer = await meet(windows, street)
    owner = await tell(windows, street)
    result = owner.url
    await customer.bring_to_front()
    await steps.newest_message(customer).get_by_text(steps.NEWS).wait_for()
    await take(customer, "phone-receives")
    await show_why(windows, customer)
    await show_shop(owner, street)
    await show_asking(customer)
    phone = await windows.open(SHORT_PHONE, scripts=True, scale=PHONE_SCALE)
    await show_owners_chat(phone, street)
    await show_owners_pages(owner, street)
    await show_loyalty(owner, customer, street)
    await show_what_it_brought(owner, result)
    await show_neighbors(windows, street)
    manager = await show_program(windows, street)
    await show_money(manager, owner, street)
    await show_halts(manager, street)
    await show_items(windows, street, PHONE_SCALE)
    await show_world(windows, street)
    await steps.press(customer, "무료 수신거부")
    await take(customer, "phone-refuses")


async def show_doors(windows: Windows, street: Street) -> None:
    for size, name, scale in ((DESK, "start", 1.0), (PHONE, "start-phone", PHONE_SCALE)):
        page = await windows.open(size, scale=scale)
        await page.goto(street.address)
        await take(page, name)


async def meet(windows: Windows, street: Street) -> Page:
    customer = await windows.open(SHORT_PHONE, scripts=True, scale=PHONE_SCALE)
    await customer.goto(f"{street.address}/s/{BAKERY}")
    await take(customer, "shop-qr")
    await steps.enter_by_qr(customer, street, BAKERY)
    await steps.press(customer, "단골 되기")
    await steps.press(customer, "네, 14세 이상이에요")
    await take(customer, "phone-join")
    await steps.press(customer, "네, 소식 받을래요")
    await steps.press(customer, "건너뛰기")
    await steps.add_channel(customer)
    await take(customer, "phone-joined")
    return customer


async def show_why(windows: Windows, customer: Page) -> None:
    """Behind the link of the advertisement that has just come, and the shop's privacy page."""
    link = steps.newest_message(customer).get_by_role("link", name="왜 받았나요?")
    page = await windows.open(PHONE, scale=PHONE_SCALE)
    await page.goto(await link.get_attribute("href") or "")
    await take(page, "why")
    await page.get_by_role("link", name="개인정보 처리방침").click()
    await take(page, "privacy")


async def tell(windows: Windows, street: Street) -> Page:
    owner = await windows.open(PHONE, scale=PHONE_SCALE)
    await owner.goto(f"{street.address}/demo/owner/{BAKERY}")
    await take(owner, "owner-today")
    await steps.write_news(owner, street, "사진 한 장과 글")
    await owner.evaluate("scrollTo(0, 0)")
    await take(owner, "owner-send")
    await steps.look(owner)
    await take(owner, "owner-preview")
    await show_dry_run(owner)
    await steps.send(owner)
    await steps.wait_for_result(owner)
    await take(owner, "owner-result")
    return owner


async def show_shop(owner: Page, street: Street) -> None:
    for path, name in (("grants", "owner-grants"), ("shop", "owner-shop"), ("poster", "poster")):
        await owner.goto(f"{street.address}/owner/{path}")
        await take(owner, name)


async def show_neighbors(windows: Windows, street: Street) -> None:
    """Two more shops send, so that the manager has something to see."""
    for slug, words in NEIGHBORS.items():
        owner = await windows.open()
        await owner.goto(f"{street.address}/demo/owner/{slug}")
        await steps.write_news(owner, street, "글만", words)
        await steps.look(owner)
        await steps.send(owner)
        await steps.wait_for_result(owner)


async def show_program(windows: Windows, street: Street) -> Page:
    manager = await windows.open(DESK)
    await manager.goto(f"{street.address}/demo/manager")
    await take(manager, "manager-overview")
    await manager.get_by_role("link", name="행복베이커리").click()
    await take(manager, "manager-shop")
    world = await windows.open(DESK, scripts=True)
    await world.goto(f"{street.world}/phones/me")
    await world.locator(".thread").first.click()
    await world.locator(".is-theirs").last.wait_for()
    await take(world, "simulator")
    return manager


async def in_chromium(street: Street) -> None:
    async with open_chromium() as browser:
        windows = Windows(browser)
        await live(windows, street)
        await windows.close()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_street(Path(folder), PEOPLE) as street:
        asyncio.run(in_chromium(street))


if __name__ == "__main__":
    main()
