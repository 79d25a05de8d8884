"""A preview says what planning will do, and only that."""

from datetime import datetime

import pytest

from campaigns.halting import halt_sending
from campaigns.plan import plan_next
from campaigns.results import list_campaigns
from storage.books import Books
from storage.desk import Tx
from tests.console.browser import Browser, Page
from tests.console.street import MONDAY_TEN, Clock, Street, add_regulars, give_grant
from tests.factories import let_advertise_often

WORDS = {"body": "오늘 3시 식빵 나와요", "way": "list", "when": "now", "key": "abc"}
THURSDAYS = {"when": "repeat", "every": "week", "weekday": "3", "repeat_time": "15:00"}
PEOPLE = 10
TOMORROW = "2026-11-24T15:00"


@pytest.fixture
async def ready(console_books: Books, street: Street) -> Street:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, PEOPLE)
    return street


async def preview(owner: Browser, **changes: str) -> Page:
    return await owner.submit("/owner/send", "/owner/send", {**WORDS, **changes})


async def send(owner: Browser, **changes: str) -> Page:
    return await owner.submit("/owner/send", "/owner/campaigns", {**WORDS, **changes})


def plan_all(tx: Tx, at: datetime) -> None:
    while plan_next(tx, at):
        pass


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body": "경품 당첨되신 분은 아래 단추를 눌러 확인해 주세요"}, "누르게 하는 글은"),
        ({"label": "수신거부 안내", "link": "https://bread.kr/a"}, "단추에는 다른 말을"),
        (
            {"sender": "solapi", "label": "수신거부 안내", "link": "https://bread.kr/a"},
            "단추에는 다른 말을",
        ),
    ],
)
async def test_what_planning_refuses_to_all_is_told_at_the_preview(
    owner: Browser, ready: Street, changes: dict[str, str], said: str
) -> None:
    """L12"""
    for page in (await preview(owner, **changes), await send(owner, **changes)):
        assert page.status == 422
        assert said in page.words


async def test_what_is_booked_in_the_same_week_is_told(owner: Browser, ready: Street) -> None:
    await send(owner, when="later", due=TOMORROW)

    before = await preview(owner, key="b", body="내일은 크림빵이 나와요")
    after = await preview(owner, key="c", when="later", due="2026-11-26T15:00")
    far = await preview(owner, key="d", when="later", due="2026-12-01T15:00")

    told = "에 나갈 소식이 있어요. 이 소식을 받으시는 분께는 그 소식이 가지 않아요."
    first = "에 먼저 나갈 소식이 있어요. 그 소식을 받으시는 분께는 이 소식이 가지 않아요."
    assert f"11월 24일 (화) 오후 3:00{told}" in before.words
    assert f"11월 24일 (화) 오후 3:00{first}" in after.words
    assert "나갈 소식이 있어요" not in far.words


