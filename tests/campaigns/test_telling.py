"""Information for one person, paid by the program: booked once, gated, sent, shown apart."""

from datetime import datetime, timedelta

import pytest

from campaigns.dispatch import Dispatcher
from campaigns.plan import plan_next
from campaigns.showing import show_message
from campaigns.telling import tell_person
from domain.bubbles import Bubble, TextCard
from domain.campaigns import SenderName
from domain.compliance import AD_MARK
from domain.money import won
from domain.people import CampaignId, CustomerId, Friend
from domain.refusals import Invalid, OverBudget
from loyalty.consent import stop_advertising
from loyalty.friendship import set_friend
from storage.books import Books
from storage.desk import Tx
from storage.queries.campaigns import list_campaigns
from storage.queries.overview import list_shop_counts
from subsidy.money import program_money
from subsidy.operating import fund_operating, operating_lot
from tests.campaigns.fakes import FakeSender
from tests.campaigns.stage import PUBLIC_URL, broken_promises
from tests.conftest import START, Clock
from tests.factories import Street, make_street, rows

BODY = "여쭤보신 것에 답이 왔어요."
EVENING = START.replace(hour=12)  # 21:00 in Korea


async def street_with(books: Books, *, won_set_aside: int = 1_000) -> Street:
    street = await books.write(make_street, people=2)
    if won_set_aside:
        await books.write(
            fund_operating,
            street.program_id,
            amount_jeon=won(won_set_aside),
            key="first",
            actor="operator",
            at=START,
        )
    return street


async def told(
    books: Books, street: Street, *, key: str = "enquiry:1", at: datetime = START
) -> CampaignId | None:
    person = street.customers[0]
    return await books.write(tell_person, street.shop_id, person, key=key, body=BODY, at=at)


async def let_leave(books: Books, clock: Clock, *, hours: float = 3) -> FakeSender:
    """Everything that is due within so many hours, with promises kept."""
    sender = FakeSender(SenderName.KAKAO_EVENT)
    dispatcher = Dispatcher(books, {sender.name: sender}, clock.now, PUBLIC_URL)
    end = clock.now() + timedelta(hours=hours)
    while clock.now() <= end:
        while (
            await books.write(plan_next, clock.now())
            or await dispatcher.send_next()
            or await dispatcher.ask_next()
        ):
            pass
        clock.advance(timedelta(minutes=5))
    assert await broken_promises(books) == {}
    return sender


async def left_won(books: Books, street: Street) -> int:
    return (await books.write(operating_lot, street.program_id)).left_jeon // 100


async def test_it_reaches_one_person_and_the_program_pays(books: Books, clock: Clock) -> None:
    street = await street_with(books)
    before = await books.read(program_money, street.program_id)

    assert await told(books, street)
    sender = await let_leave(books, clock)

    assert sender.arrived == {street.customers[0]: 1}
    assert await left_won(books, street) == 1_000 - 17  # 15 won, VAT, rounded up: 16.5
    after = await books.read(program_money, street.program_id)
    assert after.spent_jeon - before.spent_jeon == won(17)
    assert after.granted_jeon == before.granted_jeon


async def test_the_same_key_is_told_once(books: Books, clock: Clock) -> None:
    street = await street_with(books)

    assert await told(books, street) == await told(books, street)
    await let_leave(books, clock)
    assert await told(books, street)
    sender = await let_leave(books, clock)

    assert not sender.arrived


async def test_what_is_shown_advertises_nothing_and_holds_nothing_personal(
    books: Books, clock: Clock
) -> None:
    street = await street_with(books)
    await told(books, street)
    await let_leave(books, clock)

    bubble = await books.write(_show, street.customers[0], street, clock.now())

    assert isinstance(bubble, TextCard)
    assert AD_MARK not in bubble.title + bubble.description
    assert bubble.description == BODY
    assert [button.extra for button in bubble.buttons] == [{"do": "news"}]


