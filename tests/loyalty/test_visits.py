"""Visits (I11): proof, limits, late tills, undo, what is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.cards import ExpiryFrom
from domain.coupons import CouponWay
from domain.notices import NoticeKind
from domain.people import ShopId, VisitId
from domain.refusals import Conflict, Invalid, NotFound
from domain.rules import ShopRules
from domain.visits import (
    AHEAD_MAX,
    CANCEL_WITHIN,
    CODE_LIFE,
    LATE_MAX,
    TRIES_MAX,
    TRIES_WINDOW,
    Doubt,
    Purchase,
    VisitWay,
)
from loyalty.codes import issue_counter_code, issue_customer_code
from loyalty.coupons import Showing, use_coupon
from loyalty.invariants import earned_and_used_once
from loyalty.paper import stamp_by_phone
from loyalty.visits import Stamped, cancel_visit, claim_visit, stamp_by_code, stamp_person
from storage.books import Books
from storage.desk import Tx
from tests.conftest import START
from tests.factories import OWNER, change, make_shop, phone_of, rows
from tests.loyalty.street import Shop, make_card, make_sale, open_shop

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


async def test_a_canceled_visit_does_not_count_toward_the_day(books: Books) -> None:
    shop = await open_shop(books)
    last = [await shop.stamp(START) for _ in range(3)][-1]

    await books.write(cancel_visit, shop.shop_id, last.visit_id, actor=OWNER, at=START)

    assert (await shop.stamp(START)).visits == 3


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


async def test_a_late_visit_counts_on_the_card_of_its_day(books: Books) -> None:
    """C5: a card that lapsed meanwhile had not lapsed when the customer was there."""
    shop = await open_shop(books, needed=0)
    await shop.set_card(make_card(3, expiry_days=1, expiry_from=ExpiryFrom.FIRST))
    await shop.claim(START)
    sent_at = START + DAY * 3

    stamped = await shop.claim(sent_at, START + DAY)

    assert stamped.card
    assert stamped.card.stamps == 2


async def test_a_lapsed_card_begins_anew_without_its_starter(books: Books) -> None:
    shop = await open_shop(books, needed=0)
    await shop.set_card(make_card(5, starter=2, expiry_days=10))
    first = await shop.claim(START)
    kept = await shop.claim(START + DAY * 10)

    lapsed = await shop.claim(START + DAY * 21)

    counts = [one.card.stamps if one.card else None for one in (first, kept, lapsed)]
    assert counts == [3, 4, 1]


async def test_a_full_card_does_not_lapse(books: Books) -> None:
    shop = await open_shop(books, needed=0)
    await shop.set_card(make_card(2, expiry_days=5))
    await shop.claim(START)
    full = await shop.claim(START + DAY)

    later = await shop.claim(START + DAY * 100)

    assert full.card
    assert full.card.lapses_at is None
    assert later.card
    assert (later.card.number, later.card.stamps) == (2, 1)


async def test_changed_rules_take_nothing_away(books: Books) -> None:
    """C5: the card in hand keeps its promise, the next one has the new terms."""
    shop = await open_shop(books, needed=3)
    await shop.stamp(START)
    await shop.stamp(START + DAY)

    await shop.set_card(make_card(12))

    full = await shop.stamp(START + DAY * 2)
    after = await shop.stamp(START + DAY * 3)
    assert len(full.earned) == 1
    assert after.card
    assert (after.card.stamps, after.card.needed) == (1, 12)


async def test_a_canceled_sale_unwinds_stamp_coupon_and_count(books: Books) -> None:
    shop = await open_shop(books, needed=2)
    await shop.stamp(START)
    full = await shop.stamp(START + DAY)

    undone = await books.write(
        cancel_visit, shop.shop_id, full.visit_id, actor=OWNER, at=START + DAY
    )

    assert undone.canceled == (full.earned[0].coupon_id,)
    assert undone.owed == ()
    assert undone.card
    assert undone.card.stamps == 1
    member = "SELECT visits, visit_days, last_visit_at FROM membership WHERE customer_id = :id"
    visits, days, last = (await books.read(rows, member, id=shop.customer_id))[0]
    assert (visits, days) == (1, 1)
    assert str(last).startswith("2026-11-25")
    assert await books.read(earned_and_used_once) == []


async def test_a_used_reward_becomes_a_debt_and_the_next_stamp_pays_it(books: Books) -> None:
    shop = await open_shop(books, needed=2)
    await shop.stamp(START)
    full = await shop.stamp(START + DAY)
    coupon_id = full.earned[0].coupon_id
    showing = Showing(key="use-1", way=CouponWay.CODE, actor=OWNER)
    await books.write(use_coupon, shop.shop_id, coupon_id, showing, START + DAY)

    undone = await books.write(
        cancel_visit, shop.shop_id, full.visit_id, actor=OWNER, at=START + DAY
    )
    owed = await books.read(rows, "SELECT id FROM coupon WHERE owed_at IS NOT NULL")
    again = await shop.stamp(START + DAY * 2)

    assert undone.owed == (coupon_id,)
    assert owed == [(coupon_id,)]
    assert again.earned == ()
    assert await books.read(rows, "SELECT count(*) FROM coupon WHERE owed_at IS NULL") == [(1,)]


async def test_canceling_twice_takes_back_once(books: Books) -> None:
    shop = await open_shop(books)
    stamped = await shop.stamp(START)

    first = await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)
    again = await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)

    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert await books.read(rows, "SELECT stamps FROM tally") == [(0,)]
    lines = "SELECT count(*) FROM audit_line WHERE act = 'cancel_visit'"
    assert await books.read(rows, lines) == [(1,)]


async def test_a_sale_can_be_canceled_until_its_month_is_settled(books: Books) -> None:
    shop = await open_shop(books)
    stamped = await shop.stamp(START)
    too_late = START + CANCEL_WITHIN + timedelta(seconds=1)

    with pytest.raises(Conflict, match="too_late"):
        await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=too_late)


async def test_another_shops_visit_is_not_there(books: Books) -> None:
    shop = await open_shop(books)
    stamped = await shop.stamp(START)
    other = await books.write(_another_shop, shop)

    with pytest.raises(NotFound, match="visit"):
        await books.write(cancel_visit, other, stamped.visit_id, actor=OWNER, at=START)
    with pytest.raises(NotFound, match="visit"):
        await books.write(cancel_visit, shop.shop_id, VisitId(999), actor=OWNER, at=START)


async def test_a_shop_of_the_same_channel_makes_a_member_of_who_shows_a_code(books: Books) -> None:
    shop = await open_shop(books)
    other = await books.write(_another_shop, shop)
    code = await books.write(issue_customer_code, shop.channel_id, shop.customer_id, START)

    stamped = await books.write(stamp_by_code, other, code.digits, make_sale(), START)

    assert (stamped.shop_id, stamped.visits) == (other, 1)


async def test_far_apart_within_minutes_is_flagged_not_blocked(books: Books) -> None:
    shop = await open_shop(books)
    other = await books.write(_another_shop, shop)
    place = "UPDATE shop SET latitude = :north, longitude = :east WHERE id = :id"
    await books.write(change, place, id=shop.shop_id, north=37.556, east=126.906)
    await books.write(change, place, id=other, north=35.18, east=129.076)
    first = await shop.claim(START)

    soon = START + timedelta(minutes=10)
    second = await books.write(stamp_person, other, shop.customer_id, make_sale(), soon)

    assert (first.doubt, second.doubt) == (None, Doubt.FAR)
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


@pytest.mark.parametrize(
    "purchase", [Purchase(items=0), Purchase(items=51), Purchase(spend_won=-1)]
)
async def test_no_counter_sells_that(books: Books, purchase: Purchase) -> None:
    shop = await open_shop(books)
    sale = replace(make_sale(), purchase=purchase)

    with pytest.raises(Invalid):
        await books.write(stamp_person, shop.shop_id, shop.customer_id, sale, START)


NOTICES = "SELECT kind FROM notice WHERE state = 'waiting' ORDER BY id"
ALL_KINDS = ShopRules(notices=frozenset(NoticeKind))


async def test_what_may_be_told_waits_in_the_same_transaction(books: Books) -> None:
    shop = await open_shop(books, needed=1)

    await shop.stamp(START)
    by_default = await books.read(rows, NOTICES)
    await shop.set_rules(ALL_KINDS)
    await shop.stamp(START)

    assert by_default == [("coupon_earned",)]
    assert await books.read(rows, NOTICES) == [
        ("coupon_earned",),
        ("stamp_saved",),
        ("coupon_earned",),
    ]


async def test_who_does_not_want_to_be_told_is_not(books: Books) -> None:
    shop = await open_shop(books, needed=1)
    await shop.set_rules(ALL_KINDS)
    await books.write(change, "UPDATE membership SET is_told = :no", no=False)

    await shop.stamp(START)

    assert await books.read(rows, NOTICES) == []


async def test_a_canceled_sale_is_not_told(books: Books) -> None:
    shop = await open_shop(books, needed=1)
    await shop.set_rules(ALL_KINDS)
    stamped = await shop.stamp(START)

    await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)

    assert await books.read(rows, NOTICES) == []


async def test_every_change_by_a_person_is_in_the_log(books: Books) -> None:
    """I12."""
    shop = await open_shop(books)
    stamped = await shop.stamp(START)
    await books.write(cancel_visit, shop.shop_id, stamped.visit_id, actor=OWNER, at=START)

    lines = await books.read(
        rows, "SELECT actor, act, details FROM audit_line WHERE details <> '' ORDER BY id"
    )
    visit = f"visit:{stamped.visit_id}"
    assert [one for one in lines if one[2] == visit] == [
        (OWNER, "stamp", visit),
        (OWNER, "cancel_visit", visit),
    ]


def _another_shop(tx: Tx, shop: Shop) -> ShopId:
    """In the same channel."""
    market_id = rows(tx, "SELECT market_id FROM shop")[0][0]
    return make_shop(tx, market_id, shop.channel_id, name="옆집떡", slug="next-door")
