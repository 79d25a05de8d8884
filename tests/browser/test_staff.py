"""People of a shop, their chats and the way in, in a real browser on a small phone."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from storage.desk import Tx
from storage.queries.customers import Caller, see_person
from storage.queries.places import get_shop
from storage.queries.staff_chats import Seat
from subsidy.pairing import pair_chat
from subsidy.signing_in import make_link
from tests.browser.place import Place, looks_right

pytestmark = pytest.mark.asyncio(loop_scope="session")

STAFF = "/owner/staff"
CODE = re.compile(r"연결 번호 (\d{8})")


async def open_page(place: Place, path: str, *, is_owner: bool = True) -> Page:
    page = await place.open(is_owner=is_owner, has_scripts=False)
    await page.goto(place.url + path)
    await looks_right(page)
    return page


def say_code(tx: Tx, place: Place, digits: str) -> object:
    channel_id = get_shop(tx, place.street.shop_id).channel_id
    caller = Caller("bot-user-owner", None, None, is_friend=True)
    person = see_person(tx, channel_id, caller, place.clock.at)
    return pair_chat(tx, channel_id, person.customer_id, digits, place.clock.at)


async def test_an_owner_invites_a_clerk_who_works_the_counter_and_is_let_go(place: Place) -> None:
    owner = await open_page(place, STAFF)
    await owner.get_by_label("이름").fill("이알바")
    await owner.get_by_role("button", name="초대 링크 만들기").click()
    await looks_right(owner)
    await _look(owner, "staff-invited")
    link = await owner.locator("p.link").inner_text()

    clerk = await place.open(is_owner=False, has_scripts=False)
    await clerk.goto(link)
    await looks_right(clerk)
    await clerk.get_by_role("button", name="들어가기").click()
    await expect(clerk.get_by_role("heading", name="계산대")).to_be_visible()
    tabs = clerk.get_by_role("navigation", name="메뉴").get_by_role("link")
    await expect(tabs).to_have_text(["오늘", "계산대", "문의", "내 카톡"])
    for number in range(4):
        await tabs.nth(number).click()
        await looks_right(clerk)
        await _look(clerk, f"clerk-{number}")
    await clerk.goto(place.url + "/owner/send")
    await expect(clerk.get_by_role("heading", name="사장님만 볼 수 있어요")).to_be_visible()
    await looks_right(clerk)

    await owner.goto(place.url + STAFF)
    await owner.get_by_text("내보내기", exact=True).click()
    await looks_right(owner)
    await _look(owner, "staff")
    await owner.get_by_role("button", name="이알바 님 내보내기").click()
    await expect(owner.get_by_role("status")).to_contain_text("내보냈어요")
    await clerk.goto(place.url + "/owner/counter")
    await expect(clerk.get_by_role("heading", name="초대 링크로 들어와 주세요")).to_be_visible()


async def test_an_owner_ties_the_chat_with_the_digits_of_the_page(place: Place) -> None:
    page = await open_page(place, STAFF)
    await page.get_by_role("link", name="카카오톡과 연결").click()
    await looks_right(page)
    await page.get_by_role("button", name="카카오톡과 연결").click()
    await looks_right(page)
    await _look(page, "chat-code")
    shown = CODE.search(await page.content())
    assert shown
    assert isinstance(await place.books.write(say_code, place, shown[1]), Seat)

    await page.goto(place.url + "/owner/chat")
    await expect(page.get_by_role("heading", name="연결되어 있어요")).to_be_visible()
    await looks_right(page)
    await _look(page, "chat-paired")
    await page.get_by_role("button", name="연결 끊기").click()
    await expect(page.get_by_role("status")).to_contain_text("연결을 끊었어요")


async def test_the_link_from_the_chat_opens_once(place: Place) -> None:
    token = await place.books.write(make_link, place.street.owner, place.clock.at)
    page = await open_page(place, f"/in/{token}", is_owner=False)
    await _look(page, "entry")
    await page.get_by_role("button", name="들어가기").click()
    await expect(page).to_have_url(place.url + "/owner")

    other = await open_page(place, f"/in/{token}", is_owner=False)
    await expect(other.get_by_role("heading", name="이미 쓴 링크예요")).to_be_visible()
    await _look(other, "entry-used")


async def _look(page: Page, name: str) -> None:
    """A picture for whoever wants to see what was tested."""
    if folder := os.environ.get("DANGOL_LOOK"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
