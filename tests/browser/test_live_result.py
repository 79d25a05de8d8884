"""A result page in Chromium while a worker sends: it moves by itself, and a stop stops it."""

import pytest
from playwright.async_api import Page, Route, expect

from campaigns.dispatch import Dispatcher
from campaigns.halting import halt_sending
from campaigns.plan import plan_next
from domain.campaigns import CHUNK_SIZE, SenderName
from domain.people import CampaignId
from tests.browser.place import Place, looks_right
from tests.campaigns.fakes import FakeSender
from tests.console.street import MONDAY_TEN, add_regulars, book_news, give_grant

pytestmark = pytest.mark.asyncio(loop_scope="session")

PEOPLE = 250
CHUNK = CHUNK_SIZE[SenderName.KAKAO_EVENT]
SEEN_ONCE = "window.hasNotLeft = true"


async def start(place: Place) -> tuple[CampaignId, FakeSender, Dispatcher]:
    """A campaign to 250 people, planned; nothing has left. The place has one regular already."""
    await place.books.write(give_grant, place.street, is_started=True)
    await place.books.write(add_regulars, place.street.shop_id, PEOPLE - 1)
    campaign_id = await place.books.write(book_news, place.street)
    assert await place.books.write(plan_next, MONDAY_TEN)
    sender = FakeSender(SenderName.KAKAO_EVENT)
    dispatcher = Dispatcher(place.books, {sender.name: sender}, place.clock, place.url)
    return campaign_id, sender, dispatcher


async def open_result(place: Place, campaign_id: CampaignId, *, has_scripts: bool = True) -> Page:
    page = await place.open(has_scripts=has_scripts)
    await page.goto(f"{place.url}/owner/campaigns/{campaign_id}")
    return page


async def test_a_part_that_fails_does_not_open_the_page_again_and_again(place: Place) -> None:
    campaign_id, _, _ = await start(place)
    page = await place.open()
    failed = []

    async def fail(route: Route) -> None:
        failed.append(route.request.url)
        await route.fulfill(status=500)

    await page.route("**/now", fail)
    await page.goto(f"{place.url}/owner/campaigns/{campaign_id}")
    await page.evaluate(SEEN_ONCE)
    async with page.expect_response("**/now"):
        pass
    await page.wait_for_timeout(500)

    assert failed
    assert await page.evaluate("window.hasNotLeft"), "the page was opened again"


async def test_it_moves_by_itself_and_stops_within_one_chunk(place: Place) -> None:
    campaign_id, sender, dispatcher = await start(place)
    page = await open_result(place, campaign_id)
    await expect(page.locator("#now .sum")).to_contain_text(f"{PEOPLE}명 중 0명에게 나갔어요")
    await looks_right(page)
    await page.evaluate(SEEN_ONCE)

    assert await dispatcher.send_next()
    await expect(page.locator("#now .sum")).to_contain_text(f"{CHUNK}명에게 나갔어요")
    assert await page.evaluate("window.hasNotLeft"), "the page itself was not opened again"

    await page.get_by_role("link", name="그만 보내기").click()
    await expect(page.get_by_text("되돌릴 수 없는 분")).to_contain_text(f"{CHUNK}명")
    await looks_right(page)
    await page.get_by_role("button", name="그만 보내기").click()
    while await dispatcher.send_next():
        pass

    await expect(page.get_by_role("heading", name="그만 보냈어요")).to_be_visible()
    assert len(sender.arrived) == CHUNK
    await looks_right(page)


async def test_a_pause_holds_it_and_the_rest_goes_on_later(place: Place) -> None:
    campaign_id, sender, dispatcher = await start(place)
    page = await open_result(place, campaign_id)
    assert await dispatcher.send_next()

    await page.get_by_role("button", name="잠깐 멈춤").click()
    await expect(page.get_by_role("heading", name="잠깐 멈췄어요")).to_be_visible()
    assert not await dispatcher.send_next()
    await looks_right(page)

    await page.get_by_role("button", name="다시 보내기").click()
    await expect(page.get_by_role("heading", name="보내는 중이에요")).to_be_visible()
    while await dispatcher.send_next():
        pass
    await expect(page.locator("#now .sum")).to_contain_text("모두 나갔어요")
    assert set(sender.arrived.values()) == {1}
    assert len(sender.arrived) == PEOPLE


async def test_a_halt_by_the_program_shows_on_the_open_page(place: Place) -> None:
    campaign_id, _, dispatcher = await start(place)
    page = await open_result(place, campaign_id)
    await expect(page.get_by_role("heading", name="보내는 중이에요")).to_be_visible()

    await place.books.write(
        halt_sending,
        program_id=place.street.program_id,
        reason="신고가 있어 확인하고 있어요",
        actor=f"manager:{place.street.manager}",
        at=place.clock.at,
    )

    await expect(page.get_by_role("heading", name="잠깐 멈췄어요")).to_be_visible()
    await expect(page.get_by_text("신고가 있어 확인하고 있어요")).to_be_visible()
    await expect(page.get_by_role("button", name="다시 보내기")).to_have_count(0)
    assert not await dispatcher.send_next()
    await looks_right(page)


async def test_without_scripts_it_refreshes_and_can_be_looked_at_again(place: Place) -> None:
    campaign_id, _, dispatcher = await start(place)
    page = await open_result(place, campaign_id, has_scripts=False)
    await expect(page.get_by_role("link", name="지금 다시 보기")).to_be_visible()

    assert await dispatcher.send_next()
    await page.get_by_role("link", name="지금 다시 보기").click()

    await expect(page.locator("#now .sum")).to_contain_text(f"{CHUNK}명에게 나갔어요")
