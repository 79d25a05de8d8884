"""Photographs of the parts of news: what of them is kept, offered and never lost."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from storage.books import Books
from storage.queries.pictures import list_pictures
from storage.queries.places import get_shop
from subsidy.shops import add_picture, card_picture
from tests.console.browser import Browser, Page
from tests.console.street import MONDAY_TEN, Street, add_regular, give_grant
from tests.console.test_parts import BOOK, KEEP, PARTS, SEND, form, photo
from tests.factories import rows


@pytest.fixture
async def pictures(console_books: Books, street: Street) -> list[str]:
    """A shop with money, a regular whose number it has, and two pictures."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regular, street.shop_id, "p", phone="010-5550-1000")
    return [
        await console_books.write(
            add_picture, street.shop_id, card_picture(photo(color)), MONDAY_TEN
        )
        for color in ((200, 30, 30), (30, 30, 200))
    ]


def chosen_in(page: Page) -> str:
    """The picture of the first part."""
    found = re.search(r'name="p0_picture" value="(\w+)" checked', page.html)
    assert found
    return found[1]


def photo_of_thirds() -> bytes:
    """Red, green and blue from top to bottom: each crop shows another."""
    picture = Image.new("RGB", (1200, 1800), (30, 160, 30))
    picture.paste((200, 30, 30), (0, 0, 1200, 600))
    picture.paste((30, 30, 200), (0, 1200, 1200, 1800))
    body = io.BytesIO()
    picture.save(body, "JPEG")
    return body.getvalue()


async def test_of_a_photograph_only_the_crop_that_was_chosen_last_is_kept(
    owner: Browser, console_books: Books, pictures: list[str]
) -> None:
    """The shop's own photograph must not be pushed off the page by tries."""
    tall = {"p0_photo": photo_of_thirds()}
    typed = form("slides", pictures)
    for focus in ("middle", "top", "bottom", "top"):
        page = await owner.submit(SEND, PARTS, {**typed, "p0_focus": focus}, files=tall)
        typed["p0_picture"] = chosen_in(page)

    kept = [one for (one,) in await console_books.read(rows, "SELECT id FROM picture")]
    assert sorted(kept) == sorted([*pictures, typed["p0_picture"]])


async def test_a_crop_that_news_shows_stays_when_another_is_tried(
    owner: Browser, console_books: Books, pictures: list[str]
) -> None:
    tall = {"p0_photo": photo_of_thirds()}
    typed = form("slides", pictures)
    for path in (KEEP, BOOK):
        page = await owner.submit(SEND, PARTS, {**typed, "p0_focus": "top"}, files=tall)
        shown = chosen_in(page)
        await owner.submit(SEND, path, {**typed, "p0_picture": shown, "name": "식빵"})

        await owner.submit(SEND, PARTS, {**typed, "p0_focus": "bottom"}, files=tall)

        kept = await console_books.read(rows, "SELECT id FROM picture")
        assert (shown,) in [(one,) for (one,) in kept]


async def test_the_picture_of_a_part_does_not_become_the_shops_own(
    owner: Browser, console_books: Books, street: Street
) -> None:
    typed = form("items", ["", ""])

    page = await owner.submit(SEND, PARTS, typed, files={"p0_photo": photo((30, 160, 30))})

    assert page.status == 200
    assert len(await console_books.read(rows, "SELECT id FROM picture")) == 1
    shop = await console_books.read(get_shop, street.shop_id)
    assert shop.picture_id is None
    assert 'name="picture_id" value=' in (await owner.get(SEND)).html
    assert 'value="list" checked' in (await owner.get(SEND)).html


async def test_the_shops_own_picture_is_offered_first_however_many_there_are(
    owner: Browser, console_books: Books, street: Street, pictures: list[str]
) -> None:
    for number in range(12):
        card = card_picture(photo((number, 9, 9)))
        later = MONDAY_TEN + timedelta(minutes=1 + number)
        await console_books.write(add_picture, street.shop_id, card, later)

    assert (await console_books.read(list_pictures, street.shop_id))[0] == pictures[0]


async def test_photographs_for_all_the_cards_come_in_one_form(
    owner: Browser, pictures: list[str]
) -> None:
    """Without scripts; what was typed stays whatever is wrong with them."""
    heavy = dict.fromkeys(("photo", "p0_photo", "p1_photo"), b"\x00" * 7500000)
    typed = form("slides", pictures, parts="2", p1_title="바게트")

    page = await owner.submit(SEND, SEND, typed, files=heavy)

    assert page.status == 422
    assert 'id="p1_picture-mistake"' in page.html
    assert (page.value("p0_title"), page.value("p1_title")) == ("무화과 식빵", "바게트")
