"""A coupon that comes with the news: to everybody it goes to, once, and never without it."""

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from campaigns.booking import Draft, cancel_campaign, dry_run
from campaigns.plan import CannotStart, plan_next, set_aside
from campaigns.results import campaign_result
from domain.campaigns import CampaignState, SenderName
from domain.coupons import CouponKind, CouponSource, CouponTerms, CouponWay
from domain.people import CampaignId, CouponId, Friend, OfferId, RunId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.time import kst_instant
from loyalty.consent import stop_advertising
from loyalty.coupons import NewOffer, Showing, close_offer, make_offer, use_coupon
from loyalty.friendship import set_friend
from loyalty.gifts import give_campaign_coupons
from loyalty.privacy import erase_customer
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.coupons import list_usable
from storage.vault import Vault
from tests.campaigns.fakes import FakeSender
from tests.campaigns.stage import Stage, broken_promises
from tests.conftest import START, Clock
from tests.factories import (
    OWNER,
    Street,
    change,
    let_advertise_often,
    make_campaign,
    make_customer,
    make_draft,
    make_shop,
    make_street,
    rows,
)
from tests.loyalty.test_meeting import Counting

TERMS = CouponTerms(kind=CouponKind.PERCENT, title="10% 할인", value=10, life_days=7)
SEVEN_DAYS_ON = kst_instant(date(2026, 12, 2), time())
COUPONS = "SELECT customer_id, offer_id, key, state FROM coupon ORDER BY id"


def make_offering(
    tx: Tx,
    shop_id: ShopId,
    source: CouponSource = CouponSource.CAMPAIGN,
    *,
    cap: int | None = None,
) -> OfferId:
    new = NewOffer(source=source, terms=TERMS, cap=cap)
    return make_offer(tx, shop_id, new, actor=OWNER, at=START)


def draft_with(offer_id: OfferId, sender: SenderName = SenderName.KAKAO_EVENT) -> Draft:
    return replace(make_draft(sender), offer_id=offer_id)


async def book(
    books: Books, *, people: int = 3, cap: int | None = None
) -> tuple[Street, OfferId, CampaignId]:
    """A shop whose news, booked for now, brings a coupon."""
    street = await books.write(make_street, people=people)
    await books.write(let_advertise_often, street.shop_id)
    offer_id = await books.write(make_offering, street.shop_id, cap=cap)
    draft = draft_with(offer_id)
    campaign_id = await books.write(make_campaign, street.shop_id, at=START, draft=draft)
    return street, offer_id, campaign_id


def run_of(tx: Tx) -> RunId:
    ((run_id,),) = rows(tx, "SELECT id FROM run")
    return RunId(run_id)


async def given(books: Books) -> list[tuple[Any, ...]]:
    return await books.read(rows, COUPONS)


async def test_everybody_it_goes_to_gets_one_and_nobody_else(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=4)
    *reached, not_friend, withdrawn = street.customers
    offer_id = await books.write(make_offering, street.shop_id)
    await books.write(make_customer, street.channel_id, street.shop_id, 99, has_consent=False)
    other = await books.write(
        make_shop, street.market_id, street.channel_id, slug="rice", name="떡집"
    )
    await books.write(make_customer, street.channel_id, other, 98)
    await books.write(make_campaign, street.shop_id, at=START, draft=draft_with(offer_id))
    await books.write(set_friend, not_friend, Friend.NONE, START, now=START)
    await books.write(stop_advertising, withdrawn, pressed="그만", at=START)
    assert await given(books) == []

    await books.write_batch(plan_next, clock.now())

    key = f"run:{await books.read(run_of)}"
    assert await given(books) == [(who, offer_id, key, "ready") for who in reached]
    usable = await books.read(list_usable, reached[0], START)
    assert [(one.terms, one.expires_at) for one in usable] == [(TERMS, SEVEN_DAYS_ON)]
    assert await books.read(rows, "SELECT * FROM notice") == []
    assert await broken_promises(books) == {}


