"""After the news: whom it did not reach is offered the next way, and gets it by one press, once."""

import pytest_asyncio

from campaigns.booking import Draft, book_campaign
from campaigns.plan import plan_next
from domain.campaigns import BubbleKind, CampaignState, PauseReason, SenderName
from domain.parts import Part, parts_text
from domain.people import CampaignId
from storage.books import Books
from storage.desk import Tx
from storage.queries.campaigns import list_campaigns
from tests.console.browser import Browser, token_on
from tests.console.street import MONDAY_TEN, Street, add_regular, give_grant, report_all
from tests.factories import change

FIRST = "/owner/campaigns/1"
PAUSED = "UPDATE campaign SET state = :state, paused_for = :reason"
AS_GOODS = "UPDATE campaign SET bubble = 'goods', parts = :parts"
BRAND = Draft(sender=SenderName.SOLAPI, bubble=BubbleKind.TEXT, body="오늘 3시 식빵 나와요")


def book_brand(tx: Tx, street: Street) -> CampaignId:
    shop_id, staff_id = street.shop_id, street.owner
    return book_campaign(tx, shop_id, BRAND, form_key="brand", staff_id=staff_id, at=MONDAY_TEN)


@pytest_asyncio.fixture
async def sent(console_books: Books, street: Street) -> Street:
    """A brand message has reached two; the third has left no phone number."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(change, "UPDATE channel SET pf_id = 'PF01'")
    for name, phone in (("a", "01011112222"), ("b", "01033334444"), ("c", None)):
        await console_books.write(add_regular, street.shop_id, name, phone=phone)
    await console_books.write(book_brand, street)
    await console_books.write(report_all, 2, 0)
    return street


async def test_the_rest_is_offered_and_sent_once(
    owner: Browser, sent: Street, console_books: Books
) -> None:
    page = await owner.get(FIRST)
    assert "닿지 않은 1명에게 보낼 수 있어요" in page.words
    assert "카카오톡(채팅방)으로 보내면 한 명 16.5원, 모두 17원이에요" in page.words

    form = {"csrf": token_on(page), "sender": "kakao_event"}
    places = {(await owner.post(f"{FIRST}/rest", form)).location for _ in range(2)}

    assert places == {"/owner/campaigns/2"}
    newest, _ = await console_books.read(list_campaigns, sent.shop_id, 5)
    assert (newest.sender, newest.bubble, newest.body) == (
        SenderName.KAKAO_EVENT,
        BubbleKind.LIST,
        BRAND.body,
    )
    after = (await owner.get(FIRST)).words
    assert "1명에게 보내기" not in after
    assert "닿지 않은 분께 더 보냈어요 카카오톡(채팅방): 보낼 예정" in after


async def test_both_campaigns_say_of_each_other(
    owner: Browser, sent: Street, console_books: Books
) -> None:
    await owner.submit(FIRST, f"{FIRST}/rest", {"sender": "kakao_event"})
    await console_books.write(report_all, 4, 0)

    first, second = await owner.get(FIRST), await owner.get("/owner/campaigns/2")
    everything = await owner.get("/owner/campaigns")

    assert "카카오톡(채팅방): 1명 중 1명이 받으셨어요" in first.words
    assert 'href="/owner/campaigns/2"' in first.html
    assert "먼저 보낸 소식이 닿지 않은 분께 다른 길로 보낸 소식이에요" in second.words
    assert f'href="{FIRST}"' in second.html
    assert everything.words.count("닿지 않은 분께") == 1


async def test_a_thing_and_its_price_are_told_in_words_and_shown_before_the_button(
    owner: Browser, sent: Street, console_books: Books
) -> None:
    """A bubble with a price goes by brand message only; in the chat the words alone are left."""
    parts = parts_text([Part(title="우유 식빵", price_won=4_000, sale_won=3_000)])
    await console_books.write(change, AS_GOODS, parts=parts)

    page = await owner.get(FIRST)
    assert "사진 없이 글만 가요. 이렇게 보여요" in page.words
    preview = page.html.split('class="bubble', 1)[1].split("<form", 1)[0]
    assert BRAND.body in preview
    assert "우유 식빵 3,000원 (원래 4,000원)" in preview

    await owner.submit(FIRST, f"{FIRST}/rest", {"sender": "kakao_event"})
    newest, _ = await console_books.read(list_campaigns, sent.shop_id, 5)
    assert newest.body == f"{BRAND.body}\n우유 식빵 3,000원 (원래 4,000원)"
    assert newest.parts == ""


async def test_what_could_not_be_booked_is_not_offered(
    owner: Browser, sent: Street, console_books: Books
) -> None:
    """Without a phone number no advertisement leaves (L7)."""
    await console_books.write(change, "UPDATE shop SET contact = NULL")

    assert "/rest" not in (await owner.get(FIRST)).html


async def test_what_nobody_offers_books_nothing(
    owner: Browser, sent: Street, console_books: Books
) -> None:
    for sender in ("solapi", "solapi_alimtalk", "pigeon", ""):
        answer = await owner.submit(FIRST, f"{FIRST}/rest", {"sender": sender})
        assert answer.location == FIRST
    assert "보내지 않았어요" in (await owner.get(FIRST)).words
    assert len(await console_books.read(list_campaigns, sent.shop_id, 5)) == 1


async def test_a_closed_way_is_said_with_the_next_one(
    owner: Browser, street: Street, console_books: Books
) -> None:
    """Nothing goes by a dearer way by itself: its owner stops it first."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(change, "UPDATE channel SET pf_id = 'PF01'")
    await console_books.write(add_regular, street.shop_id, "a", phone="01011112222")
    await console_books.write(book_brand, street)
    await console_books.write(plan_next, MONDAY_TEN)
    state, reason = CampaignState.PAUSED.value, PauseReason.WAY.value
    await console_books.write(change, PAUSED, state=state, reason=reason)

    page = await owner.get(FIRST)
    assert "이 길로 보낼 돈이나 계정이 막혀서 멈췄어요" in page.words
    assert "다음 길은 카카오톡(채팅방), 한 명 16.5원" in page.words
    assert "/rest" not in page.html

    await owner.submit(FIRST, f"{FIRST}/stop")
    stopped = await owner.get(FIRST)
    assert "닿지 않은 1명에게 보낼 수 있어요" in stopped.words
