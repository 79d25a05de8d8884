"""What an account holds is asked over real HTTP, once an hour whatever is paid from it."""

from datetime import timedelta

import pytest

from campaigns.balances import ASK_EMPTY_EVERY, ASK_EVERY, TAKEN_OFF_IN, ask_balances
from campaigns.plan import plan_next
from campaigns.senders.port import Purse, Sender
from domain.campaigns import SenderName
from domain.money import won
from domain.refusals import Retryable
from simulator.faults import Fault
from storage.books import Books
from storage.queries.provider_balances import list_balances
from tests.conftest import Clock
from tests.factories import change, make_campaign, make_draft, make_street

from .conftest import Street
from .fakes import host, said
from .solapi_steps import sender_at

SOLAPI, LMS = SenderName.SOLAPI, SenderName.SOLAPI_LMS
LEFT = "UPDATE chunk SET started_at = act_at, sender = :sender"
only_solapi = pytest.mark.parametrize("sender_name", [SOLAPI], indirect=True)


def purse(sender: Sender) -> Purse:
    assert isinstance(sender, Purse)
    return sender


@only_solapi
async def test_the_money_without_the_points(street: Street) -> None:
    street.account.balance_won = 12_345

    assert await purse(street.sender).balance() == won(12_345)


@pytest.mark.parametrize("answer", [{"point": 7}, {"balance": "12"}, {"balance": True}, "no"])
async def test_what_is_no_balance_is_asked_again(answer: object) -> None:
    async with host([said(answer)]) as one:
        sender = sender_at(one)
        with pytest.raises(Retryable):
            await sender.balance()
        await sender.close()


@only_solapi
async def test_each_account_is_asked_once_an_hour(
    street: Street, books: Books, clock: Clock
) -> None:
    """Text messages are paid from the same account: its other sender is not asked at all."""
    senders = {LMS: street.sender, SOLAPI: street.sender}
    street.account.balance_won = 5_000
    asked_at = clock.now()
    await ask_balances(books, senders, asked_at)
    street.account.balance_won = 0
    await ask_balances(books, senders, clock.advance(ASK_EVERY - timedelta(seconds=1)))

    assert await books.read(list_balances) == {SOLAPI: (won(5_000), asked_at)}

    emptied_at = clock.advance(timedelta(seconds=1))
    await ask_balances(books, senders, emptied_at)
    assert await books.read(list_balances) == {SOLAPI: (0, emptied_at)}

    street.account.balance_won = 9_000
    await ask_balances(books, senders, clock.advance(ASK_EMPTY_EVERY))
    assert (await books.read(list_balances))[SOLAPI].balance_jeon == won(9_000)


@only_solapi
async def test_after_a_sending_it_is_asked_again_once(
    street: Street, books: Books, clock: Clock
) -> None:
    """What only another account pays for asks nothing of this one."""
    shop = await books.write(make_street)
    draft = make_draft(SOLAPI, "오늘 식빵이 나왔어요.")
    await books.write(make_campaign, shop.shop_id, at=clock.now(), draft=draft)
    await books.write(plan_next, clock.now())
    senders = {SOLAPI: street.sender}
    street.account.balance_won = 5_000
    asked_at = clock.now()
    await ask_balances(books, senders, asked_at)

    street.account.balance_won = 4_900
    almost = TAKEN_OFF_IN - timedelta(seconds=1)
    for sender, at in (
        (LMS, clock.advance(almost)),
        (SenderName.KAKAO_EVENT, clock.advance(timedelta(seconds=1))),
    ):
        await books.write(change, LEFT, sender=sender.value)
        await ask_balances(books, senders, at)
        assert (await books.read(list_balances))[SOLAPI].asked_at == asked_at

    await books.write(change, LEFT, sender=LMS.value)
    again_at = clock.now()
    await ask_balances(books, senders, again_at)
    assert await books.read(list_balances) == {SOLAPI: (won(4_900), again_at)}

    await ask_balances(books, senders, clock.advance(TAKEN_OFF_IN))
    assert (await books.read(list_balances))[SOLAPI].asked_at == again_at


@only_solapi
async def test_who_does_not_answer_is_asked_at_the_next_sweep(
    street: Street, books: Books, clock: Clock
) -> None:
    street.faults.arm(Fault(endpoint="GET /cash/v1/balance", kind="http_500"))

    await ask_balances(books, {SOLAPI: street.sender}, clock.now())
    assert await books.read(list_balances) == {}

    await ask_balances(books, {SOLAPI: street.sender}, clock.now())
    assert list(await books.read(list_balances)) == [SOLAPI]
