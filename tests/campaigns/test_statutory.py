"""L13 and L14 by themselves: said in the next turn, else sent, else noted as undeliverable."""

from datetime import datetime, timedelta
from functools import partial

import orjson

from campaigns.booking import dry_run
from campaigns.plan import plan_next
from campaigns.statutory import tell_statutory
from domain.campaigns import SenderName
from domain.consent import Choice
from domain.people import CustomerId, Friend, MarketId
from domain.statutory import STATUTORY_VERSION, confirm_deadlines, confirm_sent_from
from loyalty.consent import choose_advertising, stop_advertising
from loyalty.friendship import set_friend
from loyalty.privacy import erase_customer
from loyalty.statutory import take_said
from storage.books import Books
from storage.queries.statutory import find_statutory_of_run
from storage.queries.statutory_counts import count_statutory, list_undeliverable
from tests.campaigns.test_telling import let_leave, street_with
from tests.conftest import START, Clock
from tests.factories import EARLIER, Street, change, make_draft, rows

DAY = timedelta(days=1)
SEEN = (
    "SELECT kind, about, state, code, text_version, settled_at IS NOT NULL, act_at IS NOT NULL"
    " FROM statutory_notice WHERE customer_id = :id ORDER BY id"
)
FIRST = confirm_deadlines(EARLIER, 1)


async def notices(books: Books, customer_id: CustomerId) -> list[tuple[object, ...]]:
    """The notices about one person: kind, choice, state, code, version, is settled, is watched."""
    found = await books.read(rows, SEEN, id=customer_id)
    return [(*row[:5], bool(row[5]), bool(row[6])) for row in found]


async def refuse_unheard(books: Books, street: Street, at: datetime = START) -> CustomerId:
    """The first regular is on the provider's list of refusals: no answer told them anything."""
    person = street.customers[0]
    await books.write(stop_advertising, person, pressed="list", at=at, is_told=False)
    return person


WAITING = ("result", "withdrawn", "waiting", None, None, False, True)
SAID = ("result", "withdrawn", "said", None, STATUTORY_VERSION, True, False)


async def test_a_choice_without_an_answer_owes_its_result(books: Books) -> None:
    """L13. And the consent that is gone needs no confirmation any more (L14)."""
    street = await street_with(books)
    person = await refuse_unheard(books, street)

    assert await notices(books, person) == [WAITING]


async def test_it_is_said_once_in_the_next_turn(books: Books) -> None:
    street = await street_with(books)
    person = await refuse_unheard(books, street)

    first = await books.write(take_said, person, START + DAY)
    again = await books.write(take_said, person, START + DAY)

    assert [(one.shop_id, one.choice, one.chosen_at) for one in first] == [
        (street.shop_id, "withdrawn", START)
    ]
    assert again == []
    assert await notices(books, person) == [SAID]


async def test_nobody_is_told_what_another_chose(books: Books) -> None:
    street = await street_with(books)
    await refuse_unheard(books, street)

    assert await books.write(take_said, street.customers[1], START + DAY) == []


async def test_from_the_tenth_day_on_it_is_sent_and_its_arrival_proven(
    books: Books, clock: Clock
) -> None:
    """L13: within the fourteen days."""
    street = await street_with(books)
    person = await refuse_unheard(books, street)

    await books.write(tell_statutory, START + 10 * DAY - timedelta(minutes=1))
    assert await notices(books, person) == [WAITING]

    clock.at = START + 10 * DAY
    await books.write(tell_statutory, clock.now())
    sender = await let_leave(books, clock)
    assert sender.arrived == {person: 1}
    sent = ("result", "withdrawn", "sent", None, STATUTORY_VERSION)
    assert await notices(books, person) == [(*sent, False, True)]

    await books.write(tell_statutory, clock.advance(DAY))
    assert await notices(books, person) == [(*sent, True, False)]
    ((arrived_at,),) = await books.read(
        rows, "SELECT count(*) FROM statutory_notice WHERE settled_at <= due_at"
    )
    assert arrived_at == 1


async def test_the_sweep_may_run_as_often_as_it_likes(books: Books, clock: Clock) -> None:
    street = await street_with(books)
    person = await refuse_unheard(books, street)
    clock.at = START + 10 * DAY

    for _ in range(3):
        await books.write(tell_statutory, clock.now())
    sender = await let_leave(books, clock)

    assert sender.arrived == {person: 1}