def _show(tx: Tx, customer_id: CustomerId, street: Street, at: datetime) -> Bubble | None:
    run_id, chunk_id = rows(tx, "SELECT run_id, id FROM chunk")[0]
    return show_message(
        tx,
        channel_id=street.channel_id,
        run_id=run_id,
        chunk_id=chunk_id,
        customer_id=customer_id,
        at=at,
        public_url=PUBLIC_URL,
    )


async def test_who_refused_advertising_still_gets_an_answer(books: Books, clock: Clock) -> None:
    """L4 is about advertisements; the auditor's I6 and I9 look at those alone."""
    street = await street_with(books)
    await books.write(stop_advertising, street.customers[0], pressed="그만", at=START)

    assert await told(books, street)
    sender = await let_leave(books, clock)

    assert sender.arrived == {street.customers[0]: 1}


@pytest.mark.parametrize("friend", [Friend.NONE, Friend.BLOCKED])
async def test_who_is_no_friend_cannot_be_reached(books: Books, friend: Friend) -> None:
    """K7."""
    street = await street_with(books)
    await books.write(set_friend, street.customers[0], friend, START, now=START)

    assert await told(books, street) is None


async def test_who_blocks_meanwhile_gets_nothing_and_nobody_pays(
    books: Books, clock: Clock
) -> None:
    """K7."""
    street = await street_with(books)
    await told(books, street)
    await books.write(set_friend, street.customers[0], Friend.BLOCKED, START, now=START)

    sender = await let_leave(books, clock)

    assert not sender.arrived
    assert await left_won(books, street) == 1_000


@pytest.mark.parametrize("set_aside", [0, 16])
async def test_without_money_set_aside_it_is_not_booked(books: Books, set_aside: int) -> None:
    """16 won do not pay 16.5: the shop's own grant is never touched for it."""
    street = await street_with(books, won_set_aside=set_aside)

    assert await told(books, street) is None


async def test_in_the_evening_it_waits_for_the_morning(books: Books, clock: Clock) -> None:
    street = await street_with(books)
    clock.at = EVENING

    assert await told(books, street, at=EVENING)
    assert not (await let_leave(books, clock, hours=2)).arrived
    sender = await let_leave(books, clock, hours=12)

    assert sender.arrived == {street.customers[0]: 1}


async def test_it_is_none_of_the_shops_campaigns(books: Books, clock: Clock) -> None:
    street = await street_with(books)
    await told(books, street)
    await let_leave(books, clock)

    assert await books.read(list_campaigns, street.shop_id, 50) == []
    assert [one.last_sent_at for one in await books.read(list_shop_counts, street.program_id)] == [
        None
    ]


async def test_setting_money_aside_twice_under_one_key_moves_it_once(books: Books) -> None:
    street = await street_with(books)

    await street_with_again(books, street)

    assert await left_won(books, street) == 1_000
    assert await broken_promises(books) == {}


async def street_with_again(books: Books, street: Street, amount_won: int = 1_000) -> None:
    await books.write(
        fund_operating,
        street.program_id,
        amount_jeon=won(amount_won),
        key="first",
        actor="operator",
        at=START,
    )


async def test_no_more_is_set_aside_than_the_budget_has(books: Books) -> None:
    street = await street_with(books, won_set_aside=0)

    with pytest.raises(OverBudget):
        await street_with_again(books, street, 999_999_999)
    with pytest.raises(Invalid):
        await street_with_again(books, street, 0)
    assert await left_won(books, street) == 0


@pytest.mark.parametrize("key", ["coupon:1", "lapsing:1", "stamp:1", "1"])
async def test_nothing_of_coupons_or_stamps_is_brought_as_information(
    books: Books, key: str
) -> None:
    """K14, K15."""
    street = await street_with(books)

    with pytest.raises(ValueError, match="Telling"):
        await told(books, street, key=key)
