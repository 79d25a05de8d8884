"""Who is reached after what a person did, straight from the books (L1, L4, K7, I9)."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.booking import dry_run
from campaigns.gate import gate_of_chunk, gate_people
from domain.campaigns import SenderName
from domain.consent import Choice
from domain.people import CustomerId, Friend, ShopId
from loyalty.consent import choose_advertising, stop_advertising
from loyalty.friendship import ChannelEvent, note_channel_event
from loyalty.meeting import recognize
from storage.books import Books, open_books
from storage.desk import Tx
from storage.queries.chunks import get_run_facts, lease_to_send
from storage.queries.customers import list_choices
from storage.queries.gathering import lock_channel
from storage.queries.halts import Scope, insert_halt
from storage.queries.messages import list_open
from storage.queries.sanctions import save_barred
from storage.vault import Vault
from tests.campaigns.stage import Stage, set_stage
from tests.conftest import START, Clock
from tests.factories import (
    Street,
    change,
    make_caller,
    make_customer,
    make_draft,
    make_grant,
    make_run,
    make_shop,
    make_street,
    rows,
)

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HOUR = timedelta(hours=1)


def refused(tx: Tx, street: Street) -> Mapping[str, int]:
    """Why the only regular would not get an advertisement now; empty when they would."""
    return dry_run(tx, street.shop_id, make_draft(SenderName.SOLAPI), START).refused


def event(friend: Friend, hours: float, *, number: int = 1) -> ChannelEvent:
    """A webhook about the first regular, so many hours from the start."""
    return ChannelEvent(
        resource_id=f"event-{friend}-{hours}",
        friend=friend,
        app_user_id=make_caller(number).app_user_id,
        happened_at=START + hours * HOUR,
        body="{}",
    )


async def hear(books: Books, street: Street, *events: ChannelEvent) -> None:
    for one in events:
        await books.write(note_channel_event, street.channel_id, one, START + 9 * HOUR)


def agree(tx: Tx, street: Street, customer_id: CustomerId, hours: float) -> None:
    choose_advertising(
        tx,
        street.shop_id,
        customer_id,
        Choice.GRANTED,
        pressed="받을게요",
        at=START + hours * HOUR,
    )


@on_sqlite
async def test_a_regular_who_agreed_is_reached(books: Books) -> None:
    street = await books.write(make_street, people=1)

    assert await books.read(refused, street) == {}


@on_sqlite
async def test_a_block_withdraws_and_adding_again_restores_nothing(books: Books) -> None:
    """I9."""
    street = await books.write(make_street, people=1)

    await hear(books, street, event(Friend.BLOCKED, 1), event(Friend.ADDED, 2))

    assert await books.read(refused, street) == {"L4": 1}


@on_sqlite
async def test_webhooks_in_the_wrong_order_end_the_same(books: Books) -> None:
    """I9."""
    street = await books.write(make_street, people=1)

    await hear(books, street, event(Friend.ADDED, 2), event(Friend.BLOCKED, 1))

    assert await books.read(refused, street) == {"L4": 1}


@on_sqlite
async def test_a_block_that_is_heard_of_after_the_person_spoke_still_withdraws(
    books: Books,
) -> None:
    """I9: a turn without `isFriend` moves the tie's date past the block."""
    street = await books.write(make_street, people=1)
    stranger = make_caller(1, is_friend=False)
    await books.write(recognize, street.channel_id, stranger, START + 2 * HOUR)

    await hear(books, street, event(Friend.BLOCKED, 1))

    await books.write(recognize, street.channel_id, make_caller(1), START + 3 * HOUR)
    assert await books.read(refused, street) == {"L4": 1}


@on_sqlite
async def test_a_late_block_does_not_undo_what_was_agreed_to_after_it(books: Books) -> None:
    street = await books.write(make_street, people=1)
    (customer_id,) = street.customers
    await books.write(stop_advertising, customer_id, pressed="그만", at=START)
    await books.write(recognize, street.channel_id, make_caller(1, is_friend=False), START + HOUR)
    await books.write(recognize, street.channel_id, make_caller(1), START + 2 * HOUR)
    await books.write(agree, street, customer_id, 2)

    await hear(books, street, event(Friend.BLOCKED, 0.5))

    assert await books.read(refused, street) == {}


@on_sqlite
async def test_a_webhook_is_taken_once(books: Books) -> None:
    street = await books.write(make_street, people=1)
    block = event(Friend.BLOCKED, 1)

    taken = [
        await books.write(note_channel_event, street.channel_id, block, START + 2 * HOUR)
        for _ in range(2)
    ]

    assert taken == [True, False]


@on_sqlite
async def test_who_blocked_has_not_been_told_yet(books: Books) -> None:
    """L13: no answer of ours was the notice, so it is still due."""
    street = await books.write(make_street, people=1)

    await hear(books, street, event(Friend.BLOCKED, 1))

    choices = await books.read(list_choices, street.shop_id, street.customers[0])
    assert (choices[-1].choice, choices[-1].notice_at) == (Choice.WITHDRAWN, None)


