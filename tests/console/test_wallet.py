"""The shop's own money on screen: recorded by the program, stopped by the owner (F5, F6)."""

import pytest

from campaigns.plan import plan_next
from domain.money import won
from storage.books import Books
from storage.desk import Tx
from storage.queries.wallets import find_wallet
from subsidy.holding import spendable
from tests.console.browser import Browser, Browsers, Page
from tests.console.street import MONDAY_TEN, Street, add_regulars
from tests.factories import rows

WALLET = "/owner/wallet"
SHEET = "/manager/shops/1/wallet"
PAID = {"amount": "10,000원", "reference": "20261123-0001", "form_key": "key-1"}


async def pay(manager: Browser, payment: str = "top-up", **changes: str) -> Page:
    return await manager.submit(SHEET, f"{SHEET}/{payment}", {**PAID, **changes})


async def test_a_top_up_is_recorded_once_and_shown_to_both(
    owner: Browser, manager: Browser, street: Street, console_books: Books
) -> None:
    for _ in range(2):
        recorded = await pay(manager)

    assert recorded.status == 303
    for page in (await owner.get(WALLET), await manager.get(SHEET)):
        assert "11월 23일 (월) 충전" in page.words
        assert "20261123-0001" in page.words
        assert "+10,000원" in page.words
    assert await console_books.read(spendable, street.shop_id) == won(10_000)
    acts = "SELECT count(*) FROM audit_line WHERE act = 'top_up'"
    assert await console_books.read(rows, acts) == [(1,)]


async def test_only_own_money_is_paid_back_and_no_more_than_there_is(
    owner: Browser, manager: Browser, street: Street, console_books: Books
) -> None:
    await pay(manager)

    more = await pay(manager, "refund", amount="10001", form_key="key-2")
    back = await pay(manager, "refund", amount="4000", form_key="key-3")

    assert (more.status, back.status) == (422, 303)
    assert "가게 돈보다 많아요" in more.words
    assert "10001" in more.html
    assert "−4,000원" in (await owner.get(WALLET)).words
    assert await console_books.read(spendable, street.shop_id) == won(6_000)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "9999"}, "10,000원부터"),
        ({"amount": "많이"}, "금액을 숫자로"),
        ({"reference": ""}, "은행 거래 번호를 영문자, 숫자"),
        ({"reference": "국민 11/23 김보람"}, "이름과 전화번호는 적을 수 없어요"),
        ({"form_key": ""}, "한 번 더 눌러"),
    ],
)
async def test_a_wrong_payment_gets_a_sentence_and_keeps_what_was_typed(
    manager: Browser, street: Street, console_books: Books, changes: dict[str, str], sentence: str
) -> None:
    page = await pay(manager, **changes)

    assert page.status == 422
    assert sentence in page.words
    for name in ("amount", "reference"):
        assert page.value(name) == {**PAID, **changes}[name]
    assert await console_books.read(find_wallet, street.shop_id) is None


async def test_the_same_page_with_another_amount_is_recorded_too(
    manager: Browser, street: Street, console_books: Books
) -> None:
    """Back, another amount, press: what is said to be recorded is."""
    await pay(manager)

    again = await pay(manager, amount="20000")

    assert again.status == 303
    assert await console_books.read(spendable, street.shop_id) == won(30_000)


async def test_a_refund_to_a_shop_that_never_paid_in_keeps_what_was_typed(
    manager: Browser, street: Street
) -> None:
    page = await pay(manager, "refund")

    assert page.status == 422
    assert "가게 돈보다 많아요" in page.words
    assert (page.value("amount"), page.value("reference")) == ("10,000원", PAID["reference"])


async def test_the_owner_stops_and_goes_on(
    owner: Browser, manager: Browser, street: Street, console_books: Books
) -> None:
    """F6: a stopped wallet takes top-ups and spends nothing."""
    await pay(manager)

    await owner.submit(WALLET, WALLET, {"state": "stopped"})
    assert "멈춤" in (await owner.get(WALLET)).words
    assert await console_books.read(spendable, street.shop_id) == 0
    assert (await pay(manager, form_key="key-2")).status == 303

    await owner.submit(WALLET, WALLET, {"state": "in_use"})
    assert await console_books.read(spendable, street.shop_id) == won(20_000)


async def test_what_is_suspended_takes_refunds_alone_and_the_owner_cannot_lift_it(
    owner: Browser, manager: Browser, street: Street, console_books: Books
) -> None:
    """F6"""
    await pay(manager)
    await manager.submit(SHEET, f"{SHEET}/state", {"state": "suspended"})

    page = await owner.get(WALLET)
    lifted = await owner.submit("/owner/shop", WALLET, {"state": "in_use"})
    topped = await pay(manager, form_key="key-2")
    back = await pay(manager, "refund", amount="1000", form_key="key-3")

    assert "정지됨" in page.words
    assert "다시 쓰기" not in page.words
    assert (lifted.status, topped.status, back.status) == (409, 422, 303)
    assert "정지된 동안에는 충전할 수 없어요" in topped.words
    await manager.submit(SHEET, f"{SHEET}/state", {"state": "in_use"})
    assert await console_books.read(spendable, street.shop_id) == won(9_000)


async def test_campaigns_stand_on_the_page_with_what_they_took(
    owner: Browser, manager: Browser, street: Street, console_books: Books
) -> None:
    await pay(manager)
    await console_books.write(add_regulars, street.shop_id, 3)
    words = {"body": "오늘 식빵", "way": "list", "when": "now", "key": "k", "own_max": "5000"}

    sent = await owner.submit("/owner/send", "/owner/campaigns", words)
    await console_books.write(plan_all)

    page = await owner.get(WALLET)
    assert "오늘 식빵" in page.words
    assert "50원 잡아 둠" in page.words
    assert sent.location in page.html
    assert "내 돈은 9,950원이 있어요" in (await owner.get("/owner")).words


async def test_another_shops_wallet_is_out_of_reach(
    browsers: Browsers, manager: Browser, street: Street, other_street: Street, console_books: Books
) -> None:
    stranger = await browsers.open(other_street.manager)

    opened = await stranger.get(SHEET)
    paid = await stranger.submit("/manager/shops/2/wallet", f"{SHEET}/top-up", PAID)

    assert (opened.status, paid.status) == (404, 404)
    assert await console_books.read(find_wallet, street.shop_id) is None


def plan_all(tx: Tx) -> None:
    while plan_next(tx, MONDAY_TEN):
        pass
