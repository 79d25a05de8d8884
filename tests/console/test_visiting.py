"""Public pages at the counter: the QR that changes, and the QR on paper with the PIN."""

import re
from html import unescape

import pytest

from domain.people import CustomerId
from domain.refusals import Conflict
from loyalty.links import press_token, qr_token
from loyalty.visits import Stamped, claim_visit
from storage.books import Books
from storage.queries.places import get_shop
from tests.console.browser import Browser, Browsers, Page
from tests.console.street import Clock, Street
from tests.factories import rows

CODES = "SELECT count(*) FROM counter_code"
SIX = re.compile(r'aria-label="번호 ([0-9]{6})"')
ACTION = re.compile(r'action="([^"]+)"')


async def scanned(stranger: Browser, books: Books, street: Street, clock: Clock) -> Page:
    token = await books.read(qr_token, street.shop_id, clock.at)
    return await stranger.get(f"/q/{token}")


async def pressed(stranger: Browser, page: Page) -> Page:
    action = ACTION.search(page.html)
    assert action
    return await stranger.post(unescape(action[1]), {"key": page.value("key")})


def digits_on(page: Page) -> str:
    found = SIX.search(page.html)
    assert found, page.words
    return found[1]


async def said(
    books: Books, street: Street, regular: CustomerId, digits: str, clock: Clock
) -> Stamped | Conflict | object:
    channel_id = (await books.read(get_shop, street.shop_id)).channel_id
    return await books.write(claim_visit, channel_id, regular, digits, clock.at)


