"""The money of many shops at once: the same numbers as shop by shop, in a market, in a program."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest

from campaigns.plan import plan_next
from campaigns.settle import settle_reports
from domain.audit import shop_book
from domain.campaigns import Outcome, Report
from domain.money import won
from domain.people import GrantId, MessageId, ProposalId, ShopId
from domain.time import in_kst, kst_instant
from storage.books import Books
from storage.desk import Tx
from storage.queries.overview import Sought, count_shops, list_shop_counts
from storage.queries.programs import list_cohorts
from storage.queries.shops_money import sum_not_started
from subsidy.by_hand import Sending, record_by_hand
from subsidy.clawing import Quiet, claw_back, propose_claw_back, undo_claw_back
from subsidy.ending import lapse_grants
from subsidy.enrolling import add_cohort, enroll_shop
from subsidy.grants import start_pot
from subsidy.money import ShopLine, list_shop_lines, market_money, program_money, shop_money
from subsidy.moving import move_money
from subsidy.offering import Offer, open_pot
from subsidy.wallets import top_up
from tests.conftest import START
from tests.factories import (
    QUALIFIED,
    Street,
    change,
    make_channel,
    make_customer,
    make_grant,
    make_market,
    make_program,
    make_run,
    make_shop,
    make_street,
    rows,
)
from tests.subsidy.desks import NOW, Desk, make_desk

ACTOR = "manager:1"
LATER = START + timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Town:
    """Two markets: two shops and a pot in the first, a shop in the second."""

    street: Street
    second: ShopId
    across: Street


def make_town(tx: Tx) -> Town:
    street = make_street(tx, people=3, grant_won=1_000)
    market_id = make_market(tx, street.program_id, name="건너시장")
    channel_id = make_channel(tx, market_id, number=2)
    across = make_shop(tx, market_id, channel_id, name="건너떡집", slug="across")
    second = make_shop(tx, street.market_id, street.channel_id, name="고운떡집", slug="second")
    make_grant(tx, street.program_id, second, amount_won=2_000, is_started=False, form_key="two")
    make_grant(tx, street.program_id, across, amount_won=700, form_key="three")
    make_customer(tx, channel_id, across, 9)
    pot_id = _open_pot(tx, street)
    start_pot(tx, street.market_id, pot_id, actor=ACTOR, at=START)
    top_up(tx, across, won(10_000), reference="in-1", form_key="w", actor=ACTOR, at=START)
    make_run(tx, street.shop_id, at=START)
    make_run(tx, across, at=START)
    _settle(tx)
    return Town(
        street,
        second,
        Street(
            program_id=street.program_id,
            market_id=market_id,
            channel_id=channel_id,
            shop_id=across,
            customers=(),
        ),
    )


def _open_pot(tx: Tx, street: Street) -> GrantId:
    offer = Offer(
        amount_jeon=won(5_000),
        start_by=START + timedelta(days=1),
        expires_at=START + timedelta(days=2),
    )
    return open_pot(
        tx,
        street.program_id,
        street.market_id,
        offer,
        form_key="pot",
        actor=ACTOR,
        at=START,
    )


def _settle(tx: Tx) -> None:
    while plan_next(tx, START):
        pass
    messages = rows(tx, "SELECT id FROM message ORDER BY id")
    reports = [
        Report(message_id=MessageId(one), outcome=Outcome.DELIVERED, code="4000", is_charged=True)
        for (one,) in messages
    ]
    settle_reports(tx, reports, START)


@pytest.fixture
async def town(books: Books) -> Town:
    return await books.write(make_town)


@pytest.mark.parametrize("at", [START, LATER])
async def test_a_line_says_what_the_shops_own_sheet_says(
    books: Books, town: Town, at: datetime
) -> None:
    lines = await books.read(lambda tx: list_shop_lines(tx, town.street.program_id, at=at))

    assert len(lines) == 3
    for line in lines:
        alone = await books.read(shop_money, line.counts.shop_id, at)
        for name in ("granted", "offered", "held", "spent", "lapsed", "elsewhere", "left"):
            assert getattr(line.money, f"{name}_jeon") == getattr(alone, f"{name}_jeon"), name
        assert line.own_left_jeon == alone.own_left_jeon


async def test_what_a_pot_paid_for_a_shop_stands_apart(books: Books, town: Town) -> None:
    """The pot ends sooner than the shop's own grant, so it burns first."""
    lines = await books.read(lambda tx: list_shop_lines(tx, town.street.program_id, at=START))

    first = lines[0]
    assert first.counts.shop_id == town.street.shop_id
    assert (first.pot_spent_jeon, first.money.spent_jeon) == (won(50), 0)
    assert lines[-1].pot_spent_jeon == 0


