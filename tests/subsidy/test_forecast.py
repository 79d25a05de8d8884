"""What shops will lose, from what they sent; one shop's page and the list of all agree."""

from datetime import timedelta

from domain.audit import shop_book
from domain.campaigns import Outcome
from domain.forecast import WEEK
from domain.money import won
from domain.people import ShopId
from domain.subsidy import GrantState
from domain.time import day_end
from storage.books import Books
from storage.desk import Tx
from subsidy.by_hand import Sending, record_by_hand, take_back
from subsidy.forecast import DAYS_AHEAD, list_losing, read_forecast
from subsidy.grants import list_grants, start_pot
from subsidy.offering import Offer, open_pot
from tests.factories import (
    EARLIER,
    MANAGER,
    OWNER,
    Street,
    make_grant,
    make_market,
    make_program,
    make_run,
    make_shop,
    make_street,
)
from tests.subsidy.weekly import AT, COST_JEON, END_OF_YEAR, make_sender, settle_all

UNTIL = day_end(AT, DAYS_AHEAD)
SECOND = timedelta(seconds=1)


async def test_the_pace_is_what_the_sends_cost_week_by_week(books: Books) -> None:
    street = await books.write(make_sender)

    seen = await books.read(read_forecast, street.shop_id, AT)

    assert seen.pace.sends == 4
    assert seen.pace.weeks == [0, *[COST_JEON] * 4]
    assert seen.pace.weekly_jeon == won(40)


async def test_what_failed_cost_nothing_and_what_is_held_counts(books: Books) -> None:
    street = await books.write(make_sender, 2)
    await books.write(make_run, street.shop_id, at=EARLIER + 2 * WEEK, form_key="failed")
    await books.write(settle_all, EARLIER + 2 * WEEK, Outcome.FAILED)
    await books.write(make_run, street.shop_id, at=EARLIER + 3 * WEEK, form_key="open")

    seen = await books.read(read_forecast, street.shop_id, AT)

    assert (seen.pace.sends, seen.pace.weeks) == (4, [0, COST_JEON, 0, COST_JEON, COST_JEON])


async def test_what_was_sent_by_hand_counts_until_it_is_taken_back(books: Books) -> None:
    """It burns the same grant."""
    street = await books.write(make_sender)
    sending = Sending(sent_on=AT.date(), people=2, is_targeted=False)
    shop_id, book = street.shop_id, shop_book(street.shop_id)

    told = await books.write(
        record_by_hand,
        shop_id,
        sending,
        form_key="1",
        agreed_jeon=won(33),
        book=book,
        actor=OWNER,
        at=AT,
    )
    with_it = (await books.read(read_forecast, street.shop_id, AT)).pace
    await books.write(
        take_back, shop_id, told.hand_id, is_owner=True, book=book, actor=OWNER, at=AT
    )
    without = (await books.read(read_forecast, street.shop_id, AT)).pace

    assert (with_it.sends, with_it.weeks[0]) == (5, told.paid_jeon)
    assert told.paid_jeon > 0
    assert (without.sends, without.weeks[0]) == (4, 0)


async def test_money_that_will_be_left_is_told_in_won_and_messages(books: Books) -> None:
    """800 won are left, and ten days at 40 won a week use 57 or 58 of it."""
    street = await books.write(make_sender)

    (line,) = (await books.read(read_forecast, street.shop_id, AT)).lines

    outlook = line.outlook
    assert outlook.over_at == outlook.ends_at == END_OF_YEAR
    assert won(740) < outlook.lost_jeon < won(745)
    assert line.lost_people == outlook.lost_jeon // 1650
    assert outlook.least_jeon < outlook.lost_jeon < outlook.most_jeon


async def test_after_two_sends_nothing_is_known_yet(books: Books) -> None:
    street = await books.write(make_sender, 2)

    seen = await books.read(read_forecast, street.shop_id, AT)

    assert (seen.pace.is_known, seen.is_waiting, list(seen.lines)) == (False, True, [])


async def test_old_weeks_are_forgotten(books: Books) -> None:
    street = await books.write(make_sender)

    seen = await books.read(read_forecast, street.shop_id, EARLIER + 10 * WEEK)

    assert seen.pace.sends == 2
    assert seen.pace.weeks == [*[0] * 6, COST_JEON, COST_JEON]


async def test_the_list_of_all_says_the_same_as_the_shops_own_page(books: Books) -> None:
    street = await books.write(make_sender)
    await books.write(
        make_grant,
        street.program_id,
        street.shop_id,
        amount_won=500,
        form_key="soon",
        expires_at=END_OF_YEAR - timedelta(days=3),
    )

    seen = await books.read(read_forecast, street.shop_id, AT)
    (losing,) = await books.read(list_losing, street.program_id, None, AT)

    assert losing.lost_jeon == sum(line.outlook.lost_jeon for line in seen.lines)
    assert losing.ends_at == END_OF_YEAR - timedelta(days=3)


