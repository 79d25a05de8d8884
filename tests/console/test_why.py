"""“왜 받았나요?”: an advertisement's link tells its own person why, and stops or rests the news."""

from dataclasses import dataclass
from datetime import datetime

import pytest_asyncio

from campaigns.plan import plan_next
from campaigns.settle import settle_reports
from domain.campaigns import Outcome, Report
from domain.consent import rest_until
from domain.people import CustomerId, MessageId
from loyalty.consent import stop_advertising
from loyalty.links import why_token
from loyalty.pausing import pause_advertising
from loyalty.privacy import erase_customer
from storage.books import Books
from storage.desk import Tx
from storage.queries.customers import list_choices
from tests.console.browser import Browser
from tests.console.street import (
    MONDAY_TEN,
    Clock,
    Street,
    add_regular,
    book_news,
    give_grant,
)
from tests.factories import change, let_advertise_often, rows

STANDING = (
    "SELECT advertising_since IS NULL, withdrawn_at IS NULL, paused_at IS NULL FROM membership"
)
CHOICES = "SELECT count(*) FROM consent_choice"
LINES = "SELECT count(*) FROM audit_line"


@dataclass(frozen=True, slots=True)
class Got:
    """One regular who got one message."""

    customer: CustomerId
    link: str


def send(tx: Tx, street: Street, words: str) -> MessageId:
    """Books, plans and delivers; the newest message."""
    book_news(tx, street, words)
    while plan_next(tx, MONDAY_TEN):
        pass
    change(tx, "UPDATE chunk SET started_at = act_at WHERE started_at IS NULL")
    ((message_id,),) = rows(tx, "SELECT max(id) FROM message")
    report = Report(message_id=message_id, outcome=Outcome.DELIVERED, code="4000", is_charged=True)
    settle_reports(tx, [report], MONDAY_TEN)
    return MessageId(message_id)


@pytest_asyncio.fixture
async def got(console_books: Books, street: Street) -> Got:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(let_advertise_often, street.shop_id)
    customer = await console_books.write(add_regular, street.shop_id, "minji")
    message_id = await console_books.write(send, street, "#{고객명}님, 오늘 3시 식빵 나와요")
    token = await console_books.read(why_token, street.shop_id, message_id)
    return Got(customer, f"/w/{token}")


async def test_it_tells_why_and_nothing_changes(
    stranger: Browser, street: Street, console_books: Books, got: Got
) -> None:
    """Opened as often as a preview likes."""
    before = [await console_books.read(rows, sql) for sql in (STANDING, CHOICES, LINES)]
    pages = [await stranger.get(got.link) for _ in range(3)]

    assert [await console_books.read(rows, sql) for sql in (STANDING, CHOICES, LINES)] == before
    for words in (
        "보람빵집",
        "단골이 되신 날2026년 11월 23일",
        "소식에 동의하신 날2026년 11월 23일",
        "누구에게 보냈나요소식 받기에 동의하신 분 모두",
        "이번 달 이 가게 소식1번",
        "단골님, 오늘 3시 식빵 나와요",
        "30일 쉬기",
        "그만 받기",
        "02-123-4567",
    ):
        assert words in pages[-1].words, words
    assert "<script" not in pages[-1].html
    assert f"/s/{street.slug}/privacy" in pages[-1].html


async def test_only_this_months_messages_that_came_are_counted(
    stranger: Browser, street: Street, console_books: Books, console_clock: Clock, got: Got
) -> None:
    for words in ("둘째 소식", "셋째 소식"):
        await console_books.write(send, street, words)
    await console_books.write(
        change, "UPDATE message SET state = 'failed' WHERE id = (SELECT max(id) FROM message)"
    )
    assert "소식2번" in (await stranger.get(got.link)).words
    console_clock.at = datetime.fromisoformat("2026-11-30T14:59:59+00:00")
    assert "소식2번" in (await stranger.get(got.link)).words
    console_clock.pass_(seconds=1)
    assert "소식0번" in (await stranger.get(got.link)).words


async def test_the_link_to_refuse_opens_one_button_and_refuses_nobody_yet(
    stranger: Browser, console_books: Books, got: Got
) -> None:
    """L8, L10, L11: where no button of the message speaks to the bot; previews open it, too."""
    pages = [await stranger.get(f"{got.link}/stop") for _ in range(2)]

    assert await console_books.read(rows, STANDING) == [(0, 1, 1)]
    for page in pages:
        assert page.html.count("<button") == 1
        assert f'action="{got.link}/stop"' in page.html
        assert "무료 수신거부" in page.words
        assert "<script" not in page.html


async def test_who_refused_already_reads_so_behind_that_link(stranger: Browser, got: Got) -> None:
    await stranger.post(f"{got.link}/stop")
    page = await stranger.get(f"{got.link}/stop")

    assert "수신을 거부하셔서 지금은 홍보 소식을 보내지 않아요" in page.words
    assert "<button" not in page.html


