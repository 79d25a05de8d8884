"""The preview names the way with its reason, the others with theirs, and lets an owner choose."""

import pytest

from domain.campaigns import SenderName
from storage.books import Books
from storage.queries.campaigns import list_campaigns
from tests.console.browser import Browser, Page
from tests.console.street import Street, add_regular, give_grant
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

    assert "챗봇으로 보내면 3명 모두에게 닿고 가장 싸요: 한 명 16.5원" in page.words
    assert "브랜드 메시지 2명에게 닿아요. 한 명 27.5원" in page.words
    assert "이 소식을 보낸 뒤" not in page.words


async def test_who_insists_on_a_dearer_way_is_told_what_it_leaves_out(
    owner: Browser, mixed: Street, console_books: Books
) -> None:
    page = await preview(owner, sender="solapi")

    assert "고르신 대로 브랜드 메시지: 2명에게 닿아요. 한 명 27.5원" in page.words
    assert "브랜드 메시지로 닿지 않는 1명에게는 챗봇으로 보낼 수 있어요: 17원" in page.words
    assert "챗봇 쓰기" in page.words

    fields = {"body": BODY, "way": "list", "sender": "solapi", "leaves_by": "solapi"}
    booked = await owner.submit(LOOK, "/owner/campaigns", {**fields, "key": page.value("key")})
    assert booked.status == 303
    campaigns = await console_books.read(list_campaigns, mixed.shop_id, 5)
    assert [one.sender for one in campaigns] == [SenderName.SOLAPI]
