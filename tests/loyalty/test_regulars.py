"""Regulars as their owner looks at them: sets in SQL say what the domain's rules say."""

import random
from datetime import timedelta

import pytest

from domain.coupons import CouponSource
from domain.people import CustomerId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.regulars import Tier, rhythm_of, tier_of
from loyalty.coupons import NewOffer, make_offer
from loyalty.joining import leave_phone
from loyalty.regulars import give_by_hand, give_stamps, name_regular
from loyalty.tallies import find_standing
from storage.books import Books
from storage.desk import Tx
from storage.queries.coupons import list_coupons
from storage.queries.holdings import count_ways, list_cards_of, list_coupons_of
from storage.queries.regulars import (
    FIRST_PAGE,
    Cursor,
    count_quiet,
    count_with_coupons,
    find_regular,
    list_by_name,
    list_ending_with,
    list_page,
    list_page_of_quiet,
    list_page_with_coupons,
    list_same_phone,
)
from storage.queries.tiers import count_by_tier, list_page_of_tier, list_times_of, tier_slots
from storage.queries.visits import list_visit_times
from tests.conftest import START
from tests.factories import Street, change, make_customer, make_shop, make_street, phone_of, rows
from tests.loyalty.merging import GIFT, OWNER, broken, open_shop_with_card, paper_person, stamp

TIERS = (
    Tier("처음"),
    Tier("단골", 2, 60),
    Tier("왕단골", 6, 60),
    Tier("요즘 단골", 3, 14),
)
PEOPLE = 40


