"""Coupons used on a regular's own page, and every use taken back from there."""

from dataclasses import replace

import pytest

from domain.people import CouponId, CustomerId
from loyalty.links import coupon_token
from loyalty.paper import regular_by_phone
from storage.books import Books
from tests.console.browser import Browser, Browsers, Page
from tests.console.counting import GIFT, NEEDED, TENTH, hand_coupon, put_card
from tests.console.street import Clock, Street
from tests.factories import rows

STATES = "SELECT state FROM coupon ORDER BY id"
ACTS = "SELECT act, way FROM redemption ORDER BY id"
NO_CHAT = "이 손님은 아직 채팅방이 없어요. 손님 화면에서 써 드리세요."


@pytest.fixture
async def paper(street: Street, console_books: Books, console_clock: Clock) -> CustomerId:
    """Somebody known by a number alone."""
    return await console_books.write(
        regular_by_phone, street.shop_id, "01099990001", actor="owner:1", at=console_clock.at
    )


@pytest.fixture
async def coupon_id(
    street: Street, paper: CustomerId, console_books: Books, console_clock: Clock
) -> CouponId:
    return await console_books.write(hand_coupon, street.shop_id, paper, console_clock.at)


async def pressed(browser: Browser, page: Page, path: str) -> Page:
    fields = {"csrf": page.value("csrf"), "key": page.value("key")}
    return await browser.post(path, fields)


async def test_a_coupon_without_a_chat_is_used_once_and_taken_back(
    owner: Browser, paper: CustomerId, coupon_id: CouponId, console_books: Books
) -> None:
    here, place = f"/owner/regulars/{paper}", f"/owner/counter/coupons/{coupon_id}"
    page = await owner.get(here)

    first = await pressed(owner, page, f"{here}/coupons/{coupon_id}/use")
    second = await pressed(owner, page, f"{here}/coupons/{coupon_id}/use")
    used, after = await owner.get(place), await owner.get(here)
    await pressed(owner, used, f"{place}/reverse")
    back = await owner.get(here)

    assert f'action="{here}/coupons/{coupon_id}/use"' in page.html
    assert {first.location, second.location} == {place}
    assert "쿠폰을 썼어요" in used.words
    assert f'href="{here}"' in used.html
    assert f'href="{place}"' in after.html
    assert "쿠폰 쓰기" not in after.words
    assert f'href="{place}"' not in back.html
    assert "쿠폰 쓰기" in back.words
    acts = await console_books.read(rows, ACTS)
    assert [act for act, _ in acts] == ["use", "reverse"]
    assert acts[0] == ("use", "hand")


async def test_what_cannot_be_used_now_is_said_on_the_page(
    owner: Browser,
    street: Street,
    paper: CustomerId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    weekend = replace(TENTH, weekdays=frozenset({5, 6}))
    at, shop_id = console_clock.at, street.shop_id
    coupon_id = await console_books.write(hand_coupon, shop_id, paper, at, weekend)
    here = f"/owner/regulars/{paper}"

    page = await pressed(owner, await owner.get(here), f"{here}/coupons/{coupon_id}/use")

    assert page.status == 422
    assert "토·일요일에만 쓸 수 있는 쿠폰" in page.words
    assert await console_books.read(rows, STATES) == [("ready",)]


async def test_nobody_uses_the_coupon_of_somebody_else(
    owner: Browser,
    browsers: Browsers,
    other_street: Street,
    regular: CustomerId,
    paper: CustomerId,
    *,
    coupon_id: CouponId,
    console_books: Books,
) -> None:
    neighbor = await browsers.open(other_street.owner)
    mine, theirs = await owner.get(f"/owner/regulars/{regular}"), await neighbor.get("/owner/shop")
    fields = {"csrf": theirs.value("csrf"), "key": "k"}

    wrong = await pressed(owner, mine, f"/owner/regulars/{regular}/coupons/{coupon_id}/use")
    far = await neighbor.post(f"/owner/regulars/{paper}/coupons/{coupon_id}/use", fields)

    assert (wrong.status, far.status) == (404, 404)
    assert await console_books.read(rows, STATES) == [("ready",)]


async def test_a_slide_stands_at_the_counter_and_is_taken_back_from_the_story(
    owner: Browser,
    stranger: Browser,
    street: Street,
    regular: CustomerId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    at, shop_id = console_clock.at, street.shop_id
    coupon_id = await console_books.write(hand_coupon, shop_id, regular, at, GIFT)
    token = await console_books.read(coupon_token, shop_id, coupon_id, at)
    shown = await stranger.get(f"/c/{token}")
    await stranger.post(f"/c/{token}", {"key": shown.value("key")})
    place = f"/owner/counter/coupons/{coupon_id}"

    today = await owner.get("/owner/counter")
    console_clock.pass_(days=1)
    tomorrow = await owner.get("/owner/counter")
    story = await owner.get(f"/owner/regulars/{regular}")
    await pressed(owner, await owner.get(place), f"{place}/reverse")

    assert "오늘 쓴 쿠폰" in today.words
    assert f'href="{place}"' in today.html
    assert place not in tomorrow.html
    assert f'href="{place}"' in story.html
    assert await console_books.read(rows, STATES) == [("ready",)]


@pytest.mark.parametrize(("phone", "is_said"), [("010-9999-0001", True), ("010-5550-0001", False)])
async def test_the_counter_says_where_a_coupon_without_a_chat_is_used(
    owner: Browser,
    street: Street,
    paper: CustomerId,
    regular: CustomerId,
    console_books: Books,
    console_clock: Clock,
    *,
    phone: str,
    is_said: bool,
) -> None:
    await console_books.write(put_card, street.shop_id, console_clock.at)
    for _ in range(NEEDED):
        saved = await owner.submit("/owner/counter", "/owner/counter", {"who": phone})
        console_clock.pass_(hours=1)

    page = await owner.get(saved.location)

    assert "쿠폰이 생겼어요" in page.words
    assert (NO_CHAT in page.words) is is_said
    assert ("손님 채팅방의 ‘내 쿠폰’에 있어요" in page.words) is not is_said
