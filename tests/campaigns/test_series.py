"""What goes out by itself: each time once, on its day, and never behind its owner's back."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from campaigns.booking import Draft
from campaigns.plan import CannotStart, plan_next, set_aside
from campaigns.series import (
    BOOKED_AHEAD,
    SERIES_MAX,
    SeriesLine,
    book_due_series,
    end_series,
    list_lines,
    pause_series,
    resume_series,
    start_series,
)
from campaigns.shop_days import close_day, close_weekdays, say_sold_out
from domain.campaigns import CampaignState
from domain.people import SeriesId, ShopId
from domain.refusals import Conflict, Invalid, NotFound
from domain.schedule import Every, Repeat, SeriesNote, SeriesState
from domain.segments import Condition, Segment, What
from domain.time import in_kst
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.campaigns import list_campaigns
from storage.vault import Vault
from tests.conftest import START
from tests.factories import OWNER, Street, change, make_customer, make_draft, make_street

THURSDAYS = Repeat(every=Every.WEEK, clock_time=time(15), weekday=3)
DAILY = Repeat(every=Every.DAY, clock_time=time(9, 30))
FIRST = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
"""The Thursday after START, three in the afternoon in Korea."""

A_WEEK = timedelta(days=7)
BOOKED, CANCELED, STUCK = CampaignState.BOOKED, CampaignState.CANCELED, CampaignState.STUCK


async def start(
    books: Books, shop_id: ShopId, repeat: Repeat = THURSDAYS, draft: Draft | None = None
) -> SeriesId:
    return await books.write(
        start_series,
        shop_id,
        draft or make_draft(),
        repeat,
        form_key="series-1",
        staff_id=None,
        at=START,
    )


async def due(books: Books, at: datetime) -> None:
    while await books.write(book_due_series, at):
        pass


async def booked(books: Books, shop_id: ShopId) -> list[tuple[CampaignState, datetime]]:
    found = await books.read(list_campaigns, shop_id, 50)
    return [(one.state, one.due_at) for one in reversed(found)]


async def line(books: Books, shop_id: ShopId, at: datetime = START) -> SeriesLine:
    (found,) = await books.read(list_lines, shop_id, at)
    return found


async def plan(books: Books, at: datetime) -> None:
    try:
        await books.write(plan_next, at)
    except CannotStart as problem:
        await books.write(set_aside, problem.campaign)


async def test_each_thursday_books_one_campaign(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)

    for week in range(3):
        await due(books, FIRST - BOOKED_AHEAD + week * A_WEEK)
        await due(books, FIRST + week * A_WEEK)

    wanted = [(BOOKED, FIRST + week * A_WEEK) for week in range(3)]
    assert await booked(books, street.shop_id) == wanted
    assert (await line(books, street.shop_id)).next_at == FIRST + 3 * A_WEEK


async def test_nothing_is_booked_before_its_time(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)

    assert not await books.write(book_due_series, FIRST - BOOKED_AHEAD - timedelta(minutes=1))
    assert await booked(books, street.shop_id) == []


async def test_the_same_form_starts_one_series(books: Books) -> None:
    street = await books.write(make_street)

    first = await start(books, street.shop_id)
    again = await start(books, street.shop_id)

    assert first == again
    assert len(await books.read(list_lines, street.shop_id, START)) == 1


@pytest.mark.parametrize("desks", [4])
async def test_of_several_schedulers_one_books(database_url: str, vault: Vault, desks: int) -> None:
    """On PostgreSQL their transactions really overlap; on SQLite they take turns."""
    async with open_books(database_url, vault) as books:
        street = await books.write(make_street)
        await start(books, street.shop_id)
    others = [open_books(database_url, vault) for _ in range(desks)]
    opened = [await one.__aenter__() for one in others]
    try:
        for week in range(5):
            at = FIRST + week * A_WEEK
            await asyncio.gather(*[one.write(book_due_series, at) for one in opened * 2])
        found = await booked(opened[0], street.shop_id)
    finally:
        for one in others:
            await one.__aexit__(None, None, None)

    assert found == [(BOOKED, FIRST + week * A_WEEK) for week in range(5)]


async def test_what_was_missed_is_not_made_up_for(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)

    await due(books, FIRST + 4 * A_WEEK + timedelta(hours=3))

    shown = await line(books, street.shop_id)
    assert await booked(books, street.shop_id) == []
    assert shown.view.note is SeriesNote.LATE
    assert shown.next_at == FIRST + 5 * A_WEEK


async def test_a_little_late_still_leaves(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)

    await due(books, FIRST + timedelta(minutes=30))

    assert [state for state, _ in await booked(books, street.shop_id)] == [BOOKED]


async def test_nobody_to_write_to_books_nothing_and_says_so(books: Books) -> None:
    street = await books.write(make_street)
    nobody = Segment((Condition(What.NOT_SEEN_FOR, 30),))
    await start(books, street.shop_id, draft=replace(make_draft(), segment=nobody))

    await due(books, FIRST)

    shown = await line(books, street.shop_id)
    assert await booked(books, street.shop_id) == []
    assert (shown.view.note, shown.view.noted_at) == (SeriesNote.NOBODY, FIRST)
    assert shown.view.state is SeriesState.ON


async def test_what_happened_is_asked_on_the_day_it_leaves(books: Books) -> None:
    """Who joined at START hears of it two days later, once."""
    street = await books.write(make_street, people=0)
    welcome = Segment(event=Condition(What.JOINED_DAYS_AGO, 2))
    await start(books, street.shop_id, DAILY, replace(make_draft(), segment=welcome))
    await books.write(make_customer, street.channel_id, street.shop_id, at=START)

    for day in range(6):
        await due(books, START + timedelta(days=day))

    ((state, due_at),) = await booked(books, street.shop_id)
    assert state is BOOKED
    assert in_kst(due_at).date() == in_kst(START).date() + timedelta(days=2)


async def test_a_closed_day_is_moved_to_the_next_open_one(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)
    thursday = in_kst(FIRST).date()
    await books.write(close_day, street.shop_id, thursday, actor=OWNER, at=START)

    shown = await line(books, street.shop_id)
    await due(books, FIRST)

    assert shown.next_at == FIRST + timedelta(days=1)
    assert await booked(books, street.shop_id) == [(BOOKED, FIRST + timedelta(days=1))]


async def test_what_comes_daily_leaves_out_a_closed_day(books: Books) -> None:
    street = await books.write(make_street)
    await books.write(close_weekdays, street.shop_id, [3], actor=OWNER, at=START)
    await start(books, street.shop_id, DAILY)

    for day in range(3):
        await due(books, START + timedelta(days=day))

    days = [in_kst(due_at).weekday() for _, due_at in await booked(books, street.shop_id)]
    assert days == [4]
    assert (await line(books, street.shop_id)).view.note is None


async def test_who_has_a_birthday_on_a_closed_day_hears_on_that_day(books: Books) -> None:
    """Moved to another day it would greet other people."""
    street = await books.write(make_street)
    await books.write(close_weekdays, street.shop_id, [3], actor=OWNER, at=START)
    seen = Segment(event=Condition(What.JOINED_DAYS_AGO, 3))
    await start(books, street.shop_id, DAILY, replace(make_draft(), segment=seen))

    await due(books, START + timedelta(days=1))

    ((_, due_at),) = await booked(books, street.shop_id)
    assert in_kst(due_at).weekday() == 3


async def test_sold_out_after_booking_is_not_sent(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)
    await due(books, FIRST - BOOKED_AHEAD)
    await books.write(say_sold_out, street.shop_id, is_sold_out=True, actor=OWNER, at=FIRST)

    await plan(books, FIRST)

    assert await booked(books, street.shop_id) == [(CampaignState.MISSED, FIRST)]


async def test_pausing_cancels_what_is_booked_and_resuming_goes_on(books: Books) -> None:
    street = await books.write(make_street)
    series_id = await start(books, street.shop_id)
    await due(books, FIRST - BOOKED_AHEAD)

    await books.write(pause_series, street.shop_id, series_id, actor=OWNER, at=FIRST - BOOKED_AHEAD)
    await due(books, FIRST + A_WEEK)
    paused = await line(books, street.shop_id)
    await books.write(resume_series, street.shop_id, series_id, actor=OWNER, at=FIRST + A_WEEK)
    await due(books, FIRST + 2 * A_WEEK)

    assert (paused.view.state, paused.next_at) == (SeriesState.PAUSED, None)
    wanted = [(CANCELED, FIRST), (BOOKED, FIRST + 2 * A_WEEK)]
    assert await booked(books, street.shop_id) == wanted


async def test_what_has_ended_does_not_begin_again(books: Books) -> None:
    street = await books.write(make_street)
    series_id = await start(books, street.shop_id)

    await books.write(end_series, street.shop_id, series_id, actor=OWNER, at=START)
    await books.write(end_series, street.shop_id, series_id, actor=OWNER, at=START)
    await due(books, FIRST)

    assert await booked(books, street.shop_id) == []
    assert await books.read(list_lines, street.shop_id, START) == []
    with pytest.raises(Conflict, match="series_state"):
        await books.write(resume_series, street.shop_id, series_id, actor=OWNER, at=START)


async def test_three_times_without_money_and_it_rests(books: Books) -> None:
    street = await books.write(make_street, grant_won=0)
    series_id = await start(books, street.shop_id)

    for week in range(5):
        await due(books, FIRST + week * A_WEEK)
        await plan(books, FIRST + week * A_WEEK)

    shown = await line(books, street.shop_id)
    assert [state for state, _ in await booked(books, street.shop_id)] == [STUCK] * 3
    assert shown.view.state is SeriesState.PAUSED
    assert shown.view.note is SeriesNote.MONEY

    again = FIRST + 5 * A_WEEK - timedelta(days=1)
    await books.write(resume_series, street.shop_id, series_id, actor=OWNER, at=again)
    await due(books, FIRST + 5 * A_WEEK)
    states = [state for state, _ in await booked(books, street.shop_id)]
    assert states == [CANCELED] * 3 + [BOOKED]
    assert (await line(books, street.shop_id)).view.note is None


async def test_a_message_that_cannot_leave_any_more_rests(books: Books) -> None:
    street = await books.write(make_street)
    await start(books, street.shop_id)
    await books.write(_forget_contact, street.shop_id)

    await due(books, FIRST)

    shown = await line(books, street.shop_id)
    assert (shown.view.state, shown.view.note) == (SeriesState.PAUSED, SeriesNote.BROKEN)
    assert await booked(books, street.shop_id) == []


def _forget_contact(tx: Tx, shop_id: ShopId) -> None:
    change(tx, "UPDATE shop SET contact = NULL WHERE id = :id", id=shop_id)


async def test_another_shop_reaches_none_of_it(books: Books) -> None:
    street = await books.write(make_street)
    series_id = await start(books, street.shop_id)
    other = ShopId(street.shop_id + 1)

    for act in (pause_series, resume_series, end_series):
        with pytest.raises(NotFound):
            await books.write(act, other, series_id, actor=OWNER, at=START)


async def test_a_time_at_which_nothing_leaves_is_refused(books: Books) -> None:
    street = await books.write(make_street)

    with pytest.raises(Invalid) as refused:
        await start(books, street.shop_id, replace(THURSDAYS, clock_time=time(21)))

    assert list(refused.value.fields) == ["clock_time"]


async def test_twenty_are_enough(books: Books) -> None:
    street = await books.write(make_street)
    for number in range(SERIES_MAX):
        await books.write(_start_one, street, number)

    with pytest.raises(Invalid) as refused:
        await books.write(_start_one, street, SERIES_MAX)

    assert list(refused.value.fields) == ["when"]


def _start_one(tx: Tx, street: Street, number: int) -> SeriesId:
    return start_series(
        tx,
        street.shop_id,
        make_draft(),
        THURSDAYS,
        form_key=f"series-{number}",
        staff_id=None,
        at=START,
    )
