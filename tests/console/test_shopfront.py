"""A shop's page for everybody: what one gets, and the code that says which shop is meant."""

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from console.app import setup
from console.keys import ConsoleSettings
from domain.coupons import CouponSource
from domain.people import CustomerId
from loyalty.coupons import NewOffer, make_offer
from loyalty.join_codes import UNUSED_MAX, issue_join_code, use_join_code
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from tests.console.browser import Browser, Page
from tests.console.counting import TENTH, put_card
from tests.console.street import Clock, Street
from tests.factories import rows

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) KAKAOTALK 11.0"
DIGITS = re.compile(r'class="code" aria-label="번호 (\d{5})"')
CODES = "SELECT count(*) FROM join_code"
PAGE_BYTES_MAX = 4_000


def digits_on(page: Page) -> str:
    found = DIGITS.search(page.html)
    assert found, page.words
    return found[1]


async def test_the_code_on_the_page_says_in_the_chat_which_shop_is_meant(
    stranger: Browser,
    street: Street,
    regular: CustomerId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    page = await stranger.get(f"/s/{street.slug}")
    channel_id = (await console_books.read(get_shop, street.shop_id)).channel_id
    said = channel_id, regular, digits_on(page), console_clock.at

    assert "채팅방에 이 번호를 보내 주세요" in page.words
    assert "오전 10:30까지 한 번 쓸 수 있어요" in page.words
    assert await console_books.write(use_join_code, *said) == street.shop_id


async def test_two_people_are_shown_two_codes(stranger: Browser, street: Street) -> None:
    pages = [await stranger.get(f"/s/{street.slug}") for _ in range(2)]

    assert len({digits_on(page) for page in pages}) == 2


def fill(tx: Tx, street: Street, clock: Clock) -> None:
    shop = get_shop(tx, street.shop_id)
    for _ in range(UNUSED_MAX):
        issue_join_code(tx, shop, clock.at)


async def test_a_thousand_more_looks_write_nothing_more(
    stranger: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    await console_books.write(fill, street, console_clock)

    pages = [await stranger.get(f"/s/{street.slug}") for _ in range(20)]

    assert all(digits_on(page) for page in pages)
    assert await console_books.read(rows, CODES) == [(UNUSED_MAX,)]


async def test_without_a_free_code_the_name_does_as_well(
    stranger: Browser, street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loyalty.join_codes.PLACES_TRIED_MAX", 0)
    page = await stranger.get(f"/s/{street.slug}")

    assert page.status == 200
    assert "채팅방에 가게 이름을 보내 주세요" in page.words
    assert 'class="code"' not in page.html


async def test_what_one_gets_stands_on_the_page(
    stranger: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    before = await stranger.get(f"/s/{street.slug}")
    offer = NewOffer(source=CouponSource.JOINING, terms=TENTH)
    at = console_clock.at
    await console_books.write(make_offer, street.shop_id, offer, actor="test", at=at)
    await console_books.write(put_card, street.shop_id, at, 10)
    after = await stranger.get(f"/s/{street.slug}")

    assert "모으면" not in before.words
    assert "쿠폰을 드려요" not in before.words
    assert "단골이 되시면 10% 할인 쿠폰을 드려요" in after.words
    assert "도장 10개를 모으면 단팥빵 1개 무료" in after.words


@pytest.mark.parametrize(("agent", "is_there"), [(IPHONE, True), ("Mozilla/5.0 (X11)", False)])
async def test_the_code_is_put_in_by_a_link_on_phones_only_and_never_alone(
    stranger: Browser, street: Street, agent: str, *, is_there: bool
) -> None:
    """kakao-chatbot.md section 6: option 3 is undocumented."""
    async with stranger.client.get(f"/s/{street.slug}", headers={"User-Agent": agent}) as answer:
        page = Page(answer.status, await answer.text(), answer.headers)

    link = f"kakaoplus://plusfriend/talk/bot/@보람/{digits_on(page)}"
    assert (link in page.html) is is_there
    assert 'href="https://pf.kakao.com/_보람/chat"' in page.html


async def test_no_such_link_leads_out_of_a_pretend_kakaotalk(
    console_books: Books, console_clock: Clock, street: Street
) -> None:
    settings = ConsoleSettings(public_url="http://x", chat_link="http://127.0.0.1:9/phone")
    app = web.Application()
    setup(app, books=console_books, now=console_clock, settings=settings)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(f"/s/{street.slug}", headers={"User-Agent": IPHONE})

        assert "kakaoplus:" not in await answer.text()


async def test_the_page_is_light_and_has_no_script(stranger: Browser, street: Street) -> None:
    page = await stranger.get(f"/s/{street.slug}")

    assert len(page.html.encode()) <= PAGE_BYTES_MAX
    assert "<script" not in page.html
    assert "script-src 'none'" in page.headers["Content-Security-Policy"]
    assert f'href="/s/{street.slug}/privacy"' in page.html
