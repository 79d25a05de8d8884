"""카카오로 들어오기 in a real browser: our page, the pretend Kakao's pages, and back."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.place import looks_right
from tests.browser.stage import DESK, Street, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL = ViewportSize(width=375, height=812)


async def choose(page: Page, street: Street, name: str, *, consents: bool) -> None:
    """On Kakao's own pages."""
    await expect(page).to_have_url(re.compile(f"^{street.world}/oauth/authorize"))
    await page.get_by_role("button", name=name, exact=True).click()
    if consents:
        await page.get_by_role("button", name="동의하고 계속하기").click()


async def test_an_owner_links_an_account_and_comes_in_with_it_elsewhere(
    street: Street, windows: Windows
) -> None:
    phone = await windows.open(SMALL)
    await phone.goto(street.address + await second_shop(phone, street))
    await phone.goto(f"{street.address}/owner/chat")
    await phone.get_by_role("link", name="들어오는 방법").click()
    await looks_right(phone)
    await _look(phone, "account-none")
    await phone.get_by_role("button", name="카카오계정 이어 두기").click()
    await choose(phone, street, "사장님", consents=True)
    await expect(phone).to_have_url(f"{street.address}/account")
    await expect(phone.get_by_role("main")).to_contain_text("카카오계정으로 들어올 수 있어요")
    await looks_right(phone)
    await _look(phone, "account-linked")

    desk = await windows.open(DESK)
    await desk.goto(f"{street.address}/owner")
    await looks_right(desk)
    await _look(desk, "sign-in")
    await desk.get_by_role("link", name="카카오로 들어오기").click()
    await looks_right(desk)
    await _look(desk, "login")
    await desk.get_by_role("button", name="카카오로 들어오기").click()
    await choose(desk, street, "사장님", consents=False)
    await expect(desk.get_by_role("heading", name="어디로 갈까요?")).to_be_visible()
    await looks_right(desk)
    await _look(desk, "places")
    await desk.get_by_role("button").last.click()
    await expect(desk).to_have_url(f"{street.address}/owner")


async def second_shop(page: Page, street: Street) -> str:
    """The way in of a shop whose owner has linked nothing yet."""
    await page.goto(street.address)
    ways = page.get_by_role("link", name="사장님으로")
    return await ways.nth(1).get_attribute("href") or ""


async def test_who_cancels_or_has_nothing_linked_is_told_what_to_do(
    street: Street, windows: Windows
) -> None:
    phone = await windows.open(SMALL)
    await phone.goto(f"{street.address}/login")
    await phone.get_by_role("button", name="카카오로 들어오기").click()
    await phone.get_by_role("button", name="나", exact=True).click()
    await phone.get_by_role("button", name="취소").click()
    await expect(phone.get_by_role("heading", name="들어오기를 그만두셨어요")).to_be_visible()
    await looks_right(phone)
    await phone.get_by_role("link", name="다시 하기").click()
    await phone.get_by_role("button", name="카카오로 들어오기").click()
    await phone.get_by_role("button", name="나", exact=True).click()
    await phone.get_by_role("button", name="동의하고 계속하기").click()
    await expect(phone.get_by_role("heading", name="아직 이어 둔 가게가 없어요")).to_be_visible()
    await looks_right(phone)
    await _look(phone, "stranger")


async def _look(page: Page, name: str) -> None:
    """A picture for whoever wants to see what was tested."""
    if folder := os.environ.get("DANGOL_LOOK"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
