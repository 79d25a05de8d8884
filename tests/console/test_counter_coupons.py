"""Coupons at the counter: looked at, used once, taken back; a debt is said, not hidden."""

from dataclasses import replace

import pytest

from domain.people import CustomerId
from storage.books import Books
from tests.console.browser import Browser, Browsers, Page
from tests.console.counting import (
    NEEDED,
    PHONE,
    TENTH,
    hand_coupon,
    show_code,
    show_coupon_code,
)
from tests.console.street import Clock, Street
from tests.factories import rows

STATES = "SELECT state FROM coupon ORDER BY id"


@pytest.fixture
async def code(
    console_books: Books, street: Street, regular: CustomerId, console_clock: Clock
) -> str:
    """Four digits for a tenth off from 10,000 won."""
    at, shop_id = console_clock.at, street.shop_id
    coupon_id = await console_books.write(hand_coupon, shop_id, regular, at)
    return await console_books.write(show_coupon_code, shop_id, (regular, coupon_id), at)


async def looked_at(owner: Browser, code: str) -> Page:
    return await owner.submit("/owner/counter", "/owner/counter", {"who": code})


def pressed(page: Page, code: str, **fields: str) -> dict[str, str]:
    return {"csrf": page.value("csrf"), "key": page.value("key"), "who": code, **fields}


async def test_a_coupons_code_shows_it_before_anything_is_used(
    owner: Browser, code: str, console_books: Books
) -> None:
    page = await looked_at(owner, code)

    assert page.status == 200
    for words in ("10% 할인", "10,000원부터", "다른 쿠폰과 함께 쓸 수 없어요", "12월 6일 (일)까지"):
        assert words in page.words
    assert f"010-****-{PHONE[-4:]} · 쿠폰" in page.words
    assert await console_books.read(rows, STATES) == [("ready",)]


async def test_using_it_says_what_to_take_off_and_a_second_press_the_same(
    owner: Browser, code: str, console_books: Books
) -> None:
    fields = pressed(await looked_at(owner, code), code, spend_won="15,000")

    first = await owner.post("/owner/counter/coupons", fields)
    second = await owner.post("/owner/counter/coupons", fields)
    page = await owner.get(first.location)

    assert (second.status, second.location) == (303, first.location)
    assert "쿠폰을 썼어요" in page.words
    assert "1,500원을 깎아 주세요" in page.words
    assert await console_books.read(rows, "SELECT act, way FROM redemption") == [("use", "code")]


async def test_too_little_is_said_at_the_sum(
    owner: Browser, code: str, console_books: Books
) -> None:
    fields = pressed(await looked_at(owner, code), code, spend_won="9000")

    page = await owner.post("/owner/counter/coupons", fields)

    assert page.status == 422
    assert "10,000원부터 쓸 수 있는 쿠폰" in page.words
    assert 'id="spend_won-mistake"' in page.html
    assert await console_books.read(rows, STATES) == [("ready",)]


async def test_a_qr_fills_the_field_in_and_changes_nothing(
    owner: Browser, code: str, console_books: Books
) -> None:
    opened = await owner.get(f"/owner/counter?code={code}")
    form = {name: opened.value(name) for name in ("csrf", "key", "scanned", "who")}
    shown = await owner.post("/owner/counter", form)
    used = await owner.post("/owner/counter/coupons", {**form, "key": shown.value("key")})

    assert opened.value("who") == code
    assert used.status == 303
    assert await console_books.read(rows, "SELECT act, way FROM redemption") == [("use", "qr")]


@pytest.mark.parametrize("code_in_link", ["12345", "<b>", "가나다라", ""])
async def test_a_strange_link_opens_an_empty_counter(
    owner: Browser, street: Street, code_in_link: str
) -> None:
    page = await owner.get(f"/owner/counter?code={code_in_link}")

    assert (page.status, page.value("who")) == (200, "")


async def test_a_use_is_taken_back_once(owner: Browser, code: str, console_books: Books) -> None:
    fields = pressed(await looked_at(owner, code), code)
    used = await owner.post("/owner/counter/coupons", fields)
    shown = await owner.get(used.location)
    undo = {"csrf": shown.value("csrf"), "key": shown.value("key")}

    first = await owner.post(f"{used.location}/reverse", undo)
    second = await owner.post(f"{used.location}/reverse", undo)
    other = await owner.post(f"{used.location}/reverse", {**undo, "key": "another page"})
    page = await owner.get(used.location)

    assert {one.location for one in (first, second, other)} == {used.location}
    assert "다시 쓸 수 있어요" in page.words
    assert await console_books.read(rows, STATES) == [("ready",)]
    assert len(await console_books.read(rows, "SELECT 1 FROM redemption")) == 2


