"""A pace learns what an account takes: bursts, refusals, what we are told, fair shares."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.dispatch import Dispatcher
from campaigns.pacing import (
    BURST_SECONDS,
    CEILING,
    FLOOR,
    RISE,
    SPREAD,
    WAIT_SECONDS_MAX,
    Pace,
    Paces,
)
from domain.campaigns import ChunkState, SenderName
from domain.refusals import Retryable, TooMany, Unknown
from storage.books import Books
from storage.queries.chunks import find_next_act
from tests.campaigns.fakes import Step
from tests.campaigns.stage import PUBLIC_URL, SENDERS, Stage, broken_promises, set_stage
from tests.conftest import START, Clock
from tests.factories import change, rows

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SECOND = timedelta(seconds=1)
TOLD = 45


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_a_burst_is_free_then_each_waits_its_turn() -> None:
    pace = Pace(10, START)
    free = int(10 * BURST_SECONDS)

    waits = [pace.turn(START) for _ in range(free + 5)]

    assert waits[:free] == [0.0] * free
    assert waits[free:] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])


def test_who_is_too_far_away_comes_back_one_after_the_other() -> None:
    pace = Pace(10, START)
    waits = [pace.turn(START) for _ in range(60)]

    sent_away = [wait for wait in waits if wait > WAIT_SECONDS_MAX]

    assert len(sent_away) == 60 - int(10 * (BURST_SECONDS + WAIT_SECONDS_MAX))
    assert all(later - earlier == pytest.approx(0.1) for earlier, later in pairwise(sent_away))


def test_nobody_is_parked_for_the_rate_of_a_bad_moment() -> None:
    """After a minute of 429 the last of a thousand was parked for hours, and newcomers behind it."""
    pace = Pace(100, START)
    pace.refused(START, None)

    waits = [pace.turn(START) for _ in range(1_000)]

    assert max(waits) <= 1 / (FLOOR * 2) + SPREAD.total_seconds()
    assert sum(wait > WAIT_SECONDS_MAX for wait in waits) >= 990


def test_a_refusal_halves_what_really_left_and_time_gives_it_back() -> None:
    pace = Pace(100, START)
    for _ in range(20):
        pace.turn(START)

    pace.refused(START, None)
    assert pace.rate == 10
    pace.refused(START + SECOND / 2, None)
    assert pace.rate == pytest.approx(10 + RISE / 2)  # one burst, one refusal

    later = START + seconds(30)
    pace.turn(later)
    assert pace.rate == pytest.approx(10 + 30 * RISE)
    pace.turn(later + timedelta(hours=1))
    assert pace.rate == 100


def test_nothing_leaves_for_as_long_as_we_were_told() -> None:
    pace = Pace(100, START)

    pace.refused(START, TOLD)
    pace.refused(START, 5)

    assert pace.turn(START) >= TOLD
    assert pace.turn(START + seconds(TOLD)) <= WAIT_SECONDS_MAX


def test_each_bot_has_a_pace_of_its_own_and_solapi_one_for_all() -> None:
    paces = Paces(processes=4)

    first, second = (paces.of(SenderName.KAKAO_EVENT, number, START) for number in (1, 2))
    assert first is not second
    assert paces.of(SenderName.SOLAPI, 1, START) is paces.of(SenderName.SOLAPI, 2, START)
    assert first.rate == CEILING[SenderName.KAKAO_EVENT] / 4


@settings(max_examples=20)
@given(
    limit=st.integers(min_value=1, max_value=20),
    told=st.one_of(st.none(), st.integers(min_value=0, max_value=20)),
)
def test_it_comes_to_just_below_what_an_account_takes(limit: int, told: int | None) -> None:
    """Twenty minutes against an account that takes `limit` chunks a second and says how long to wait:
    hardly anything is refused, and most of what it takes is used.
    """
    pace, at = Pace(100, START), START
    refused, served = 0, Counter[int]()
    while at < START + timedelta(minutes=20):
        wait = pace.turn(at)
        at += seconds(wait)
        if wait > WAIT_SECONDS_MAX:
            continue
        second = int((at - START).total_seconds())
        if served[second] < limit:
            served[second] += 1
        else:
            refused += 1
            pace.refused(at, told)

    assert FLOOR <= pace.rate <= 100
    assert refused <= served.total() / 4
    assert served.total() >= 1_200 * limit * (0.5 if told is None else 0.1)


async def test_a_chunk_that_met_too_many_requests_comes_back_when_it_was_told(
    books: Books, clock: Clock
) -> None:
    """It is no error: the next pause is no longer than the first."""
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    refusal = TooMany("HTTP_429", after_seconds=TOLD)
    stage.sender.script("send", *[Step(error=refusal, happens=False)] * 2)
    dispatcher, came_back = stage.dispatcher(), []
    for _ in range(2):
        before = clock.now()
        assert await dispatcher.send_next()
        due_at = await books.read(find_next_act)
        assert due_at is not None
        came_back.append(due_at - before)
        assert await books.read(rows, "SELECT state FROM chunk") == [(ChunkState.PLANNED,)]
        clock.at = due_at

    assert came_back == [seconds(TOLD)] * 2
    await drained(stage, dispatcher)
    assert stage.sender.arrived == stage.everybody()
    assert (await stage.result()).failed == 0


@pytest.mark.parametrize("call", ["open", "fill", "send", "look"])
@pytest.mark.parametrize("sender", SENDERS)
@ON_SQLITE
async def test_everybody_arrives_once_whatever_was_too_much(
    books: Books, clock: Clock, sender: SenderName, call: str
) -> None:
    stage = await set_stage(books, clock, sender)
    refusal = TooMany("HTTP_429", after_seconds=TOLD)
    stage.sender.script(call, *[Step(error=refusal, happens=False)] * 3)

    await stage.drain()

    assert stage.sender.arrived == stage.everybody()
    assert (await stage.result()).delivered == 3


@ON_SQLITE
async def test_another_chunk_of_the_account_waits_with_it(books: Books, clock: Clock) -> None:
    """What one chunk was told holds for all that go the same way; nobody holds a lease for it."""
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=130)
    refusal = TooMany("HTTP_429", after_seconds=TOLD)
    stage.sender.script("send", Step(error=refusal, happens=False))
    dispatcher, began_at = stage.dispatcher(), clock.now()

    assert await dispatcher.send_next()
    assert await dispatcher.send_next()
    assert not await dispatcher.send_next()

    due_at = await books.read(find_next_act)
    assert due_at is not None
    assert due_at - began_at >= seconds(TOLD)
    assert stage.sender.calls.count("send") == 1
    await drained(stage, dispatcher)
    assert stage.sender.arrived == stage.everybody()


@ON_SQLITE
async def test_too_many_at_a_second_post_slows_the_account_down(books: Books, clock: Clock) -> None:
    """NHN's requests are posted again when they were not accepted; that may be too much as well."""
    stage = await set_stage(books, clock)
    await books.write(change, "UPDATE campaign SET sender = 'nhn'")
    await books.write(change, "UPDATE chunk SET sender = 'nhn'")
    nhn = stage.sender
    nhn.name = SenderName.NHN  # a place that can be used again, of who posts one request
    refusal = TooMany("HTTP_429", after_seconds=TOLD)
    lost, again = (Step(error=one, happens=False) for one in (Unknown("TIMEOUT"), refusal))
    nhn.script("send", lost, again)
    paces = Paces()
    dispatcher = Dispatcher(books, {nhn.name: nhn}, clock.now, PUBLIC_URL, paces=paces)

    assert await dispatcher.send_next()
    while nhn.calls.count("send") < 2:
        due_at = await books.read(find_next_act)
        assert due_at is not None
        clock.at = max(clock.at, due_at)
        assert await dispatcher.ask_next()

    pace = paces.of(nhn.name, stage.street.channel_id, clock.now())
    assert pace.turn(clock.now()) >= TOLD


