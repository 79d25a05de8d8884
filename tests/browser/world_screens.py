"""The pictures of a message of several things, and of the pretend world behind the demo."""

from playwright.async_api import FilePayload, expect

from dangol.pictures import draw_picture
from tests.browser import steps
from tests.browser.pictures import take
from tests.browser.stage import DESK, PHONE, Street, Windows

FISH_SHOP = "dried-fish"
THINGS = {"p0_title": "멸치 한 봉지 4,500원", "p1_title": "황태채 120g 9,000원"}
COLORS = (
    ((214, 226, 232), (120, 132, 140), (240, 240, 236)),
    ((240, 226, 190), (196, 150, 84), (252, 246, 226)),
)
TO_CHAT = "(one) => { one.scrollIntoView(); scrollBy(0, -16); }"


async def show_items(windows: Windows, street: Street, scale: float) -> None:
    """Composed from photos of the day, as its customers will see it."""
    owner = await windows.open(PHONE, scripts=True, scale=scale)
    await owner.goto(f"{street.address}/demo/owner/{FISH_SHOP}")
    await steps.write_news(owner, street, "여러 가지 한눈에", "새 건어물이 들어왔어요")
    for name, text in THINGS.items():
        await owner.locator(f"#{name}").fill(text)
    for number, photos in enumerate(await owner.locator(".part-photo").all()):
        await photos.locator("summary").click()
        drawn = draw_picture(COLORS[number % len(COLORS)], number)
        photo = FilePayload(name="a.png", mimeType="image/png", buffer=drawn)
        await photos.get_by_label("새 사진 올리기").set_input_files(photo)
        await expect(photos.get_by_text("사진 바꾸기")).to_be_visible()
        await expect(owner.locator("#parts")).not_to_have_attribute("aria-busy", "true")
    await steps.look(owner)
    await owner.locator(".chat").first.evaluate(TO_CHAT)
    await take(owner, "owner-items")


async def show_world(windows: Windows, street: Street) -> None:
    page = await windows.open(DESK, scripts=True)
    for path, name in (("feed", "world-feed"), ("faults", "world-faults")):
        await page.goto(f"{street.world}/{path}")
        await take(page, name)
