"""Grants on screen: inert until started (F1), started once (F4), offered only within budget."""

from datetime import datetime, timedelta

import pytest

from campaigns.plan import plan_next
from campaigns.settle import settle_reports
from domain.campaigns import Outcome, Report
from domain.money import won
from domain.people import MessageId
from storage.books import Books
from storage.desk import Tx
from storage.queries.places import get_shop
from subsidy.ending import lapse_grants
from subsidy.enrolling import enroll_shop
from subsidy.grants import list_grants, start_pot
from subsidy.money import program_money
from subsidy.offering import Offer, open_pot
from tests.console.browser import Browser, Browsers
from tests.console.street import (
    MONDAY_TEN,
    Clock,
    Street,
    add_regulars,
    book_news,
    give_grant,
    report_all,
)
from tests.factories import QUALIFIED, change

OFFER = {
    "amount": "300,000원",
    "start_by": "2026-12-07",
    "expires_at": "2027-01-22",
    "form_key": "key-1",
}
SHEET = "/manager/shops/1"


@pytest.fixture
async def qualified(console_books: Books, street: Street) -> Street:
    """The street, whose shop may be granted money."""
    await console_books.write(qualify, street)
    return street


def qualify(tx: Tx, street: Street) -> None:
    enroll_shop(tx, street.program_id, street.shop_id, QUALIFIED, actor="test", at=MONDAY_TEN)


async def test_an_offered_grant_is_not_yet_money(
    owner: Browser, street: Street, console_books: Books
) -> None:
    """F1"""
    await console_books.write(give_grant, street, is_started=False)

    page = await owner.get("/owner")

    assert "남은 지원금0원" in page.words.replace("지원금 0", "지원금0")
    assert "새 지원금 300,000원이 왔어요" in page.words
    assert "되돌릴 수 없어요" in page.words


async def test_pressing_use_makes_it_money(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=False)

    started = await owner.submit("/owner", "/owner/grants/1/start")
    page = await owner.get(started.location)

    assert started.status == 303
    assert "지원금을 쓰기 시작했어요" in page.words
    assert "300,000원" in page.words
    assert "사용하기" not in page.words


async def test_pressing_use_twice_is_harmless(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)

    assert (await owner.submit("/owner/shop", "/owner/grants/1/start")).status == 303


async def test_another_shops_grant_cannot_be_started(
    browsers: Browsers, other_street: Street, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=False)
    neighbor = await browsers.open(other_street.owner)

    page = await neighbor.submit("/owner/shop", "/owner/grants/1/start")

    assert page.status == 404
    grant = (await console_books.read(list_grants, street.shop_id, MONDAY_TEN))[0]
    assert grant.started_at is None


