"""The weekly idea in a real browser on a small phone, without scripts."""

import pytest
from playwright.async_api import expect

from campaigns.ideas import propose_ideas
from domain.ideas import IdeaTime
from storage.queries.ideas import save_time
from tests.browser.place import Place, looks_right
from tests.console.street import give_grant

pytestmark = pytest.mark.asyncio(loop_scope="session")

IDEAS = "/owner/ideas"


async def test_one_tap_starts_the_ideas_and_another_day_is_chosen(place: Place) -> None:
    page = await place.open(has_scripts=False)
    await page.goto(f"{place.url}/owner")
    await looks_right(page)

    await page.get_by_role("button", name="네, 매주 화요일 오전 10시에").click()
    await expect(page.get_by_role("status")).to_contain_text("하나씩 골라 드려요")
    await looks_right(page)

    await page.get_by_label("요일", exact=True).select_option(label="매주 금요일")
    await page.get_by_label("시각", exact=True).select_option(label="오후 3시")
    await page.get_by_text("카카오톡 메시지로 알려 주기").click()
    await page.get_by_role("button", name="저장하기").click()

    await expect(page.get_by_text("매주 금요일 오후 3시에 하나씩")).to_be_visible()
    await expect(page.get_by_label("시각", exact=True)).to_have_value("15")


async def test_the_idea_is_looked_at_and_sent_with_one_press(place: Place) -> None:
    shop_id, at = place.street.shop_id, place.clock.at
    await place.books.write(give_grant, place.street, is_started=True)
    await place.books.write(save_time, shop_id, IdeaTime(day=0, hour=10), at)
    await place.books.write(propose_ideas, at)
    page = await place.open(has_scripts=False)
    await page.goto(f"{place.url}/owner")
    await page.get_by_text("골라 두었어요").click()
    await expect(page.get_by_role("heading", name="월급날인 분이 많아요")).to_be_visible()
    await looks_right(page)

    await page.get_by_role("button", name="이대로 보내기").click()

    await expect(page).to_have_url(f"{place.url}/owner/campaigns/1")
