"""The counter: a code or a number becomes a stamp once, and a sale can be undone."""

import pytest

from domain.coupons import CouponWay
from domain.people import CustomerId
from domain.rules import Per, ShopRules
from loyalty.cards import set_rules
from loyalty.coupons import Showing, use_coupon
from storage.books import Books
from tests.console.browser import Browser, Browsers, Page
from tests.console.counting import NEEDED, PHONE, show_code
from tests.console.street import Clock, Street
from tests.factories import change, rows

STANDING = "SELECT count(*) FROM visit WHERE canceled_at IS NULL"


async def typed(owner: Browser, who: str, **fields: str) -> Page:
    return await owner.submit("/owner/counter", "/owner/counter", {"who": who, **fields})


async def fresh_code(books: Books, street: Street, regular: CustomerId, clock: Clock) -> str:
    return await books.write(show_code, street.shop_id, regular, clock.at)


async def test_a_code_becomes_a_stamp_said_in_large_letters(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    code = await fresh_code(console_books, street, regular, console_clock)

    saved = await typed(owner, code)
    page = await owner.get(saved.location)

    assert saved.status == 303
    for words in ("도장 1개 찍었어요", "1 / 3개", "첫 방문이에요", "확인된 방문"):
        assert words in page.words
    assert "처음 오신 손님" not in page.words
    assert PHONE[-4:] in page.words
    assert "5550" not in page.words


async def test_the_same_button_pressed_twice_stamps_once_and_shows_the_same(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    code = await fresh_code(console_books, street, regular, console_clock)
    form = await owner.get("/owner/counter")
    fields = {"csrf": form.value("csrf"), "key": form.value("key"), "who": code}

    first = await owner.post("/owner/counter", fields)
    second = await owner.post("/owner/counter", fields)

    assert (second.status, second.location) == (303, first.location)
    assert await console_books.read(rows, STANDING) == [(1,)]


async def test_another_person_in_a_form_that_came_back_is_another_sale(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books
) -> None:
    """The browser's way back brings the old key with it."""
    form = await owner.get("/owner/counter")
    fields = {"csrf": form.value("csrf"), "key": form.value("key")}

    for who in (PHONE, "010-5550-0002"):
        assert (await owner.post("/owner/counter", {**fields, "who": who})).status == 303

    found = await console_books.read(rows, "SELECT count(DISTINCT customer_id) FROM visit")
    assert found == [(2,)]


async def test_a_phone_number_is_a_claimed_visit_and_makes_who_is_not_there(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books
) -> None:
    page = await owner.get((await typed(owner, "010 7777 8888")).location)

    assert "말씀하신 방문" in page.words
    assert "010-****-8888" in page.words
    assert await console_books.read(rows, "SELECT count(*) FROM customer") == [(2,)]


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("", "네 자리 번호나 휴대폰 번호를"),
        ("0000", "그런 번호가 없어요"),
        ("123456", "여섯 자리는"),
        ("02-123", "휴대폰 번호 모양이 아니에요"),
        ("가나다", "네 자리 번호나 휴대폰 번호를"),
    ],
)
async def test_what_cannot_be_is_said_at_the_field(
    owner: Browser, regular: CustomerId, console_books: Books, who: str, sentence: str
) -> None:
    page = await typed(owner, who)

    assert page.status == 422
    assert sentence in page.words
    assert 'id="who-mistake"' in page.html
    assert page.value("who") == who
    assert await console_books.read(rows, STANDING) == [(0,)]


