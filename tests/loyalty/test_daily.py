"""The daily sweep: told once and by day, given back; harmless repeated."""

import asyncio
import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import orjson
import pytest

from domain.coupons import HOLD_LIFE, CouponSource, CouponWay
from domain.notices import NOTICES_DEFAULT, NoticeKind
from domain.people import CouponId, CustomerId
from domain.rules import ShopRules
from domain.time import kst_instant
from loyalty.cards import CardDraft
from loyalty.coupons import NewOffer, Showing, give, hold_coupon, make_offer, use_coupon
from loyalty.invariants import earned_and_used_once
from loyalty.notices import switch_telling
from loyalty.regulars import give_stamps
from loyalty.visits import cancel_visit
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.birthdays import DUE
from storage.queries.coupons import ENDED_HOLDS
from storage.queries.daily import LAPSING_SOON
from storage.queries.notices import list_waiting
from storage.statements import Statement
from storage.vault import Vault
from tests.conftest import START
from tests.factories import OWNER, change, rows, sweep
from tests.loyalty.street import GIFT, Shop, open_shop
from tests.loyalty.sweeping import (
    DAY,
    LAST_DAY,
    MINUTE,
    SHORT_OF,
    TELLS_FROM,
    earn,
    open_quick_shop,
    plan,
    sweep_all,
)


async def waiting(books: Books, who: CustomerId, at: datetime) -> list[str]:
    """The coupons this person is waiting to be told of as lapsing."""
    news = await books.read(list_waiting, who, at)
    return [orjson.loads(one.facts)["title"] for one in news if one.kind == "coupon_lapsing"]


async def test_an_earned_coupon_is_told_of_three_days_before_it_lapses_once(books: Books) -> None:
    shop = await open_quick_shop(books)
    coupon_id = await earn(shop)

    await sweep_all(books, TELLS_FROM - SHORT_OF)
    assert await waiting(books, shop.customer_id, TELLS_FROM) == []
    for at in (TELLS_FROM, TELLS_FROM + MINUTE, TELLS_FROM + DAY):
        await sweep_all(books, at)

    sql = "SELECT customer_id, key, state, facts FROM notice WHERE kind = 'coupon_lapsing'"
    ((who, key, state, facts),) = await books.read(rows, sql)
    assert (who, key, state) == (shop.customer_id, f"lapsing:{coupon_id}", "waiting")
    assert orjson.loads(facts) == {
        "title": GIFT.title,
        "expires_at": kst_instant(LAST_DAY, time()).isoformat(),
    }
    news = "SELECT customer_id FROM membership WHERE has_news"
    assert await books.read(rows, news) == [(shop.customer_id,)]


@pytest.mark.parametrize(
    ("clock_time", "told"),
    [(time(8, 59), 0), (time(9), 1), (time(19, 59), 1), (time(20), 0), (time(23), 0)],
)
async def test_it_is_written_by_day_alone(books: Books, clock_time: time, told: int) -> None:
    shop = await open_quick_shop(books)
    await earn(shop)

    at = kst_instant(date(2026, 12, 7), clock_time)
    await sweep_all(books, at)

    assert len(await waiting(books, shop.customer_id, at)) == told


async def test_a_shop_and_a_person_may_switch_it_off(books: Books) -> None:
    shop = await open_quick_shop(books)
    await earn(shop)
    await shop.set_rules(ShopRules(notices=NOTICES_DEFAULT - {NoticeKind.COUPON_LAPSING}))
    await sweep_all(books, TELLS_FROM)
    assert await waiting(books, shop.customer_id, TELLS_FROM) == []

    await shop.set_rules(ShopRules(notices=frozenset({NoticeKind.COUPON_LAPSING})))
    person, shops = shop.customer_id, [shop.shop_id]
    await books.write(switch_telling, person, shops, is_told=False, at=TELLS_FROM)
    await sweep_all(books, TELLS_FROM)
    assert await waiting(books, shop.customer_id, TELLS_FROM) == []

    await books.write(switch_telling, person, shops, is_told=True, at=TELLS_FROM)
    await sweep_all(books, TELLS_FROM)
    assert await waiting(books, shop.customer_id, TELLS_FROM) == [GIFT.title]


@pytest.mark.parametrize("source", [one for one in CouponSource if one is not CouponSource.CARD])
async def test_of_any_other_coupon_nobody_is_told(books: Books, source: CouponSource) -> None:
    """K14: only what was earned by buying is information."""
    shop = await open_quick_shop(books)
    await books.write(give_one, shop, source)
    await sweep_all(books, TELLS_FROM)

    assert await books.read(rows, "SELECT count(*) FROM coupon") == [(1,)]
    assert await books.read(rows, "SELECT * FROM notice") == []


async def test_of_what_given_stamps_earned_nobody_is_told(books: Books) -> None:
    """K14: a card that kindness filled rests on no sale, though its coupon is a card's."""
    shop = await open_quick_shop(books)
    person = shop.shop_id, shop.customer_id
    await books.write(give_stamps, *person, 1, key="kind", actor=OWNER, at=START)
    await sweep_all(books, TELLS_FROM)

    assert await books.read(rows, "SELECT count(*) FROM coupon") == [(1,)]
    assert await books.read(rows, "SELECT * FROM notice") == []


def give_one(tx: Tx, shop: Shop, source: CouponSource, cap: int | None = None) -> CouponId:
    new = NewOffer(source=source, terms=GIFT, cap=cap)
    offer_id = make_offer(tx, shop.shop_id, new, actor=OWNER, at=START)
    person = shop.shop_id, shop.customer_id
    given = give(tx, person, offer_id, key="one", actor=OWNER, at=START)
    assert given is not None
    return given.coupon_id


