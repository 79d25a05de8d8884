"""Grants on screen: inert until started (F1), started once (F4), offered only within budget."""

import pytest

from domain.money import won
from storage.books import Books
from subsidy.grants import list_grants
from subsidy.money import program_money
from tests.console.browser import Browser, Browsers
from tests.console.street import MONDAY_TEN, Clock, Street, give_grant

OFFER = {
    "amount": "300,000원",
    "start_by": "2026-12-07",
    "expires_at": "2027-01-22",
    "form_key": "key-1",
}
SHEET = "/manager/shops/1"


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
    manager: Browser, street: Street, console_books: Books
) -> None:
    offered = await manager.submit(SHEET, f"{SHEET}/grants", OFFER)
    page = await manager.get(offered.location)

    assert "시작 전" in page.words
    assert "300,000원" in page.words
    assert "12월 7일 (월)" in page.words
    assert "1월 22일 (금)" in page.words


async def test_the_same_form_offers_once(
    manager: Browser, street: Street, console_books: Books
) -> None:
    for _ in range(2):
        await manager.submit(SHEET, f"{SHEET}/grants", OFFER)

    assert len(await console_books.read(list_grants, street.shop_id, MONDAY_TEN)) == 1


async def test_a_form_changed_after_sending_is_a_new_grant(
    manager: Browser, street: Street, console_books: Books
) -> None:
    """What the page says was given, was given."""
    for amount in ("300,000원", "200,000원"):
        await manager.submit(SHEET, f"{SHEET}/grants", {**OFFER, "amount": amount})

    grants = await console_books.read(list_grants, street.shop_id, MONDAY_TEN)
    assert {grant.amount_jeon for grant in grants} == {won(300_000), won(200_000)}


async def test_zeros_in_front_of_an_amount_mean_nothing(
    manager: Browser, street: Street, console_books: Books
) -> None:
    await manager.submit(SHEET, f"{SHEET}/grants", {**OFFER, "amount": "0" * 12 + "5000"})

    (grant,) = await console_books.read(list_grants, street.shop_id, MONDAY_TEN)
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
    street: Street,
    console_books: Books,
    changes: dict[str, str],
    sentence: str,
) -> None:
    page = await manager.submit(SHEET, f"{SHEET}/grants", {**OFFER, **changes})

    assert page.status == 422
    assert sentence in page.words
    assert await console_books.read(list_grants, street.shop_id, MONDAY_TEN) == []
    money = await console_books.read(program_money, street.program_id)
    assert money.left_jeon == won(10_000_000)
