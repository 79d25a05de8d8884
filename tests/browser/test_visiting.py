"""What a customer holds up to the counter, in a real browser: coupons, QR codes, a PIN."""

import re

import pytest
from playwright.async_api import Page, expect

from domain.people import CouponId
from loyalty.links import coupon_token
from loyalty.pins import set_pin
from tests.browser.place import TILL, Place, looks_right
from tests.console.counting import hand_coupon
from tests.factories import rows

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_coupon_is_looked_at_and_used(place: Place) -> None:
    coupon_id = await handed(place)
    customer = await place.open(is_owner=False)
    await customer.goto(await link_of(place, coupon_id))
    await customer.get_by_role("button", name="계산대에 보여 줄 번호 받기").click()
    digits = re.sub(r"\D", "", await customer.locator(".ticket-code .code").inner_text())
    await looks_right(customer)

    owner = await place.open()
    await owner.goto(f"{place.url}{TILL}?code={digits}")
    await owner.get_by_role("button", name="쿠폰 확인하기").click()
    await expect(owner.get_by_role("heading", name="10% 할인")).to_be_visible()
    await looks_right(owner)
    await owner.get_by_label("쓴 돈").fill("15000")
    await owner.get_by_role("button", name="쿠폰 사용").click()
    await expect(owner.get_by_text("1,500원을 깎아 주세요")).to_be_visible()
    await looks_right(owner)

    await customer.reload()
    await expect(customer.get_by_text("사용했어요")).to_be_visible()
    await looks_right(customer)


async def test_the_slide_uses_a_coupon_only_at_its_end(place: Place) -> None:
    coupon_id = await handed(place)
    page = await place.open(is_owner=False)
    await page.goto(await link_of(place, coupon_id))
    pull = page.get_by_label("사장님 확인")
    await looks_right(page)

    await drag(page, 0.6)
    await expect(pull).to_have_value("0")
    await expect(page.get_by_text("사용했어요")).to_be_hidden()
    await drag(page, 1)

    await expect(page.locator(".ticket-used")).to_contain_text("11월 23일 (월) 오전 10:00")
    await looks_right(page)
    assert await place.books.read(rows, "SELECT act, way FROM redemption") == [("use", "slide")]


async def drag(page: Page, share: float) -> None:
    box = await page.get_by_label("사장님 확인").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + 32, middle)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 32 + (box["width"] - 36) * share, middle, steps=12)
    await page.mouse.up()


async def handed(place: Place) -> CouponId:
    return await place.books.write(hand_coupon, place.street.shop_id, place.regular, place.clock.at)


async def link_of(place: Place, coupon_id: CouponId) -> str:
    token = await place.books.read(coupon_token, place.street.shop_id, coupon_id, place.clock.at)
    return f"{place.url}/c/{token}"


async def test_the_changing_qr_leads_to_a_code(place: Place) -> None:
    owner = await place.open()
    await owner.goto(f"{place.url}{TILL}/qr")
    await looks_right(owner)
    link = await owner.locator("[data-link]").get_attribute("data-link")
    assert link

    customer = await place.open(is_owner=False)
    await customer.goto(link)
    await looks_right(customer)
    await customer.get_by_role("button", name="도장 받기").click()

    await expect(customer.locator(".code")).to_have_text(re.compile(r"^\d{6}$"))
    await looks_right(customer)


async def test_the_paper_qr_and_five_wrong_pins(place: Place) -> None:
    shop_id, at = place.street.shop_id, place.clock.at
    await place.books.write(set_pin, shop_id, "482715", actor="test", at=at)
    page = await place.open(is_owner=False)
    await page.goto(f"{place.url}/s/{place.street.slug}/stamp")
    await looks_right(page)

    for _ in range(5):
        await type_pin(page, "0000")
        await expect(page.locator("#pin-mistake")).to_contain_text("번호가 달라요")
    await type_pin(page, "482715")
    await expect(page.locator("#pin-mistake")).to_contain_text("10분 뒤에")
    await looks_right(page)
    place.clock.pass_(minutes=11)
    await type_pin(page, "482715")

    await expect(page.locator(".code")).to_have_text(re.compile(r"^\d{6}$"))


async def type_pin(page: Page, pin: str) -> None:
    await page.get_by_label("직원 비밀번호").fill(pin)
    await page.get_by_role("button", name="확인").click()
