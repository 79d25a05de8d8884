"""Every page in a real browser: it fits, it is quiet, it can be pressed and read."""

import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Page, ViewportSize, expect

from tests.browser import measures, steps
from tests.browser.stage import DESK, PHONE, Street, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

SLUG = "alley-coffee"
OWNER_PAGES = (
    "/owner",
    "/owner/send",
    "/owner/campaigns",
    "/owner/campaigns/ID",
    "/owner/grants",
    "/owner/wallet",
    "/owner/by-hand",
    "/owner/shop",
    "/owner/questions",
    "/owner/ideas",
    "/owner/poster",
    "/owner/counter",
    "/owner/counter/qr",
    "/owner/counter/pin",
    "/owner/counter/poster",
    "/owner/regulars",
    "/owner/card",
    "/owner/coupons",
    "/owner/paper",
    "/owner/nothing",
)
MANAGER_PAGES = (
    "/manager",
    "/manager/shops/1",
    "/manager/shops/1/wallet",
    "/manager/shops/new",
    "/manager/shops/999",
    "/manager/people",
    "/manager/terms",
    "/manager/cohorts",
    "/manager/prices",
    "/manager/operating",
    "/manager/statutory",
    "/manager/templates",
    "/manager/losing",
    "/manager/bills",
)
OPEN_PAGES = ("/", "/s/happy-bakery", "/s/nothing", "/join/nothing", "/owner")
WORLD_PAGES = ("/", "/phones/me", "/phones/p1")
PAGE_BYTES_MAX = 60_000


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def news_link(street: Street) -> AsyncIterator[dict[str, str]]:
    """The address of one news sent by the shop that these tests look at."""
    yield {}


@pytest_asyncio.fixture(loop_scope="session")
async def owner(windows: Windows, street: Street, news_link: dict[str, str]) -> Page:
    page = await windows.open()
    await page.goto(f"{street.address}/demo/owner/{SLUG}")
    if not news_link:
        await steps.write_news(page, street, "글만")
        await steps.look(page)
        await steps.send(page)
        await steps.wait_for_result(page)
        news_link["/owner/campaigns/ID"] = page.url.removeprefix(street.address)
    return page


async def test_owner_pages_fit_a_phone_and_a_thumb(
    owner: Page, street: Street, news_link: dict[str, str]
) -> None:
    for path in OWNER_PAGES:
        await owner.goto(street.address + news_link.get(path, path))

        assert (path, await measures.faults(owner)) == (path, [])
        assert (path, await measures.small_targets(owner)) == (path, [])


async def test_previews_fit_a_phone_and_a_thumb(owner: Page, street: Street) -> None:
    for shape in ("사진 한 장과 글", "글만"):
        await steps.write_news(owner, street, shape, "#{고객명}님, " + "아주긴말" * 20)
        await steps.look(owner)

        assert (shape, await measures.faults(owner)) == (shape, [])
        assert (shape, await measures.small_targets(owner)) == (shape, [])


async def test_owner_pages_are_light(
    owner: Page, street: Street, news_link: dict[str, str]
) -> None:
    """Everything but photographs, as a phone loads it for the first time."""
    for path in OWNER_PAGES:
        size = await measures.weight(owner, street.address + news_link.get(path, path))

        assert (path, size <= PAGE_BYTES_MAX) == (path, True)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_manager_pages_fit(windows: Windows, street: Street, size: ViewportSize) -> None:
    page = await windows.open(size)
    await page.goto(f"{street.address}/demo/manager")

    for path in MANAGER_PAGES:
        await page.goto(street.address + path)

        assert (path, await measures.faults(page)) == (path, [])


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_pages_for_everybody_fit(
    windows: Windows, street: Street, size: ViewportSize
) -> None:
    page = await windows.open(size)

    for path in OPEN_PAGES:
        await page.goto(street.address + path)

        assert (path, await measures.faults(page)) == (path, [])


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_pages_of_the_pretend_world_fit(
    windows: Windows, street: Street, size: ViewportSize
) -> None:
    page = await windows.open(size, scripts=True)

    for path in WORLD_PAGES:
        await page.goto(street.world + path)

        assert (path, await measures.overflow(page)) == (path, 0)