async def test_a_grant_past_its_start_is_refused_with_a_sentence(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    """F2"""
    await console_books.write(give_grant, street, is_started=False)
    console_clock.pass_(days=15)

    page = await owner.submit("/owner/shop", "/owner/grants/1/start")

    assert page.status == 409
    assert "때가 지났어요" in page.words
    assert "시작하지 않아 사라졌어요" in (await owner.get("/owner/grants")).words


async def test_the_grants_page_says_what_it_pays(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)

    page = await owner.get("/owner/grants")

    assert "쓰는 중" in page.words
    assert "카카오톡 챗봇으로 보내는 소식" in page.words
    assert "브랜드 메시지로 보내는 소식" in page.words


async def test_a_manager_offers_a_grant(
    manager: Browser, qualified: Street, console_books: Books
) -> None:
    offered = await manager.submit(SHEET, f"{SHEET}/grants", OFFER)
    page = await manager.get(offered.location)

    assert "시작 전" in page.words
    assert "300,000원" in page.words
    assert "12월 7일 (월)" in page.words
    assert "1월 22일 (금)" in page.words


async def test_the_same_form_offers_once(
    manager: Browser, qualified: Street, console_books: Books
) -> None:
    for _ in range(2):
        await manager.submit(SHEET, f"{SHEET}/grants", OFFER)

    assert len(await console_books.read(list_grants, qualified.shop_id, MONDAY_TEN)) == 1


async def test_a_form_changed_after_sending_is_a_new_grant(
    manager: Browser, qualified: Street, console_books: Books
) -> None:
    """What the page says was given, was given."""
    for amount in ("300,000원", "200,000원"):
        await manager.submit(SHEET, f"{SHEET}/grants", {**OFFER, "amount": amount})

    grants = await console_books.read(list_grants, qualified.shop_id, MONDAY_TEN)
    assert {grant.amount_jeon for grant in grants} == {won(300_000), won(200_000)}


async def test_zeros_in_front_of_an_amount_mean_nothing(
    manager: Browser, qualified: Street, console_books: Books
) -> None:
    await manager.submit(SHEET, f"{SHEET}/grants", {**OFFER, "amount": "0" * 12 + "5000"})

    (grant,) = await console_books.read(list_grants, qualified.shop_id, MONDAY_TEN)
    assert grant.amount_jeon == won(5_000)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": ""}, "금액을 숫자로"),
        ({"amount": "많이"}, "금액을 숫자로"),
        ({"amount": "-5"}, "금액을 숫자로"),
        ({"amount": "0"}, "1원보다 큰"),
        ({"amount": "9" * 5000}, "10,000,000,000원까지"),
        ({"amount": "0" * 12 + "9" * 30}, "10,000,000,000원까지"),
        ({"amount": "10000000001"}, "10,000,000,000원까지"),
        ({"form_key": ""}, "다시 눌러 주세요"),
        ({"amount": "٣٠٠"}, "금액을 숫자로"),
        ({"amount": "10000001"}, "예산보다 많아요"),
        ({"start_by": ""}, "날짜를 골라"),
        ({"start_by": "9999-12-31"}, "날짜를 골라"),
        ({"start_by": "2026-11-01"}, "지금보다 뒤"),
        ({"expires_at": "2026-12-01"}, "앞설 수 없어요"),
    ],
)
async def test_a_wrong_offer_gets_a_sentence(
    manager: Browser,
    qualified: Street,
    console_books: Books,
    changes: dict[str, str],
    sentence: str,
) -> None:
    page = await manager.submit(SHEET, f"{SHEET}/grants", {**OFFER, **changes})

    assert page.status == 422
    assert sentence in page.words
    assert await console_books.read(list_grants, qualified.shop_id, MONDAY_TEN) == []
    money = await console_books.read(program_money, qualified.program_id)
    assert money.left_jeon == won(10_000_000)


def plan_news(tx: Tx, street: Street) -> None:
    """News to three people that waits to leave."""
    add_regulars(tx, street.shop_id, 3)
    book_news(tx, street)
    assert plan_next(tx, MONDAY_TEN)


def fail_all(tx: Tx, at: datetime) -> None:
    reports = [
        Report(message_id=MessageId(number), outcome=Outcome.FAILED, code="3104", is_charged=False)
        for number in (1, 2, 3)
    ]
    settle_reports(tx, reports, at)