async def drained(stage: Stage, dispatcher: Dispatcher) -> None:
    """To the end, with this one's memory of what the account takes."""
    while True:
        while await dispatcher.send_next() or await dispatcher.ask_next():
            pass
        due_at = await stage.books.read(find_next_act)
        if due_at is None:
            break
        stage.clock.at = max(stage.clock.at, due_at)
    assert await broken_promises(stage.books) == {}


@ON_SQLITE
async def test_who_is_sent_away_is_not_gated_for_it(books: Books, clock: Clock) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT, people=130)
    refusal = TooMany("HTTP_429", after_seconds=TOLD)
    stage.sender.script("send", Step(error=refusal, happens=False))
    dispatcher = stage.dispatcher()
    assert await dispatcher.send_next()
    for customer_id in stage.street.customers[-2:]:
        await stage.withdraw(customer_id)
    refused = "SELECT count(*) FROM message WHERE state = 'refused'"

    assert await dispatcher.send_next()
    assert await books.read(rows, refused) == [(0,)]

    await drained(stage, dispatcher)
    assert stage.sender.arrived == dict.fromkeys(stage.street.customers[:-2], 1)


@ON_SQLITE
async def test_only_errors_make_pauses_longer(books: Books, clock: Clock) -> None:
    """Five times it was not its turn; then nobody answers, twice."""
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    full = Step(error=TooMany("HTTP_429", after_seconds=None), happens=False)
    broken = Step(error=Retryable("CONNECT"), happens=False)
    stage.sender.script("send", *[full] * 5, *[broken] * 2)
    pauses = []
    for _ in range(7):
        before = clock.now()
        assert await stage.dispatcher().send_next()
        due_at = await books.read(find_next_act)
        assert due_at is not None
        pauses.append((due_at - before).total_seconds())
        clock.at = due_at

    assert pauses == [1] * 5 + [1, 5]


@ON_SQLITE
async def test_who_lost_it_while_waiting_for_its_turn_refuses_nobody(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock, SenderName.KAKAO_EVENT)
    senders, paces = {stage.sender.name: stage.sender}, Paces()
    pace = paces.of(SenderName.KAKAO_EVENT, stage.street.channel_id, clock.now())
    while pace.turn(clock.now()) < 0.5:
        pass
    slow = Dispatcher(books, senders, clock.now, PUBLIC_URL, lease=SECOND, paces=paces)
    waiting = asyncio.create_task(slow.send_next())
    while not await books.read(rows, "SELECT 1 FROM chunk WHERE tries = 1"):
        pass
    clock.advance(SECOND)
    assert await stage.dispatcher().send_next()
    await stage.withdraw(stage.street.customers[0])

    assert await waiting

    assert stage.sender.arrived == stage.everybody()
    await stage.drain()
    assert (await stage.result()).delivered == 3
