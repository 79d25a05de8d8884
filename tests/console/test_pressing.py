"""`/g/{token}`: leads where the campaign says, counts a person once and a machine never."""

import pytest
import pytest_asyncio

from campaigns.plan import plan_next
from domain.people import MessageId, ShopId
from loyalty.links import button_token, why_token
from storage.books import Books
from tests.console.browser import Browser
from tests.console.street import (
    MONDAY_TEN,
    Clock,
    Street,
    add_regulars,
    book_news,
    give_grant,
)
from tests.factories import change, rows

ADDRESS = "https://shop.example/menu?from=talk&x=1"
IN_KAKAOTALK = (
    "Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36;KAKAOTALK 2511150"
)
MACHINES = (
    "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "",
)


@pytest_asyncio.fixture
async def message_id(console_books: Books, street: Street) -> MessageId:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 2)
    await console_books.write(book_news, street)
    sql = "UPDATE campaign SET button_label = '메뉴 보기', button_url = :url"
    await console_books.write(change, sql, url=ADDRESS)
    await console_books.write(plan_next, MONDAY_TEN)
    found = await console_books.read(rows, "SELECT min(id) FROM message")
    return MessageId(found[0][0])


@pytest_asyncio.fixture
async def link(console_books: Books, street: Street, message_id: MessageId) -> str:
    return f"/g/{await console_books.read(button_token, street.shop_id, message_id)}"


async def pressed(books: Books) -> list[tuple[object, ...]]:
    return await books.read(rows, "SELECT id, pressed_at FROM message WHERE pressed_at IS NOT NULL")


async def test_a_press_is_led_on_and_counted_once(
    stranger: Browser,
    link: str,
    message_id: MessageId,
    console_books: Books,
    console_clock: Clock,
) -> None:
    page = await stranger.get(link)
    first = await pressed(console_books)
    console_clock.pass_(hours=1)
    again = await stranger.get(link)

    assert [page.status, again.status] == [302, 302]
    assert page.location == again.location == ADDRESS
    assert page.headers["Cache-Control"] == "no-store"
    assert [row[0] for row in first] == [message_id]
    assert await pressed(console_books) == first


async def test_an_address_in_korean_is_led_on_in_the_letters_of_a_header(
    stranger: Browser, link: str, console_books: Books
) -> None:
    sql = "UPDATE campaign SET button_url = 'https://연남빵집.kr/메뉴?a=b+c'"
    await console_books.write(change, sql)

    page = await stranger.get(link)

    assert page.location == "https://xn--q20bt5xdyft9d.kr/%EB%A9%94%EB%89%B4?a=b+c"


async def test_the_browser_inside_kakaotalk_is_a_person(
    stranger: Browser, link: str, console_books: Books
) -> None:
    async with stranger.client.get(
        link, headers={"User-Agent": IN_KAKAOTALK}, allow_redirects=False
    ) as answer:
        assert answer.status == 302

    assert len(await pressed(console_books)) == 1


@pytest.mark.parametrize("agent", MACHINES)
async def test_what_draws_a_preview_is_led_on_and_not_counted(
    stranger: Browser, link: str, console_books: Books, agent: str
) -> None:
    async with stranger.client.get(
        link, headers={"User-Agent": agent}, allow_redirects=False
    ) as answer:
        assert answer.headers["Location"] == ADDRESS

    assert await pressed(console_books) == []


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "preview"}])
async def test_what_is_fetched_ahead_is_no_press(
    stranger: Browser, link: str, console_books: Books, headers: dict[str, str]
) -> None:
    async with stranger.client.get(link, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 302

    assert await pressed(console_books) == []


async def test_a_head_request_is_no_press(
    stranger: Browser, link: str, console_books: Books
) -> None:
    async with stranger.client.head(link, allow_redirects=False) as answer:
        assert answer.status == 302

    assert await pressed(console_books) == []


async def test_nothing_in_the_link_says_where_it_leads(
    stranger: Browser, link: str, console_books: Books, street: Street, message_id: MessageId
) -> None:
    """No open redirect: neither a parameter, nor another's mark, nor another kind of link."""
    books = console_books
    other = await books.read(button_token, ShopId(street.shop_id + 1), message_id)
    why = await books.read(why_token, street.shop_id, message_id)
    away = await stranger.get(f"{link}?url=https://evil.example/&to=//evil.example")

    made_up = [f"{link[:-1]}0" if link[-1] != "0" else f"{link[:-1]}1", f"/g/{other}", f"/g/{why}"]
    pages = [await stranger.get(path) for path in [*made_up, "/g/https:%2F%2Fevil.example"]]

    assert away.location == ADDRESS
    assert [page.status for page in pages] == [404] * 4
    assert all("Location" not in page.headers for page in pages)


async def test_a_campaign_without_a_button_leads_nowhere(
    stranger: Browser, link: str, console_books: Books
) -> None:
    await console_books.write(change, "UPDATE campaign SET button_url = NULL, button_label = NULL")

    page = await stranger.get(link)

    assert page.status == 404
    assert await pressed(console_books) == []
