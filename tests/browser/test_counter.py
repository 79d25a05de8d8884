"""The counter in a real browser on a small phone: stamping, undoing, and a network that dies."""

import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.place import PHONE_NUMBER, TILL, Place, looks_right

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def press(page: Page, who: str) -> None:
    await page.get_by_label("손님 번호").fill(who)
    await page.get_by_role("button", name="도장 찍기").click()


async def test_a_code_is_stamped_and_undone(place: Place) -> None:
    page = await place.open()
    await page.goto(place.url + TILL)
    await looks_right(page)

    await press(page, await place.code())
    await expect(page.get_by_role("heading", name="도장 1개 찍었어요")).to_be_visible()
    await expect(page.get_by_text("1 / 10개")).to_be_visible()
    await looks_right(page)
    assert await place.count() == 1

    await page.get_by_role("button", name="되돌리기").click()
    await expect(page.get_by_role("heading", name="되돌렸어요")).to_be_visible()
    await looks_right(page)
    assert await place.count() == 0

    await page.get_by_role("link", name="다음 손님").click()
    await expect(page.locator("#today")).to_contain_text("되돌렸어요")
    await looks_right(page)


async def test_a_refusal_stands_at_the_field_and_the_number_stays(place: Place) -> None:
    page = await place.open()
    await page.goto(place.url + TILL)

    await press(page, "0000")

    await expect(page.locator(".field #who-mistake")).to_contain_text("그런 번호가 없어요")
    await expect(page.get_by_label("손님 번호")).to_have_value("0000")
    await expect(page.get_by_label("손님 번호")).to_be_focused()
    await looks_right(page)


async def test_the_counter_works_without_scripts(place: Place) -> None:
    page = await place.open(has_scripts=False)
    await page.goto(place.url + TILL)

    await press(page, PHONE_NUMBER)

    await expect(page.get_by_role("heading", name="도장 1개 찍었어요")).to_be_visible()
    assert await place.count() == 1


async def test_without_a_network_the_list_waits_and_is_sent_once(place: Place) -> None:
    page = await place.open()
    await page.goto(place.url + TILL)
    code = await place.code()
    await page.context.set_offline(True)

    for who in (code, "0000", "010-7777-8888"):
        await press(page, who)
    await expect(page.locator("#waiting h2")).to_have_text("보내기를 기다려요 (3건)")
    await expect(page.locator("#waiting")).to_contain_text("010-****-8888")
    await looks_right(page)
    assert await place.count() == 0
    before = await kept(page)

    await page.context.set_offline(False)
    await expect(page.locator("#waiting")).to_be_hidden()
    await expect(page.locator("#refused .line")).to_have_count(1)
    await expect(page.locator("#refused")).to_contain_text("그런 번호가 없어요")
    await expect(page.locator("#sent")).to_have_text("기다리던 2건을 찍었어요.")
    await expect(page.locator("#today .line")).to_have_count(2)
    await looks_right(page)
    assert await place.count() == 2
    assert "77778888" not in str(await kept(page)).replace("-", "")

    await page.evaluate(f"(text) => localStorage.setItem({KEPT_AT}, text)", before)
    await page.reload()
    await expect(page.locator("#waiting")).to_be_hidden()
    assert await place.count() == 2

    await page.get_by_role("button", name="확인했어요").click()
    await expect(page.locator("#refused")).to_be_hidden()
    assert await kept(page) is None


KEPT_AT = "Object.keys(localStorage)[0] ?? `dangol-counter-${document.getElementById('till').dataset.shop}`"


async def kept(page: Page) -> str | None:
    found: str | None = await page.evaluate(f"localStorage.getItem({KEPT_AT})")
    return found


async def test_an_answer_that_was_lost_is_asked_for_again_and_stamped_once(place: Place) -> None:
    page = await place.open()
    await page.goto(place.url + TILL)

    async def arrive_and_lose(route: Route) -> None:
        await route.fetch(max_redirects=0)
        await route.abort()

    await page.route(re.compile("/owner/counter$"), arrive_and_lose)
    await press(page, PHONE_NUMBER)
    await expect(page.locator("#waiting .line")).to_have_count(1)
    assert await place.count() == 1

    await page.unroute_all()
    await page.reload()
    await expect(page.locator("#today .line")).to_have_count(1)
    await expect(page.locator("#waiting")).to_be_hidden()
    assert await place.count() == 1


async def test_who_is_not_signed_in_any_more_keeps_the_list(place: Place) -> None:
    page = await place.open()
    await page.goto(place.url + TILL)
    await page.context.set_offline(True)
    await press(page, PHONE_NUMBER)
    await expect(page.locator("#waiting .line")).to_have_count(1)

    await page.context.clear_cookies()
    await page.context.set_offline(False)

    await expect(page.get_by_text("보내려면 다시 들어오셔야 해요")).to_be_visible()
    await expect(page.locator("#waiting .line")).to_have_count(1)
    assert await place.count() == 0


async def test_a_strange_number_does_not_go_into_the_list(place: Place) -> None:
    page = await place.open()
    await page.goto(place.url + TILL)
    await page.context.set_offline(True)

    await press(page, "123")

    await expect(page.locator("#shape")).to_be_visible()
    await expect(page.locator("#waiting")).to_be_hidden()
    await expect(page.get_by_label("손님 번호")).to_have_value("123")


async def test_the_page_opens_without_a_network_and_names_nobody(place: Place) -> None:
    page = await place.open(has_worker=True)
    await page.goto(place.url + TILL)
    await press(page, PHONE_NUMBER)
    await page.get_by_role("link", name="다음 손님").click()
    await expect(page.locator("#today .line")).to_have_count(1)
    await page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    await page.wait_for_function("navigator.serviceWorker.controller !== null")
    await page.context.set_offline(True)

    await page.goto(place.url + TILL)

    await expect(page.get_by_role("heading", name="계산대")).to_be_visible()
    assert "-****-" not in await page.content()
    await press(page, "010-7777-8888")
    await expect(page.locator("#waiting .line")).to_have_count(1)
    await page.context.set_offline(False)
    await expect(page.locator("#waiting")).to_be_hidden()
    assert await place.count() == 2


async def test_the_pins_page_and_its_poster(place: Place) -> None:
    page = await place.open()
    await page.goto(f"{place.url}{TILL}/pin")
    await looks_right(page)

    await page.get_by_label("비밀번호").fill("482715")
    await page.get_by_role("button", name="정하기").click()

    await expect(page.get_by_text("비밀번호를 정했어요")).to_be_visible()
    await looks_right(page)
    await page.get_by_role("link", name="크게 보고 인쇄하기").click()
    await looks_right(page)
