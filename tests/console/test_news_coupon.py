"""News with a coupon, over real HTTP: made, chosen, looked at, sent, counted."""

import pytest

from campaigns.plan import CannotStart, plan_next, set_aside
from campaigns.results import list_campaigns
from domain.coupons import CouponSource, CouponWay
from domain.people import OfferId
from loyalty.coupons import NewOffer, Showing, close_offer, make_offer, use_coupon
from storage.books import Books
from storage.desk import Tx
from storage.queries.coupons import list_coupons
from storage.queries.offers import list_open_offers
from tests.console.browser import Browser, Page
from tests.console.counting import TENTH
from tests.console.street import MONDAY_TEN, Street, add_regular, add_regulars, give_grant
from tests.factories import rows

SEND, COUPONS = "/owner/send", "/owner/coupons"
WORDS = {"body": "오늘 오시면 10% 할인", "way": "list", "when": "now", "key": "abc"}


@pytest.fixture
async def ready(console_books: Books, street: Street) -> Street:
    """A shop with money, three regulars who agreed and one who is not a friend."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 3)
    await console_books.write(add_regular, street.shop_id, "away", is_friend=False)
    return street


def offer(
    tx: Tx, street: Street, source: CouponSource = CouponSource.CAMPAIGN, cap: int | None = None
) -> OfferId:
    new = NewOffer(source=source, terms=TENTH, cap=cap)
    return make_offer(tx, street.shop_id, new, actor="test", at=MONDAY_TEN)


async def preview(owner: Browser, offer_id: object, **changes: str) -> Page:
    return await owner.submit(SEND, SEND, {**WORDS, "coupon": str(offer_id), **changes})


async def test_a_coupon_for_news_is_made_and_then_offered_at_sending(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    before = await owner.get(SEND)
    assert 'name="coupon"' not in before.html
    assert f'href="{COUPONS}"' in before.html

    fields = {"source": "campaign", "kind": "percent", "percent": "10", "life_days": "7"}
    week = {f"weekday_{day}": "1" for day in range(7)}
    made = await owner.submit(COUPONS, COUPONS, {**fields, **week})

    (known,) = await console_books.read(list_open_offers, ready.shop_id, CouponSource.CAMPAIGN)
    page = await owner.get(SEND)
    assert made.status == 303
    assert f'<option value="{known.offer_id}">10% 할인 (7일 동안)</option>' in page.html
    assert "selected" not in page.html


async def test_only_this_shops_open_coupons_for_news_are_offered(
    owner: Browser, ready: Street, other_street: Street, console_books: Books
) -> None:
    closed = await console_books.write(offer, ready)
    await console_books.write(close_offer, ready.shop_id, closed, actor="test", at=MONDAY_TEN)
    await console_books.write(offer, ready, CouponSource.HAND)
    await console_books.write(offer, other_street)

    assert 'name="coupon"' not in (await owner.get(SEND)).html


async def test_the_preview_names_the_coupon_and_keeps_it(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    offer_id = await console_books.write(offer, ready, cap=50)

    page = await preview(owner, offer_id)
    assert "쿠폰 10% 할인도 함께 드려요. 14일 동안 쓰실 수 있어요." in page.words
    assert "모두 50장까지 쓸 수 있고, 50장 남았어요." in page.words
    assert "먼저 쓰시는" not in page.words
    assert page.value("coupon") == str(offer_id)
    assert "쿠폰 이름을 적어 주세요" not in page.words

    edited = await owner.submit(SEND, f"{SEND}/edit", {**WORDS, "coupon": str(offer_id)})
    assert f'<option value="{offer_id}" selected>' in edited.html


@pytest.mark.parametrize(("cap", "is_said"), [(2, True), (3, False)])
async def test_a_cap_below_the_audience_is_said_before_sending(
    owner: Browser, ready: Street, console_books: Books, cap: int, *, is_said: bool
) -> None:
    page = await preview(owner, await console_books.write(offer, ready, cap=cap))

    assert (f"쿠폰은 먼저 쓰시는 {cap}분까지예요." in page.words) is is_said


@pytest.mark.parametrize(
    ("body", "is_hinted"), [("오늘 3시 식빵 나와요", True), ("오시면 10%할인!", False)]
)
async def test_a_text_that_does_not_name_its_coupon_gets_a_gentle_hint(
    owner: Browser, ready: Street, console_books: Books, body: str, *, is_hinted: bool
) -> None:
    page = await preview(owner, await console_books.write(offer, ready), body=body)

    assert ("글에 쿠폰 이름을 적어 주세요: 10% 할인." in page.words) == is_hinted
    assert "3명에게 보내기" in page.words


async def test_sent_with_a_coupon_the_result_counts_what_was_used(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    offer_id = await console_books.write(offer, ready)
    fields = {**WORDS, "coupon": str(offer_id)}
    sent = await owner.submit(SEND, "/owner/campaigns", fields)
    assert "함께 드릴 쿠폰 10% 할인" in (await owner.get(sent.location)).words

    await console_books.write(plan_next, MONDAY_TEN)
    given = await console_books.read(rows, "SELECT customer_id, id FROM coupon ORDER BY id")
    assert len(given) == 3
    showing = Showing(key="k", way=CouponWay.CODE, actor="test", spend_won=20_000)
    await console_books.write(use_coupon, ready.shop_id, given[0][1], showing, MONDAY_TEN)

    page = await owner.get(sent.location)
    assert "함께 드린 쿠폰 10% 할인 드린 쿠폰 3장 쿠폰 사용 1장" in page.words
    assert len(await console_books.read(list_coupons, given[0][0])) == 1


async def test_another_coupon_makes_another_message(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    """The same words with a coupon are not a second press of those without."""
    offer_id = await console_books.write(offer, ready)
    without = await owner.submit(SEND, "/owner/campaigns", WORDS)
    places = [
        (await owner.submit(SEND, "/owner/campaigns", {**WORDS, "coupon": str(offer_id)})).location
        for _ in range(2)
    ]

    assert places[0] == places[1] != without.location


@pytest.mark.parametrize("path", [SEND, "/owner/campaigns"])
async def test_a_coupon_closed_meanwhile_is_said_beside_the_field(
    owner: Browser, ready: Street, console_books: Books, path: str
) -> None:
    offer_id = await console_books.write(offer, ready)
    await console_books.write(close_offer, ready.shop_id, offer_id, actor="test", at=MONDAY_TEN)

    page = await owner.submit(SEND, path, {**WORDS, "coupon": str(offer_id)})

    assert page.status == 422
    assert "이제 드리지 않는 쿠폰이에요" in mistake_of(page)
    assert WORDS["body"] in page.words
    assert await console_books.read(list_campaigns, ready.shop_id) == []


@pytest.mark.parametrize("path", [SEND, "/owner/campaigns"])
async def test_another_shops_coupon_is_not_there(
    owner: Browser, ready: Street, other_street: Street, console_books: Books, path: str
) -> None:
    theirs = await console_books.write(offer, other_street)

    page = await owner.submit(SEND, path, {**WORDS, "coupon": str(theirs)})

    assert page.status == 404
    assert await console_books.read(list_campaigns, ready.shop_id) == []


@pytest.mark.parametrize("words", ["x", "-1", "9" * 30])
async def test_what_is_no_coupon_is_said_beside_the_field(
    owner: Browser, ready: Street, words: str
) -> None:
    page = await preview(owner, words)

    assert page.status == 422
    assert "쿠폰을 골라 주세요" in mistake_of(page)


async def test_news_held_back_for_its_coupon_is_written_again_with_another(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    offer_id = await console_books.write(offer, ready)
    sent = await owner.submit(SEND, "/owner/campaigns", {**WORDS, "coupon": str(offer_id)})
    await console_books.write(close_offer, ready.shop_id, offer_id, actor="test", at=MONDAY_TEN)
    with pytest.raises(CannotStart) as problem:
        await console_books.write(plan_next, MONDAY_TEN)
    await console_books.write(set_aside, problem.value.campaign)

    page = await owner.get(sent.location)

    assert "매장 전화번호, 쿠폰을 확인하고 다시 보내 주세요" in page.words
    number = sent.location.rpartition("/")[2]
    assert f'href="{SEND}?again={number}"' in page.html
    again = await owner.get(f"{SEND}?again={number}")
    assert f"{WORDS['body']}</textarea>" in again.html


async def test_writing_again_keeps_the_coupon_that_is_still_given(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    offer_id = await console_books.write(offer, ready)
    sent = await owner.submit(SEND, "/owner/campaigns", {**WORDS, "coupon": str(offer_id)})

    page = await owner.get(f"{SEND}?again={sent.location.rpartition('/')[2]}")

    assert f'<option value="{offer_id}" selected>' in page.html


def mistake_of(page: Page) -> str:
    return page.html.split('id="coupon-mistake"')[1].split("</p>")[0]
