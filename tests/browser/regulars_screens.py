"""The pictures of stamps, coupons and regulars: a newcomer fills a card of two stamps."""

import re

from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.pictures import take
from tests.browser.stage import Street

CODE = re.compile(r"\b(\d{2}) (\d{2})\b")


async def show_loyalty(owner: Page, customer: Page, street: Street) -> None:
    await owner.goto(f"{street.address}/owner/card")
    await take(owner, "owner-card")
    await owner.get_by_label("도장 몇 개를 채우면").fill("2")
    await owner.get_by_role("button", name="이 카드로 하기").click()
    await _stamp(owner, customer, street, picture="phone-code")
    await take(owner, "owner-stamped")
    await steps.say(customer, "내 도장")
    await take(customer, "phone-card")
    await _stamp(owner, customer, street)
    await steps.say(customer, "내 쿠폰")
    await take(customer, "phone-coupons")
    await owner.goto(f"{street.address}/owner/counter")
    await take(owner, "owner-counter")
    await owner.goto(f"{street.address}/owner/counter/qr")
    await take(owner, "owner-counter-qr")
    await owner.goto(f"{street.address}/owner/regulars")
    await take(owner, "owner-regulars")


async def _stamp(
    owner: Page, customer: Page, street: Street, *, picture: str | None = None
) -> None:
    """The customer asks for a number, the owner types it."""
    await steps.say(customer, "도장 받기")
    if picture:
        await take(customer, picture)
    shown = CODE.search(await steps.newest_message(customer).inner_text())
    assert shown, "no number was shown"
    await owner.goto(f"{street.address}/owner/counter")
    await owner.get_by_label("손님 번호").fill("".join(shown.groups()))
    await owner.get_by_role("button", name="도장 찍기").click()
    await expect(owner.get_by_role("heading", name="도장 1개 찍었어요")).to_be_visible()
