"""Money that is not enough for everybody: who comes first is chosen, and the shop's own money is
asked for by an amount.
"""

import re

import pytest

from campaigns.plan import plan_next
from campaigns.results import campaign_result, list_campaigns
from domain.money import won
from domain.people import CampaignId, CustomerId
from domain.subsidy import WalletState
from storage.books import Books
from storage.desk import Tx
from subsidy.holding import spendable
from subsidy.wallets import change_wallet, top_up
from tests.console.browser import Browser, Page
from tests.console.street import MONDAY_TEN, Street, add_regular, give_grant
from tests.factories import change, rows

WORDS = {
    "body": "오늘 3시 식빵 나와요",
    "way": "list",
    "picture_id": "",
    "when": "now",
    "due": "",
    "key": "abc",
}
PEOPLE = 30
LEFT_OUT = "SELECT customer_id FROM message WHERE code = 'MONEY' ORDER BY id"


def cut_grant(tx: Tx, street: Street, left_won: float) -> None:
    """As if all but this of the grant had been spent."""
    give_grant(tx, street, is_started=True)
    sql = "UPDATE account SET credits_posted = :left WHERE kind = 'grant'"
    change(tx, sql, left=int(won(left_won)))


def add_named(tx: Tx, street: Street) -> list[CustomerId]:
    """Number 0 was here today, number 29 four weeks ago; they came to be regulars in order."""
    people = []
    for number in range(PEOPLE):
        one = add_regular(tx, street.shop_id, f"person-{number}")
        sql = (
            "UPDATE membership SET name = :name, last_visit_at = :seen, visits = 1"
            " WHERE customer_id = :one"
        )
        seen = f"2026-10-{31 - number:02d} 03:00:00.000000"
        change(tx, sql, name=f"손님{number}", seen=seen, one=one)
        people.append(one)
    return people


def pay_in(tx: Tx, street: Street, amount_won: float) -> None:
    top_up(
        tx,
        street.shop_id,
        won(amount_won),
        reference="20261101-1",
        form_key="top-up",
        actor="manager:1",
        at=MONDAY_TEN,
    )


@pytest.fixture
async def ready(console_books: Books, street: Street) -> Street:
    """Thirty regulars, and money for ten of them."""
    await console_books.write(cut_grant, street, 165)
    await console_books.write(add_named, street)
    return street


async def preview(owner: Browser, **changes: str) -> Page:
    return await owner.submit("/owner/send", "/owner/send", {**WORDS, **changes})


async def send(owner: Browser, **changes: str) -> Page:
    return await owner.submit("/owner/send", "/owner/campaigns", {**WORDS, **changes})


def named(page: Page) -> list[int]:
    """Who is left out, as the page names them."""
    listed = page.html.partition("이번에 못 받는 분 ")[2]
    return [int(number) for number in re.findall(r"손님(\d+)", listed)]


def plan_all(tx: Tx) -> None:
    while plan_next(tx, MONDAY_TEN):
        pass


async def test_short_money_is_said_in_a_sentence_and_three_orders_are_offered(
    owner: Browser, ready: Street
) -> None:
    page = await preview(owner)

    assert "지원금이 10명분까지 있어요. 30명 중 20명에게는 못 보내요." in page.words
    for order in ("오래 못 본 순", "도장이 거의 찬 순", "새 단골 순"):
        assert order in page.words
    assert "에게 보내기" not in page.words
    assert "내 돈" not in page.words


