"""Whom, when and the shop's calendar, in a real browser on a small phone."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.place import Place, looks_right
from tests.console.street import give_grant

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEND, DAYS, SERIES, SEGMENTS = "/owner/send", "/owner/days", "/owner/series", "/owner/segments"


async def look(page: Page, name: str) -> None:
    """`LOOK_AT=folder` keeps a picture at two widths."""
    folder = os.environ.get("LOOK_AT")
    for width in (375, 1280) if folder else ():
        await page.set_viewport_size({"width": width, "height": 740})
        await page.screenshot(path=Path(folder or "") / f"{name}-{width}.png", full_page=True)
    await page.set_viewport_size({"width": 360, "height": 740})
    await looks_right(page)


async def write(place: Place, *, has_scripts: bool = True) -> Page:
    await place.books.write(give_grant, place.street, is_started=True)
    page = await place.open(has_scripts=has_scripts)
    await page.goto(f"{place.url}{SEND}")
    await page.get_by_label("보낼 말").fill("오늘 3시에 식빵이 나와요.")
    await page.get_by_text("글만").click()
    return page


async def test_the_count_follows_every_tap(place: Place) -> None:
    page = await write(place)
    count = page.locator("#people-count")
    await expect(count).to_contain_text("1명 · 소식값")

    await page.get_by_text("뜸해진 단골").click()
    await expect(count).to_contain_text("0명")
    await page.get_by_text("새 단골").click()
    await expect(count).to_contain_text("1명 · 소식값")
    await look(page, "send-ready")

    await page.get_by_text("직접 고르기").click()
    await expect(count).to_contain_text("조건을 하나 이상")
    await page.get_by_label("조건 1").select_option(label="며칠 넘게 안 오신 분")
    await page.locator("[name=s0_number]").fill("30")
    await expect(count).to_contain_text("0명")
    await page.locator("[name=s0_not]").check()
    await expect(count).to_contain_text("1명 · 소식값")
    await expect(page.get_by_label("조건 2")).to_be_visible()
    await expect(page.get_by_label("조건 3")).to_be_hidden()
    await page.get_by_label("조건 2").select_option(label="며칠 동안 몇 번 오신 분")
    await expect(page.get_by_text("하나라도 맞는 분")).to_be_visible()
    await look(page, "send-own")


async def test_every_thursday_without_scripts(place: Place) -> None:
    page = await write(place, has_scripts=False)
    await page.get_by_text("되풀이해서").click()
    await page.get_by_label("요일", exact=True).select_option(label="목요일")
    await look(page, "send-repeat")
    await page.get_by_role("button", name="어떻게 보이는지 보기").click()
    await page.locator("main form button.main").first.click()

    await expect(page).to_have_url(f"{place.url}{SERIES}")
    await expect(page.get_by_text("매주 목요일 오후 3:00")).to_be_visible()
    await expect(page.get_by_text("다음: 11월 26일 (목) 오후 3:00")).to_be_visible()
    await look(page, "series")

    await page.get_by_role("button", name="잠시 쉬기").click()
    await expect(page.get_by_text("쉬고 있어요.", exact=True)).to_be_visible()
    await look(page, "series-paused")
    await page.get_by_role("button", name="다시 시작").click()
    await expect(page.get_by_text("다음: 11월 26일 (목) 오후 3:00")).to_be_visible()
    await page.get_by_role("button", name="그만두기").click()
    await expect(page.get_by_text("아직 저절로 나가는 소식이 없어요")).to_be_visible()
    await look(page, "series-empty")


async def test_a_birthday_greeting_asks_for_no_days(place: Place) -> None:
    page = await write(place)
    await page.get_by_text("어떤 일이 있으면").click()
    await expect(page.get_by_label("며칠 뒤")).to_be_visible()
    await look(page, "send-event")
    await page.get_by_label("어떤 일", exact=True).select_option(label="생일에")
    await expect(page.locator("[name=event_days]")).to_be_hidden()
    await page.get_by_role("button", name="어떻게 보이는지 보기").click()
    await page.locator("main form button.main").first.click()

    await expect(page.get_by_text("생일에, 오전 9:30")).to_be_visible()


async def test_a_closed_day_offers_the_next_open_one(place: Place) -> None:
    page = await place.open()
    await page.goto(f"{place.url}{DAYS}")
    await look(page, "days-empty")
    await page.locator(".weekday").nth(1).click()
    await page.get_by_role("button", name="요일 저장하기").click()
    await expect(page.get_by_role("status")).to_contain_text("쉬는 날을 저장했어요")
    await page.get_by_label("쉬는 날 더하기").fill("2026-12-25")
    await page.get_by_role("button", name="이날 쉬어요").click()
    await expect(page.get_by_text("12월 25일 (금)")).to_be_visible()
    await look(page, "days")

    page = await write(place)
    await page.get_by_text("시간 정하기").click()
    await page.get_by_label("보낼 날짜와 시각").fill("2026-11-24T15:00")
    await page.get_by_role("button", name="어떻게 보이는지 보기").click()
    await expect(page.get_by_text("쉬는 날이거나 다 팔린 날이에요")).to_be_visible()
    await look(page, "send-closed")
    await page.get_by_role("button", name="11월 25일 (수) 오후 3:00에 보내기").click()
    await expect(page.get_by_label("보낼 날짜와 시각")).to_have_value("2026-11-25T15:00")
    await page.get_by_role("button", name="어떻게 보이는지 보기").click()
    await expect(page.get_by_text("11월 25일 (수) 오후 3:00")).to_be_visible()


async def test_sold_out_is_said_and_taken_back_with_one_tap(place: Place) -> None:
    page = await place.open(has_scripts=False)
    await page.goto(f"{place.url}{DAYS}")
    await page.get_by_role("button", name="오늘 다 팔렸어요").click()
    await expect(page.get_by_text("오늘은 다 팔렸어요.")).to_be_visible()
    await look(page, "days-sold-out")

    await page.get_by_role("button", name="아직 남았어요").click()
    await expect(page.get_by_role("button", name="오늘 다 팔렸어요")).to_be_visible()


async def test_conditions_are_kept_under_a_name(place: Place) -> None:
    page = await place.open()
    await page.goto(f"{place.url}{SEGMENTS}")
    await look(page, "segments-empty")
    await page.get_by_role("button", name="묶음 저장하기").click()
    await expect(page.get_by_text("조건을 하나 이상 골라 주세요.").first).to_be_visible()
    await page.get_by_label("조건 1").select_option(label="며칠 안에 단골이 된 분")
    await page.locator("[name=s0_number]").fill("7")
    await expect(page.locator("#people-count")).to_contain_text("1명")
    await page.get_by_label("묶음 이름").fill("이번 주 새 얼굴")
    await page.get_by_role("button", name="묶음 저장하기").click()
    await expect(page.get_by_role("status")).to_contain_text("묶음을 저장했어요")
    await look(page, "segments")

    await page.goto(f"{place.url}{SEND}")
    await page.get_by_text("이번 주 새 얼굴").click()
    await expect(page.locator("#people-count")).to_contain_text("1명")
