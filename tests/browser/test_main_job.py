"""The main job by clicking: join, consent, write, send, receive, count the money, refuse."""

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from tests.browser import steps
from tests.browser.stage import DESK, Street, Windows

pytestmark = pytest.mark.asyncio(loop_scope="session")

VISITOR_PHONE = "010-1234-5678"
REFUSE = "무료 수신거부"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A shop of its own for each way, so that no story disturbs another."""

    slug: str
    shop: str
    shape: str
    by: str = ""


STORIES = (
    Story(slug="happy-bakery", shop="행복베이커리", shape="사진 한 장과 글"),
    Story(slug="goun-tteok", shop="고운떡집", shape="글만"),
    Story(slug="mom-banchan", shop="엄마손반찬", shape="글만", by="카카오톡(번호)"),
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.by or story.shape)
async def test_news_reaches_a_new_regular_and_every_won_is_seen(
    windows: Windows, street: Street, story: Story
) -> None:
    customer = await windows.open(scripts=True)
    await steps.enter_by_qr(customer, street, story.slug)
    await steps.join(customer)
    if story.by:
        await steps.leave_number(customer, VISITOR_PHONE)
    await steps.add_channel(customer)

    owner = await windows.open()
    await owner.goto(f"{street.address}/demo/owner/{story.slug}")
    await steps.write_news(owner, street, story.shape)
    promise = await steps.look(owner)
    if story.by:
        promise = await steps.go_by(owner, story.by)
    await expect(owner.locator(".bubble")).to_contain_text("(광고)")
    await steps.send(owner)
    await steps.wait_for_result(owner)

    await see_the_news(customer)
    await see_the_result(owner, promise)
    await see_the_spending(windows, street, story, promise)
    await refuse_and_be_gone(customer, owner, street)


async def see_the_news(customer: Page) -> None:
    """I8: as the handset shows it, from the mark to the way to refuse."""
    news = steps.newest_message(customer)
    await expect(news).to_contain_text(steps.NEWS)
    assert (await news.inner_text()).startswith("(광고)")
    await expect(news.get_by_role("button", name=REFUSE)).to_be_visible()


async def see_the_result(owner: Page, promise: steps.Promise) -> None:
    received = owner.locator(".keys li", has_text="받으셨어요")
    spent = owner.locator(".card", has_text="쓴 지원금")

    assert steps.number(await received.inner_text()) == promise.people
    assert steps.number(await spent.inner_text()) == promise.won


async def see_the_spending(
    windows: Windows, street: Street, story: Story, promise: steps.Promise
) -> None:
    manager = await windows.open(DESK)
    await manager.goto(f"{street.address}/demo/manager")
    row = manager.get_by_role("row", name=re.compile(story.shop))

    await expect(row).to_contain_text("방금")
    await expect(row.get_by_role("cell", name=f"{promise.won:,}원", exact=True)).to_be_visible()


async def refuse_and_be_gone(customer: Page, owner: Page, street: Street) -> None:
    """L4, L11: one press in the message itself."""
    before = await listeners(owner, street)

    await steps.press(customer, REFUSE)

    await expect(customer.get_by_text("[수신 거부 처리 결과]").last).to_be_visible()
    assert await listeners(owner, street) == before - 1


async def listeners(owner: Page, street: Street) -> int:
    await owner.goto(f"{street.address}/owner")
    return steps.number(await owner.locator(".card", has_text="소식 받는 단골").inner_text())


async def test_a_refusal_can_be_taken_back_and_my_info_says_so(
    windows: Windows, street: Street
) -> None:
    customer = await windows.open(scripts=True)
    await steps.enter_by_qr(customer, street, "dried-fish")
    await steps.join(customer)
    await steps.press(customer, "건너뛰기")

    await steps.press(customer, REFUSE)
    await steps.press(customer, "다시 받을래요")
    await steps.press(customer, "건너뛰기")
    await steps.press(customer, "내 정보")

    await expect(customer.locator(".items").last).to_contain_text("받는 중")


async def test_adding_the_channel_from_the_qr_page_makes_a_friend(
    windows: Windows, street: Street
) -> None:
    customer = await windows.open(scripts=True)
    await customer.goto(f"{street.address}/s/gukbap")

    await customer.get_by_role("link", name="톡채널 추가하기").click()

    await expect(customer.locator(".is-theirs").first).to_be_visible()
    await expect(customer.locator(".banner")).to_have_count(0)


async def test_a_second_press_on_send_sends_nothing_twice(windows: Windows, street: Street) -> None:
    owner = await windows.open()
    await owner.goto(f"{street.address}/demo/owner/fresh-fruit")
    await steps.write_news(owner, street, "글만")
    promise = await steps.look(owner)
    await steps.send(owner)
    first = owner.url

    await owner.go_back()
    await steps.send(owner)
    await steps.wait_for_result(owner)

    assert owner.url == first
    await see_the_result(owner, promise)
    await owner.goto(f"{street.address}/owner/campaigns")
    await expect(owner.locator(".news")).to_have_count(1)


async def test_what_is_booked_for_later_can_be_taken_back(windows: Windows, street: Street) -> None:
    owner = await windows.open()
    await owner.goto(f"{street.address}/demo/owner/bada-fish")
    await steps.write_news(owner, street, "글만")
    await owner.get_by_text("시간 정하기").click()
    await owner.locator("#due").fill(await next_week_at_three(owner))
    await steps.look(owner)
    await steps.send(owner)

    await owner.get_by_role("button", name="보내지 않기").click()

    await expect(owner.get_by_role("heading", name="취소했어요")).to_be_visible()
    await owner.goto(f"{street.address}/owner")
    await expect(owner.locator(".purse .big")).to_have_text("300,000원")


async def next_week_at_three(page: Page) -> str:
    """The demo begins today or on the next Monday; a week later is always ahead."""
    day = "new Date(Date.now() + 7 * 864e5).toISOString().slice(0, 10)"
    return f"{await page.evaluate(day)}T15:00"


async def test_an_offered_grant_is_started_by_one_press(windows: Windows, street: Street) -> None:
    owner = await windows.open()
    await owner.goto(f"{street.address}/demo/owner/spring-flower")

    await owner.get_by_role("button", name="사용하기").click()

    await expect(owner.locator(".purse .big")).to_have_text("600,000원")
    await expect(owner.get_by_role("button", name="사용하기")).to_have_count(0)


async def test_an_invited_owner_comes_in_and_the_old_link_leads_home(
    windows: Windows, street: Street
) -> None:
    manager = await windows.open(DESK)
    await manager.goto(f"{street.address}/demo/manager")
    await manager.get_by_role("link", name="할매국밥").click()
    await manager.get_by_label("사장님 성함").fill("정새로")
    await manager.get_by_role("button", name="초대 링크 만들기").click()
    link = await manager.locator(".link").inner_text()

    owner = await windows.open()
    await owner.goto(link)
    await owner.get_by_role("button", name="들어가기").click()
    await expect(owner.get_by_role("heading", name="할매국밥")).to_be_visible()
    await owner.goto(link)
    await expect(owner.get_by_role("heading", name="할매국밥")).to_be_visible()

    stranger = await windows.open()
    await stranger.goto(link)
    await expect(stranger.get_by_role("heading", name="이미 쓴 링크예요")).to_be_visible()
