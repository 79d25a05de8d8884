"""Consent keeps its first date, a stop is heard everywhere, each choice is kept as proof."""

from datetime import datetime, timedelta

import pytest

from domain.consent import Choice
from domain.people import CustomerId, Friend
from domain.refusals import Invalid
from loyalty.consent import choose_advertising, stop_advertising
from loyalty.friendship import ChannelEvent, note_channel_event, set_friend
from loyalty.joining import join_shop
from loyalty.meeting import meet
from loyalty.privacy import show_held
from storage.books import Books
from storage.desk import Tx
from tests.conftest import Clock
from tests.factories import (
    EARLIER,
    Street,
    make_caller,
    make_shop,
    make_street,
    rows,
)

Standing = tuple[datetime | None, datetime | None]


def stand(tx: Tx, street: Street, number: int, at: datetime) -> list[Standing]:
    meeting = meet(tx, street.channel_id, make_caller(number), at)
    return [(shop.advertising_since, shop.withdrawn_at) for shop in meeting.joined]


def one(street: Street) -> CustomerId:
    return street.customers[0]


async def test_agreeing_again_keeps_the_first_date(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> list[Standing]:
        street = make_street(tx, people=1)
        choose_advertising(
            tx, street.shop_id, one(street), Choice.GRANTED, pressed="네", at=clock.at
        )
        return stand(tx, street, 1, clock.at)

    assert await books.write(work) == [(EARLIER, None)]


async def test_agreeing_after_a_withdrawal_is_a_new_consent(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> list[Standing]:
        street = make_street(tx, people=1)
        stop_advertising(tx, one(street), pressed="수신거부", at=clock.at)
        later = clock.advance(timedelta(days=1))
        choose_advertising(tx, street.shop_id, one(street), Choice.GRANTED, pressed="네", at=later)
        return stand(tx, street, 1, later)

    assert await books.write(work) == [(clock.at, None)]


async def test_declining_what_was_agreed_to_withdraws_it(books: Books, clock: Clock) -> None:
    """L4: a no is never lost, also one written after a yes of a later instant."""

    def work(tx: Tx) -> tuple[list[Standing], list[str]]:
        street = make_street(tx, people=1)
        earlier = EARLIER - timedelta(minutes=1)
        for at in (earlier, clock.at):
            choose_advertising(
                tx, street.shop_id, one(street), Choice.DECLINED, pressed="괜찮아요", at=at
            )
            if at is earlier:
                assert stand(tx, street, 1, at) == [(None, earlier)]
        choices = show_held(tx, street.shop_id, one(street), clock.at).choices
        return stand(tx, street, 1, clock.at), [c.choice for c in choices]

    standing, choices = await books.write(work)
    assert standing[0][0] is None
    assert choices[-2:] == ["granted", "withdrawn"], "a no that stands is not written again"


async def test_a_stop_reaches_every_shop_of_the_channel(books: Books, clock: Clock) -> None:
    """L4, L11"""

    def work(tx: Tx) -> tuple[int, list[Standing]]:
        street = make_street(tx, people=1)
        flowers = make_shop(
            tx, street.market_id, street.channel_id, name="성산꽃집", slug="flowers"
        )
        join_shop(tx, flowers, one(street), pressed="네", at=EARLIER)
        stopped = stop_advertising(tx, one(street), pressed="수신거부", at=clock.at)
        return len(stopped), stand(tx, street, 1, clock.at)

    assert await books.write(work) == (2, [(None, clock.at), (None, clock.at)])


async def test_each_choice_is_kept_with_what_was_pressed_and_told(
    books: Books, clock: Clock
) -> None:
    """L2, L13, L43; words far too long are cut to what the proof holds."""

    def work(tx: Tx) -> list[tuple[str, str, datetime, datetime | None]]:
        street = make_street(tx, people=1)
        stop_advertising(tx, one(street), pressed="그만 " * 100, at=clock.at)
        choices = show_held(tx, street.shop_id, one(street), clock.at).choices
        return [(c.choice, c.pressed, c.chosen_at, c.notice_at) for c in choices]

    *_, granted, withdrawn = await books.write(work)
    assert granted == ("granted", "받을게요", EARLIER, EARLIER)
    assert withdrawn == ("withdrawn", ("그만 " * 100)[:60], clock.at, clock.at)


async def test_a_failure_leaves_no_half_of_a_choice(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> None:
        street = make_street(tx, people=1)
        stop_advertising(tx, one(street), pressed="수신거부", at=clock.at)
        make_shop(tx, street.market_id, street.channel_id, slug="bread")

    with pytest.raises(Invalid):
        await books.write(work)
    assert await books.read(rows, "SELECT * FROM consent_choice") == []


def event(
    friend: Friend, happened_at: datetime, *, number: int = 1, resource_id: str = "R-1"
) -> ChannelEvent:
    return ChannelEvent(
        resource_id=resource_id,
        friend=friend,
        app_user_id=make_caller(number).app_user_id,
        happened_at=happened_at,
        body="{}",
    )


async def test_a_block_withdraws_and_adding_again_restores_nothing(
    books: Books, clock: Clock
) -> None:
    """L4, I9"""

    def work(tx: Tx) -> tuple[list[bool], list[Standing]]:
        street = make_street(tx, people=1)
        blocked = event(Friend.BLOCKED, EARLIER + timedelta(hours=1))
        added = event(Friend.ADDED, EARLIER + timedelta(hours=2), resource_id="R-2")
        told = [
            note_channel_event(tx, street.channel_id, one_event, clock.at)
            for one_event in (blocked, blocked, added)
        ]
        return told, stand(tx, street, 1, clock.at)

    assert await books.write(work) == ([True, False, True], [(None, clock.at)])


async def test_older_news_changes_nothing(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> list[Standing]:
        street = make_street(tx, people=1)
        blocked = event(Friend.BLOCKED, EARLIER - timedelta(hours=1))
        assert note_channel_event(tx, street.channel_id, blocked, clock.at)
        return stand(tx, street, 1, clock.at)

    assert await books.write(work) == [(EARLIER, None)]


async def test_news_of_nobody_we_know_is_kept(books: Books, clock: Clock) -> None:
    def work(tx: Tx) -> list[tuple[object, ...]]:
        street = make_street(tx, people=1)
        note_channel_event(
            tx, street.channel_id, event(Friend.BLOCKED, clock.at, number=99), clock.at
        )
        return rows(tx, "SELECT external_id, customer_id FROM inbound_event")

    assert await books.write(work) == [("R-1", None)]


async def test_absence_of_a_tie_does_not_lift_a_block(books: Books, clock: Clock) -> None:
    """kakao-chatbot.md rule 5: isFriend is absent for the blocked and the never added alike."""

    def work(tx: Tx) -> list[Friend]:
        street = make_street(tx, people=1)
        set_friend(tx, one(street), Friend.BLOCKED, clock.at, now=clock.at)
        calls = (make_caller(1, is_friend=False), make_caller(1))
        return [meet(tx, street.channel_id, call, clock.at).person.friend for call in calls]

    assert await books.write(work) == [Friend.BLOCKED, Friend.ADDED]
