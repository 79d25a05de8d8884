"""The pictures of the chat: a customer asks, an owner sends with two taps."""

from playwright.async_api import Page

from tests.browser import steps
from tests.browser.pictures import take
from tests.browser.stage import Street

QUESTION = "생일 케이크도 예약할 수 있어요?"


async def show_asking(customer: Page) -> None:
    for words, name in (
        ("오늘 문 열어요?", "phone-hours"),
        (QUESTION, "phone-question"),
        ("알림 설정", "phone-settings"),
    ):
        await steps.say(customer, words)
        await take(customer, name)


async def show_owners_chat(owner: Page, street: Street) -> None:
    await owner.goto(f"{street.world}/phones/owner")
    await owner.locator(".thread").first.click()
    await _say(owner, "오늘 식빵 20% 할인 보내줘")
    await take(owner, "chat-preview")
    await steps.press(owner, "그만")
    await _say(owner, "문의")
    await take(owner, "chat-questions")


async def show_owners_pages(owner: Page, street: Street) -> None:
    for path in ("questions", "ideas", "staff"):
        await owner.goto(f"{street.address}/owner/{path}")
        await take(owner, f"owner-{path}")


async def _say(page: Page, words: str) -> None:
    """By the Enter key: one of the quick replies may be called like the sending button."""
    answers = page.locator(".is-theirs .said")
    before = await answers.count()
    await page.locator("#words").fill(words)
    await page.keyboard.press("Enter")
    await answers.nth(before).wait_for()