async def test_coupons_used_today_stand_in_the_list(owner: Browser, code: str) -> None:
    await owner.post("/owner/counter/coupons", pressed(await looked_at(owner, code), code))

    page = await owner.get("/owner/counter")

    assert "오늘 쓴 쿠폰" in page.words
    assert "10% 할인" in page.words


async def test_a_second_coupon_of_the_same_sale_is_refused_by_name(
    owner: Browser,
    street: Street,
    regular: CustomerId,
    code: str,
    console_books: Books,
    console_clock: Clock,
) -> None:
    shop_id, at = street.shop_id, console_clock.at
    other_id = await console_books.write(
        hand_coupon, shop_id, regular, at, replace(TENTH, title="5% 할인", value=5)
    )
    await owner.post("/owner/counter/coupons", pressed(await looked_at(owner, code), code))
    other = await console_books.write(show_coupon_code, shop_id, (regular, other_id), at)

    page = await owner.post("/owner/counter/coupons", pressed(await looked_at(owner, other), other))

    assert page.status == 422
    assert "조금 전에 쓴 ‘10% 할인’ 쿠폰과 함께" in page.words


async def test_the_wrong_weekday_is_said_and_there_is_no_button(
    owner: Browser,
    street: Street,
    regular: CustomerId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    shop_id, at = street.shop_id, console_clock.at
    weekend = replace(TENTH, weekdays=frozenset({5, 6}))
    coupon_id = await console_books.write(hand_coupon, shop_id, regular, at, weekend)
    digits = await console_books.write(show_coupon_code, shop_id, (regular, coupon_id), at)

    page = await looked_at(owner, digits)

    assert "토·일요일에만 쓸 수 있는 쿠폰" in page.words
    assert "/owner/counter/coupons" not in page.html


async def test_a_code_that_lapsed_while_it_was_looked_at_goes_back_to_the_counter(
    owner: Browser, code: str, console_clock: Clock
) -> None:
    fields = pressed(await looked_at(owner, code), code)
    console_clock.pass_(minutes=4)

    page = await owner.post("/owner/counter/coupons", fields)

    assert page.status == 422
    assert "시간이 지난 번호예요" in page.words
    assert 'id="till"' in page.html


async def test_a_visits_code_is_no_coupon(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    digits = await console_books.write(show_code, street.shop_id, regular, console_clock.at)
    form = await owner.get("/owner/counter")

    page = await owner.post("/owner/counter/coupons", pressed(form, digits))

    assert "쿠폰이 아니라 도장 번호예요" in page.words


async def test_undoing_a_sale_whose_reward_was_used_says_the_debt(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    for _ in range(NEEDED):
        saved = await owner.submit("/owner/counter", "/owner/counter", {"who": PHONE})
    ((coupon_id,),) = await console_books.read(rows, "SELECT id FROM coupon")
    digits = await console_books.write(
        show_coupon_code, street.shop_id, (regular, coupon_id), console_clock.at
    )
    await owner.post("/owner/counter/coupons", pressed(await looked_at(owner, digits), digits))

    undone = await owner.submit(saved.location, f"{saved.location}/cancel")
    page = await owner.get(undone.location)

    assert "이미 쓰신 쿠폰이 있어요. 갚을 보상 1개로 적어 뒀어요" in page.words
    assert "거두었어요" not in page.words


async def test_nobody_uses_or_reverses_another_shops_coupon(
    owner: Browser, browsers: Browsers, other_street: Street, code: str, console_books: Books
) -> None:
    neighbor = await browsers.open(other_street.owner)

    looked = await looked_at(neighbor, code)
    used = await owner.post("/owner/counter/coupons", pressed(await looked_at(owner, code), code))
    seen = await neighbor.get(used.location)
    back = await neighbor.submit("/owner/counter", f"{used.location}/reverse", {"key": "k"})

    assert (looked.status, seen.status, back.status) == (422, 404, 404)
    assert await console_books.read(rows, STATES) == [("used",)]
