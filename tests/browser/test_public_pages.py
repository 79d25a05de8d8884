"""The pages that the chat and a QR lead to, on a small phone: a shop, its privacy, why it came."""

from datetime import datetime

import pytest
from playwright.async_api import Page, expect

from campaigns.plan import plan_next
from domain.coupons import CouponSource
from domain.people import MessageId, ShopId
from loyalty.coupons import NewOffer, make_offer
from loyalty.links import why_token
from storage.desk import Tx
from subsidy.shops import add_picture, card_picture, change_shop
from tests.browser import measures
from tests.browser.place import Place, looks_right
from tests.console.counting import TENTH
from tests.console.street import Street, book_news, give_grant
from tests.console.test_shop import picture
from tests.factories import change, rows

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE_BYTES_MAX = 60_000
"""With its styles, unpacked, without the photograph: as every page of ours."""

ABOUT = {
    "contact": "02-123-4567",
    "address": "망원로 12",
    "hours": "평일 8시~20시",
    "welcome": "매일 아침 굽는 동네 빵집이에요",
}


def dress(tx: Tx, shop_id: ShopId, at: datetime) -> None:
    """A photograph, a greeting, a coupon for joining."""
    add_picture(tx, shop_id, card_picture(picture()), at)
    change_shop(tx, shop_id, **ABOUT, actor="test", at=at)
    offer = NewOffer(source=CouponSource.JOINING, terms=TENTH)
    make_offer(tx, shop_id, offer, actor="test", at=at)


def advertise(tx: Tx, street: Street, at: datetime) -> str:
    """The token of the one message that left."""
    give_grant(tx, street, is_started=True)
    book_news(tx, street, "#{고객명}님, 오늘 3시 식빵 나와요. 따뜻할 때 오세요!")
    while plan_next(tx, at):
        pass
    change(tx, "UPDATE chunk SET started_at = act_at")
    ((message_id,),) = rows(tx, "SELECT id FROM message")
    return why_token(tx, street.shop_id, MessageId(message_id))


async def opened(place: Place, path: str) -> Page:
    page = await place.open(is_owner=False, has_scripts=False)
    await page.goto(f"{place.url}{path}")
    return page


async def test_the_shops_page_shows_a_code_and_one_way_into_the_chat(place: Place) -> None:
    await place.books.write(dress, place.street.shop_id, place.clock.at)
    page = await opened(place, f"/s/{place.street.slug}")

    await expect(page.get_by_role("heading", name="보람빵집")).to_be_visible()
    assert len(await page.locator(".code").inner_text()) == len("12345")
    button = page.get_by_role("link", name="카카오톡으로 단골 되기")
    assert await button.get_attribute("href") == "https://pf.kakao.com/_보람/chat"
    assert await page.locator(".button").count() == 1
    await looks_right(page)


async def test_the_bare_page_of_a_new_shop_looks_right_too(place: Place) -> None:
    page = await opened(place, f"/s/{place.street.slug}")

    await expect(page.get_by_text("채팅방에 이 번호를 보내 주세요")).to_be_visible()
    await looks_right(page)


async def test_the_privacy_page_is_two_presses_from_the_qr(place: Place) -> None:
    page = await opened(place, f"/s/{place.street.slug}")
    await page.get_by_role("link", name="개인정보 처리방침").click()

    await expect(page.get_by_role("heading", name="누가 맡아 처리하나요")).to_be_visible()
    await looks_right(page)


@pytest.mark.parametrize(
    ("button", "result"),
    [("30일 쉬기", "12월 23일 (수)까지"), ("그만 받기", "[수신 거부 처리 결과]")],
)
async def test_why_it_came_and_one_press_for_less_of_it(
    place: Place, button: str, result: str
) -> None:
    token = await place.books.write(advertise, place.street, place.clock.at)
    page = await opened(place, f"/w/{token}")
    await expect(page.get_by_text("이번 달 이 가게 소식")).to_be_visible()
    await looks_right(page)

    await page.get_by_role("button", name=button).click()

    await expect(page.get_by_role("status")).to_contain_text(result)
    await looks_right(page)


async def test_the_link_to_refuse_opens_one_button(place: Place) -> None:
    """L11: press the link, press the button; without log-in and without script."""
    token = await place.books.write(advertise, place.street, place.clock.at)
    page = await opened(place, f"/w/{token}/stop")
    button = page.get_by_role("button")
    await expect(button).to_have_text("무료 수신거부")
    await looks_right(page)

    await button.click()

    await expect(page.get_by_role("status")).to_contain_text("[수신 거부 처리 결과]")
    await looks_right(page)


async def test_they_are_light(place: Place) -> None:
    await place.books.write(dress, place.street.shop_id, place.clock.at)
    token = await place.books.write(advertise, place.street, place.clock.at)
    page = await place.open(is_owner=False, has_scripts=False)
    slug = place.street.slug

    for path in (f"/s/{slug}", f"/s/{slug}/privacy", f"/w/{token}", f"/w/{token}/stop"):
        size = await measures.weight(page, f"{place.url}{path}")

        assert (path, size <= PAGE_BYTES_MAX) == (path, True), size