async def test_a_plan_that_dies_gives_nothing_and_the_next_gives_once(books: Books) -> None:
    street, offer_id, _ = await book(books)

    def die(tx: Tx) -> None:
        assert plan_next(tx, START)
        assert len(rows(tx, COUPONS)) == len(street.customers)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await books.write_batch(die)
    assert await given(books) == []

    while await books.write_batch(plan_next, START):
        pass
    run_id = await books.read(run_of)
    later = START + timedelta(days=1)
    await books.write(give_campaign_coupons, street.shop_id, run_id, offer_id, later)

    assert [who for who, *_ in await given(books)] == street.customers
    assert len(await books.read(list_usable, street.customers[0], SEVEN_DAYS_ON)) == 0


async def test_two_workers_at_once_give_one_each(
    books: Books, database_url: str, vault: Vault
) -> None:
    street, _, _ = await book(books, people=20)
    async with open_books(database_url, vault) as second:
        await asyncio.gather(*(one.write_batch(plan_next, START) for one in (books, second) * 4))

    assert [who for who, *_ in await given(books)] == street.customers
    assert await broken_promises(books) == {}


async def test_who_is_deleted_while_it_is_planned_keeps_nothing(
    books: Books, database_url: str, vault: Vault
) -> None:
    street, _, _ = await book(books, people=12)
    leaving, staying = street.customers[:6], street.customers[6:]
    async with open_books(database_url, vault) as second:
        await asyncio.gather(
            books.write_batch(plan_next, START),
            *(second.write(erase_customer, who, actor="customer", at=START) for who in leaving),
        )

    assert [who for who, *_ in await given(books)] == staying
    assert await broken_promises(books) == {}


async def test_each_run_brings_another_coupon_and_counts_its_own(books: Books) -> None:
    street, offer_id, first = await book(books)
    second = await books.write(
        make_campaign, street.shop_id, at=START, draft=draft_with(offer_id), form_key="form-2"
    )
    while await books.write_batch(plan_next, START):
        pass
    mine = await books.read(list_usable, street.customers[0], START)
    assert len(mine) == 2

    await use(books, street.shop_id, mine[0].coupon_id)

    counts = [await coupon_counts(books, street.shop_id, one) for one in (first, second)]
    assert counts == [(3, 1), (3, 0)]


async def test_of_all_who_got_one_no_more_than_the_cap_may_use_it(
    books: Books, clock: Clock
) -> None:
    """I4 and I11, through sending and using; the fake sender's handsets count the messages."""
    street, _, campaign_id = await book(books, people=5, cap=2)
    await books.write_batch(plan_next, START)
    stage = Stage(
        books=books,
        clock=clock,
        sender=FakeSender(SenderName.KAKAO_EVENT),
        street=street,
        campaign_id=campaign_id,
    )
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()

    outcomes = []
    for who in street.customers:
        (coupon,) = await books.read(list_usable, who, START)
        try:
            await use(books, street.shop_id, coupon.coupon_id)
            outcomes.append("used")
        except Conflict as refusal:
            outcomes.append(refusal.reason)

    assert outcomes == ["used", "used", "cap_reached", "cap_reached", "cap_reached"]
    assert await coupon_counts(books, street.shop_id, campaign_id) == (5, 2)
    assert await broken_promises(books) == {}


async def test_what_is_canceled_or_too_late_gives_nothing(books: Books) -> None:
    street, _, campaign_id = await book(books)
    draft = draft_with(await books.write(make_offering, street.shop_id))
    await books.write(make_campaign, street.shop_id, at=START, draft=draft, form_key="late")
    await books.write(cancel_campaign, street.shop_id, campaign_id, actor=OWNER, at=START)

    while await books.write_batch(plan_next, START + timedelta(hours=3)):
        pass

    assert await given(books) == []
    assert await coupon_counts(books, street.shop_id, campaign_id) == (0, 0)