async def test_what_repeats_itself_in_the_same_week_is_told(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    await console_books.write(let_advertise_often, ready.shop_id)
    await send(owner, **THURSDAYS)

    page = await preview(owner, key="b")

    assert "11월 26일 (목) 오후 3:00에 나갈 소식이 있어요" in page.words
    assert "그 소식이 가지 않을 수 있어요" in page.words


async def test_an_empty_preview_says_why_and_until_when(
    owner: Browser, ready: Street, console_books: Books, console_clock: Clock
) -> None:
    await send(owner)
    await console_books.write(plan_all, console_clock())

    page = await preview(owner, key="b", body="내일은 크림빵이 나와요")

    again = "빠르면 11월 30일 (월)부터 다시 보낼 수 있어요."
    assert f"견주려고 뺀 분이 10명이에요. {again}" in page.words
    assert "QR" not in page.words


async def test_an_empty_preview_says_that_advertising_is_halted(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    """L21"""
    await console_books.write(
        halt_sending,
        program_id=ready.program_id,
        shop_id=ready.shop_id,
        reason="확인하는 동안",
        actor="manager:1",
        at=MONDAY_TEN,
    )

    page = await preview(owner)

    assert "담당자가 광고를 멈춰 두어 못 보낸 분이 10명이에요" in page.words
    assert "QR" not in page.words


async def test_news_that_went_to_nobody_says_so(
    owner: Browser, ready: Street, console_books: Books, console_clock: Clock
) -> None:
    booked = await send(owner, when="later", due=TOMORROW)
    await send(owner, key="b")
    await console_books.write(plan_all, console_clock())
    console_clock.pass_(days=1, hours=5)
    await console_books.write(plan_all, console_clock())

    page = await owner.get(booked.location)

    assert "보낸 분이 없어요" in page.words
    assert "견주려고 뺀 분이 10명이에요" in page.words
    assert "0명이 받으셨어요" not in page.words


async def test_what_is_left_in_the_evening_goes_on_in_the_morning_where_it_may(
    owner: Browser, ready: Street, console_clock: Clock
) -> None:
    console_clock.pass_(hours=10, minutes=49, seconds=59)

    never = await preview(owner)
    later = await preview(owner, until="2026-11-24T12:00")
    await owner.submit("/owner/days", "/owner/days", {"day": "2026-11-24"})
    closed = await preview(owner, until="2026-11-24T12:00")

    assert "오후 8:50 뒤로 남은 분께는 보내지 않아요. 더 일찍 보내 주세요." in never.words
    assert "남은 분께는 11월 24일 (화) 오전 8:00부터 이어서 보내요" in later.words
    assert "오후 8:50 뒤로 남은 분께는 보내지 않아요" in closed.words


async def test_what_repeats_itself_says_that_money_is_short(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(add_regulars, street.shop_id, PEOPLE)

    page = await preview(owner, **THURSDAYS)

    assert "남은 지원금이 모자라요" in page.words
    assert "돈이 모자란 때에는 보내지 않고 여쭤봐요" in page.words
    assert page.words.index("모자라요") < page.words.index("저절로 보내기 시작")


async def test_what_repeats_itself_says_its_limits(owner: Browser, ready: Street) -> None:
    await owner.submit("/owner/days", "/owner/days/weekdays", {"closed_3": "1"})

    weekly = await preview(owner, **THURSDAYS)
    daily = await preview(owner, **{**THURSDAYS, "every": "day"})
    other = await preview(owner, **{**THURSDAYS, "weekday": "4"})

    assert "11월 26일 (목)은 쉬는 날이라 11월 27일 (금) 오후 3:00에 보내요" in weekly.words
    assert "한 분께는 한 주에 1번까지만 가요" in daily.words
    assert "쉬는 날이라" not in other.words
    await owner.submit("/owner/days", "/owner/days/weekdays", {"closed_0": "1"})
    skipped = await preview(owner, **{**THURSDAYS, "every": "day"})
    assert "11월 23일 (월)은 쉬는 날이라 건너뛰어요" in skipped.words
    assert "날마다 가지는 않아요" not in other.words


async def test_a_time_that_cannot_be_reckoned_with_keeps_the_words(
    owner: Browser, ready: Street
) -> None:
    far = {"when": "later", "due": "9999-12-31T23:59"}
    for path in ("/owner/send", "/owner/send/edit", "/owner/campaigns"):
        page = await owner.submit("/owner/send", path, {**WORDS, **far})
        assert page.status == (200 if path.endswith("edit") else 422)
        assert WORDS["body"] in page.words


async def test_what_would_leave_later_than_shown_is_shown_again(
    owner: Browser, ready: Street, console_books: Books, console_clock: Clock
) -> None:
    """20:49: at once; pressed at 20:51: not before the morning."""
    console_clock.pass_(hours=10, minutes=49)
    shown = await preview(owner)
    console_clock.pass_(minutes=2)

    pressed = await send(owner, leaves_at=shown.value("leaves_at"))
    assert pressed.status == 409
    assert "보내려던 때가 그사이에 지나서" in pressed.words
    assert await console_books.read(list_campaigns, ready.shop_id) == []

    again = await send(owner, leaves_at=pressed.value("leaves_at"))
    assert again.status == 303


async def test_what_leaves_at_once_leaves_however_long_it_was_looked_at(
    owner: Browser, ready: Street, console_clock: Clock
) -> None:
    shown = await preview(owner)
    console_clock.pass_(hours=2)

    assert (await send(owner, leaves_at=shown.value("leaves_at"))).status == 303


async def test_a_chosen_time_without_money_is_not_promised(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(add_regulars, street.shop_id, PEOPLE)

    page = await preview(owner, when="later", due=TOMORROW)

    assert "아직 보내지 않았어요" in page.words
    assert "에 보내 드려요" not in page.words


async def test_a_count_with_a_lot_is_about(owner: Browser, ready: Street) -> None:
    some = await owner.submit("/owner/send", "/owner/send/edit", {**WORDS, "holdout": "20"})
    all_ = await owner.submit("/owner/send", "/owner/send/edit", WORDS)

    assert "명쯤 · 소식값" in some.words
    assert "10명 · 소식값" in all_.words


async def test_a_closed_day_does_not_promise_what_it_cannot_stop(
    owner: Browser, ready: Street, console_books: Books, console_clock: Clock
) -> None:
    await send(owner)
    await console_books.write(plan_all, console_clock())
    open_day = await owner.get("/owner/days")

    await owner.submit("/owner/days", "/owner/days/sold-out", {"sold_out": "1"})
    page = await owner.get("/owner/days")

    assert "이미 나가는 중인 소식이 있어요" not in open_day.words
    assert "이미 나가는 중인 소식이 있어요" in page.words
    assert 'href="/owner/campaigns/1"' in page.html
    assert "생일처럼 그날 챙기는 소식은 나가요" in page.words
