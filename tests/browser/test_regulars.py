"""The owner's regulars, cards and coupons in a real browser on a small phone, without scripts."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from domain.people import CustomerId
from loyalty.paper import regular_by_phone
from loyalty.regulars import name_regular
from loyalty.sales import Sale
from loyalty.visits import stamp_person
from storage.desk import Tx
from tests.browser.place import Place, looks_right
from tests.console.street import add_regular
from tests.factories import rows

pytestmark = pytest.mark.asyncio(loop_scope="session")

REGULARS = "/owner/regulars"
NUMBER = "010-5550-0077"
OWNER = "owner:1"
LIST = """이름,휴대폰,도장,마지막 방문
김철수,010-1234-5678,7,2026-08-01
박없음,,2,
이영희,010-2345-6789,3개,
"""


def make_two(tx: Tx, place: Place) -> tuple[CustomerId, CustomerId]:
    """One person twice: a number at the counter first, a chat later."""
    shop_id, at = place.street.shop_id, place.clock.at
    paper = regular_by_phone(tx, shop_id, NUMBER.replace("-", ""), actor=OWNER, at=at)
    for days in (14, 10, 6):
        sale = Sale(key=f"paper-{days}", actor=OWNER)
        stamp_person(tx, shop_id, paper, sale, at - timedelta(days=days))
    chat = add_regular(tx, shop_id, "soonja", phone=NUMBER)
    name_regular(tx, shop_id, chat, "정순자", actor=OWNER, at=at)
    return chat, paper


async def open_page(place: Place, path: str) -> Page:
    page = await place.open(has_scripts=False)
    await page.goto(place.url + path)
    await looks_right(page)
    return page


async def test_two_identities_are_merged_where_they_are_seen(place: Place) -> None:
    chat, paper = await place.books.write(make_two, place)
    page = await open_page(place, REGULARS)

    await page.get_by_text("같은 번호를 남긴 두 분이 있어요").click()
    await looks_right(page)
    await page.get_by_role("button", name="한 분으로 합치기").click()

    await expect(page.get_by_role("heading", name="정순자")).to_be_visible()
    await expect(page.get_by_text("3 / 10개")).to_be_visible()
    await expect(page.get_by_text("보통 4일마다 오세요; 6일째 안 오셨어요")).to_be_visible()
    await looks_right(page)
    left = await place.books.read(rows, "SELECT id FROM customer WHERE id = :id", id=paper)
    assert left == []
    assert page.url.endswith(str(chat))


async def test_a_visit_is_undone_from_the_persons_page(place: Place) -> None:
    chat, _ = await place.books.write(make_two, place)
    sale = Sale(key="today", actor=OWNER)
    at = place.clock.at
    await place.books.write(stamp_person, place.street.shop_id, chat, sale, at)
    page = await open_page(place, f"{REGULARS}/{chat}")

    await page.get_by_role("button", name="되돌리기").first.click()

    await expect(page.get_by_role("heading", name="되돌렸어요")).to_be_visible()
    await page.goto(f"{place.url}{REGULARS}/{chat}")
    await expect(page.locator(".story")).to_contain_text("취소했어요")


async def test_a_note_that_may_not_be_written_is_said_beside_it(place: Place) -> None:
    page = await open_page(place, f"{REGULARS}/{place.regular}")

    await page.get_by_label("새 메모").fill("고혈압이 있으세요")
    await page.get_by_role("button", name="메모 적기").click()
    await expect(page.locator("#note-mistake")).to_contain_text("건강 이야기")
    await expect(page.get_by_label("새 메모")).to_have_value("고혈압이 있으세요")
    await looks_right(page)

    await page.get_by_label("새 메모").fill("창가 자리를 좋아하세요")
    await page.get_by_role("button", name="메모 적기").click()
    await expect(page.get_by_text("메모를 적었어요")).to_be_visible()
    await looks_right(page)


async def test_a_card_shows_only_the_fields_of_what_is_given(place: Place) -> None:
    page = await open_page(place, "/owner/card")
    await expect(page.get_by_text("10번 오시면")).to_be_visible()
    await expect(page.locator("#c0_reward_won")).to_be_hidden()

    await page.locator("#c0_needed").fill("8")
    await page.locator(".reward").first.get_by_text("금액 할인").click()
    await expect(page.locator("#c0_reward_item")).to_be_hidden()
    await page.locator("#c0_reward_won").fill("3,000")
    await page.get_by_role("button", name="어떻게 되는지 보기").click()
    await expect(page.get_by_text("8번 오시면 ‘3,000원 할인’ 쿠폰을 드려요.")).to_be_visible()
    await looks_right(page)

    await page.get_by_role("button", name="이 카드로 하기").click()
    await expect(page.get_by_text("도장 카드를 저장했어요")).to_be_visible()
    for summary in await page.locator("main details > summary").all():
        await summary.click()
    await looks_right(page)


async def test_a_coupon_is_made_and_given_to_one_person(place: Place) -> None:
    page = await open_page(place, "/owner/coupons")
    await page.get_by_text("요일, 시간, 장수 정하기").click()
    await page.locator("#item").fill("식빵")
    await looks_right(page)
    await page.get_by_role("button", name="쿠폰 만들기").click()
    await expect(page.get_by_role("heading", name="식빵 1개 무료")).to_be_visible()
    await looks_right(page)

    await page.goto(f"{place.url}{REGULARS}/{place.regular}")
    await page.get_by_text("쿠폰 드리기").click()
    await page.get_by_role("button", name="식빵 1개 무료").click()

    await expect(page.get_by_text("쿠폰을 드렸어요")).to_be_visible()
    await expect(page.get_by_text(re.compile("식빵 1개 무료 · .*까지"))).to_be_visible()


async def test_a_paper_list_is_looked_at_and_taken_over(place: Place) -> None:
    page = await open_page(place, "/owner/paper")
    body = LIST.encode("cp949")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": body}
    await page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a dict is a FilePayload
    await page.get_by_role("button", name="먼저 살펴보기").click()
    await expect(page.get_by_text("3번째 줄")).to_be_visible()
    await looks_right(page)

    await page.get_by_role("button", name="2명 옮기기").click()
    await expect(page.get_by_role("heading", name="옮겼어요")).to_be_visible()
    await looks_right(page)

    await page.get_by_role("link", name="단골 보기").click()
    await expect(page.get_by_text("김철수")).to_be_visible()


async def test_the_list_is_taken_home(place: Place) -> None:
    page = await open_page(place, REGULARS)

    async with page.expect_download() as coming:
        await page.get_by_role("button", name="모두 내려받기").click()

    file = await coming.value
    assert file.suggested_filename == "단골목록_2026-11-23.xlsx"