async def test_the_markets_add_up_to_the_program(books: Books, town: Town) -> None:
    whole = await books.read(program_money, town.street.program_id)
    parts = [
        await books.read(market_money, town.street.program_id, one.market_id)
        for one in (town.street, town.across)
    ]

    for part in parts:
        assert part.granted_jeon == (
            part.left_jeon
            + part.held_jeon
            + part.spent_jeon
            + part.lapsed_jeon
            + part.elsewhere_jeon
        )
        assert part.elsewhere_jeon == 0
    for name in ("granted", "held", "spent", "lapsed", "pot_left", "own_left", "own_spent"):
        found = sum(getattr(part, f"{name}_jeon") for part in parts)
        assert found == getattr(whole, f"{name}_jeon"), name
    assert [part.granted_jeon for part in parts] == [won(8_000), won(700)]
    assert (parts[0].own_left_jeon, parts[1].own_left_jeon) == (0, won(10_000))


async def test_what_was_moved_and_called_back_is_elsewhere_and_nothing_else(books: Books) -> None:
    """By its transfers, so that what is missing is not taken for it."""
    desk = await books.write(make_desk)
    await books.write(_live, desk)

    here, there = [
        await books.read(market_money, desk.program_id, one)
        for one in (desk.market_id, desk.other_market)
    ]

    assert (here.elsewhere_jeon, here.left_jeon) == (won(100) + won(1_000), won(900))
    assert (there.elsewhere_jeon, there.left_jeon) == (-won(100), won(1_100))
    whole = await books.read(program_money, desk.program_id)
    assert whole.granted_jeon == here.granted_jeon + there.granted_jeon
    assert whole.elsewhere_jeon == here.elsewhere_jeon + there.elsewhere_jeon == won(1_000)
    assert whole.grantable_jeon == whole.budget_jeon - whole.granted_jeon + won(1_000)
    await books.write(
        change, "UPDATE account SET credits_posted = credits_posted + 7 WHERE kind = 'grant'"
    )
    off = await books.read(market_money, desk.program_id, desk.other_market)
    assert off.elsewhere_jeon == there.elsewhere_jeon


def _live(tx: Tx, desk: Desk) -> None:
    """100 won to the other market, 50 within the market; a shop's grant called back, another's
    called back and given again.
    """
    one, two, across = desk.grants
    move_money(tx, desk.maker, one, across, won(100), form_key="away", at=NOW)
    move_money(tx, desk.maker, one, two, won(50), form_key="near", at=NOW)
    move_money(tx, desk.maker, two, one, won(50), form_key="near", at=NOW)
    for grant_id in (one, two):
        quiet = Quiet(days=14)
        taken = propose_claw_back(tx, desk.maker, quiet, [grant_id], form_key=f"{grant_id}", at=NOW)
        claw_back(tx, desk.second, taken, NOW)
    first = ProposalId(taken - 1)
    undo_claw_back(tx, desk.maker, first, NOW)


async def test_who_sent_by_hand_has_sent(books: Books) -> None:
    desk = await books.write(make_desk)
    since = NOW - timedelta(days=14)
    shop_id = desk.shops[0]
    await books.write(
        record_by_hand,
        shop_id,
        Sending(sent_on=in_kst(since).date(), people=10, is_targeted=False),
        form_key="form",
        agreed_jeon=won(165),
        book=shop_book(shop_id),
        actor=ACTOR,
        at=NOW,
    )

    assert await books.read(count_shops, desk.program_id, since) == (3, 2)
    assert await books.read(count_shops, desk.program_id, since + timedelta(days=1)) == (3, 3)
    seen = await books.read(list_shop_counts, desk.program_id)
    day = kst_instant(in_kst(since).date(), time())
    assert [one.last_sent_at for one in seen] == [day, None, None]