@on_sqlite
async def test_who_said_stop_in_the_chat_is_told_by_the_answer(books: Books, clock: Clock) -> None:
    """L13."""
    street = await books.write(make_street, people=1)

    await books.write(stop_advertising, street.customers[0], pressed="그만", at=clock.now())

    choices = await books.read(list_choices, street.shop_id, street.customers[0])
    assert choices[-1].notice_at == clock.now()


@on_sqlite
async def test_who_agrees_again_is_reached_again(books: Books, clock: Clock) -> None:
    street = await books.write(make_street, people=1)
    (customer_id,) = street.customers
    await books.write(stop_advertising, customer_id, pressed="그만", at=clock.now())

    await books.write(agree, street, customer_id, 0)

    assert await books.read(refused, street) == {}


async def verdicts(stage: Stage) -> list[str | None]:
    """What the gate says of each of the run's people as it leaves now."""
    run_id, chunk_id = await stage.run_and_chunk()

    def ask(tx: Tx) -> list[str | None]:
        facts, later = get_run_facts(tx, run_id), START + HOUR
        chunk = lease_to_send(tx, later, START + 2 * HOUR)
        assert chunk is not None
        assert chunk.chunk_id == chunk_id
        of_chunk = gate_of_chunk(tx, chunk, facts, later)
        return [one.rule for _, one in gate_people(of_chunk, list_open(tx, chunk_id), later)]

    return await stage.books.write(ask)


async def test_a_channel_under_a_sanction_lets_nothing_leave(books: Books, clock: Clock) -> None:
    """K8: asked of the books at leaving; and a sanction that is over holds nobody."""
    stage = await set_stage(books, clock, people=2)
    until = START + HOUR + timedelta(microseconds=1)
    await books.write(save_barred, stage.street.channel_id, until)
    assert await verdicts(stage) == ["K8", "K8"]

    await books.write(save_barred, stage.street.channel_id, START + HOUR)
    await books.write(change, "UPDATE chunk SET act_at = (SELECT max(planned_at) FROM run)")
    assert await verdicts(stage) == [None, None]


async def test_a_halt_between_planning_and_leaving_is_heard(books: Books, clock: Clock) -> None:
    """L21."""
    stage = await set_stage(books, clock, people=1)
    scope = Scope(stage.street.program_id, None, None)
    await books.write(insert_halt, scope, reason="확인", actor="manager:1", at=START)

    assert await verdicts(stage) == ["L21"]


async def test_words_that_a_law_forbids_do_not_leave_even_if_planned(
    books: Books, clock: Clock
) -> None:
    """L16: a list that grows is asked again."""
    stage = await set_stage(books, clock, people=1)
    await books.write(change, "UPDATE campaign SET body = '전자담배 새로 나왔어요'")

    assert await verdicts(stage) == ["L16"]


async def test_a_second_brand_message_on_a_day_does_not_leave(books: Books, clock: Clock) -> None:
    """K6: of another shop of the channel, too; who had none gets it, and tomorrow everybody."""
    stage = await set_stage(books, clock, people=2)
    await stage.drain(hours=0.5)
    other = await books.write(neighbour, stage.street)
    campaign_id = await books.write(
        make_run, other, at=clock.now(), sender=SenderName.SOLAPI, form_key="other"
    )

    second = replace(stage, campaign_id=campaign_id, street=replace(stage.street, shop_id=other))

    assert sorted(map(str, await verdicts(second))) == ["K6", "None"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_two_brand_messages_to_one_person_cannot_start_side_by_side(
    books: Books, clock: Clock, database_url: str, vault: Vault
) -> None:
    """K6: whoever starts one on a channel waits until another shop's has started."""
    stage = await set_stage(books, clock, people=2)
    first, other = stage.street.shop_id, await books.write(neighbour, stage.street)
    await books.write(change, "UPDATE chunk SET act_at = :late", late=clock.now() + HOUR)
    brand = SenderName.SOLAPI
    await books.write(make_run, other, at=clock.now(), sender=brand, form_key="other")
    has_begun, may_end = threading.Event(), threading.Event()

    def start_first(tx: Tx) -> None:
        lock_channel(tx, stage.street.channel_id)
        has_begun.set()
        may_end.wait(10)
        sql = "UPDATE chunk SET state = 'started', started_at = :at WHERE shop_id = :shop"
        change(tx, sql, at=clock.now(), shop=first)

    async with open_books(database_url, vault) as elsewhere:
        starting = asyncio.ensure_future(elsewhere.write(start_first))
        await asyncio.to_thread(has_begun.wait)
        sending = asyncio.create_task(stage.dispatcher().send_next())
        await asyncio.wait([sending], timeout=1)
        may_end.set()
        await asyncio.gather(starting, sending)

    assert await books.read(rows, "SELECT state FROM message WHERE code = 'K6'") == [("refused",)]


def neighbour(tx: Tx, street: Street) -> ShopId:
    """Another shop of the channel that shares the first regular and has one of its own."""
    shop_id = make_shop(tx, street.market_id, street.channel_id, name="연남꽃집", slug="flower")
    make_customer(tx, street.channel_id, shop_id, 1)
    make_customer(tx, street.channel_id, shop_id, 9)
    make_grant(tx, street.program_id, shop_id, form_key="other")
    return shop_id
