"""The shop: what its owner says of it, its picture, its QR code and its public page."""

import io

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from console.app import setup
from console.keys import ConsoleSettings
from storage.books import Books
from storage.queries.certificates import may_text
from storage.queries.pictures import find_picture
from storage.queries.places import get_shop
from tests.console.browser import Browser
from tests.console.street import Clock, Street
from tests.factories import rows

FACTS = {
    "contact": "02-123-4567",
    "hours": "평일 8시~20시",
    "address": "망원로 12",
    "welcome": "어서 오세요",
}


def picture(color: tuple[int, int, int] = (200, 160, 110)) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (900, 900), color).save(body, "PNG")
    return body.getvalue()


async def test_an_owner_describes_the_shop(
    owner: Browser, street: Street, console_books: Books
) -> None:
    saved = await owner.submit("/owner/shop", "/owner/shop", FACTS)
    shop = await console_books.read(get_shop, street.shop_id)

    assert saved.status == 303
    assert "저장했어요" in (await owner.get("/owner/shop")).words
    assert (shop.hours, shop.address, shop.welcome) == ("평일 8시~20시", "망원로 12", "어서 오세요")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"contact": "12"}, "전화번호 모양"), ({"welcome": "가" * 101}, "100자까지")],
)
async def test_wrong_facts_get_a_sentence_and_keep_the_words(
    owner: Browser, street: Street, changes: dict[str, str], sentence: str
) -> None:
    page = await owner.submit("/owner/shop", "/owner/shop", {**FACTS, **changes})

    assert page.status == 422
    assert sentence in page.words
    assert page.value("hours") == FACTS["hours"]


async def test_a_new_picture_takes_the_old_ones_place(
    owner: Browser, street: Street, console_books: Books
) -> None:
    for color in ((200, 160, 110), (20, 60, 110)):
        files = {"photo": picture(color)}
        await owner.submit("/owner/shop", "/owner/shop/picture", files=files)

    shop = await console_books.read(get_shop, street.shop_id)
    assert shop.picture_id is not None
    found = await console_books.read(find_picture, shop.picture_id)
    assert found is not None
    with Image.open(io.BytesIO(found[1])) as shown:
        assert shown.convert("RGB").getpixel((10, 10)) == pytest.approx((20, 60, 110), abs=6)


async def test_pressing_without_a_picture_gets_a_sentence(owner: Browser, street: Street) -> None:
    page = await owner.submit("/owner/shop", "/owner/shop/picture")

    assert page.status == 422
    assert "사진을 먼저 골라" in page.words


async def test_a_body_beyond_the_limit_is_refused(owner: Browser, street: Street) -> None:
    page = await owner.submit(
        "/owner/shop", "/owner/shop/picture", files={"photo": bytes(13 * 1024 * 1024)}
    )

    assert page.status == 413
    assert "너무 커요" in page.words


async def test_the_qr_code_is_a_drawing_that_scales(owner: Browser, street: Street) -> None:
    drawing = await owner.get("/owner/qr.svg")

    assert drawing.headers["Content-Type"].startswith("image/svg+xml")
    assert "viewBox" in drawing.html


async def test_anyone_sees_the_shops_page(
    stranger: Browser, owner: Browser, street: Street
) -> None:
    await owner.submit("/owner/shop", "/owner/shop", FACTS)

    page = await stranger.get(f"/s/{street.slug}")

    assert page.status == 200
    for words in ("보람빵집", "평일 8시~20시", "망원로 12", "어서 오세요", "무료예요"):
        assert words in page.words
    assert 'href="https://pf.kakao.com/_보람/chat"' in page.html
    assert 'href="https://pf.kakao.com/_보람/friend"' in page.html


async def test_the_chat_link_can_point_to_the_simulator(
    console_books: Books, console_clock: Clock, street: Street
) -> None:
    settings = ConsoleSettings(public_url="http://x", chat_link="http://127.0.0.1:9/phone")
    app = web.Application()
    setup(app, books=console_books, now=console_clock, settings=settings)
    async with TestClient(TestServer(app)) as client:
        page = await (await client.get(f"/s/{street.slug}")).text()

    assert 'href="http://127.0.0.1:9/phone/_보람/chat"' in page


async def test_an_unknown_shop_is_not_found(stranger: Browser, street: Street) -> None:
    assert (await stranger.get("/s/none")).status == 404


async def test_an_owner_decides_whether_news_may_go_as_text_messages(
    owner: Browser, street: Street, console_books: Books
) -> None:
    """L18: off unless they say so, and back off again; each with its line in the log."""
    before = await console_books.read(may_text, street.shop_id)
    await owner.submit("/owner/shop", "/owner/shop/texting", {"may_text": "1"})
    assert "아직 문자가 나가지 않아요. 톡채널에" in (await owner.get("/owner/shop")).words
    between = await console_books.read(may_text, street.shop_id)
    page = await owner.get("/owner/shop")
    await owner.submit("/owner/shop", "/owner/shop/texting", {})

    assert (before, between) == (False, True)
    assert "문자로도 보내기" in page.words
    assert not await console_books.read(may_text, street.shop_id)
    lines = "SELECT act FROM audit_line WHERE act LIKE 'texts_%' ORDER BY id"
    assert await console_books.read(rows, lines) == [("texts_on",), ("texts_off",)]