async def test_the_changing_qr_gives_a_code_that_the_chat_takes_as_proven(
    stranger: Browser,
    street: Street,
    regular: CustomerId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    opened = await scanned(stranger, console_books, street, console_clock)
    shown = await pressed(stranger, opened)
    stamped = await said(console_books, street, regular, digits_on(shown), console_clock)

    assert "보람빵집" in opened.words
    assert "채팅방에서 이 번호를 말해 주세요" in shown.words
    assert 'href="https://pf.kakao.com/_보람/chat"' in shown.html
    assert isinstance(stamped, Stamped)
    assert stamped.way == "rotating_qr"


async def test_opening_the_qr_writes_nothing_and_pressing_twice_gives_one_code(
    stranger: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    """KakaoTalk opens links to draw a preview."""
    opened = await scanned(stranger, console_books, street, console_clock)
    before = await console_books.read(rows, CODES)

    first, second = [digits_on(await pressed(stranger, opened)) for _ in range(2)]

    assert before == [(0,)]
    assert first == second
    assert await console_books.read(rows, CODES) == [(1,)]


async def test_a_photograph_of_the_qr_is_worth_nothing_a_minute_later(
    stranger: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    token = await console_books.read(qr_token, street.shop_id, console_clock.at)
    console_clock.pass_(seconds=59)
    in_time = await stranger.get(f"/q/{token}")
    console_clock.pass_(seconds=1)
    late = await stranger.get(f"/q/{token}")

    assert (in_time.status, late.status) == (200, 409)
    assert "QR이 바뀌었어요" in late.words


async def test_the_button_waits_two_minutes_and_opens_no_page_itself(
    stranger: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    opened = await scanned(stranger, console_books, street, console_clock)
    press = await console_books.read(press_token, street.shop_id, console_clock.at)
    console_clock.pass_(seconds=119)
    in_time = await pressed(stranger, opened)
    console_clock.pass_(seconds=2)
    late = await pressed(stranger, opened)

    assert (in_time.status, late.status) == (200, 409)
    assert (await stranger.get(f"/q/{press}")).status == 404


@pytest.mark.parametrize(
    "token", ["x", "1-2-3", "1-59000000-" + "0" * 32, "%EA%B0%80-1", "1" * 900]
)
async def test_a_made_up_token_is_not_found(stranger: Browser, street: Street, token: str) -> None:
    for path in (f"/q/{token}", f"/c/{token}"):
        assert (await stranger.get(path)).status == 404
        assert (await stranger.post(path)).status == 404


async def test_the_owners_qr_page_draws_anew_by_itself(
    owner: Browser, street: Street, console_clock: Clock
) -> None:
    first = await owner.get("/owner/counter/qr")
    console_clock.pass_(seconds=30)
    second = await owner.get("/owner/counter/qr")

    assert 'http-equiv="refresh" content="20"' in first.html
    assert "<svg" in first.html
    assert first.html != second.html


async def with_pin(owner: Browser, pin: str) -> Page:
    return await owner.submit("/owner/counter/pin", "/owner/counter/pin", {"pin": pin})


async def typed_pin(stranger: Browser, street: Street, pin: str) -> Page:
    form = await stranger.get(f"/s/{street.slug}/stamp")
    return await stranger.post(f"/s/{street.slug}/stamp", {"key": form.value("key"), "pin": pin})


async def test_the_staffs_pin_gives_a_code_that_counts_as_claimed(
    owner: Browser,
    stranger: Browser,
    street: Street,
    regular: CustomerId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    saved = await with_pin(owner, "482715")
    shown = await typed_pin(stranger, street, "482715")
    stamped = await said(console_books, street, regular, digits_on(shown), console_clock)

    assert saved.status == 303
    assert "비밀번호를 정했어요" in (await owner.get("/owner/counter/pin")).words
    assert isinstance(stamped, Stamped)
    assert stamped.way == "pin"


async def test_the_pin_is_kept_as_a_keyed_hash_that_knows_its_shop(
    owner: Browser,
    browsers: Browsers,
    street: Street,
    other_street: Street,
    console_books: Books,
) -> None:
    await with_pin(owner, "482715")
    await with_pin(await browsers.open(other_street.owner), "482715")

    hashes = await console_books.read(rows, "SELECT pin_hash FROM shop_rules")
    audit = await console_books.read(rows, "SELECT details FROM audit_line WHERE act = 'set_pin'")

    assert len({one for (one,) in hashes}) == 2
    assert "482715" not in str(hashes)
    assert audit == [("",), ("",)]


@pytest.mark.parametrize(
    "pin", ["", "4827", "1234567", "abcdef", "１２３４５６", "777777", "123456", "876543"]
)
async def test_a_bad_pin_gets_a_sentence(owner: Browser, street: Street, pin: str) -> None:
    page = await with_pin(owner, pin)

    assert page.status == 422
    assert 'id="pin-mistake"' in page.html


async def test_five_wrong_tries_close_the_paper_qr_for_ten_minutes(
    owner: Browser, stranger: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    await with_pin(owner, "482715")
    for _ in range(5):
        assert "번호가 달라요" in (await typed_pin(stranger, street, "000000")).words

    closed = await typed_pin(stranger, street, "482715")
    console_clock.pass_(minutes=10, seconds=1)
    opened = await typed_pin(stranger, street, "482715")

    assert closed.status == 422
    assert "10분 뒤에" in closed.words
    assert digits_on(opened)
    assert await console_books.read(rows, CODES) == [(1,)]


async def test_the_counter_says_when_the_paper_qr_was_closed(
    owner: Browser, stranger: Browser, street: Street, console_clock: Clock
) -> None:
    await with_pin(owner, "482715")
    before = await owner.get("/owner/counter")
    for _ in range(5):
        await typed_pin(stranger, street, "000000")
    closed = await owner.get("/owner/counter")
    console_clock.pass_(minutes=10, seconds=1)
    opened = await owner.get("/owner/counter")
    console_clock.pass_(hours=15)
    next_day = await owner.get("/owner/counter")

    assert "잠겼어요" not in before.words
    assert "틀려서 오전 10:00에 잠겼어요" in closed.words
    assert "11월 23일 (월) 오전 10:00에 잠겼어요" in next_day.words
    assert "오전 10:10에 다시 열려요" in closed.words
    assert "지금은 다시 열려 있어요" in opened.words
    assert "잠겼어요" not in (await owner.get("/owner/counter/shell")).words


async def test_after_thirty_wrong_ones_the_phone_names_another_way(
    owner: Browser, stranger: Browser, street: Street, console_clock: Clock
) -> None:
    await with_pin(owner, "482715")
    for _ in range(30):
        await typed_pin(stranger, street, "000000")
        console_clock.pass_(minutes=3)
    console_clock.pass_(minutes=11)

    assert "오늘은 여러 번 틀려서" in (await typed_pin(stranger, street, "482715")).words


async def test_without_a_pin_there_is_no_field(stranger: Browser, street: Street) -> None:
    page = await stranger.get(f"/s/{street.slug}/stamp")
    tried = await stranger.post(f"/s/{street.slug}/stamp", {"pin": "000000"})

    assert (page.status, tried.status) == (200, 200)
    assert 'name="pin"' not in page.html + tried.html
    assert (await stranger.get("/s/none/stamp")).status == 404


async def test_the_sheet_for_the_counter_can_be_printed(owner: Browser, street: Street) -> None:
    await with_pin(owner, "482715")

    assert "도장 받으세요" in (await owner.get("/owner/counter/poster")).words
    assert "viewBox" in (await owner.get("/owner/counter/pin.svg")).html