async def test_a_used_and_a_lapsed_code_say_so(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    code = await fresh_code(console_books, street, regular, console_clock)
    await typed(owner, code)
    used = await typed(owner, code)
    other = await fresh_code(console_books, street, regular, console_clock)
    console_clock.pass_(minutes=4)
    lapsed = await typed(owner, other)

    assert "이미 쓴 번호예요" in used.words
    assert "시간이 지난 번호예요" in lapsed.words


async def test_the_limit_of_a_day_is_said(
    owner: Browser, regular: CustomerId, console_books: Books
) -> None:
    for _ in range(3):
        assert (await typed(owner, PHONE)).status == 303

    page = await typed(owner, PHONE)

    assert "오늘 이미 3번 찍은 손님이에요" in page.words
    assert await console_books.read(rows, STANDING) == [(3,)]


async def test_items_are_asked_only_where_they_count(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    assert 'name="items"' not in (await owner.get("/owner/counter")).html
    rules = ShopRules(per=Per.ITEM)
    await console_books.write(set_rules, street.shop_id, rules, actor="test", at=console_clock.at)

    saved = await typed(owner, PHONE, items="2개", spend_won="12,000원")
    wrong = await typed(owner, PHONE, items="많이", spend_won="")
    page = await owner.get(saved.location)

    assert "도장 2개 찍었어요" in page.words
    assert "개수는 1개에서 50개" in wrong.words
    found = await console_books.read(rows, "SELECT items, spend_won FROM visit")
    assert found == [(2, 12_000)]


async def test_a_full_card_shows_the_coupon_and_undoing_takes_it_along(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books
) -> None:
    for _ in range(NEEDED):
        saved = await typed(owner, PHONE)
    earned = await owner.get(saved.location)

    undone = await owner.submit(saved.location, f"{saved.location}/cancel")
    again = await owner.submit("/owner/counter", f"{saved.location}/cancel")
    page = await owner.get(undone.location)

    assert "쿠폰이 생겼어요: 단팥빵 1개 무료" in earned.words
    assert undone.location == again.location == saved.location
    for words in (
        "방문과 도장 1개를 지웠어요",
        "2 / 3개",
        "쿠폰 단팥빵 1개 무료도 함께 없어졌어요",
    ):
        assert words in page.words
    assert await console_books.read(rows, STANDING) == [(2,)]
    assert await console_books.read(rows, "SELECT state FROM coupon") == [("canceled",)]


async def test_a_stamp_that_pays_for_a_used_coupon_says_there_is_no_new_one(
    owner: Browser, street: Street, regular: CustomerId, console_books: Books, console_clock: Clock
) -> None:
    for _ in range(NEEDED):
        full = await typed(owner, PHONE)
    ((coupon_id,),) = await console_books.read(rows, "SELECT id FROM coupon")
    showing = Showing(key="test", way=CouponWay.CODE, actor="test")
    await console_books.write(use_coupon, street.shop_id, coupon_id, showing, console_clock.at)
    undone = await owner.submit(full.location, f"{full.location}/cancel")
    owed = await owner.get(undone.location)
    console_clock.pass_(days=1)

    paid = await owner.get((await typed(owner, PHONE)).location)
    later = await owner.get((await typed(owner, PHONE)).location)

    assert "갚을 보상 1개" in owed.words
    assert "먼저 쓰신 보상을 이번에 채우셨어요. 새 쿠폰은 없어요." in paid.words
    assert "쿠폰이 생겼어요" not in paid.words
    assert "먼저 쓰신 보상" not in later.words


async def test_today_lists_who_came_and_what_was_undone(
    owner: Browser, regular: CustomerId
) -> None:
    first = await typed(owner, PHONE)
    await typed(owner, "010-7777-8888")
    await owner.submit(first.location, f"{first.location}/cancel")

    page = await owner.get("/owner/counter")

    assert page.words.count("오전 10:00") == 2
    assert "되돌렸어요" in page.words
    assert "010-****-8888" in page.words
    assert page.html.count(">되돌리기</a>") == 1


async def test_yesterday_is_not_today(
    owner: Browser, regular: CustomerId, console_clock: Clock
) -> None:
    await typed(owner, PHONE)
    console_clock.pass_(hours=14)

    assert "오늘은 아직 찍은 도장이 없어요" in (await owner.get("/owner/counter")).words


async def test_a_visit_too_old_to_undo_has_no_button(
    owner: Browser, regular: CustomerId, console_clock: Clock
) -> None:
    saved = await typed(owner, PHONE)
    console_clock.pass_(days=20)
    await owner.get("/owner")  # keeps the session
    console_clock.pass_(days=12)

    page = await owner.get(saved.location)
    late = await owner.submit("/owner/counter", f"{saved.location}/cancel")

    assert "/cancel" not in page.html
    assert late.status == 409
    assert "한 달이 지난 방문" in late.words


async def test_a_shop_without_a_card_is_told_and_counts_visits(
    owner: Browser, street: Street, console_books: Books
) -> None:
    saved = await typed(owner, PHONE)
    written = await owner.get(saved.location)
    await owner.submit(saved.location, f"{saved.location}/cancel")

    assert "방문을 적었어요" in written.words
    assert "아직 도장 카드가 없어서" in (await owner.get("/owner/counter")).words
    assert "방문을 지웠어요" in (await owner.get(saved.location)).words


async def test_a_doubt_is_told_to_managers_alone(
    owner: Browser,
    browsers: Browsers,
    street: Street,
    regular: CustomerId,
    console_books: Books,
) -> None:
    """L54: a shop would learn from it where else its regular goes."""
    saved = await typed(owner, PHONE)
    here = saved.location, "/owner/counter", f"/owner/regulars/{regular}"
    before = [(await owner.get(path)).words for path in here]
    manager = await browsers.open(street.manager)
    sheet = f"/manager/shops/{street.shop_id}"
    assert "확인해 볼 방문" not in (await manager.get(sheet)).words

    await console_books.write(change, "UPDATE visit SET doubt = 'far'")

    assert [(await owner.get(path)).words for path in here] == before
    told = (await manager.get(sheet)).words
    assert "확인해 볼 방문 1건" in told
    assert "11월 23일" in told.split("확인해 볼 방문")[1]


async def test_nobody_reaches_another_shops_visit(
    owner: Browser, browsers: Browsers, other_street: Street, regular: CustomerId
) -> None:
    saved = await typed(owner, PHONE)
    neighbor = await browsers.open(other_street.owner)

    seen = await neighbor.get(saved.location)
    canceled = await neighbor.submit("/owner/counter", f"{saved.location}/cancel")

    assert (seen.status, canceled.status) == (404, 404)
    assert "도장 1개 찍었어요" in (await owner.get(saved.location)).words


async def test_scripts_are_allowed_on_the_counter_and_nowhere_else(
    owner: Browser, street: Street
) -> None:
    for path, policy in (("/owner/counter", "script-src 'self'"), ("/owner", "script-src 'none'")):
        assert policy in (await owner.get(path)).headers["Content-Security-Policy"]


async def test_a_long_and_strange_form_is_answered_politely(
    owner: Browser, regular: CustomerId
) -> None:
    page = await typed(owner, "<b>" * 200, key="k" * 500, items="9" * 900, spend_won="9" * 900)

    assert page.status == 422
    assert "<b><b>" not in page.html
