"""The program's pages at a desk: new terms looked at and written, an auditor let in to read."""

import pytest
from playwright.async_api import expect

from tests.browser import measures
from tests.browser.stage import DESK, PHONE, Street, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_new_terms_are_looked_at_before_they_are_written(
    windows: Windows, street: Street
) -> None:
    page = await windows.open(PHONE)
    await page.goto(f"{street.address}/demo/manager")
    await page.goto(f"{street.address}/manager/terms")
    await page.get_by_label("돌아온 돈을 더 쓰는 날").fill("7")
    await page.get_by_role("button", name="무엇이 바뀌는지 보기").click()

    await expect(page.get_by_role("heading", name="2판으로 바꾸면")).to_be_visible()
    await expect(page.get_by_text("0일 동안 더 씀 → 7일 동안 더 씀")).to_be_visible()
    await expect(page.get_by_label("돌아온 돈을 더 쓰는 날")).to_have_value("7")
    assert await measures.faults(page) == []

    await page.get_by_role("button", name="이대로 2판을 쓸게요").click()

    await expect(page.get_by_text("새 판을 썼어요")).to_be_visible()
    await expect(page.get_by_text("7일 더 쓸 수 있어요")).to_be_visible()


async def test_an_auditor_comes_in_by_the_link_and_only_reads(
    windows: Windows, street: Street
) -> None:
    manager = await windows.open(DESK)
    await manager.goto(f"{street.address}/demo/manager")
    await manager.get_by_role("link", name="사람", exact=True).click()
    await manager.get_by_label("이름", exact=True).fill("최감사")
    await manager.get_by_role("radio", name="감사").check()
    await manager.get_by_role("button", name="초대 링크 만들기").click()
    link = await manager.locator(".link").inner_text()

    auditor = await windows.open(DESK)
    await auditor.goto(link)
    await auditor.get_by_role("button", name="들어가기").click()
    await expect(auditor.get_by_text("최감사 감사")).to_be_visible()
    await auditor.get_by_role("link", name="행복베이커리").click()
    await expect(auditor.get_by_role("heading", name="참여 자격")).to_be_visible()
    await expect(auditor.get_by_label("연 매출 (원)")).to_be_disabled()
    await expect(auditor.get_by_role("button")).to_have_text(["나가기"])
    assert await measures.faults(auditor) == []


async def test_the_whole_menu_is_seen_at_a_desk(windows: Windows, street: Street) -> None:
    page = await windows.open(DESK)
    await page.goto(f"{street.address}/demo/manager")
    menu = page.get_by_role("navigation", name="메뉴")

    assert await menu.evaluate("(all) => all.scrollWidth - all.clientWidth") == 0
    await expect(menu.get_by_role("link").last).to_be_in_viewport(ratio=1)
