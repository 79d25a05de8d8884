"""What the people of the main job press, in their own words."""

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from bot.door import SEEN_AFTER_SECONDS
from tests.browser.stage import PATIENCE_MS, Street

READING_MS = 1_000 * SEEN_AFTER_SECONDS + 300
NUMBER = re.compile(r"[\d,.]+")
NEWS = "오늘 3시 식빵 나와요"


@dataclass(frozen=True, slots=True)
class Promise:
    """What the preview said before anything was sent."""

    people: int
    won: int


def number(text: str) -> int:
    """The first number of a text, whole won or people."""
    found = NUMBER.search(text)
    assert found, text
    return int(found[0].replace(",", ""))


async def enter_by_qr(page: Page, street: Street, slug: str) -> None:
    await page.goto(f"{street.address}/s/{slug}")
    await page.get_by_role("link", name="카카오톡으로 단골 되기").click()
    await expect(page.locator(".is-theirs").first).to_be_visible()


async def press(page: Page, label: str) -> None:
    """The newest quick reply or button of that name; then the chat has answered."""
    answers = page.locator(".is-theirs .said")
    before = await answers.count()
    await page.get_by_role("button", name=label, exact=True).last.click()
    await expect(answers.nth(before)).to_be_visible()


async def say(page: Page, words: str) -> None:
    """Typed words; then the chat has answered."""
    answers = page.locator(".is-theirs .said")
    before = await answers.count()
    await page.locator("#words").fill(words)
    await page.get_by_role("button", name="보내기").click()
    await expect(answers.nth(before)).to_be_visible()


async def join(page: Page) -> None:
    """From the welcome to the consent, in three presses."""
    await press(page, "단골 되기")
    await press(page, "네, 14세 이상이에요")
    await press(page, "네, 소식 받을래요")


async def leave_number(page: Page, phone: str) -> None:
    """As a person does, who reads the text first: a number typed blind is asked for again."""
    await page.wait_for_timeout(READING_MS)
    await page.locator("#words").fill(phone)
    await page.get_by_role("button", name="보내기").click()
    await expect(page.get_by_text("번호를 저장했어요")).to_be_visible()


async def add_channel(page: Page) -> None:
    await page.locator(".banner").get_by_role("button", name="채널 추가").click()
    await expect(page.locator(".banner")).to_have_count(0)


async def write_news(page: Page, street: Street, way: str, words: str = NEWS) -> None:
    await page.goto(f"{street.address}/owner/send")
    await page.get_by_label("보낼 말").fill(words)
    await page.get_by_text(way, exact=True).click()


async def look(page: Page) -> Promise:
    """To the preview, and what it promises."""
    await page.get_by_role("button", name="어떻게 보이는지 보기").click()
    return await promised(page)


async def promised(page: Page) -> Promise:
    people, won = (await page.locator(".sum").inner_text()).split("·", 1)
    return Promise(number(people), number(won))


async def go_by(page: Page, way: str) -> Promise:
    """The preview again, by a way that its owner insists on."""
    await page.get_by_text("다른 방법 보기").click()
    await page.get_by_role("button", name=f"{way}으로 바꾸기").click()
    await expect(page.get_by_text("고르신 대로")).to_be_visible()
    return await promised(page)


async def send(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("명에게 보내기")).click()
    await page.wait_for_url(re.compile("/owner/campaigns/"))


async def wait_for_result(page: Page) -> None:
    """The page looks again by itself until everybody has been reported."""
    heading = page.get_by_role("heading", name=re.compile("명이 받으셨어요"))
    await expect(heading).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator(".keys li", has_text="보내는 중")).to_contain_text("0명")


def newest_message(page: Page) -> Locator:
    return page.locator(".is-theirs .said-row").last