async def test_what_lapses_leaves_its_market(books: Books, town: Town) -> None:
    while await books.write(lapse_grants, LATER):
        pass

    money = await books.read(market_money, town.street.program_id, town.street.market_id)

    assert money.left_jeon == 0
    assert money.lapsed_jeon == won(8_000) - money.spent_jeon


async def test_what_waits_to_be_started_is_counted_where_it_waits(books: Books, town: Town) -> None:
    program_id = town.street.program_id

    assert await books.read(sum_not_started, program_id, START) == won(2_000)
    assert await books.read(sum_not_started, program_id, START, town.across.market_id) == 0
    assert await books.read(sum_not_started, program_id, LATER) == 0


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("떡집", ["건너떡집", "고운떡집"]),
        ("연남", ["연남빵집"]),
        ("%", []),
        ("_", []),
        ("!", []),
        ("", ["연남빵집", "건너떡집", "고운떡집"]),
    ],
)
async def test_shops_are_sought_by_name_as_it_is_written(
    books: Books, town: Town, name: str, found: list[str]
) -> None:
    sought = Sought(name=name)

    shops = await books.read(list_shop_counts, town.street.program_id, sought)

    assert [one.name for one in shops] == found
    count = await books.read(count_shops, town.street.program_id, START, sought)
    assert count[0] == len(found)


async def test_shops_are_sought_by_market_and_cohort(books: Books, town: Town) -> None:
    program_id = town.street.program_id

    def take_part(tx: Tx) -> None:
        day = START.date()
        add_cohort(tx, program_id, name="1기", starts_on=day, ends_on=day, actor=ACTOR, at=START)
        (cohort,) = list_cohorts(tx, program_id)
        for shop_id in (town.second, town.across.shop_id):
            enroll_shop(
                tx,
                program_id,
                shop_id,
                QUALIFIED,
                cohort_id=cohort.cohort_id,
                actor=ACTOR,
                at=START,
            )

    await books.write(take_part)
    (cohort,) = await books.read(list_cohorts, program_id)
    both = Sought(market_id=town.street.market_id, cohort_id=cohort.cohort_id)

    in_cohort = await books.read(list_shop_counts, program_id, Sought(cohort_id=cohort.cohort_id))
    in_both = await books.read(list_shop_counts, program_id, both)

    assert [one.shop_id for one in in_cohort] == [town.across.shop_id, town.second]
    assert [(one.shop_id, one.cohort_name) for one in in_both] == [(town.second, "1기")]


async def test_another_programs_shops_are_not_found(books: Books, town: Town) -> None:
    other = await books.write(make_program, name="다른 프로그램")
    theirs = Sought(market_id=town.street.market_id)

    assert await books.read(list_shop_counts, other, theirs) == []
    assert await books.read(count_shops, other, START, theirs) == (0, 0)
    assert (await books.read(market_money, other, town.street.market_id)).granted_jeon == 0


async def test_who_advertised_nothing_since_is_asleep(books: Books, town: Town) -> None:
    program_id = town.street.program_id

    assert await books.read(count_shops, program_id, START) == (3, 1)
    assert await books.read(count_shops, program_id, START + timedelta(seconds=1)) == (3, 3)


async def test_a_page_holds_a_hundred_shops(books: Books, town: Town) -> None:
    def open_many(tx: Tx) -> None:
        for number in range(100):
            make_shop(
                tx,
                town.across.market_id,
                town.across.channel_id,
                name=f"가게 {number}",
                slug=f"s-{number}",
            )

    await books.write(open_many)
    pages = [await books.read(_page, town, number) for number in (1, 2, 3)]

    assert [len(page) for page in pages] == [100, 3, 0]
    ids = [line.counts.shop_id for page in pages for line in page]
    assert ids == sorted(set(ids))


def _page(tx: Tx, town: Town, number: int) -> list[ShopLine]:
    return list_shop_lines(tx, town.street.program_id, page=number, at=START)
