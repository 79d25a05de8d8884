"""A process may stop at any line, or hang for longer than its lease: still at most once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from campaigns.asking import DOUBT_PAUSE
from campaigns.dispatch import LEASE, Dispatcher
from domain.campaigns import SenderName
from domain.refusals import Rejected, Retryable, SenderError, Unknown
from storage.books import Books
from storage.queries.chunks import find_next_act
from tests.campaigns.fakes import Crash, Step
from tests.campaigns.stage import PUBLIC_URL, SENDERS, Stage, set_stage
from tests.conftest import Clock
from tests.factories import change

BEFORE_LEAVING = ("open", "fill")
PAID = {SenderName.KAKAO_EVENT: 5_000, SenderName.SOLAPI: 8_300}
"""What three people cost, rounded up to whole won."""

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("happens", [False, True])
@pytest.mark.parametrize("call", ["open", "fill", "send", "look"])
@pytest.mark.parametrize("sender", SENDERS)
@on_sqlite
async def test_nobody_is_sent_to_twice_after_a_crash(
    books: Books, clock: Clock, sender: SenderName, call: str, *, happens: bool
) -> None:
    stage = await set_stage(books, clock, sender)
    stage.sender.script(call, Step(error=Crash(), happens=happens))
    with pytest.raises(Crash):
        await stage.drain()

    clock.advance(LEASE)
    await stage.drain()

    assert max(stage.sender.arrived.values(), default=0) <= 1
    assert stage.sender.calls.count("send") <= (2 if stage.sender.has_places else 1)


@pytest.mark.parametrize("happens", [False, True])
@pytest.mark.parametrize("call", ["open", "fill", "send", "look"])
@on_sqlite
async def test_what_can_be_asked_about_arrives_all_the_same_after_a_crash(
    books: Books, clock: Clock, call: str, *, happens: bool
) -> None:
    stage = await set_stage(books, clock, SenderName.SOLAPI)
    stage.sender.script(call, Step(error=Crash(), happens=happens))
    with pytest.raises(Crash):
        await stage.drain()

    clock.advance(LEASE)
    await stage.drain()

    result = await stage.result()
    assert stage.sender.arrived == stage.everybody()
    assert (result.delivered, result.spent_jeon) == (3, PAID[stage.sender.name])


@pytest.mark.parametrize("happens", [False, True])
@on_sqlite
async def test_after_a_crash_at_the_start_the_provider_is_asked_before_anything_is_repeated(
    books: Books, clock: Clock, *, happens: bool
) -> None:
    stage = await set_stage(books, clock, SenderName.SOLAPI)
    stage.sender.script("send", Step(error=Crash(), happens=happens))
    with pytest.raises(Crash):
        await stage.drain()

    clock.advance(LEASE)
    await stage.drain()

    after = stage.sender.calls[stage.sender.calls.index("send") + 1 :]
    assert after[0] == "look"
    assert after.count("send") == (0 if happens else 1)


LOST = [None, Retryable("CONNECT"), Rejected("BAD"), Unknown("SENDING")]


@pytest.mark.parametrize("error", LOST)
@pytest.mark.parametrize("call", BEFORE_LEAVING)
@pytest.mark.parametrize("sender", SENDERS)
@on_sqlite
async def test_a_worker_that_lost_its_lease_neither_sends_nor_spoils(
    books: Books, clock: Clock, sender: SenderName, call: str, error: SenderError | None
) -> None:
    """It hangs in a call for longer than its lease while another one finishes the chunk."""
    stage = await set_stage(books, clock, sender)
    stage.sender.script(call, Step(before=taken_over(stage, stage.drain), error=error))

    await stage.dispatcher().send_next()
    await stage.drain()

    result = await stage.result()
    assert stage.sender.arrived == stage.everybody()
    assert (result.delivered, result.spent_jeon) == (3, PAID[stage.sender.name])


@pytest.mark.parametrize("error", LOST)
@pytest.mark.parametrize("sender", SENDERS)
@on_sqlite
async def test_a_worker_that_lost_its_lease_to_a_chunk_on_its_way_leaves_it_alone(
    books: Books, clock: Clock, sender: SenderName, error: SenderError | None
) -> None:
    """The other one has sent it, and nothing is reported yet."""
    stage = await set_stage(books, clock, sender)
    other = stage.dispatcher()
    stage.sender.script("fill", Step(before=taken_over(stage, other.send_next), error=error))

    await stage.dispatcher().send_next()
    await stage.drain()

    result = await stage.result()
    assert stage.sender.arrived == stage.everybody()
    assert (result.delivered, result.spent_jeon) == (3, PAID[stage.sender.name])


@on_sqlite
async def test_a_worker_that_lost_its_lease_until_the_evening_does_not_begin_again(
    books: Books, clock: Clock
) -> None:
    stage = await set_stage(books, clock)
    await books.write(change, "UPDATE campaign SET not_later_than = '2026-12-24 00:00:00'")

    async def until_evening() -> None:
        await taken_over(stage, stage.dispatcher().send_next)()
        clock.advance(timedelta(hours=11))

    stage.sender.script("fill", Step(before=until_evening))

    await stage.dispatcher().send_next()
    await stage.drain(hours=24)

    assert stage.sender.arrived == stage.everybody()
    assert (await stage.result()).delivered == 3


@on_sqlite
async def test_an_asker_that_lost_its_lease_does_not_begin_again(
    books: Books, clock: Clock
) -> None:
    """Both hear that the group is gone; one of them has made another and sent it."""
    stage = await set_stage(books, clock)
    stage.sender.script("send", Step(error=Unknown("TIMEOUT"), happens=False))
    assert await stage.dispatcher().send_next()
    stage.sender.places.clear()
    clock.advance(timedelta(minutes=1))
    other = stage.dispatcher()

    async def others_turn() -> None:
        clock.advance(LEASE)
        assert await other.ask_next()
        assert await other.send_next()

    stage.sender.script("look", Step(before=others_turn))
    await stage.dispatcher().ask_next()
    await stage.drain()

    assert stage.sender.arrived == stage.everybody()


def taken_over(
    stage: Stage, work: Callable[[], Awaitable[object]]
) -> Callable[[], Awaitable[None]]:
    """Time enough for the lease to end, and somebody else who then works."""

    async def take_over() -> None:
        stage.clock.advance(LEASE)
        await work()

    return take_over


@on_sqlite
async def test_what_was_accepted_is_never_begun_again_though_the_provider_forgets_it(
    books: Books, clock: Clock
) -> None:
    """Another account's key, or a deleted group: a new one could be a second sending."""
    stage = await set_stage(books, clock)
    for customer_id in stage.street.customers:
        stage.sender.outcomes.pop(customer_id, None)
    stage.sender.names_nobody = True
    assert await stage.dispatcher().send_next()
    stage.sender.places.clear()

    await stage.drain(hours=6)

    assert stage.sender.arrived == dict.fromkeys(stage.street.customers, 1)


@pytest.mark.parametrize("happens", [False, True])
async def test_what_a_dead_worker_began_is_asked_about_soon_and_let_go_again_late(
    books: Books, clock: Clock, *, happens: bool
) -> None:
    """It may have stood still only: until no call of its can be under way, nothing is repeated."""
    stage = await set_stage(books, clock)
    stage.sender.script("send", Step(error=Crash(), happens=happens))
    senders, lease = {stage.sender.name: stage.sender}, timedelta(seconds=2)
    short = Dispatcher(books, senders, clock.now, PUBLIC_URL, lease=lease)
    with pytest.raises(Crash):
        await short.send_next()
    started_at = clock.now()

    asked_at, again_at = [], None
    while again_at is None and (due_at := await books.read(find_next_act)) is not None:
        clock.at = due_at
        assert await short.ask_next()
        asked_at.append(due_at - started_at)
        if happens or stage.sender.calls.count("send") > 1:
            again_at = due_at - started_at

    assert asked_at[0] == lease + DOUBT_PAUSE
    assert again_at == (asked_at[0] if happens else LEASE)
    await stage.drain()
    assert stage.sender.arrived == stage.everybody()