async def test_the_page_says_what_campaigns_took_and_gave_back(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(add_regulars, street.shop_id, 3)
    await console_books.write(book_news, street)
    await console_books.write(report_all, 2, 1)

    page = await owner.get("/owner/grants")

    assert "이 돈으로 보낸 소식 1개" in page.words
    assert "17원 돌아옴" in page.words
    assert 'href="/owner/campaigns/1"' in page.html
    assert "쓴 돈33원" in page.words


async def test_what_comes_back_after_the_end_lapses_at_once_and_the_page_says_so(
    browsers: Browsers, street: Street, console_books: Books, console_clock: Clock
) -> None:
    """F2: the rest lapsed on the last day, what came back later on its own."""
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(plan_news, street)
    console_clock.pass_(days=60, minutes=1)
    await console_books.write(lapse_grants, console_clock())
    owner = await browsers.open(street.owner)
    held = await owner.get("/owner/grants")
    console_clock.pass_(hours=1)
    await console_books.write(fail_all, console_clock())

    page = await owner.get("/owner/grants")

    assert "잡아 둔 돈은 보내고 있는 소식에 그대로 써요" in held.words
    assert "1월 22일 (금)에 299,950원이 사라졌어요 (기간이 끝나서)" in page.words
    assert "1월 22일 (금)에 돌아온 50원은 기간이 끝나 바로 사라졌어요" in page.words
    assert "사라진 돈300,000원" in page.words


async def test_returned_money_may_be_used_as_long_as_the_terms_say(
    browsers: Browsers, street: Street, console_books: Books, console_clock: Clock
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    sql = "UPDATE \"grant\" SET returned_until = '2027-02-05 15:00:00.000000'"
    await console_books.write(change, sql)
    await console_books.write(plan_news, street)
    console_clock.pass_(days=60, minutes=1)
    await console_books.write(lapse_grants, console_clock())
    await console_books.write(fail_all, console_clock())

    owner = await browsers.open(street.owner)
    kept = await owner.get("/owner/grants")
    today = await owner.get("/owner")
    console_clock.pass_(days=20)
    await console_books.write(lapse_grants, console_clock())
    gone = await owner.get("/owner/grants")

    assert "돌아온 50원은 2월 5일 (금)까지 쓸 수 있어요" in kept.words
    assert "남은 지원금 50원" in today.words
    assert "돌아온 50원은 2월 5일 (금)까지 쓰지 않아 사라졌어요" in gone.words


async def test_what_was_never_started_says_when_it_was_lost(
    owner: Browser, street: Street, console_books: Books, console_clock: Clock
) -> None:
    await console_books.write(give_grant, street, is_started=False)
    home = await owner.get("/owner")
    console_clock.pass_(days=15)

    before = await owner.get("/owner/grants")
    await console_books.write(lapse_grants, console_clock())
    after = await owner.get("/owner/grants")

    assert "12월 7일 (월)까지 시작하지 않으면 사라져요" in home.words
    for page in (before, after):
        assert "12월 7일 (월)까지 시작하지 않아 300,000원이 사라졌어요" in page.words


async def test_a_pot_says_how_much_of_it_this_shop_may_use(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(share_pot, street)

    page = await owner.get("/owner/grants")
    today = await owner.get("/owner")

    assert "시장 공동 지원금에서 50,000원까지 쓸 수 있어요" in page.words
    assert "보람시장 공동 지원금" in page.words
    assert "모두 100,000원을 시장의 가게들이 함께 써요" in page.words
    assert "우리 가게는 모두 50,000원까지예요" in page.words
    assert "시장 공동 지원금에서도 50,000원까지 쓸 수 있어요" in today.words


async def test_the_preview_says_what_the_market_shares(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=True)
    await console_books.write(share_pot, street)
    await console_books.write(add_regulars, street.shop_id, 3)
    words = {"body": "오늘 식빵", "way": "list", "when": "now", "key": "k"}

    page = await owner.submit("/owner/send", "/owner/send", words)

    assert "3명 · 지원금 50원 · 남은 지원금 349,950원" in page.words
    assert "지원금 350,000원 가운데 50,000원은 시장 공동 지원금이에요" in page.words


async def test_the_terms_are_read_before_a_grant_is_started(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(give_grant, street, is_started=False)
    await console_books.write(change, "UPDATE terms SET body = '소식값으로만 써요.\n양도 금지'")

    offered = await owner.get("/owner/grants")
    await owner.submit("/owner", "/owner/grants/1/start")

    assert "이 지원금의 약속" in offered.words
    assert "소식값으로만 써요.\n양도 금지" in offered.html
    assert "이 지원금의 약속" not in (await owner.get("/owner/grants")).words


def share_pot(tx: Tx, street: Street) -> None:
    offer = Offer(
        amount_jeon=won(100_000),
        start_by=MONDAY_TEN + timedelta(days=30),
        expires_at=MONDAY_TEN + timedelta(days=30),
        shop_cap_jeon=won(50_000),
    )
    market_id = get_shop(tx, street.shop_id).market_id
    pot_id = open_pot(
        tx, street.program_id, market_id, offer, form_key="pot", actor="test", at=MONDAY_TEN
    )
    start_pot(tx, market_id, pot_id, actor="test", at=MONDAY_TEN)