def make_crowd(tx: Tx, seed: int = 7) -> Street:
    """Regulars with all sorts of habits; some sales are undone."""
    rng = random.Random(seed)
    street = make_street(tx, people=PEOPLE, grant_won=0)
    for who in street.customers:
        gap = rng.randint(1, 20)
        for number in range(rng.randint(0, 9)):
            hours = (gap * number + rng.random()) * 24
            visited_at = START - timedelta(hours=hours)
            stamp(tx, street.shop_id, who, 1, visited_at)
    ids = [row[0] for row in rows(tx, "SELECT id FROM visit")]
    for one in rng.sample(ids, len(ids) // 10):
        change(tx, "UPDATE visit SET canceled_at = visited_at WHERE id = :one", one=one)
    return street


async def test_tiers_of_a_set_are_those_of_the_rule(books: Books) -> None:
    street = await books.write(make_crowd)
    slots = tier_slots(TIERS, START)
    expected: dict[str, set[CustomerId]] = {tier.name: set() for tier in TIERS}
    for who in street.customers:
        times = await books.read(list_visit_times, street.shop_id, who)
        expected[tier_of(TIERS, times, START).name].add(who)

    counts = await books.read(count_by_tier, street.shop_id, slots)

    for tier in TIERS:
        slot = slots.slot_of(tier)
        page = await books.read(list_page_of_tier, street.shop_id, slots, slot, FIRST_PAGE, PEOPLE)
        assert {one.customer_id for one in page} == expected[tier.name]
        assert counts.get(slot, 0) == len(expected[tier.name])
    assert min(len(people) for people in expected.values()) > 0


async def test_who_is_quiet_in_a_set_is_quiet_by_the_rule(books: Books) -> None:
    street = await books.write(make_crowd)
    for days in (5, 12, 30):
        at = START + timedelta(days=days, minutes=7)
        expected = set()
        for who in street.customers:
            regular = await books.read(find_regular, street.shop_id, who)
            assert regular is not None
            if regular.rhythm.is_quiet(at):
                expected.add(who)

        page = await books.read(list_page_of_quiet, street.shop_id, FIRST_PAGE, PEOPLE, at)

        assert {one.customer_id for one in page} == expected
        assert await books.read(count_quiet, street.shop_id, at) == len(expected)
        assert 0 < len(expected) < PEOPLE


async def test_a_visit_at_the_edge_of_a_korean_day_makes_the_same_rhythm(books: Books) -> None:
    """Days are Korea's: 23:59 and 00:01 there are two days, in one day of UTC."""
    street = await books.write(make_street, people=1, grant_won=0)
    midnight = START.replace(hour=15, minute=0)
    for minutes in (-1, 1, 60 * 24 * 2):
        at = midnight + timedelta(minutes=minutes)
        await books.write(stamp, street.shop_id, street.customers[0], 1, at)

    for hours in range(0, 200, 5):
        at = midnight + timedelta(days=2, hours=hours)
        regular = await books.read(find_regular, street.shop_id, street.customers[0])
        assert regular is not None
        count = await books.read(count_quiet, street.shop_id, at)
        assert (count == 1) is regular.rhythm.is_quiet(at)


async def test_pages_show_everybody_once_in_order(books: Books) -> None:
    street = await books.write(make_crowd)
    seen, after = [], FIRST_PAGE
    while page := await books.read(list_page, street.shop_id, after, 7):
        seen += page
        after = Cursor(page[-1].seen_at, page[-1].customer_id)

    assert sorted(one.customer_id for one in seen) == sorted(street.customers)
    assert [one.seen_at for one in seen] == sorted((one.seen_at for one in seen), reverse=True)


async def test_people_are_found_by_name_and_by_the_end_of_their_number(books: Books) -> None:
    street = await books.write(make_street, people=3, grant_won=0)
    shop_id, who = street.shop_id, street.customers[1]
    await books.write(name_regular, shop_id, who, "김 100%_철수", actor=OWNER, at=START)

    for words in ("철수", "100%", "%_", "김 100"):
        found = await books.read(list_by_name, shop_id, words)
        assert [one.customer_id for one in found] == [who]
    assert await books.read(list_by_name, shop_id, "1000") == []
    assert await books.read(list_ending_with, shop_id, phone_of(2)[-4:]) == [who]
    (shown,) = await books.read(list_by_name, shop_id, "철수")
    assert shown.phone == "010-****-0002"


async def test_another_shops_regulars_are_not_seen(books: Books) -> None:
    street = await books.write(make_street, people=1, grant_won=0)
    elsewhere = await books.write(
        make_shop, street.market_id, street.channel_id, name="옆집", slug="next"
    )
    theirs = await books.write(paper_person, elsewhere, 70, name="옆집 손님")

    assert await books.read(find_regular, street.shop_id, theirs) is None
    assert await books.read(list_by_name, street.shop_id, "옆집") == []
    assert await books.read(list_ending_with, street.shop_id, phone_of(70)[-4:]) == []
    with pytest.raises(NotFound):
        await books.write(name_regular, street.shop_id, theirs, "이름", actor=OWNER, at=START)
    with pytest.raises(NotFound):
        await books.write(give_stamps, street.shop_id, theirs, 1, key="k", actor=OWNER, at=START)


async def test_stamps_by_hand_are_given_once_and_earn_like_others(books: Books) -> None:
    street = await books.write(open_shop_with_card, 5)
    person = street.shop_id, street.customers[0]

    for _ in range(2):
        await books.write(give_stamps, *person, 5, key="form", actor=OWNER, at=START)

    standing = await books.read(find_standing, *person, START)
    assert standing is not None
    assert standing.stamps == 5
    assert [one.state for one in await books.read(list_coupons, person[1])] == ["ready"]
    assert await books.read(rows, "SELECT count(*) FROM notice") == [(0,)]
    assert await books.read(broken) == []


async def test_stamps_by_hand_have_a_measure_and_need_a_card(books: Books) -> None:
    street = await books.write(make_street, people=1, grant_won=0)
    person = street.shop_id, street.customers[0]

    for count in (0, 101):
        with pytest.raises(Invalid):
            await books.write(give_stamps, *person, count, key="k", actor=OWNER, at=START)
    with pytest.raises(Conflict, match="no_card"):
        await books.write(give_stamps, *person, 1, key="k", actor=OWNER, at=START)

    assert await books.read(rows, "SELECT count(*) FROM given_stamps") == [(0,)]


async def test_only_coupons_made_for_it_are_given_by_hand(books: Books) -> None:
    street = await books.write(make_street, people=1, grant_won=0)
    person = street.shop_id, street.customers[0]
    made = {}
    for source in (CouponSource.HAND, CouponSource.JOINING):
        new = NewOffer(source=source, terms=GIFT)
        made[source] = await books.write(make_offer, street.shop_id, new, actor=OWNER, at=START)

    for _ in range(2):
        await books.write(
            give_by_hand, *person, made[CouponSource.HAND], key="k", actor=OWNER, at=START
        )
    with pytest.raises(NotFound, match="offer"):
        await books.write(
            give_by_hand, *person, made[CouponSource.JOINING], key="k", actor=OWNER, at=START
        )

    assert len(await books.read(list_coupons, person[1])) == 1
    found = await books.read(list_page_with_coupons, street.shop_id, FIRST_PAGE, 9, START)
    assert [one.customer_id for one in found] == [person[1]]
    assert await books.read(count_with_coupons, street.shop_id, START) == 1
    held = await books.read(list_coupons_of, street.shop_id, [person[1]], START)
    assert held == {person[1]: (1, 0)}


async def test_cards_and_visits_of_a_page_are_read_as_sets(books: Books) -> None:
    street = await books.write(open_shop_with_card, 10)
    who = street.customers[0]
    await books.write(stamp, street.shop_id, who, 3)

    cards = await books.read(list_cards_of, street.shop_id, [who], START)
    times = await books.read(list_times_of, street.shop_id, [who], START - timedelta(days=1))

    assert cards[who] == (3, 10)
    assert rhythm_of(times[who]).visits == 1
    assert await books.read(count_ways, street.shop_id, START - timedelta(days=1)) == (1, 0)


def two_with_one_number(
    tx: Tx, shop_id: ShopId, street: Street, number: int = 80
) -> tuple[CustomerId, CustomerId]:
    paper = paper_person(tx, shop_id, number)
    chat = make_customer(tx, street.channel_id, shop_id, number, at=START + timedelta(days=1))
    return paper, chat


async def test_a_chat_and_a_number_are_suggested_as_one_person(books: Books) -> None:
    street = await books.write(make_street, people=2, grant_won=0)
    paper, chat = await books.write(two_with_one_number, street.shop_id, street)

    assert await books.read(list_same_phone, street.shop_id) == [(chat, paper)]


async def test_nobody_is_suggested_who_cannot_be_merged(books: Books) -> None:
    """Two chats; a number that is another shop's, too; one not left for this shop (L54)."""
    street = await books.write(make_street, people=1, grant_won=0)
    next_door = await books.write(
        make_shop, street.market_id, street.channel_id, name="옆집", slug="rice"
    )
    paper, _ = await books.write(two_with_one_number, street.shop_id, street, 80)
    await books.write(stamp, next_door, paper, 1)
    _, chat = await books.write(two_with_one_number, street.shop_id, street, 81)
    sql = "UPDATE membership SET phone_granted_at = NULL WHERE customer_id = :chat"
    await books.write(change, sql, chat=chat)
    await books.write(two_chats_with_one_number, street)

    assert await books.read(list_same_phone, street.shop_id) == []


def two_chats_with_one_number(tx: Tx, street: Street) -> None:
    for number in (90, 91):
        who = make_customer(tx, street.channel_id, street.shop_id, number)
        leave_phone(tx, who, phone_of(90), START)