async def test_who_blocked_cannot_be_told_and_that_is_noted(books: Books, clock: Clock) -> None:
    """The attempt is the proof; and they are told all the same when they speak again."""
    street = await street_with(books)
    person = street.customers[0]
    await books.write(set_friend, person, Friend.BLOCKED, START, now=START)

    await books.write(tell_statutory, START + 10 * DAY)
    sender = await let_leave(books, clock)

    assert not sender.arrived
    undeliverable = ("result", "withdrawn", "undeliverable", "L4", None, True, False)
    assert await notices(books, person) == [undeliverable]
    failed = await books.read(list_undeliverable, street.program_id, None)
    assert [(one.shop_id, one.code) for one in failed] == [(street.shop_id, "L4")]

    assert len(await books.write(take_said, person, START + 30 * DAY)) == 1
    assert await notices(books, person) == [SAID]


async def test_without_operating_money_it_is_tried_until_its_day(books: Books) -> None:
    street = await street_with(books, won_set_aside=0)
    person = await refuse_unheard(books, street)

    for day in (10, 11, 12, 13):
        await books.write(tell_statutory, START + day * DAY)
        assert await notices(books, person) == [WAITING]
    await books.write(tell_statutory, START + 14 * DAY - timedelta(hours=1))

    told = ("result", "withdrawn", "undeliverable", "MONEY", None, True, False)
    assert await notices(books, person) == [told]


MISS = "UPDATE campaign SET state = 'missed' WHERE state = 'booked'"
"""The provider, or our own worker, stood still for a day."""


async def test_a_message_that_did_not_leave_is_no_proof_and_another_is_sent(
    books: Books, clock: Clock
) -> None:
    """L13: at least once, and there are days left."""
    street = await street_with(books)
    person = await refuse_unheard(books, street)
    clock.at = START + 10 * DAY
    await books.write(tell_statutory, clock.now())
    await books.write(change, MISS)

    await books.write(tell_statutory, clock.advance(DAY))
    assert await notices(books, person) == [WAITING]
    for _ in range(3):
        await books.write(tell_statutory, clock.now())
    sender = await let_leave(books, clock)
    await books.write(tell_statutory, clock.advance(DAY))

    assert sender.arrived == {person: 1}
    sent = ("result", "withdrawn", "sent", None, STATUTORY_VERSION, True, False)
    assert await notices(books, person) == [sent]


async def test_what_never_arrives_is_noted_on_its_day(books: Books, clock: Clock) -> None:
    street = await street_with(books)
    person = await refuse_unheard(books, street)
    for day in (10, 11, 12, 13):
        clock.at = START + day * DAY + timedelta(minutes=day)
        await books.write(tell_statutory, clock.now())
        await books.write(tell_statutory, clock.now())
        await books.write(change, MISS)

    await books.write(tell_statutory, START + 14 * DAY + timedelta(hours=1))

    failed = ("result", "withdrawn", "undeliverable", "missed", STATUTORY_VERSION, True, False)
    assert await notices(books, person) == [failed]
    assert await books.read(rows, "SELECT count(*) FROM campaign") == [(4,)]


CONFIRM = ("confirm", "granted")


async def test_a_consent_is_confirmed_in_the_last_sixty_days_of_each_second_year(
    books: Books,
) -> None:
    """L14: said in a turn; and the next one is two years on."""
    street = await street_with(books)
    person = street.customers[0]
    assert await books.write(take_said, person, FIRST.say_from - DAY) == []

    await books.write(tell_statutory, FIRST.say_from)
    ((has_news,),) = await books.read(
        rows, "SELECT has_news FROM membership WHERE customer_id = :id", id=person
    )
    said = await books.write(take_said, person, FIRST.say_from)

    assert has_news
    assert [(one.kind, one.chosen_at, one.number) for one in said] == [("confirm", EARLIER, 1)]
    assert await notices(books, person) == [
        (*CONFIRM, "said", None, STATUTORY_VERSION, True, False),
        (*CONFIRM, "waiting", None, None, False, True),
    ]
    dues = await books.read(
        rows, "SELECT number FROM statutory_notice WHERE customer_id = :id ORDER BY id", id=person
    )
    assert dues == [(1,), (2,)]


async def test_else_it_is_sent_before_its_day(books: Books, clock: Clock) -> None:
    """L14."""
    street = await street_with(books)
    clock.at = FIRST.say_from
    await books.write(tell_statutory, clock.now())
    assert not (await let_leave(books, clock)).arrived

    clock.at = confirm_sent_from(FIRST.due_at)
    await books.write(tell_statutory, clock.now())
    sender = await let_leave(books, clock, hours=14)

    assert sender.arrived == dict.fromkeys(street.customers, 1)
    assert clock.now() < FIRST.due_at