async def test_an_order_shows_who_is_left_out_and_leaves_out_exactly_those(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    page = await preview(owner, order="longest_unseen")

    sent = await send(owner, order="longest_unseen")
    await console_books.write(plan_all)

    assert "10명에게 보내기" in page.words
    assert "이번에 못 받는 분 20명" in page.words
    assert named(page) == list(range(19, -1, -1)), "who was here last comes last"
    left_out = [row[0] for row in await console_books.read(rows, LEFT_OUT)]
    names = await console_books.read(rows, "SELECT customer_id, name FROM membership")
    assert [dict(names)[one] for one in left_out] == [f"손님{number}" for number in named(page)]
    result = await owner.get(sent.location)
    assert "지원금이 모자라 20명에게는 못 보냈어요" in result.words
    assert "손님19" in result.words


@pytest.mark.parametrize("order", ["longest_unseen", "closest_to_full", "newest"])
async def test_the_same_list_each_time(owner: Browser, ready: Street, order: str) -> None:
    first, again = await preview(owner, order=order), await preview(owner, order=order)

    assert named(first) == named(again)
    assert len(named(first)) == 20


async def test_more_than_twenty_are_counted(
    owner: Browser, street: Street, console_books: Books
) -> None:
    await console_books.write(cut_grant, street, 66)
    await console_books.write(add_named, street)

    page = await preview(owner, order="newest")

    assert "이번에 못 받는 분 26명" in page.words
    assert len(named(page)) == 20
    assert "그 밖에 6명이 더 있어요" in page.words


async def test_own_money_is_asked_for_by_its_amount_and_never_more(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    await console_books.write(pay_in, ready, 10_000)

    page = await preview(owner)
    agreed = await preview(owner, own_max=page.value("own_max"))
    sent = await send(owner, own_max=page.value("own_max"))
    await console_books.write(plan_all)

    assert "내 돈 330원까지 쓰기" in page.words
    assert "30명 · 지원금 165원 · 내 돈 330원 · 남은 지원금 0원" in agreed.words
    assert "330원까지 써요. 그보다 더 들면 더 쓰지 않아요." in agreed.words
    assert sent.status == 303
    assert await console_books.read(spendable, ready.shop_id) == won(10_000 - 330)


async def test_what_waits_to_be_started_is_said_before_own_money_is_offered(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    await console_books.write(pay_in, ready, 10_000)
    without = await preview(owner)
    await console_books.write(give_grant, ready, is_started=False, key="waits")

    short = await preview(owner)
    enough = await preview(owner, own_max=short.value("own_max"))

    said = "아직 시작하지 않은 지원금이 300,000원 있어요"
    assert "시작하지 않은" not in without.words
    assert short.words.index(said) < short.words.index("내 돈 330원까지 쓰기")
    assert 'href="/owner/grants">지원금 시작하기' in short.html
    assert said not in enough.words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (WalletState.STOPPED, "내 돈 쓰기를 멈춰 두셨어요. 내 돈은 10,000원 남았어요"),
        (WalletState.SUSPENDED, "내 돈 쓰기가 정지돼 있어요. 내 돈은 10,000원 남았어요"),
    ],
)
async def test_own_money_that_may_not_be_used_is_said_and_not_offered(
    owner: Browser, ready: Street, console_books: Books, state: WalletState, words: str
) -> None:
    await console_books.write(pay_in, ready, 10_000)
    await console_books.write(
        change_wallet, ready.shop_id, state, is_owner=False, actor="manager:1", at=MONDAY_TEN
    )

    page = await preview(owner)

    assert words in page.words
    assert 'href="/owner/wallet"' in page.html
    assert "까지 쓰기" not in page.words


async def test_own_money_that_is_not_enough_either_leaves_the_choice(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    await console_books.write(pay_in, ready, 10_000)

    page = await preview(owner, own_max="16500")

    assert "지원금과 내 돈을 더하면 20명분까지 있어요. 30명 중 10명에게는 못 보내요." in page.words
    chosen = await preview(owner, own_max="16500", order="newest")
    assert "20명에게 보내기" in chosen.words
    assert "내 돈 165원" in chosen.words


async def test_people_who_came_since_are_not_paid_beyond_the_amount(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    """Without an order nothing leaves and the owner is asked again; with one they are left out."""
    await console_books.write(pay_in, ready, 10_000)
    agreed = await preview(owner, own_max="33000")
    await console_books.write(add_regular, ready.shop_id, "late")

    asked = await send(owner, own_max=agreed.value("own_max"))
    assert asked.status == 409
    assert "그사이에 지원금이 모자라서 보내지 않았어요" in asked.words
    assert "30명분까지 있어요. 31명 중 1명에게는 못 보내요." in asked.words
    assert await console_books.read(list_campaigns, ready.shop_id) == []

    sent = await send(owner, own_max="33000", order="longest_unseen")
    await console_books.write(plan_all)
    number = CampaignId(int(sent.location.rpartition("/")[2]))
    result = await console_books.read(campaign_result, ready.shop_id, number)
    assert (result.waiting, result.refused["MONEY"]) == (30, 1)
    assert (result.held_jeon, result.own_held_jeon) == (won(165 + 330), won(330))


async def test_another_choice_of_money_after_sending_sends_nothing_twice(
    owner: Browser, ready: Street, console_books: Books
) -> None:
    """A preview that is still open shows the message that has left, whatever is pressed on it."""
    await console_books.write(pay_in, ready, 10_000)
    refused = await send(owner)
    first = await send(owner, order="newest")

    again = [
        await send(owner, order="newest"),
        await send(owner, order="longest_unseen"),
        await send(owner, own_max="33000"),
    ]

    assert refused.status == 409
    assert {one.location for one in again} == {first.location}
    assert len(await console_books.read(list_campaigns, ready.shop_id)) == 1


@pytest.mark.parametrize("changes", [{"order": "richest"}, {"own_max": "-5"}, {"own_max": "많이"}])
async def test_what_no_button_says_is_no_choice(
    owner: Browser, ready: Street, changes: dict[str, str]
) -> None:
    assert "에게 보내기" not in (await preview(owner, **changes)).words
    assert (await send(owner, **changes)).status == 409