async def test_an_offer_closed_after_booking_holds_the_news_back(books: Books) -> None:
    """News that names a coupon which nobody gets would be untrue: the owner is asked."""
    street, offer_id, campaign_id = await book(books)
    await books.write(close_offer, street.shop_id, offer_id, actor=OWNER, at=START)

    with pytest.raises(CannotStart) as problem:
        await books.write_batch(plan_next, START)
    await books.write_batch(set_aside, problem.value.campaign)

    assert str(problem.value) == "offer_closed"
    result = await books.read(campaign_result, street.shop_id, campaign_id)
    assert (result.state, result.recipients, result.held_jeon) == (CampaignState.STUCK, 0, 0)
    assert await given(books) == []


async def test_trying_says_which_coupon_comes_along(books: Books) -> None:
    street = await books.write(make_street)
    offer_id = await books.write(make_offering, street.shop_id, cap=50)

    tried = await books.read(dry_run, street.shop_id, draft_with(offer_id), START)
    without = await books.read(dry_run, street.shop_id, make_draft(), START)

    assert tried.offer is not None
    assert (tried.offer.offer_id, tried.offer.terms, tried.offer.cap) == (offer_id, TERMS, 50)
    assert without.offer is None


async def test_another_shops_coupon_is_not_there(books: Books) -> None:
    street = await books.write(make_street)
    other = await books.write(
        make_shop, street.market_id, street.channel_id, slug="rice", name="떡집"
    )
    draft = draft_with(await books.write(make_offering, other))

    await refuses_to_book(books, street.shop_id, draft, NotFound)


@pytest.mark.parametrize(
    "source", [one for one in CouponSource if one is not CouponSource.CAMPAIGN]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_coupon_that_is_given_otherwise_does_not_come_along(
    books: Books, source: CouponSource
) -> None:
    street = await books.write(make_street)
    draft = draft_with(await books.write(make_offering, street.shop_id, source))

    refusal = await refuses_to_book(books, street.shop_id, draft, Invalid)

    assert set(refusal.fields) == {"coupon"}


async def test_a_closed_offer_does_not_come_along(books: Books) -> None:
    street = await books.write(make_street)
    offer_id = await books.write(make_offering, street.shop_id)
    await books.write(close_offer, street.shop_id, offer_id, actor=OWNER, at=START)

    refusal = await refuses_to_book(books, street.shop_id, draft_with(offer_id), Invalid)

    assert set(refusal.fields) == {"coupon"}


async def test_many_people_take_no_more_statements_than_few(books: Books) -> None:
    def work(tx: Tx, people: int) -> int:
        change(tx, "UPDATE campaign SET state = 'canceled'")
        begun = rows(tx, "SELECT count(*) FROM customer")[0][0]
        for number in range(people):
            make_customer(tx, street.channel_id, street.shop_id, begun + number + 1)
        make_campaign(
            tx, street.shop_id, at=START, draft=draft_with(offer_id), form_key=f"form-{people}"
        )
        counting = Counting(tx)
        assert plan_next(counting, START)
        return counting.statements

    street, offer_id, _ = await book(books, people=1)
    few = await books.write(work, 2)
    many = await books.write(work, 95)

    assert many == few
    assert len(await given(books)) == 3 + 98


async def refuses_to_book(books: Books, shop_id: ShopId, draft: Draft, reason: type[Any]) -> Any:
    """Neither tried nor booked; what the refusal said."""
    with pytest.raises(reason):
        await books.read(dry_run, shop_id, draft, START)
    with pytest.raises(reason) as refusal:
        await books.write(make_campaign, shop_id, at=START, draft=draft)
    assert await books.read(rows, "SELECT id FROM campaign") == []
    return refusal.value


async def use(books: Books, shop_id: ShopId, coupon_id: CouponId) -> None:
    showing = Showing(key=f"counter:{coupon_id}", way=CouponWay.CODE, actor=OWNER)
    await books.write(use_coupon, shop_id, coupon_id, showing, START)


async def coupon_counts(books: Books, shop_id: ShopId, campaign_id: CampaignId) -> tuple[int, int]:
    """Given and used, as the owner's result page says it."""
    result = await books.read(campaign_result, shop_id, campaign_id)
    assert result.coupon is not None
    return result.coupon.given, result.coupon.used