async def test_who_withdrew_is_not_asked_to_confirm(books: Books, clock: Clock) -> None:
    street = await street_with(books)
    person = street.customers[0]
    await books.write(stop_advertising, person, pressed="그만", at=START)

    clock.at = confirm_sent_from(FIRST.due_at)
    await books.write(tell_statutory, clock.now())
    sender = await let_leave(books, clock, hours=14)

    assert await notices(books, person) == []
    assert person not in sender.arrived


async def consent_anew(books: Books, street: Street, at: datetime) -> CustomerId:
    """The first regular withdraws and agrees again."""
    person = street.customers[0]
    await books.write(stop_advertising, person, pressed="그만", at=at)
    again = partial(choose_advertising, pressed="네", at=at + DAY)
    await books.write(again, street.shop_id, person, Choice.GRANTED)
    return person


async def test_a_confirmation_of_a_consent_that_is_gone_is_not_said(books: Books) -> None:
    """L14: with the day of the consent that stands, and when that is asked for."""
    street = await street_with(books, won_set_aside=0)
    for day in (14, 13):
        await books.write(tell_statutory, FIRST.due_at - day * DAY)
    await books.write(tell_statutory, FIRST.due_at - timedelta(hours=1))
    assert await notices(books, street.customers[0]) != []

    person = await consent_anew(books, street, FIRST.due_at)

    assert await books.write(take_said, person, FIRST.due_at + 2 * DAY) == []


async def test_nor_is_it_shown_where_its_message_was_under_way(books: Books, clock: Clock) -> None:
    street = await street_with(books)
    clock.at = confirm_sent_from(FIRST.due_at)
    await books.write(tell_statutory, FIRST.say_from)
    await books.write(tell_statutory, clock.now())
    await books.write(plan_next, clock.advance(timedelta(hours=10)))
    ((run_id,),) = await books.read(
        rows,
        "SELECT r.id FROM run r JOIN message m ON m.run_id = r.id WHERE m.customer_id = :id",
        id=street.customers[0],
    )
    before = await books.read(find_statutory_of_run, run_id, street.customers[0])

    person = await consent_anew(books, street, clock.now())

    assert before is not None
    assert await books.read(find_statutory_of_run, run_id, person) is None
    await books.write(change, "UPDATE message SET state = 'failed', code = '3018'")
    await books.write(tell_statutory, clock.advance(DAY))
    first, second = await notices(books, person)
    assert first[2:4] == ("undeliverable", "3018")
    assert second[2] == "waiting"


async def test_what_is_overdue_forbids_nothing(books: Books) -> None:
    """L13–L15: no answer, no notice, and the consent goes on."""
    street = await street_with(books)
    await books.write(
        change, "UPDATE statutory_notice SET due_at = :at", at="2020-01-01 00:00:00.000000"
    )

    tried = await books.read(dry_run, street.shop_id, make_draft(SenderName.SOLAPI), START)

    assert (tried.people, tried.refused) == (2, {})


async def test_what_was_told_stays_proven_when_the_person_is_deleted(books: Books) -> None:
    """L13, L46: kept apart, with the instant at which it was said."""
    street = await street_with(books)
    person = await refuse_unheard(books, street)
    await books.write(take_said, person, START + DAY)

    await books.write(erase_customer, person, actor="test", at=START + 2 * DAY)

    kept = await books.read(rows, "SELECT facts FROM kept_record ORDER BY id")
    assert await notices(books, person) == []
    assert [orjson.loads(row[0])["notice_at"] for row in kept] == [
        EARLIER.isoformat(),
        (START + DAY).isoformat(),
    ]


async def test_counts_are_of_one_program_and_of_one_market(books: Books) -> None:
    street = await street_with(books)
    await refuse_unheard(books, street)
    late = START + 15 * DAY

    seen = await books.read(count_statutory, street.program_id, None, late)
    of_market = await books.read(count_statutory, street.program_id, street.market_id, late)
    elsewhere = await books.read(
        count_statutory, street.program_id, MarketId(street.market_id + 1), late
    )

    assert [(one.kind, one.state, one.people, one.late) for one in seen] == [
        ("result", "waiting", 1, 1)
    ]
    assert of_market == seen
    assert elsewhere == []
