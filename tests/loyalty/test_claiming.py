"""Visits by the counter's code, by a phone number, in other shops of the channel."""

from datetime import timedelta

import pytest

from domain.refusals import Conflict, Invalid, NotFound
from domain.visits import (
    TRIES_MAX,
    TRIES_WINDOW,
    VisitWay,
)
from loyalty.codes import issue_counter_code, issue_customer_code
from loyalty.paper import stamp_by_phone
from loyalty.visits import Stamped, claim_visit, stamp_by_code, stamp_person
from storage.books import Books
from storage.queries.visits import list_doubted
from tests.conftest import START
from tests.factories import change, phone_of, rows
from tests.loyalty.street import another_shop, make_sale, open_shop

DAY = timedelta(days=1)


async def test_a_shop_of_the_same_channel_makes_a_member_of_who_shows_a_code(books: Books) -> None:
    shop = await open_shop(books)
    other = await books.write(another_shop, shop)
    code = await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)

    stamped = await books.write(stamp_by_code, other, code.digits, make_sale(), START)

    assert (stamped.shop_id, stamped.visits) == (other, 1)


async def test_far_apart_within_minutes_is_flagged_not_blocked(books: Books) -> None:
    shop = await open_shop(books)
    other = await books.write(another_shop, shop)
    place = "UPDATE shop SET latitude = :north, longitude = :east WHERE id = :id"
    await books.write(change, place, id=shop.shop_id, north=37.556, east=126.906)
    await books.write(change, place, id=other, north=35.18, east=129.076)
    await shop.claim(START)

    soon = START + timedelta(minutes=10)
    second = await books.write(stamp_person, other, shop.customer_id, make_sale(), soon)

    doubted = [await books.read(list_doubted, one, START) for one in (shop.shop_id, other)]
    assert doubted == [[], [soon]]
    assert await books.read(list_doubted, other, soon + DAY) == []
    assert second.visits == 1


async def test_a_customer_claims_a_visit_with_the_counters_code(books: Books) -> None:
    shop = await open_shop(books)
    way = VisitWay.ROTATING_QR
    code = await books.write(issue_counter_code, shop.channel_id, shop.shop_id, way, START)
    who = shop.channel_id, shop.customer_id

    claimed = await books.write(claim_visit, *who, code.digits, START)
    again = await books.write(claim_visit, *who, code.digits, START)
    others = await books.write(claim_visit, shop.channel_id, shop.other_id, code.digits, START)

    assert isinstance(claimed, Stamped)
    assert isinstance(again, Stamped)
    assert (claimed.way, again.is_repeated) == (way, True)
    assert isinstance(others, Conflict)
    assert others.reason == "code_used"


async def test_guessing_ends_after_a_few_tries(books: Books) -> None:
    shop = await open_shop(books)
    way = VisitWay.PIN
    code = await books.write(issue_counter_code, shop.channel_id, shop.shop_id, way, START)
    wrong = "111111" if code.digits != "111111" else "222222"
    who = shop.channel_id, shop.customer_id

    for _ in range(TRIES_MAX):
        assert isinstance(await books.write(claim_visit, *who, wrong, START), NotFound)
    refused = await books.write(claim_visit, *who, code.digits, START)
    other = await books.write(claim_visit, shop.channel_id, shop.other_id, wrong, START)
    later = await books.write(claim_visit, *who, wrong, START + TRIES_WINDOW)

    assert isinstance(refused, Conflict)
    assert refused.reason == "too_many_tries"
    assert isinstance(other, NotFound)
    assert isinstance(later, NotFound)


async def test_a_phone_number_finds_the_regular_and_a_new_one_gets_nothing_but_stamps(
    books: Books,
) -> None:
    shop = await open_shop(books)

    known = await books.write(stamp_by_phone, shop.shop_id, phone_of(1), make_sale(), START)
    fresh = await books.write(stamp_by_phone, shop.shop_id, "010-9999-0000", make_sale(), START)
    again = await books.write(stamp_by_phone, shop.shop_id, "01099990000", make_sale(), START)

    assert known.customer_id == shop.customer_id
    assert fresh.customer_id == again.customer_id
    assert again.visits == 2
    consent = "SELECT advertising_since FROM membership WHERE customer_id = :id"
    assert await books.read(rows, consent, id=fresh.customer_id) == [(None,)]


async def test_what_is_no_number_is_refused_at_its_field(books: Books) -> None:
    shop = await open_shop(books)

    with pytest.raises(Invalid) as refusal:
        await books.write(stamp_by_phone, shop.shop_id, "02-123-4567", make_sale(), START)
    assert "phone" in refusal.value.fields
