"""The preview names the way with its reason, the others with theirs, and lets an owner choose."""

import io

import pytest
from PIL import Image

from domain.campaigns import MessageKind, SenderName
from domain.people import ShopId
from domain.ways import DEFAULT_ORDER, WayLine
from storage.books import Books
from storage.desk import Tx
from storage.queries.campaigns import list_campaigns
from storage.queries.way_rules import insert_orders
from subsidy.shops import add_picture, card_picture
from tests.console.browser import Browser, Page
from tests.console.street import MONDAY_TEN, Street, add_regular, give_grant
from tests.factories import change

BODY = "오늘 3시 식빵 나와요"
LOOK = "/owner/send"


@pytest.fixture
async def mixed(console_books: Books, street: Street) -> Street:
    """Two with a phone number, one without."""
    await console_books.write(give_grant, street, is_started=True)
    for name, phone in (("a", "01011112222"), ("b", "01033334444"), ("c", None)):
        await console_books.write(add_regular, street.shop_id, name, phone=phone)
    await console_books.write(change, "UPDATE channel SET pf_id = 'PF01'")
    return street


async def preview(owner: Browser, **fields: str) -> Page:
    return await owner.submit(LOOK, LOOK, {"body": BODY, "way": "list", **fields})


async def test_the_cheapest_way_stands_there_with_its_reason(owner: Browser, mixed: Street) -> None:
    page = await preview(owner)

    assert "카카오톡(채팅방)으로 보내면 3명 모두에게 닿고 가장 싸요: 한 명 16.5원" in page.words
    assert "카카오톡(번호) 2명에게 닿아요. 한 명 27.5원" in page.words
    assert "이 소식을 보낸 뒤" not in page.words


async def test_who_insists_on_a_dearer_way_is_told_what_it_leaves_out(
    owner: Browser, mixed: Street, console_books: Books
) -> None:
    page = await preview(owner, sender="solapi")

    assert "고르신 대로 카카오톡(번호): 2명에게 닿아요. 한 명 27.5원" in page.words
    rest = "카카오톡(번호)으로 닿지 않는 1명에게는 카카오톡(채팅방)으로 보낼 수 있어요: 17원"
    assert rest in page.words
    assert "카카오톡(채팅방)으로 바꾸기" in page.words

    fields = {"body": BODY, "way": "list", "sender": "solapi", "leaves_by": "solapi"}
    booked = await owner.submit(LOOK, "/owner/campaigns", {**fields, "key": page.value("key")})
    assert booked.status == 303
    campaigns = await console_books.read(list_campaigns, mixed.shop_id, 5)
    assert [one.sender for one in campaigns] == [SenderName.SOLAPI]


async def test_the_form_counts_with_the_way_that_the_preview_will_propose(
    owner: Browser, mixed: Street, console_books: Books
) -> None:
    """Two people with a number at 27.5 won, not three at 16.5, once the chatbot is closed."""
    usual = await owner.get(LOOK)
    orders = {
        **DEFAULT_ORDER,
        MessageKind.ADVERTISEMENT: [WayLine(sender=SenderName.SOLAPI)],
    }
    await console_books.write(insert_orders, mixed.program_id, 1, orders, MONDAY_TEN)
    closed = await owner.get(LOOK)
    count = await owner.submit(LOOK, "/owner/send/people", {"way": "list"})
    tried = await preview(owner)

    assert "한 분 16.5원" in usual.words
    assert "3명 · 소식값 50원" in usual.words
    assert "한 분 16.5원" not in closed.words
    assert "2명 · 소식값 55원" in closed.words
    assert "2명 · 소식값 55원" in count.words
    assert "2명" in tried.words
    assert "55원" in tried.words


async def test_a_shape_that_only_one_way_draws_says_that_it_is_the_shape(
    owner: Browser, mixed: Street, console_books: Books
) -> None:
    picture = await console_books.write(add_photo, mixed.shop_id)
    page = await preview(owner, way="wide", picture_id=picture)

    assert "이 모양은 카카오톡(번호)으로만 갈 수 있어요. 2명, 한 명 27.5원이에요." in page.words
    assert "다른 방법으로 못 가는 까닭" in page.words


def add_photo(tx: Tx, shop_id: ShopId) -> str:
    body = io.BytesIO()
    Image.new("RGB", (800, 400), (200, 30, 30)).save(body, "JPEG")
    return add_picture(tx, shop_id, card_picture(body.getvalue()), MONDAY_TEN)
