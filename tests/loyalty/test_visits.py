"""Visits (I11): codes, limits, late tills."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.refusals import Conflict, Invalid, NotFound
from domain.visits import (
    AHEAD_MAX,
    CODE_LIFE,
    LATE_MAX,
    Purchase,
    VisitWay,
)
from loyalty.codes import issue_counter_code, issue_customer_code
from loyalty.visits import stamp_by_code, stamp_person
from storage.books import Books
from tests.conftest import START
from tests.factories import rows
from tests.loyalty.street import make_sale, open_shop

DAY = timedelta(days=1)


async def test_a_code_shows_a_visit_and_stamps_the_card(books: Books) -> None:
    shop = await open_shop(books)

    stamped = await shop.stamp(START)

    assert (stamped.stamps, stamped.visits, stamped.way) == (1, 1, VisitWay.CODE)
    assert stamped.card
    assert (stamped.card.stamps, stamped.card.needed, stamped.card.number) == (1, 3, 1)


async def test_the_last_stamp_earns_the_gift_and_the_next_begins_a_new_card(books: Books) -> None:
    shop = await open_shop(books)

    stamped = [await shop.stamp(START + DAY * n) for n in range(4)]

    assert [[gift.title for gift in one.earned] for one in stamped] == [
        [],
        [],
        ["단팥빵 1개 무료"],
        [],
    ]
    assert stamped[3].card
    assert (stamped[3].card.stamps, stamped[3].card.number) == (1, 2)


async def test_a_shop_without_a_card_still_counts_visits(books: Books) -> None:
    shop = await open_shop(books, needed=0)

    stamped = await shop.stamp(START)

    assert (stamped.stamps, stamped.visits, stamped.card) == (0, 1, None)
    assert await books.read(rows, "SELECT count(*) FROM tally") == [(0,)]


async def test_a_code_works_once(books: Books) -> None:
    shop = await open_shop(books)
    code = await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)
    await books.write(stamp_by_code, shop.shop_id, code.digits, make_sale(), START)

    with pytest.raises(Conflict, match="code_used"):
        await books.write(stamp_by_code, shop.shop_id, code.digits, make_sale(), START)


async def test_a_code_lapses(books: Books) -> None:
    shop = await open_shop(books)
    code = await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)

    with pytest.raises(Conflict, match="code_lapsed"):
        await books.write(stamp_by_code, shop.shop_id, code.digits, make_sale(), START + CODE_LIFE)


async def test_an_unknown_code_and_a_shops_own_code_are_no_customers(books: Books) -> None:
    shop = await open_shop(books)
    way = VisitWay.ROTATING_QR
    own = await books.write(issue_counter_code, shop.channel_id, shop.shop_id, way, START)

    for digits in ("0000", own.digits):
        with pytest.raises(NotFound, match="code"):
            await books.write(stamp_by_code, shop.shop_id, digits, make_sale(), START)


async def test_the_same_sale_twice_is_one_visit(books: Books) -> None:
    shop = await open_shop(books)
    sale = make_sale()

    first = await books.write(stamp_person, shop.shop_id, shop.customer_id, sale, START)
    again = await books.write(stamp_person, shop.shop_id, shop.customer_id, sale, START + DAY)

    assert again.is_repeated
    assert (again.visit_id, again.stamps, again.visits) == (first.visit_id, 1, 1)


async def test_so_many_visits_a_day_and_the_korean_day_counts(books: Books) -> None:
    shop = await open_shop(books)
    before_midnight = datetime(2026, 11, 25, 14, 50, tzinfo=UTC)
    for _ in range(3):
        await shop.stamp(before_midnight)

    with pytest.raises(Conflict, match="day_limit"):
        await shop.stamp(before_midnight)
    assert (await shop.stamp(before_midnight + timedelta(minutes=10))).visits == 4


@pytest.mark.parametrize(
    ("happened_at", "is_fine"),
    [
        (START + AHEAD_MAX, True),
        (START + AHEAD_MAX + timedelta(seconds=1), False),
        (START - LATE_MAX, True),
        (START - LATE_MAX - timedelta(seconds=1), False),
    ],
)
async def test_a_tills_clock_is_believed_within_reason(
    books: Books, happened_at: datetime, *, is_fine: bool
) -> None:
    shop = await open_shop(books)

    if is_fine:
        assert (await shop.claim(START, happened_at)).visits == 1
        return
    with pytest.raises(Invalid) as refusal:
        await shop.claim(START, happened_at)
    assert "visited_at" in refusal.value.fields


async def test_a_late_till_still_names_its_code(books: Books) -> None:
    """The code was good when it was typed; it is used once all the same."""
    shop = await open_shop(books)
    code = await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)
    typed_at, sent_at = START + timedelta(minutes=1), START + timedelta(hours=5)
    sale = make_sale(happened_at=typed_at)

    stamped = await books.write(stamp_by_code, shop.shop_id, code.digits, sale, sent_at)
    again = await books.write(stamp_by_code, shop.shop_id, code.digits, sale, sent_at)

    assert again.is_repeated
    assert await books.read(rows, "SELECT count(*) FROM visit") == [(1,)]
    assert stamped.way is VisitWay.CODE


@pytest.mark.parametrize(
    "purchase", [Purchase(items=0), Purchase(items=51), Purchase(spend_won=-1)]
)
async def test_no_counter_sells_that(books: Books, purchase: Purchase) -> None:
    shop = await open_shop(books)
    sale = replace(make_sale(), purchase=purchase)

    with pytest.raises(Invalid):
        await books.write(stamp_person, shop.shop_id, shop.customer_id, sale, START)