def showing(key: str) -> Showing:
    return Showing(key=key, way=CouponWay.TILL, actor=OWNER)


async def test_a_used_or_canceled_coupon_is_not_told_of(books: Books) -> None:
    shop = await open_quick_shop(books)
    used, kept = await earn(shop), await shop.stamp(START)
    for at in (TELLS_FROM, TELLS_FROM + DAY):
        await sweep_all(books, TELLS_FROM)
        assert len(await waiting(books, shop.customer_id, at)) == 2

    await books.write(use_coupon, shop.shop_id, used, showing("use"), TELLS_FROM)
    await books.write(cancel_visit, shop.shop_id, kept.visit_id, actor=OWNER, at=TELLS_FROM)

    assert await waiting(books, shop.customer_id, TELLS_FROM) == []
    await sweep_all(books, TELLS_FROM + MINUTE)
    assert await waiting(books, shop.customer_id, TELLS_FROM) == []


async def test_who_has_just_got_a_coupon_of_a_short_life_is_not_told_at_once(books: Books) -> None:
    shop = await open_shop(books)
    gift = replace(GIFT, life_days=2)
    await shop.set_card(CardDraft(needed=1, rewards={1: gift}))
    await earn(shop)

    await sweep_all(books, START + MINUTE)
    assert await waiting(books, shop.customer_id, START) == []
    await sweep_all(books, START + DAY)
    assert await waiting(books, shop.customer_id, START + DAY) == [gift.title]


async def test_late_news_is_dropped_and_that_of_a_coupon_never_outlives_it(books: Books) -> None:
    """A worker that was down until the last day tells of it, but not the day after."""
    shop = await open_quick_shop(books)
    await earn(shop)
    last_day = kst_instant(date(2026, 12, 8), time(12))
    ends = kst_instant(LAST_DAY, time())

    await sweep_all(books, last_day)
    assert await waiting(books, shop.customer_id, ends - SHORT_OF) == [GIFT.title]
    await sweep_all(books, ends)

    assert await waiting(books, shop.customer_id, ends) == []
    sql = "SELECT state FROM notice WHERE kind = 'coupon_lapsing'"
    assert await books.read(rows, sql) == [("dropped",)]


async def test_a_hold_that_has_run_out_gives_its_place_back(books: Books) -> None:
    shop = await open_quick_shop(books)
    coupon_id = await books.write(give_one, shop, CouponSource.HAND, cap=1)
    await books.write(hold_coupon, shop.shop_id, coupon_id, showing("hold"), START)
    sql = "SELECT c.state, o.taken FROM coupon c JOIN coupon_offer o ON o.id = c.offer_id"

    await sweep_all(books, START + HOLD_LIFE - SHORT_OF)
    assert await books.read(rows, sql) == [("held", 1)]
    await sweep_all(books, START + HOLD_LIFE)

    assert await books.read(rows, sql) == [("ready", 0)]
    assert await books.read(earned_and_used_once) == []


async def test_more_than_one_step_takes_is_finished_by_several_workers(
    books: Books, database_url: str, vault: Vault
) -> None:
    """1,300 coupons about to lapse, and as many old codes: each told of once, all forgotten."""
    shop = await open_quick_shop(books)
    await earn(shop)
    many = 1_300
    await books.write(multiply, many)

    async with open_books(database_url, vault) as second:
        await asyncio.gather(sweep_all(books, TELLS_FROM), sweep_all(second, TELLS_FROM))

    sql = "SELECT count(*), count(DISTINCT key) FROM notice WHERE kind = 'coupon_lapsing'"
    assert await books.read(rows, sql) == [(many, many)]
    assert await books.read(rows, "SELECT count(*) FROM counter_code") == [(0,)]


def multiply(tx: Tx, many: int) -> None:
    """The one coupon and the one code, so many times."""
    numbers = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
        if tx.dialect == "sqlite"
        else "WITH n AS (SELECT generate_series(1, CAST(:many AS int)) AS i) "
    )
    copies: dict[str, Any] = {
        "coupon": "shop_id, customer_id, offer_id, state, issued_at, expires_at",
        "counter_code": "channel_id, way, customer_id, issued_at, expires_at",
    }
    coupon, code = copies.values()
    change(
        tx,
        f"INSERT INTO coupon ({coupon}, key) {numbers}"
        f"SELECT {coupon}, 'visit:copy:' || i FROM coupon, n WHERE i < :many",
        many=many,
    )
    change(
        tx,
        f"INSERT INTO counter_code ({code}, digits, issue) {numbers}"
        f"SELECT {code}, 'x' || i, 'issue' || i FROM counter_code, n WHERE i < :many",
        many=many,
    )


async def test_the_sweep_of_a_quiet_street_writes_nothing(books: Books) -> None:
    shop = await open_shop(books)
    await shop.stamp(START)

    assert not await books.write(sweep, START + MINUTE)
    assert await books.read(rows, "SELECT count(*) FROM notice") == [(0,)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", [LAPSING_SOON, DUE, ENDED_HOLDS])
async def test_a_sweep_never_goes_through_all_coupons(books: Books, statement: Statement) -> None:
    """It runs once a minute, whatever has gathered in a town in years."""

    steps = await books.read(plan, statement)
    assert any(step.startswith("SEARCH coupon") for step in steps)
    assert not any(re.match("SCAN (coupon|customer|membership)", step) for step in steps)
