"""Who is left out where the money is short: known before, the same each time, and exactly those."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from campaigns.booking import Draft, book_campaign, dry_run
from campaigns.fairness import left_out, list_left_out, own_offer
from campaigns.plan import plan_next
from campaigns.results import left_out_of
from domain.money import won
from domain.people import CampaignId, CustomerId, ShopId
from domain.subsidy import FairOrder, WalletState
from loyalty.consent import stop_advertising
from loyalty.regulars import give_stamps
from storage.books import Books
from storage.desk import Tx
from storage.queries.fairness import list_in_order
from subsidy.wallets import change_wallet, top_up
from tests.campaigns.stage import broken_promises
from tests.conftest import Clock
from tests.console.counting import put_card
from tests.factories import MANAGER, OWNER, Street, change, make_customer, make_draft, make_street

PEOPLE = 6
FOR_FOUR = 66
SEEN = (3, 1, 6, 4, 2, 5)
STAMPS = (0, 7, 2, 9, 2, 0)


def make_crowd(tx: Tx, clock: Clock, *, grant_won: float = FOR_FOUR) -> Street:
    """Six regulars, each last seen on a day of their own, with stamps; money for four."""
    street = make_street(tx, people=PEOPLE, grant_won=grant_won)
    put_card(tx, street.shop_id, clock.now(), needed=10)
    for one, day, stamps in zip(street.customers, SEEN, STAMPS, strict=True):
        seen = datetime(2026, 11, day, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S.000000+00:00")
        if tx.dialect == "sqlite":
            seen = seen.removesuffix("+00:00")
        sql = "UPDATE membership SET last_visit_at = :seen WHERE customer_id = :one"
        change(tx, sql, seen=seen, one=one)
        if stamps:
            give_stamps(tx, street.shop_id, one, stamps, key=f"{one}", actor=OWNER, at=clock.now())
    return street


def drafted(order: FairOrder | None, own_won: float = 0) -> Draft:
    return replace(make_draft(), fair_order=order, own_max_jeon=won(own_won))


def miss(tx: Tx, shop_id: ShopId, draft: Draft, at: datetime) -> list[CustomerId]:
    return list_left_out(tx, shop_id, dry_run(tx, shop_id, draft, at))


def send(tx: Tx, shop_id: ShopId, draft: Draft, at: datetime) -> CampaignId:
    campaign_id = book_campaign(tx, shop_id, draft, form_key="form", staff_id=None, at=at)
    assert plan_next(tx, at)
    return campaign_id


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (FairOrder.LONGEST_UNSEEN, (1, 4, 0, 3, 5, 2)),
        (FairOrder.CLOSEST_TO_FULL, (3, 1, 2, 4, 0, 5)),
        (FairOrder.NEWEST, (5, 4, 3, 2, 1, 0)),
    ],
)
async def test_each_order_and_whom_it_leaves_out(
    books: Books, clock: Clock, order: FairOrder, first: tuple[int, ...]
) -> None:
    """Ties are broken by who came first to the shop; who has no card comes last of the cards."""
    street = await books.write(make_crowd, clock)
    ranked = [street.customers[number] for number in first]

    assert await books.read(list_in_order, street.shop_id, order) == ranked
    told = [await books.read(miss, street.shop_id, drafted(order), clock.now()) for _ in range(3)]
    campaign_id = await books.write(send, street.shop_id, drafted(order), clock.now())

    assert told == [ranked[4:]] * 3
    assert await books.read(left_out_of, street.shop_id, campaign_id) == ranked[4:]
    assert await broken_promises(books) == {}


async def test_whom_the_gate_refuses_takes_nobodys_place(books: Books, clock: Clock) -> None:
    street = await books.write(make_crowd, clock)
    gone = street.customers[1]
    await books.write(stop_advertising, gone, pressed="그만", at=clock.now())
    draft = drafted(FairOrder.LONGEST_UNSEEN)

    told = await books.read(miss, street.shop_id, draft, clock.now())
    campaign_id = await books.write(send, street.shop_id, draft, clock.now())

    assert told == [street.customers[2]]
    assert await books.read(left_out_of, street.shop_id, campaign_id) == told


async def test_nobody_is_left_out_where_the_money_is_enough_or_nothing_was_chosen(
    books: Books, clock: Clock
) -> None:
    rich = await books.write(make_crowd, clock, grant_won=1_000)

    assert await books.read(miss, rich.shop_id, drafted(FairOrder.NEWEST), clock.now()) == []
    assert await books.read(miss, rich.shop_id, drafted(None), clock.now()) == []


async def test_names_come_in_the_same_order_and_the_rest_is_counted(
    books: Books, clock: Clock
) -> None:
    street = await books.write(make_crowd, clock)
    for number in range(PEOPLE + 1, 31):
        await books.write(make_customer, street.channel_id, street.shop_id, number)

    def read(tx: Tx) -> tuple[int, list[CustomerId], list[CustomerId]]:
        draft = drafted(FairOrder.LONGEST_UNSEEN)
        tried = dry_run(tx, street.shop_id, draft, clock.now())
        told = left_out(tx, street.shop_id, tried, clock.now())
        named = [one.regular.customer_id for one in told.named]
        return told.people, named, list_left_out(tx, street.shop_id, tried)[:20]

    people, named, first = await books.read(read)
    assert (people, named) == (26, first)
    assert len(named) == 20


@pytest.mark.parametrize(
    ("wallet_won", "own_won", "offer_won"),
    [(0, 0, 0), (10_000, 0, 33), (10_000, 33, 0), (10_000, 20, 33)],
)
async def test_own_money_is_offered_by_what_is_missing(
    books: Books, clock: Clock, wallet_won: float, own_won: float, offer_won: float
) -> None:
    """33 won for the two of six, and nothing once that much was agreed."""
    street = await books.write(make_crowd, clock)
    if wallet_won:
        await books.write(fill, street.shop_id, wallet_won, clock)

    tried = await books.read(dry_run, street.shop_id, drafted(None, own_won), clock.now())

    assert own_offer(tried) == won(offer_won)


async def test_a_stopped_wallet_is_not_offered(books: Books, clock: Clock) -> None:
    """F6"""
    street = await books.write(make_crowd, clock)
    await books.write(fill, street.shop_id, 10_000, clock)
    await books.write(
        change_wallet,
        street.shop_id,
        WalletState.STOPPED,
        is_owner=True,
        actor=OWNER,
        at=clock.now(),
    )

    tried = await books.read(dry_run, street.shop_id, drafted(None), clock.now())

    assert own_offer(tried) == 0


def fill(tx: Tx, shop_id: ShopId, amount_won: float, clock: Clock) -> None:
    top_up(
        tx,
        shop_id,
        won(amount_won),
        reference="20261101-1",
        form_key="fill",
        actor=MANAGER,
        at=clock.now(),
    )