async def test_one_press_refuses_and_its_page_is_the_notice(
    stranger: Browser, street: Street, console_books: Books, got: Got
) -> None:
    """L4, L11, L13; a second press writes nothing more."""
    shown = [await stranger.post(f"{got.link}/stop") for _ in range(2)]

    for page in shown:
        assert page.status == 200
        for words in (
            "[수신 거부 처리 결과]",
            "보내는 곳보람빵집",
            "광고성 정보 수신 거부",
            "2026년 11월 23일",
            "지금부터 홍보 소식을 보내지 않아요",
            "소식 받기",
        ):
            assert words in page.words, words
    assert await console_books.read(rows, STANDING) == [(1, 0, 1)]
    records = await console_books.read(list_choices, street.shop_id, got.customer)
    assert [one.choice for one in records if one.purpose == "advertising"] == [
        "granted",
        "withdrawn",
    ]
    assert records[-1].notice_at == records[-1].chosen_at == MONDAY_TEN
    later = await stranger.get(got.link)
    assert "2026년 11월 23일에 수신을 거부하셔서" in later.words
    assert "<button" not in later.html


async def test_a_rest_lasts_thirty_days_and_keeps_the_consent(
    stranger: Browser, console_books: Books, console_clock: Clock, got: Got
) -> None:
    first = await stranger.post(f"{got.link}/rest")
    lines = await console_books.read(rows, LINES)
    console_clock.pass_(hours=3)
    again = await stranger.post(f"{got.link}/rest")

    assert await console_books.read(rows, STANDING) == [(0, 1, 0)]
    assert await console_books.read(rows, LINES) == lines
    for page in (first, again):
        assert "12월 23일 (수)까지 이 가게의 홍보 소식을 쉬어요" in page.words
        assert "쉬기 끝내기" in page.words
        assert "30일 쉬기" not in page.words
        assert "그만 받기" in page.words
    console_clock.at = rest_until(MONDAY_TEN)
    assert "30일 쉬기" in (await stranger.get(got.link)).words


async def test_a_rest_is_ended_in_one_press_and_a_doubtful_stop_is_not(
    stranger: Browser, street: Street, console_books: Books, got: Got
) -> None:
    await stranger.post(f"{got.link}/rest")
    ended = [await stranger.post(f"{got.link}/resume") for _ in range(2)]
    await console_books.write(
        pause_advertising, street.shop_id, got.customer, None, actor="customer:1", at=MONDAY_TEN
    )
    doubted = await stranger.post(f"{got.link}/resume")

    for page in ended:
        assert page.status == 200
        assert "30일 쉬기" in page.words
        assert "채팅방으로" in page.words
    assert "쉬기 끝내기" not in doubted.words
    assert await console_books.read(rows, STANDING) == [(0, 1, 0)]


async def test_who_refused_has_nothing_to_rest_and_who_rests_may_refuse(
    stranger: Browser, console_books: Books, got: Got
) -> None:
    await stranger.post(f"{got.link}/rest")
    assert "수신 거부 처리 결과" in (await stranger.post(f"{got.link}/stop")).words
    await stranger.post(f"{got.link}/rest")

    assert await console_books.read(rows, STANDING) == [(1, 0, 1)]


async def test_a_refusal_in_the_chat_is_shown_here(
    stranger: Browser, console_books: Books, got: Got
) -> None:
    await console_books.write(stop_advertising, got.customer, pressed="그만", at=MONDAY_TEN)
    page = await stranger.get(got.link)

    assert "수신을 거부하셔서 지금은 홍보 소식을 보내지 않아요" in page.words
    assert "<button" not in page.html


async def test_after_deletion_it_says_so_and_tells_nothing(
    stranger: Browser, console_books: Books, got: Got
) -> None:
    await console_books.write(erase_customer, got.customer, actor="test", at=MONDAY_TEN)

    pages = [
        await stranger.get(got.link),
        await stranger.post(f"{got.link}/stop"),
        await stranger.post(f"{got.link}/rest"),
    ]
    for page in pages:
        assert page.status == 200
        assert "정보는 모두 지워져서" in page.words
        assert "식빵" not in page.words
        assert "<button" not in page.html


async def test_nobody_can_make_up_or_alter_a_link(
    stranger: Browser, console_books: Books, street: Street, got: Got
) -> None:
    """Another message's number under this one's mark, a lost letter, another kind of token."""
    shop, message, mark = got.link.removeprefix("/w/").split("-")
    before = [await console_books.read(rows, sql) for sql in (STANDING, CHOICES, LINES)]
    for token in (
        f"{shop}-{int(message) + 1}-{mark}",
        f"{int(shop) + 1}-{message}-{mark}",
        f"{shop}-{message}-{mark[:-1]}",
        f"{shop}-{message}-{mark[::-1]}",
        f"{shop}-{message}",
        "x",
        "%EA%B0%80-1",
        "%FF-1",
        "1" * 900,
    ):
        assert (await stranger.get(f"/w/{token}")).status == 404, token
        assert (await stranger.post(f"/w/{token}/stop")).status == 404, token
        assert (await stranger.post(f"/w/{token}/rest")).status == 404, token
    assert [await console_books.read(rows, sql) for sql in (STANDING, CHOICES, LINES)] == before


async def test_a_message_that_is_not_there_is_not_found(
    stranger: Browser, console_books: Books, street: Street
) -> None:
    token = await console_books.read(why_token, street.shop_id, MessageId(999))

    assert (await stranger.get(f"/w/{token}")).status == 404


async def test_another_site_cannot_press_for_somebody(
    stranger: Browser, console_books: Books, got: Got
) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    page = await stranger.post(f"{got.link}/stop", headers=foreign)

    assert page.status == 403
    assert await console_books.read(rows, STANDING) == [(0, 1, 1)]