async def test_money_that_ends_after_thirty_days_or_is_over_is_not_lost_in_them(
    books: Books,
) -> None:
    street = await books.write(make_street, grant_won=0)
    facts = (street.program_id, street.shop_id)
    await books.write(make_grant, *facts, form_key="later", expires_at=UNTIL + SECOND)
    await books.write(
        make_grant, *facts, form_key="never", expires_at=END_OF_YEAR, is_started=False
    )

    assert await books.read(list_losing, street.program_id, None, AT) == []
    states = [one.state for one in await books.read(list_grants, street.shop_id, AT)]
    assert states == [GrantState.LAPSED_UNUSED, GrantState.STARTED]


async def test_thirty_days_go_beyond_the_month_and_to_the_end_of_a_day(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    await books.write(make_grant, street.program_id, street.shop_id, expires_at=UNTIL)

    (losing,) = await books.read(list_losing, street.program_id, None, AT)

    assert (losing.lost_jeon, losing.ends_at) == (won(300_000), UNTIL)
    assert (losing.unstarted_jeon, losing.start_by) == (0, None)


async def test_what_has_to_be_started_in_that_time_is_lost_else(books: Books) -> None:
    """It is told apart from what burns, and does not shorten or lengthen that."""
    street = await books.write(make_sender)
    (before,) = await books.read(list_losing, street.program_id, None, AT)
    for form_key, given_at in (("near", AT), ("far", AT + timedelta(days=24))):
        await books.write(
            make_grant,
            street.program_id,
            street.shop_id,
            amount_won=16_500,
            form_key=form_key,
            is_started=False,
            expires_at=UNTIL + 10 * WEEK,
            at=given_at,
        )

    (losing,) = await books.read(list_losing, street.program_id, None, AT)

    assert losing.lost_jeon == before.lost_jeon + won(16_500)
    assert losing.lost_people == before.lost_people + 1_000
    assert (losing.unstarted_jeon, losing.start_by) == (won(16_500), AT + timedelta(days=7))
    assert losing.ends_at == min(END_OF_YEAR, AT + timedelta(days=7))


async def test_a_shop_that_has_started_nothing_is_listed_in_its_market_only(
    books: Books,
) -> None:
    street = await books.write(make_street, grant_won=0)
    await books.write(
        make_grant, street.program_id, street.shop_id, is_started=False, expires_at=UNTIL, at=AT
    )
    other = await books.write(make_market, street.program_id, name="망원시장")

    (losing,) = await books.read(list_losing, street.program_id, street.market_id, AT)

    assert (losing.shop_id, losing.unstarted_jeon) == (street.shop_id, losing.lost_jeon)
    assert losing.start_by == losing.ends_at
    assert await books.read(list_losing, street.program_id, other, AT) == []


async def test_who_sends_nothing_loses_everything_and_the_largest_comes_first(
    books: Books,
) -> None:
    street = await books.write(make_sender)
    asleep = await books.write(make_asleep, street)

    first, second = await books.read(list_losing, street.program_id, None, AT)

    assert (first.shop_id, first.lost_jeon, first.pace.is_known) == (asleep, won(9_000), False)
    assert first.lost_people == 545
    assert second.shop_id == street.shop_id


def make_asleep(tx: Tx, street: Street) -> ShopId:
    """Another market's shop of the same program, with money and no news."""
    market_id = make_market(tx, street.program_id, name="망원시장")
    shop_id = make_shop(tx, market_id, street.channel_id, slug="asleep")
    make_grant(
        tx,
        street.program_id,
        shop_id,
        amount_won=9_000,
        form_key="asleep",
        expires_at=END_OF_YEAR,
    )
    return shop_id


async def test_a_markets_manager_sees_that_market_and_no_other_program(books: Books) -> None:
    street = await books.write(make_sender)
    asleep = await books.write(make_asleep, street)
    other = await books.write(make_program, name="다른 프로그램")

    seen = await books.read(list_losing, street.program_id, street.market_id, AT)

    assert [one.shop_id for one in seen] == [street.shop_id]
    assert asleep not in [one.shop_id for one in seen]
    assert await books.read(list_losing, other, None, AT) == []
    assert await books.read(list_losing, other, street.market_id, AT) == []


async def test_a_pot_that_ends_sooner_pays_first(books: Books) -> None:
    """What the market shares is used before the shop's own grant, which so loses more."""
    street = await books.write(make_sender)
    before = await books.read(list_losing, street.program_id, None, AT)
    await books.write(make_pot, street, cap_won=30)

    seen = await books.read(read_forecast, street.shop_id, AT)
    after = await books.read(list_losing, street.program_id, None, AT)

    pot, own = seen.lines
    assert (pot.outlook.lot.is_pot, pot.outlook.lot.left_jeon) == (True, won(30))
    assert after[0].lost_jeon == own.outlook.lost_jeon
    assert after[0].lost_jeon - before[0].lost_jeon == won(30)


def make_pot(tx: Tx, street: Street, *, cap_won: float) -> None:
    ends_at = END_OF_YEAR - timedelta(days=1)
    pot_id = open_pot(
        tx,
        street.program_id,
        street.market_id,
        Offer(
            amount_jeon=won(10_000),
            start_by=ends_at,
            expires_at=ends_at,
            shop_cap_jeon=won(cap_won),
        ),
        form_key="pot",
        actor=MANAGER,
        at=EARLIER,
    )
    start_pot(tx, street.market_id, pot_id, actor=MANAGER, at=EARLIER)
