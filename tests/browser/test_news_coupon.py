"""News with a coupon on a small phone, without scripts: made, chosen, hinted at, sent, counted."""

import pytest
from playwright.async_api import Page, expect

from campaigns.plan import plan_next
from tests.browser.place import Place, looks_right
from tests.console.street import give_grant

pytestmark = pytest.mark.asyncio(loop_scope="session")

TITLE = "사장님이 직접 구운 단팥빵 1개 무료"
LOOK = "어떻게 보이는지 보기"


async def test_a_coupon_is_made_and_sent_along(place: Place) -> None:
    await place.books.write(give_grant, place.street, is_started=True)
    owner = await place.open(has_scripts=False)
    await make_coupon(owner, place)

    await owner.goto(f"{place.url}/owner/send")
    await owner.get_by_label("보낼 말").fill("오늘 3시 식빵 나와요")
    await owner.get_by_label("쿠폰 함께 드리기").select_option(f"{TITLE} (14일 동안)")
    await looks_right(owner)
    await owner.get_by_role("button", name=LOOK).click()
    await expect(owner.get_by_text("글에 쿠폰 이름을 적어 주세요")).to_be_visible()
    await looks_right(owner)

    await owner.get_by_role("button", name="고치기").click()
    await owner.get_by_label("보낼 말").fill(f"오늘 오시면 {TITLE}")
    await owner.get_by_role("button", name=LOOK).click()
    await expect(owner.get_by_text("14일 동안 쓰실 수 있어요")).to_be_visible()
    await expect(owner.get_by_text("글에 쿠폰 이름을 적어 주세요")).to_be_hidden()
    await owner.get_by_role("button", name="1명에게 보내기").click()
    await expect(owner.get_by_text("함께 드릴 쿠폰")).to_be_visible()
    await place.books.write(plan_next, place.clock.at)
    await owner.reload()

    await expect(owner.get_by_text("쿠폰 사용 0장")).to_be_visible()
    await looks_right(owner)


async def make_coupon(owner: Page, place: Place) -> None:
    await owner.goto(f"{place.url}/owner/send")
    await looks_right(owner)
    await owner.get_by_role("link", name="쿠폰 만들기").click()
    await owner.get_by_label("무엇을").fill(TITLE.removesuffix(" 1개 무료"))
    await owner.get_by_label("소식과 함께 드리기").check()
    await owner.get_by_role("button", name="쿠폰 만들기").click()
    await expect(owner.get_by_role("heading", name=TITLE)).to_be_visible()
