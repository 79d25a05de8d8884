"""Somebody called the free 080 number: every shop of its channel hears it, once (L4, I9)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.consent import Choice
from domain.opt_outs import OptOut
from domain.people import ChannelId, CustomerId, ShopId
from loyalty.consent import choose_advertising
from loyalty.opt_outs import PRESSED_NUMBER, note_opt_outs
from storage.books import Books
from storage.desk import Tx
from storage.queries.customers import PHONE
from subsidy.channels import NewWays, set_ways
from tests.conftest import Clock
from tests.factories import (
    MANAGER,
    Street,
    make_channel,
    make_customer,
    make_shop,
    make_street,
    phone_of,
    rows,
)

NUMBER = "080-123-4567"
CALLED = OptOut(event_id="h-1", phone=phone_of(1), number="0801234567", happened_at=None)
HOUR = timedelta(hours=1)


def make_called_street(tx: Tx, at: datetime) -> Street:
    """Two regulars; the channel has an 080 number."""
    street = make_street(tx, people=2)
    give_number(tx, street.channel_id, NUMBER, at)
    return street


def give_number(tx: Tx, channel_id: ChannelId, number: str, at: datetime) -> None:
    set_ways(tx, channel_id, NewWays(opt_out_number=number), actor=MANAGER, at=at)


def withdrawn(tx: Tx) -> set[tuple[ShopId, CustomerId]]:
    sql = "SELECT shop_id, customer_id FROM membership WHERE withdrawn_at IS NOT NULL"
    return {(ShopId(shop_id), CustomerId(customer_id)) for shop_id, customer_id in rows(tx, sql)}


async def test_who_called_gets_nothing_any_more(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> None:
        street = make_called_street(tx, clock.at)

        assert note_opt_outs(tx, [CALLED], clock.at) == 1

        assert withdrawn(tx) == {(street.shop_id, street.customers[0])}
        sql = "SELECT choice, notice_at FROM consent_choice WHERE pressed = :pressed"
        assert rows(tx, sql, pressed=PRESSED_NUMBER) == [("withdrawn", None)]
        owed = "SELECT customer_id FROM statutory_notice WHERE kind = 'result'"
        assert rows(tx, owed) == [(street.customers[0],)], "L13"

    await books.write(work)


async def test_every_shop_of_the_channel_hears_it(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> None:
        street = make_called_street(tx, clock.at)
        other = make_shop(tx, street.market_id, street.channel_id, slug="fish")
        make_customer(tx, street.channel_id, other, 1)

        note_opt_outs(tx, [CALLED], clock.at)

        person = street.customers[0]
        assert withdrawn(tx) == {(street.shop_id, person), (other, person)}

    await books.write(work)


def make_second_channel(tx: Tx, street: Street, number: str | None, at: datetime) -> CustomerId:
    """The same person in another channel."""
    channel_id = make_channel(tx, street.market_id, number=2, pf_id="PF02")
    if number is not None:
        give_number(tx, channel_id, number, at)
    return make_customer(
        tx, channel_id, make_shop(tx, street.market_id, channel_id, slug="meat"), 1
    )


@pytest.mark.parametrize("other", [None, "080-999-9999"])
async def test_a_channel_under_another_number_does_not(
    books: Books, clock: Clock, other: str | None
) -> None:
    def work(tx: Tx) -> None:
        street = make_called_street(tx, clock.at)
        make_second_channel(tx, street, other, clock.at)

        note_opt_outs(tx, [CALLED], clock.at)

        assert withdrawn(tx) == {(street.shop_id, street.customers[0])}

    await books.write(work)


@pytest.mark.parametrize("called", ["", "0805555555"])
async def test_a_number_that_is_none_of_ours_means_all_of_them(
    books: Books, clock: Clock, called: str
) -> None:
    """Nobody can say which one was meant: better too few messages than one too many."""

    def work(tx: Tx) -> None:
        street = make_called_street(tx, clock.at)
        second = make_second_channel(tx, street, None, clock.at)

        note_opt_outs(tx, [replace(CALLED, number=called)], clock.at)

        assert {person for _, person in withdrawn(tx)} == {street.customers[0], second}

    await books.write(work)


async def test_told_again_it_does_not_undo_a_new_consent(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> None:
        street = make_called_street(tx, clock.at)
        note_opt_outs(tx, [CALLED], clock.at)
        later = clock.at + HOUR
        choose_advertising(
            tx, street.shop_id, street.customers[0], Choice.GRANTED, pressed="네", at=later
        )

        assert note_opt_outs(tx, [CALLED, CALLED], later + HOUR) == 0
        assert withdrawn(tx) == set()

    await books.write(work)


async def test_told_late_it_reaches_what_was_agreed_to_before_it(
    books: Books, clock: Clock
) -> None:
    def work(tx: Tx) -> None:
        street = make_called_street(tx, clock.at)
        other = make_shop(tx, street.market_id, street.channel_id, slug="fish")
        make_customer(tx, street.channel_id, other, 1, at=clock.at + HOUR)

        called = replace(CALLED, happened_at=clock.at)
        note_opt_outs(tx, [called], clock.at + 2 * HOUR)

        assert withdrawn(tx) == {(street.shop_id, street.customers[0])}

    await books.write(work)


async def test_a_clock_that_is_ahead_does_not_reach_into_what_comes(
    books: Books, clock: Clock
) -> None:
    def work(tx: Tx) -> None:
        make_called_street(tx, clock.at)
        note_opt_outs(tx, [replace(CALLED, happened_at=clock.at + HOUR)], clock.at)

        assert rows(tx, "SELECT count(*) FROM inbound_event WHERE happened_at > received_at") == [
            (0,)
        ]
        assert len(withdrawn(tx)) == 1

    await books.write(work)


async def test_a_call_that_is_nobody_s_is_kept_by_its_mark_and_said(
    books: Books, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Who left a number, had it deleted and called the 080 number is still somebody."""

    def work(tx: Tx) -> None:
        make_called_street(tx, clock.at)
        note_opt_outs(tx, [replace(CALLED, phone="01099990000")], clock.at)

        assert withdrawn(tx) == set()
        mark = tx.vault.fingerprint("01099990000", purpose=PHONE)
        assert rows(tx, "SELECT customer_id, body FROM inbound_event WHERE source = 'nhn'") == [
            (None, mark)
        ]

    await books.write(work)

    assert CALLED.event_id in caplog.text
    assert "9999" not in caplog.text