async def test_the_doors_of_the_start_page_open(windows: Windows, street: Street) -> None:
    start = await windows.open(DESK, scripts=True)
    await start.goto(street.address)
    expected = {
        "손님의 휴대폰": "행복베이커리",
        "사장님의 채팅": "행복베이커리",
        "사장님의 화면": "행복베이커리",
        "담당자": "소신상인",
    }

    for door, heading in expected.items():
        async with start.context.expect_page() as opening:
            await start.locator(".door", has=start.get_by_text(door, exact=True)).click()
        opened = await opening.value
        await expect(opened.get_by_role("heading", name=re.compile(heading))).to_be_visible()


BAD_NEWS = {
    "": "보낼 말을 적어 주세요",
    "#{이름}님, 나와요": "#{이름}",
}


@pytest.mark.parametrize("words", BAD_NEWS)
async def test_bad_news_is_said_beside_the_words_which_stay(
    owner: Page, street: Street, words: str
) -> None:
    await steps.write_news(owner, street, "글만", words)

    await owner.get_by_role("button", name="어떻게 보이는지 보기").click()

    await expect(owner.locator(".field:has(#body) #body-mistake")).to_contain_text(BAD_NEWS[words])
    await expect(owner.get_by_label("보낼 말")).to_have_value(words)
    await expect(owner.get_by_label("글만")).to_be_checked()


async def test_a_time_that_has_passed_is_said_beside_the_time(owner: Page, street: Street) -> None:
    await steps.write_news(owner, street, "글만")
    await owner.get_by_text("시간 정하기").click()
    await owner.locator("#due").fill("2020-01-01T15:00")

    await owner.get_by_role("button", name="어떻게 보이는지 보기").click()

    await expect(owner.locator("fieldset:has(#due) #due_at-mistake")).to_be_visible()
    await expect(owner.locator("#due")).to_have_value("2020-01-01T15:00")
    await expect(owner.get_by_label("보낼 말")).to_have_value(steps.NEWS)


async def test_a_wrong_number_is_said_beside_the_number(owner: Page, street: Street) -> None:
    await owner.goto(f"{street.address}/owner/shop")
    await owner.get_by_label("전화번호").fill("12345")
    await owner.get_by_label("첫인사").fill("어서 오세요")

    await owner.get_by_role("button", name="저장하기", exact=True).click()

    await expect(owner.locator(".field:has(#contact) #contact-mistake")).to_be_visible()
    await expect(owner.get_by_label("전화번호")).to_have_value("12345")
    await expect(owner.get_by_label("첫인사")).to_have_value("어서 오세요")


async def test_a_picture_becomes_the_shops_own_and_a_text_does_not(
    owner: Page, street: Street
) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (1200, 900), (200, 120, 60)).save(photo, "JPEG")
    await owner.goto(f"{street.address}/owner/shop")
    before = await owner.locator(".shop-picture").get_attribute("src")

    await choose_photo(owner, b"not a picture")
    await expect(owner.locator("#picture-mistake")).to_be_visible()
    await choose_photo(owner, photo.getvalue())

    await expect(owner.get_by_text("사진을 바꿨어요")).to_be_visible()
    assert await owner.locator(".shop-picture").get_attribute("src") != before


async def choose_photo(owner: Page, body: bytes) -> None:
    file = owner.locator("input[type=file]")
    await file.set_input_files({"name": "bread.jpg", "mimeType": "image/jpeg", "buffer": body})
    await owner.get_by_role("button", name="이 사진으로 하기").click()


async def test_a_grant_with_everything_wrong_says_all_of_it(
    windows: Windows, street: Street
) -> None:
    manager = await windows.open(DESK)
    await manager.goto(f"{street.address}/demo/manager")
    await manager.get_by_role("link", name="골목커피").click()
    await manager.get_by_label("금액").fill("삼십만")

    await manager.get_by_role("button", name="드리기").click()

    for name in ("amount", "start_by", "expires_at"):
        await expect(manager.locator(f".field:has(#{name}) #{name}-mistake")).to_be_visible()
    await expect(manager.get_by_label("금액")).to_have_value("삼십만")


async def test_a_shop_with_everything_wrong_says_all_of_it(
    windows: Windows, street: Street
) -> None:
    manager = await windows.open(DESK)
    await manager.goto(f"{street.address}/demo/manager")
    await manager.get_by_role("link", name="가게 열기").click()
    await manager.get_by_label("전화번호").fill("1")

    await manager.get_by_role("button", name="열기").click()

    for name in ("name", "trade", "slug", "contact"):
        await expect(manager.locator(f".field:has(#{name}) #{name}-mistake")).to_be_visible()
